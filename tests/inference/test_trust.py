"""The state of an answer follows from what is known of the spectrum, with its reasons in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Prepared
from spectra_gui.inference.trust import Evidence, agree, judge

SPEC = PreparationSpec(n_pixels=300)


def prepared(**changes: object) -> Prepared:
    n = SPEC.n_pixels
    good = Prepared(
        flux=np.ones(n, np.float32), valid=np.ones(n, bool), continuum=np.ones(n, np.float32),
        sigma=None, rv_kms=3.0, rv_err_kms=1.0, rv_origin="measured", rv_quality=9.0, snr=80.0,
        fwhm_aa=2.5, fwhm_origin="header", coverage=1.0,
    )  # fmt: skip
    return replace(good, **changes)


def state_of(*, novelty: float = 0.5, probability: float = 0.9, agree: bool = True,
             **changes: object) -> tuple[str, str]:  # fmt: skip
    evidence = Evidence(prepared(**changes), novelty, probability, agree)
    state, reasons = judge(evidence, SPEC)
    return state, " ".join(reasons)


def test_a_good_spectrum_is_accepted_without_a_word() -> None:
    assert state_of() == ("accept", "")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"coverage": 0.2}, "covered"),
        ({"snr": 1.5}, "signal to noise"),
        ({"novelty": 4.0}, "none of the stars"),
        ({"fwhm_aa": 20.0}, "resolution"),
    ],
)
def test_what_cannot_be_known_is_refused(changes: dict[str, float], word: str) -> None:
    state, reasons = state_of(**changes)  # type: ignore[arg-type]
    assert state == "refuse"
    assert word in reasons


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"coverage": 0.7}, "70 %"),
        ({"snr": 8.0}, "low"),
        ({"snr": None}, "could not be measured"),
        ({"novelty": 1.4}, "unusual"),
        ({"fwhm_aa": 6.0}, "coarser"),
        ({"fwhm_aa": None}, "not known"),
        ({"rv_origin": "none", "rv_kms": None}, "radial velocity"),
        ({"rv_kms": 900.0}, "unlikely"),
        ({"probability": 0.3}, "stands out"),
        ({"agree": False}, "disagree"),
    ],
)
def test_a_doubt_is_a_caution_with_its_reason(changes: dict[str, object], word: str) -> None:
    state, reasons = state_of(**changes)  # type: ignore[arg-type]
    assert state == "caution"
    assert word in reasons


def test_the_reason_of_a_refusal_comes_first() -> None:
    _, reasons = state_of(snr=1.0, fwhm_aa=None)
    assert reasons.index("signal") < reasons.index("resolution")


def test_members_that_see_another_star_are_not_outvoted_in_silence() -> None:
    g, near, far = ("G", "V"), ("F", "V"), ("O", "I")
    assert agree(g, [g, g, g, g, near, near, near])
    assert not agree(g, [g, g, g, near, near, near, near])
    assert not agree(g, [g, g, g, g, far, far, far])
    assert agree(g, [g, g, g, g, g, far, far])
