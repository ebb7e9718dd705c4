"""What a family's reader finds in a file, before units, medium and order are settled.

Values only: knows no file format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Decision, OverrideChoice

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NoiseKind = Literal["sigma", "variance", "ivar", "relative", "none"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A value with what it rests on; ``assumed`` where the file itself does not say so."""

    value: str
    evidence: str
    assumed: bool = False

    def decide(self, subject: str) -> Decision:
        """The claim as a decision on ``subject``."""
        return Decision(subject, self.value, self.evidence, self.assumed)


SILENT: Final = Claim("unknown", "the file does not say")
NO_NOISE: Final = Claim("none", "the file holds no uncertainty")
UNSTATED: Final = Claim("", "the file does not say", assumed=True)
"""A wavelength unit that is left to magnitude, or to a person."""
ANGSTROM: Final = Claim("angstrom", "definition of the format")
STORED: Final = Claim("table", "wavelengths are stored point by point")


@dataclass(slots=True)
class Piece:
    """One spectrum of a file, as stored.

    ``axis`` (n,) is in the unit of `Found.unit`, in any order; ``noise`` (n,) is of the kind of
    `Found.noise`; ``bad`` (n,) True = do not use; ``fwhm_aa`` is a number or (n,);
    ``resolving_power`` is λ/FWHM; ``row`` is what an override of rows counts; ``part_of`` is the
    number of the object, where several pieces are parts of one (`Parts`); ``blaze`` (n,) is the
    blaze of an echelle order, where the file states it and ``flux`` still has it.
    """

    axis: FloatArray
    flux: FloatArray
    noise: FloatArray | None = None
    bad: BoolArray | None = None
    fwhm_aa: float | FloatArray | None = None
    resolving_power: float | FloatArray | None = None
    velocity_kms: float | None = None
    name: str = ""
    flux_unit: str = ""
    row: int = 0
    part_of: int = 0
    blaze: FloatArray | None = None
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pieces of one object are to each other, by the data model.

    ``noun`` is ``orders``, ``arms``, ``segments`` …; ``merged`` whether they are one spectrum
    unless a person wants otherwise; ``by_row`` whether all parts of an object are in one row, so
    that rows can be read one after the other; ``by_name`` whether the name tells the object.
    """

    noun: str
    evidence: str
    merged: bool = False
    assumed: bool = False
    by_row: bool = False
    by_name: bool = False


@dataclass(slots=True)
class Found:
    """All spectra of a file, with the claims that hold for them together.

    ``description`` names the format for a person and ``evidence`` what it was recognised by.
    ``hint`` is text that may name the instrument, for a unit that is left to magnitude.
    ``total_rows`` is how many spectra the table has, where ``pieces`` may be some of them.
    ``parts`` is set where several pieces are parts of one object's spectrum.
    """

    description: str
    evidence: str
    pieces: list[Piece]
    unit: Claim = ANGSTROM
    hint: str = ""
    scale: Claim = STORED
    medium: Claim = SILENT
    frame: Claim = SILENT
    noise: Claim = NO_NOISE
    mask: Claim | None = None
    resolution: Claim | None = None
    velocity: Claim | None = None
    notes: list[Decision] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    choices: list[OverrideChoice] = field(default_factory=list)
    total_rows: int = 0
    parts: Parts | None = None
