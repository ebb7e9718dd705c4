"""Balmer emission is found beside the rest of the spectrum, and set aside with its continuum."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.inference.emission import (
    balmer_cores,
    excess_aa,
    in_emission,
    without_balmer_cores,
)
from tests.inference.likeness import (
    COOL,
    HOT,
    METALS,
    SPEC,
    WAVE,
    made_likeness,
    made_stars,
)

LIKENESS = made_likeness()


def beaming(flux: np.ndarray, width_aa: float) -> np.ndarray:
    """The spectra with emission of an equivalent width in Hα, and a quarter of it in Hβ."""
    glow = np.zeros(WAVE.size)
    for at, part in ((6562.8, 1.0), (4861.3, 0.25)):
        glow += (
            part * width_aa / (3.0 * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((WAVE - at) / 3.0) ** 2)
        )
    return (flux + glow).astype(np.float32)


def excess(flux: np.ndarray, noise: float = 0.004) -> np.ndarray:
    return excess_aa(LIKENESS, flux, np.ones(flux.shape, bool), np.full(flux.shape, noise), SPEC)


@pytest.mark.parametrize(("hot", "kind"), [(True, HOT), (False, COOL)])
def test_quiet_stars_have_none(hot: bool, kind: int) -> None:
    found = excess(made_stars(30, hot=hot, seed=1))
    assert not in_emission(LIKENESS, found, np.full(30, kind)).any()


@pytest.mark.parametrize("width_aa", [5.0, 20.0])
def test_its_light_is_measured(width_aa: float) -> None:
    found = excess(beaming(made_stars(10, hot=True, seed=2), width_aa))
    np.testing.assert_allclose(found[0], width_aa, rtol=0.1, atol=0.6)
    np.testing.assert_allclose(found[1], 0.25 * width_aa, rtol=0.15, atol=0.6)
    assert in_emission(LIKENESS, found, np.full(10, HOT))[0].all()


def test_noise_is_no_emission() -> None:
    found = excess(made_stars(30, hot=True, seed=3, noise=0.3), noise=0.3)
    assert not in_emission(LIKENESS, found, np.full(30, HOT)).any()


def test_a_line_that_is_not_seen_is_not_in_emission() -> None:
    flux = beaming(made_stars(1, hot=True, seed=4), 20.0)
    valid = np.ones(flux.shape, bool)
    valid[:, np.abs(WAVE - 6562.8) < 3.0] = False
    found = excess_aa(LIKENESS, flux, valid, np.full(flux.shape, 0.004), SPEC)
    assert found[0, 0] == 0.0
    assert found[1, 0] > 3.0


def test_what_is_left_is_what_a_quiet_star_has_there() -> None:
    stars = (1.0 - 0.3 * METALS)[None].astype(np.float32)
    level = np.full(stars.shape, 2.0, np.float32)
    seen = np.ones(stars.shape, bool)
    found = np.array([[True], [True], [False], [False]])
    quiet, kept = without_balmer_cores(stars, seen, level, found, SPEC)
    again, same = without_balmer_cores(beaming(stars, 20.0), seen, level, found, SPEC)
    cores = balmer_cores(SPEC)
    assert not kept[:, cores[:3].any(axis=0)].any()
    assert kept[:, cores[3]].all()
    assert (same == kept).all()
    np.testing.assert_allclose(again[kept], quiet[kept], atol=0.02)
    assert (quiet[~kept] == 1.0).all()
