"""What a reader found in a file, why it took it so, and how a failure is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spectra_gui.data.spectrum import Spectrum


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a reader decided, in words for a person.

    ``subject`` is a short noun ("Format", "Wavelength unit", "Medium", "Frame", "Uncertainty",
    "Resolution"); ``evidence`` names the keyword, column or shape that it rests on;
    ``assumed`` is True where the file does not say and a habit or magnitude decided.
    """

    subject: str
    value: str
    evidence: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class OverrideChoice:
    """A choice that a person may make about a file before it is read again.

    ``key`` is a field of `Override`; ``options`` are the allowed values (empty = free text).
    """

    key: str
    label: str
    value: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """What a person says about a file; None leaves a point to the reader. Hashable, JSON-able.

    ``wavelength_unit``: ``angstrom | nm | um | log10_angstrom | log10_nm | ln_angstrom |
    wavenumber``.
    ``medium``: ``air | vacuum``. ``frame``: ``rest | barycentric | observed``.
    ``columns``: wavelength, flux and (optional) sigma column, by zero-based number or by name.
    ``uncertainty``: what the third column holds, ``sigma | variance | ivar | relative``.
    ``hdu``: number or name of an HDU, or of a table of a VOTable.
    ``rows``: zero-based rows or apertures to take.
    ``merge``: ``merged | separate``, for the orders, arms or segments of one object.
    ``velocity_kms``: radial velocity, moves the spectrum to rest. ``reader``: force a reader.
    """

    wavelength_unit: str | None = None
    medium: str | None = None
    frame: str | None = None
    columns: tuple[str, ...] | None = None
    skip_rows: int | None = None
    hdu: str | None = None
    rows: tuple[int, ...] | None = None
    velocity_kms: float | None = None
    fwhm_aa: float | None = None
    reader: str | None = None
    uncertainty: str | None = None
    merge: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Only what a person set, with lists for tuples."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if v is not None
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Override:
        """The inverse of `to_dict`; raises ``ValueError`` on a key that is not a field."""
        unknown = set(values) - set(cls.__slots__)
        if unknown:
            allowed = ", ".join(cls.__slots__)
            raise ValueError(f"unknown override {sorted(unknown)}; allowed: {allowed}")
        typed: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        return cls(**typed)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: at least one spectrum, and how each point was decided."""

    path: str
    format: str
    reader: str
    spectra: tuple[Spectrum, ...]
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()
    choices: tuple[OverrideChoice, ...] = ()
    override: Override = field(default_factory=Override)


class ReadError(Exception):
    """A file that gives no spectrum.

    ``code`` is a stable lower-case word (``not_found``, ``is_directory``, ``permission``,
    ``empty``, ``truncated``, ``too_large``, ``timeout``, ``crashed``, ``unknown_format``,
    ``no_wavelength``, ``not_a_spectrum``, ``unsupported``, ``no_good_pixels``, ``damaged``,
    ``bad_override``); ``reason`` a sentence that says what is wrong, ``advice`` one that says
    what to do now. ``has_columns`` is True where the file is a text or a table, so that a person
    may say which columns are which.
    """

    def __init__(
        self, code: str, reason: str, advice: str, path: str = "", *, has_columns: bool = False
    ) -> None:
        super().__init__(code, reason, advice, path)
        self.has_columns = has_columns
        self.code = code
        self.reason = reason
        self.advice = advice
        self.path = path

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.reason} {self.advice}".strip()
