"""A spectrum is strange in one of five ways, by the stars of its type and beyond its noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.inference.likeness import (
    DISTANCE,
    PEAK,
    RESIDUAL,
    SHARE,
    WEAKNESS,
    in_limits,
    look_at,
    metallicity,
    project,
)
from tests.inference.likeness import (
    COOL,
    HOT,
    HYDROGEN,
    METALS,
    SPEC,
    WAVE,
    made_likeness,
    made_stars,
)

LIKENESS = made_likeness()


def ways(flux: np.ndarray, kind: int = HOT, noise: float = np.inf) -> np.ndarray:
    """(5, b) how strange spectra are in units of the limits."""
    valid, types = np.ones(flux.shape, bool), np.full(len(flux), kind)
    look = look_at(LIKENESS, flux, valid, np.full(flux.shape, noise), types, SPEC)
    return in_limits(LIKENESS, look, types)


@pytest.mark.parametrize(("hot", "kind"), [(True, HOT), (False, COOL)])
def test_stars_of_their_type_stay_within_all_limits(hot: bool, kind: int) -> None:
    assert ways(made_stars(40, hot=hot, seed=1), kind).max() < 1.0


def test_a_star_is_far_from_the_stars_of_another_type() -> None:
    assert ways(made_stars(5, hot=False, seed=2), HOT)[DISTANCE].min() > 1.5


def test_a_broad_feature_that_no_star_has_is_in_the_rest_and_its_share() -> None:
    band = 0.2 * np.exp(-0.5 * ((WAVE - 5500.0) / 60.0) ** 2)
    strange = ways(made_stars(3, hot=True, seed=3) - band.astype(np.float32))
    assert strange[RESIDUAL].min() > 1.0
    assert strange[SHARE].min() > 1.0


def test_a_line_that_no_star_has_is_a_peak_at_its_place() -> None:
    flux = made_stars(1, hot=True, seed=4)
    flux[0] += np.exp(-0.5 * ((WAVE - 5461.0) / 1.5) ** 2).astype(np.float32) * 0.3
    look = look_at(
        LIKENESS,
        flux,
        np.ones(flux.shape, bool),
        np.full(flux.shape, np.inf),
        np.array([HOT]),
        SPEC,
    )
    assert in_limits(LIKENESS, look, np.array([HOT]))[PEAK, 0] > 3.0
    assert WAVE[look.peak_px[0]] == pytest.approx(5461.0, abs=SPEC.step_aa)


@pytest.mark.parametrize("noise", [0.002, 0.05, 0.3])
def test_noise_without_lines_has_no_lines(noise: float) -> None:
    rng = np.random.default_rng(5)
    flux = (1.0 + noise * rng.standard_normal((5, WAVE.size))).astype(np.float32)
    assert ways(flux)[WEAKNESS].min() > 1.0


def test_noise_makes_a_star_no_stranger() -> None:
    flux = made_stars(20, hot=True, seed=6, noise=0.04)
    assert ways(flux, noise=0.04)[[RESIDUAL, DISTANCE, SHARE, WEAKNESS]].max() < 1.5


def test_noise_that_is_stated_too_high_hides_nothing() -> None:
    band = 0.2 * np.exp(-0.5 * ((WAVE - 5500.0) / 60.0) ** 2)
    flux = made_stars(3, hot=True, seed=7) - band.astype(np.float32)
    np.testing.assert_allclose(ways(flux, noise=0.5), ways(flux), rtol=0.02)


def test_what_is_not_seen_is_not_strange() -> None:
    flux, valid = made_stars(4, hot=True, seed=8), np.ones((4, WAVE.size), bool)
    valid[:, 300:1100] = False
    flux[~valid] = 3.0
    look = look_at(LIKENESS, flux, valid, np.full(flux.shape, np.inf), np.full(4, HOT), SPEC)
    assert in_limits(LIKENESS, look, np.full(4, HOT)).max() < 1.0
    whole, _ = project(LIKENESS, made_stars(4, hot=True, seed=8), np.ones_like(valid))
    np.testing.assert_allclose(look.coordinates, whole, atol=0.06)


def test_metallicity_follows_the_metals_where_the_bundle_knows_it() -> None:
    lines = LIKENESS.components @ METALS
    weights = np.zeros((2, 3))
    weights[1] = [*(-lines / (lines @ lines)), -2.0]
    told = replace(LIKENESS, metals=weights)
    flux = (1.0 - 0.3 * HYDROGEN - np.array([[0.3], [0.6]]) * METALS).astype(np.float32)
    valid, types = np.ones(flux.shape, bool), np.full(2, COOL)
    look = look_at(told, flux, valid, np.full(flux.shape, np.inf), types, SPEC)
    weak, strong = metallicity(told, look, types)
    assert strong - weak == pytest.approx(0.3, abs=0.01)
    assert np.isnan(metallicity(told, look, np.full(2, HOT))).all()
