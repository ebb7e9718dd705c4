"""The answer for one spectrum: probabilities over the MK grid and what may be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES
from spectra_gui.data.opinion import SecondOpinion, Seen
from spectra_gui.data.spectrum import read_only

State = Literal["accept", "caution", "refuse"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One letter + luminosity class: its posterior-median subtype and its probability."""

    type: str
    probability: float


@dataclass(frozen=True, slots=True)
class MemberOpinion:
    """What one member of the ensemble says alone."""

    member: str
    kind: str
    type: str
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The MK type of a spectrum with its doubts.

    Attributes
    ----------
    probabilities : (70, 6) float32, sum 1; rows O0…M9, columns I…VI
    type : e.g. ``"G2 V"``: the most probable letter + class with its posterior-median subtype
    letter, subtype, luminosity : the parts (``"G"``, 2.0, ``"V"``)
    probability : calibrated probability of that letter + class
    subtype_interval : 16th and 84th percentile of the temperature marginal, on 0–70
    credible_set : the set's cells as (temperature index, class index), most probable first
    credible_text : the set in words, e.g. ``"G0–G4, IV–V"``
    alternatives : other letter + class answers, most probable first
    members : per-member answers
    rv_kms, rv_err_kms : velocity the spectrum was moved by; None where none was needed or found.
        The error of a measured one includes the 83 km/s between air and vacuum where nothing
        tells which of them the wavelengths are of
    rv_origin : ``rest | header | user | measured | none``
    snr : median signal to noise per resolution element, None where it cannot be had
    coverage : fraction of the bundle's grid with valid pixels, 0–1
    novelty : how strange the spectrum is beside the training spectra, in units of a limit that few
        held-out stars exceed (above 1 = unusual)
    state, reasons : verdict and, unless accept, why, in sentences
    template : name of the class template nearest to the type, "" where the bundle has none
    second_opinion : what the most similar spectra say, which changes nothing above; None where the
        type is withheld or the bundle has no table of its training stars
    seen : the training star that this is, None where it is none that is known
    flags : what the spectrum shows beside its type, in sentences that begin with a word and a
        colon: ``e:`` for emission lines, ``metal-weak:``
    """

    probabilities: NDArray[np.float32]
    type: str
    letter: str
    subtype: float
    luminosity: str
    probability: float
    subtype_interval: tuple[float, float]
    credible_set: tuple[tuple[int, int], ...]
    credible_text: str
    alternatives: tuple[Alternative, ...]
    members: tuple[MemberOpinion, ...]
    rv_kms: float | None
    rv_err_kms: float | None
    rv_origin: str
    snr: float | None
    coverage: float
    novelty: float
    state: State
    reasons: tuple[str, ...]
    bundle: str
    bundle_sha256: str
    template: str = ""
    second_opinion: SecondOpinion | None = None
    seen: Seen | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        grid = np.ascontiguousarray(self.probabilities, dtype=np.float32)
        if grid.shape != (N_SUBTYPES, N_LUMINOSITY):
            raise ValueError(f"probabilities have shape {grid.shape}, expected (70, 6)")
        object.__setattr__(self, "probabilities", read_only(grid))
