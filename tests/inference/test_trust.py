"""The state of an answer follows from what is known of the spectrum, with its reasons in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Prepared
from spectra_gui.inference.findings import Finding
from spectra_gui.inference.trust import SPLIT_DISCOUNT, Evidence, agree, far_apart, judge

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
    return judged(Evidence(prepared(**changes), Finding(novelty), probability, agree))


def judged(evidence: Evidence, unsure: float | None = None) -> tuple[str, str]:
    state, reasons = judge(evidence, SPEC, unsure)
    return state, " ".join(reasons)


def state_of_finding(strange_part: float = 0.1, **ways: float) -> tuple[str, str]:
    names = ("residual", "distance", "share", "weakness", "peak")
    strange = tuple(ways.get(name, 0.5) for name in names)
    finding = Finding(max(strange), strange, strange_part, peak_aa=5577.3)
    return judged(Evidence(prepared(), finding, 0.9, members_agree=True))


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
        ({"coverage": 0.6}, "60 %"),
        ({"snr": 8.0}, "low"),
        ({"snr": None}, "could not be measured"),
        ({"novelty": 1.4}, "unusual"),
        ({"fwhm_aa": 7.0}, "coarser"),
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


@pytest.mark.parametrize(
    ("ways", "word"),
    [
        ({"distance": 3.0}, "none of the stars"),
        ({"residual": 3.0}, "none of the stars"),
        ({"weakness": 2.0}, "hardly any lines"),
        ({"share": 1.2}, "70 %"),
    ],
)
def test_what_is_no_star_is_refused(ways: dict[str, float], word: str) -> None:
    state, reasons = state_of_finding(0.7 if "share" in ways else 0.1, **ways)
    assert state == "refuse"
    assert word in reasons


@pytest.mark.parametrize(
    ("ways", "word"),
    [
        ({"distance": 1.2}, "unusual"),
        ({"weakness": 1.1}, "hardly any lines"),
        ({"share": 1.1}, "10 %"),
        ({"peak": 4.0}, "5577 Å"),
    ],
)
def test_what_few_stars_show_is_a_caution(ways: dict[str, float], word: str) -> None:
    state, reasons = state_of_finding(**ways)
    assert state == "caution"
    assert word in reasons


def test_within_its_limits_a_spectrum_is_accepted() -> None:
    assert state_of_finding() == ("accept", "")


def test_the_bundle_says_what_is_unsure() -> None:
    def at(probability: float, *, together: bool = True, far: bool = False) -> str:
        evidence = Evidence(prepared(), Finding(0.5), probability, together, far)
        return judged(evidence, 0.3)[0]

    assert (at(0.29), at(0.31)) == ("caution", "accept")
    split = 0.3 / SPLIT_DISCOUNT
    assert (at(split - 0.01, together=False), at(split + 0.01, together=False)) == (
        "caution",
        "accept",
    )
    assert at(0.9, together=False, far=True) == "caution"


def test_a_third_of_members_with_another_kind_of_star_is_told() -> None:
    assert far_apart(("G", "V"), [("G", "V"), ("G", "V"), ("B", "V")])
    assert not far_apart(("G", "V"), [("G", "V"), ("G", "V"), ("F", "V")])
