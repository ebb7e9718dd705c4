"""The running mean that takes continuum shape away."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.prepare import normalise

N = 2441
X = np.arange(N)
ALL = np.ones((1, N), bool)


def lines(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    flux = np.ones(N)
    for centre in rng.uniform(0, N, 80):
        flux -= rng.uniform(0.05, 0.4) * np.exp(-0.5 * ((X - centre) / 1.2) ** 2)
    return np.clip(flux, 0.05, None)[None]


@pytest.mark.parametrize("scale", [1e-17, 3.0, 1e12])
def test_the_scale_of_the_flux_does_not_matter(scale: float) -> None:
    reference, _ = normalise(lines(), ALL, 80.0)
    scaled, continuum = normalise(lines() * scale, ALL, 80.0)
    np.testing.assert_allclose(scaled, reference, rtol=1e-5)
    np.testing.assert_allclose(scaled * continuum, lines() * scale, rtol=1e-5)


@pytest.mark.parametrize(
    "shape",
    [1.0 + 0.8 * X / N, (3850.0 + 1.25 * X) ** -4.0, np.exp(-(((X - 1200) / 1500.0) ** 2))],
    ids=["slope", "hot star", "response"],
)
def test_slope_and_reddening_leave_the_lines_as_they_are(shape: np.ndarray) -> None:
    reference, _ = normalise(lines(), ALL, 80.0)
    tilted, _ = normalise(lines() * shape, ALL, 80.0)
    inner = slice(250, -250)
    assert np.abs(tilted - reference)[0, inner].max() < 0.02
    assert np.abs(tilted - reference).max() < 0.15


def test_the_ends_do_not_wrap_around() -> None:
    flux = np.ones((1, N))
    flux[0, :100] = 100.0
    _, continuum = normalise(flux, ALL, 80.0)
    assert continuum[0, -1] == pytest.approx(1.0, rel=1e-6)


def test_what_is_not_valid_has_no_influence_and_reads_one() -> None:
    valid = ALL.copy()
    valid[0, 1000:1100] = False
    reference, _ = normalise(lines(), valid, 80.0)
    spoiled = lines()
    spoiled[0, 1000:1100] = 1e9
    spoiled[0, 1050] = np.nan
    result, _ = normalise(spoiled, valid, 80.0)
    np.testing.assert_array_equal(result, reference)
    assert (result[0, 1000:1100] == 1.0).all()


def test_far_from_any_valid_pixel_there_is_no_continuum() -> None:
    valid = np.zeros((1, N), bool)
    valid[0, :300] = True
    result, continuum = normalise(np.ones((1, N)), valid, 80.0)
    assert np.isnan(continuum[0, 1500:]).all()
    assert np.isfinite(continuum[0, :300]).all()
    assert (result[0, 300:] == 1.0).all()


@pytest.mark.parametrize("height", [10.0, 1e3, 1e6])
def test_a_cosmic_ray_does_not_bend_the_continuum_of_its_neighbours(height: float) -> None:
    reference, _ = normalise(lines(), ALL, 80.0)
    hit = lines()
    hit[0, 1200:1203] = height
    result, _ = normalise(hit, ALL, 80.0)
    away = np.ones(N, bool)
    away[1195:1208] = False
    assert np.abs(result - reference)[0, away].max() < 0.02
    assert result.max() == 4.0


def test_a_moderate_peak_is_kept_as_it_is() -> None:
    flux = np.ones((1, N))
    flux[0, 1200] = 2.5
    result, _ = normalise(flux, ALL, 80.0)
    assert result[0, 1200] == pytest.approx(2.5, rel=0.02)


def test_where_the_mean_is_not_positive_nothing_is_valid() -> None:
    flux = np.ones((1, N))
    flux[0, :800] = -1.0
    result, continuum = normalise(flux, ALL, 80.0)
    assert np.isnan(continuum[0, :600]).all()
    assert (result[0, :600] == 1.0).all()
    assert np.isfinite(continuum[0, 1200:]).all()


def test_hopeless_rows_give_ones_and_no_continuum() -> None:
    flux = np.zeros((3, N))
    flux[1] = np.nan
    valid = np.ones((3, N), bool)
    valid[2] = False
    result, continuum = normalise(flux, valid, 80.0)
    assert (result == 1.0).all()
    assert np.isnan(continuum).all()


def test_a_batch_equals_one_by_one() -> None:
    flux = np.concatenate([lines(seed) for seed in range(5)])
    flux[3, 700] = 1e4
    together, _ = normalise(flux, np.ones(flux.shape, bool), 80.0)
    for row in range(5):
        alone, _ = normalise(flux[row : row + 1], ALL, 80.0)
        np.testing.assert_array_equal(together[row], alone[0])
