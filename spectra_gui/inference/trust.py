"""May this answer be believed? From what is known of a spectrum to accept, caution or refuse.

Limits of what is strange and of what is unsure come with the bundle, from held-out stars; all
others stand here with their reason. Knows prepared spectra, findings and probabilities; knows no
network and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spectra_gui.data import LETTERS, PreparationSpec, Prepared
from spectra_gui.data.verdict import State
from spectra_gui.inference.findings import Finding
from spectra_gui.inference.likeness import DISTANCE, PEAK, RESIDUAL, SHARE, WEAKNESS

LEAST_COVERAGE: Final = 0.4
"""Below this part of the grid too few diagnostics are left to tell both axes."""

GOOD_COVERAGE: Final = 0.7
"""Training spectra lose up to three tenths of the grid at random."""

LEAST_SNR: Final = 4.0
GOOD_SNR: Final = 12.0
"""Per resolution element. The strongest noise in training has 33 a pixel at its worst."""

REFUSED_NOVELTY: Final = 2.5
"""In units of the limit; of 500 held-out stars one is so strange."""

REFUSED_WEAKNESS: Final = 1.5
"""Lines so much weaker than those of nearly all stars of a type are none."""

REFUSED_SHARE: Final = 0.5
"""Most of what such a spectrum shows is no line of a star."""

FASTEST_KMS: Final = 600.0
"""Beyond, a star would be unbound to the Galaxy: a wrong line match is more likely."""

COARSE: Final = 2.0
TOO_COARSE: Final = 4.0
"""Ratios of the spectrum's FWHM to the bundle's; up to the first, few stars change their type."""

UNSURE: Final = 0.4
"""Below this probability of letter + class the answer is one of several, where a bundle gives no
limit of its own."""

SPLIT_DISCOUNT: Final = 0.8
"""What an answer's probability counts where its members are split: such answers are right less
often (of 52 held-out stars between .3 and .5, 29 %; 40 % where members agree)."""

FAR_LETTERS: Final = 2
FAR_SHARE: Final = 1 / 3
"""So many members that name a letter so far from the answer's speak of another star."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one spectrum: ``probability`` of the answer's letter + class,
    ``members_agree`` and ``members_far`` as `agree` and `far_apart` find them."""

    prepared: Prepared
    finding: Finding
    probability: float
    members_agree: bool
    members_far: bool = False


def agree(answer: tuple[str, str], opinions: Sequence[tuple[str, str]]) -> bool:
    """Whether most ``opinions`` (letter, class) are the answer, and few are of a far letter."""
    same = sum(name == answer for name in opinions)
    return 2 * same >= len(opinions) and not far_apart(answer, opinions)


def far_apart(answer: tuple[str, str], opinions: Sequence[tuple[str, str]]) -> bool:
    """Whether many ``opinions`` (letter, class) speak of another kind of star."""
    letter = LETTERS.index(answer[0])
    far = sum(abs(LETTERS.index(name[0]) - letter) >= FAR_LETTERS for name in opinions)
    return far > 0 and far >= FAR_SHARE * len(opinions)


def certainty(probability: float, *, members_agree: bool) -> float:
    """What an answer's probability is worth beside a bundle's limit of the unsure."""
    return probability if members_agree else SPLIT_DISCOUNT * probability


def judge(
    evidence: Evidence, spec: PreparationSpec, unsure: float | None = None
) -> tuple[State, tuple[str, ...]]:
    """The state and its reasons, those of a refusal first.

    ``unsure`` : the bundle's limit of `certainty`, None where it has none.
    """
    strange = _strangeness(evidence.finding)
    refusals = [*_refusals(evidence, spec), *(text for text, refused in strange if refused)]
    cautions = [
        *_cautions(evidence, spec),
        *(text for text, refused in strange if not refused),
        *_doubts(evidence, unsure),
    ]
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
    return reasons + _cautions_of_axis(prepared, spec)


def _strangeness(finding: Finding) -> list[tuple[str, bool]]:
    """What is unlike a star of the type, in sentences, each with whether it refuses."""
    ways = finding.ways or _one_way(finding.novelty)
    found = []
    far = max(ways[RESIDUAL], ways[DISTANCE])
    if far > REFUSED_NOVELTY:
        found.append(
            (
                "The spectrum looks like none of the stars that the networks learnt from "
                f"({far:.1f} times the usual distance).",
                True,
            )
        )
    elif far > 1.0:
        text = f"The spectrum is unusual ({far:.1f} times the distance that few stars exceed)."
        found.append((text, False))
    if ways[SHARE] > 1.0:
        text = f"Of what its lines show, {100 * finding.share:.0f} % are in no star of its type."
        found.append((text, finding.share > REFUSED_SHARE))
    if ways[WEAKNESS] > 1.0:
        text = (
            "It has hardly any lines: they are weaker than those of nearly all stars of its type."
        )
        found.append((text, ways[WEAKNESS] > REFUSED_WEAKNESS))
    if ways[PEAK] > 1.0:
        text = f"It has a feature at {finding.peak_aa:.0f} Å that stars of its type lack."
        found.append((text, False))
    return found


def _one_way(novelty: float) -> tuple[float, ...]:
    """Of a bundle that tells only the distance from all stars."""
    return tuple(novelty if way == RESIDUAL else 0.0 for way in range(5))


def _doubts(evidence: Evidence, unsure: float | None) -> list[str]:
    """Of the networks about their answer; where nothing is fitted, any split among them is one."""
    limit = UNSURE if unsure is None else unsure
    together = evidence.members_agree
    if evidence.probability < limit:
        return ["No single letter and class stands out."]
    split = certainty(evidence.probability, members_agree=together) < limit
    if evidence.members_far or split or (unsure is None and not together):
        return ["The networks disagree among themselves."]
    return []


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
