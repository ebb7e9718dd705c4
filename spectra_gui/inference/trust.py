"""May this answer be believed? From what is known of a spectrum to accept, caution or refuse.

Every limit stands here with its reason; novelty's limit comes with the bundle, from held-out stars.
Knows prepared spectra and probabilities; knows no network and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spectra_gui.data import LETTERS, PreparationSpec, Prepared
from spectra_gui.data.verdict import State

LEAST_COVERAGE: Final = 0.4
"""Below this part of the grid too few diagnostics are left to tell both axes."""

GOOD_COVERAGE: Final = 0.8
"""Training spectra lose up to a third of the grid at random; more than a fifth gone is a doubt."""

LEAST_SNR: Final = 4.0
GOOD_SNR: Final = 12.0
"""Per resolution element. The strongest noise in training has 33 a pixel at its worst."""

REFUSED_NOVELTY: Final = 2.5
"""In units of the limit that 95 % of held-out stars stay below."""

FASTEST_KMS: Final = 600.0
"""Beyond, a star would be unbound to the Galaxy: a wrong line match is more likely."""

COARSE: Final = 1.5
TOO_COARSE: Final = 4.0
"""Ratios of the spectrum's FWHM to the bundle's."""

UNSURE: Final = 0.4
"""Below this probability of letter + class the answer is one of several."""

FAR_LETTERS: Final = 2
FAR_SHARE: Final = 1 / 3
"""So many members that name a letter so far from the answer's speak of another star."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one spectrum: ``novelty`` in units of the limit, ``probability`` of the
    answer's letter + class, ``members_agree`` as `agree` finds it."""

    prepared: Prepared
    novelty: float
    probability: float
    members_agree: bool


def agree(answer: tuple[str, str], opinions: Sequence[tuple[str, str]]) -> bool:
    """Whether most ``opinions`` (letter, class) are the answer, and few are of a far letter."""
    letter = LETTERS.index(answer[0])
    far = sum(abs(LETTERS.index(name[0]) - letter) >= FAR_LETTERS for name in opinions)
    same = sum(name == answer for name in opinions)
    return 2 * same >= len(opinions) and far < FAR_SHARE * len(opinions)


def judge(evidence: Evidence, spec: PreparationSpec) -> tuple[State, tuple[str, ...]]:
    """The state and its reasons, those of a refusal first."""
    refusals = _refusals(evidence, spec)
    cautions = _cautions(evidence, spec)
    if refusals:
        return "refuse", (*refusals, *cautions)
    return ("caution" if cautions else "accept"), tuple(cautions)


def _refusals(evidence: Evidence, spec: PreparationSpec) -> list[str]:
    prepared = evidence.prepared
    reasons = []
    if prepared.coverage < LEAST_COVERAGE:
        reasons.append(
            f"Only {100 * prepared.coverage:.0f} % of {spec.start_aa:.0f}–{spec.end_aa:.0f} Å is "
            f"covered; {100 * LEAST_COVERAGE:.0f} % are needed."
        )
    if prepared.snr is not None and prepared.snr < LEAST_SNR:
        reasons.append(f"The signal to noise is {prepared.snr:.1f}; {LEAST_SNR:g} are needed.")
    if evidence.novelty > REFUSED_NOVELTY:
        reasons.append(
            "The spectrum looks like none of the stars that the networks learnt from "
            f"({evidence.novelty:.1f} times the usual distance)."
        )
    if prepared.fwhm_aa is not None and prepared.fwhm_aa > TOO_COARSE * spec.fwhm_aa:
        reasons.append(
            f"The resolution of {prepared.fwhm_aa:.0f} Å blurs the lines that tell MK types."
        )
    return reasons


def _cautions(evidence: Evidence, spec: PreparationSpec) -> list[str]:
    prepared = evidence.prepared
    reasons = []
    if LEAST_COVERAGE <= prepared.coverage < GOOD_COVERAGE:
        reasons.append(
            f"{100 * prepared.coverage:.0f} % of {spec.start_aa:.0f}–{spec.end_aa:.0f} Å is "
            "covered."
        )
    if prepared.snr is None:
        reasons.append("The signal to noise could not be measured.")
    elif LEAST_SNR <= prepared.snr < GOOD_SNR:
        reasons.append(f"The signal to noise is low ({prepared.snr:.0f}).")
    if 1.0 < evidence.novelty <= REFUSED_NOVELTY:
        reasons.append(
            f"The spectrum is unusual ({evidence.novelty:.1f} times the distance that holds 95 % "
            "of stars)."
        )
    reasons += _cautions_of_axis(prepared, spec)
    if evidence.probability < UNSURE:
        reasons.append("No single letter and class stands out.")
    elif not evidence.members_agree:
        reasons.append("The networks disagree among themselves.")
    return reasons


def _cautions_of_axis(prepared: Prepared, spec: PreparationSpec) -> list[str]:
    reasons = []
    if prepared.fwhm_aa is None:
        reasons.append("The resolution is not known.")
    elif COARSE * spec.fwhm_aa < prepared.fwhm_aa <= TOO_COARSE * spec.fwhm_aa:
        reasons.append(
            f"The resolution ({prepared.fwhm_aa:.1f} Å) is coarser than the {spec.fwhm_aa:g} Å of "
            "the networks."
        )
    if prepared.rv_origin == "none":
        reasons.append("The radial velocity could not be measured; lines may be shifted.")
    elif prepared.rv_kms is not None and abs(prepared.rv_kms) > FASTEST_KMS:
        reasons.append(f"The radial velocity of {prepared.rv_kms:.0f} km/s is unlikely.")
    return reasons
