"""Reduced curves keep their peaks and gaps; flux ranges ignore spikes."""

from __future__ import annotations

import numpy as np

from spectra_gui.window.plots.decimate import (
    decimate_band,
    decimate_curve,
    robust_range,
    runs,
    sample_columns,
)


def test_a_single_bright_pixel_among_a_million_is_still_drawn() -> None:
    x = np.linspace(3000.0, 9000.0, 1_000_000)
    y = np.ones_like(x)
    y[777_777] = 42.0
    y[123_456] = -7.0
    seen_x, seen_y = decimate_curve(x, y, low=3000.0, high=9000.0, n_columns=1000)
    assert seen_x.size <= 2 * 1001
    assert seen_y.max() == 42.0
    assert seen_y.min() == -7.0
    assert abs(seen_x[np.argmax(seen_y)] - x[777_777]) <= 6.0


def test_scattered_bad_pixels_do_not_empty_the_curve() -> None:
    x = np.geomspace(3800.0, 9200.0, 200_000)
    y = np.ones_like(x)
    y[::50] = np.nan
    y[100_000:110_000] = np.nan
    _, seen = decimate_curve(x, y, low=3800.0, high=9200.0, n_columns=500)
    share = np.isnan(seen).mean()
    assert 0.03 < share < 0.07


def test_few_points_are_drawn_as_they_are_with_a_neighbour_on_either_side() -> None:
    x = np.arange(10.0)
    seen_x, seen_y = decimate_curve(x, x**2, low=3.2, high=5.5, n_columns=100)
    assert seen_x.tolist() == [3.0, 4.0, 5.0, 6.0]
    assert seen_y.tolist() == [9.0, 16.0, 25.0, 36.0]


def test_an_empty_view_gives_nothing() -> None:
    x = np.arange(10.0)
    seen_x, _ = decimate_curve(x, x, low=50.0, high=60.0, n_columns=100)
    assert seen_x.size <= 1
    assert decimate_curve(np.empty(0), np.empty(0), low=0, high=1, n_columns=9)[0].size == 0


def test_a_band_covers_its_extremes() -> None:
    x = np.linspace(0.0, 1.0, 50_000)
    lower, upper = -np.abs(np.sin(300 * x)), np.abs(np.cos(300 * x))
    _, low, high = decimate_band(x, lower, upper, low=0.0, high=1.0, n_columns=100)
    assert low.size <= 101
    assert low.max() <= -0.5
    assert high.min() >= 0.5


def test_columns_take_the_largest_value_inside_and_zero_outside() -> None:
    x = np.linspace(100.0, 200.0, 10_001)
    y = np.zeros_like(x)
    y[5003] = 1.0
    seen = sample_columns(x, y, low=0.0, high=300.0, n_columns=30)
    assert seen.max() == 1.0
    assert np.flatnonzero(seen).tolist() == [15]
    assert sample_columns(np.empty(0), np.empty(0), low=0, high=1, n_columns=3).tolist() == [0] * 3


def test_zoomed_between_two_pixels_a_column_is_interpolated() -> None:
    seen = sample_columns(
        np.array([0.0, 1.0]), np.array([0.0, 1.0]), low=0.4, high=0.6, n_columns=2
    )
    assert np.allclose(seen, [0.45, 0.55])


def test_stretches_of_good_pixels() -> None:
    good = np.array([True, True, False, True, False, False, True])
    assert runs(good) == [slice(0, 2), slice(3, 4), slice(6, 7)]
    assert runs(np.zeros(3, bool)) == []


def test_cosmic_rays_do_not_stretch_the_flux_axis_and_line_cores_stay_in_it() -> None:
    rng = np.random.default_rng(0)
    flux = 1 + rng.normal(0, 0.02, 4000)
    flux[2000:2012] = 0.35
    clean = robust_range(flux)
    assert clean[0] < 0.35
    flux[77] = 5000.0
    flux[3000] = -900.0
    spiked = robust_range(flux)
    assert spiked[1] < 3
    assert spiked[0] > -2


def test_emission_is_shown_up_to_three_times_the_continuum() -> None:
    flux = np.ones(4000)
    flux[500:520] = 2.5
    assert robust_range(flux)[1] > 2.5
    flux[500:520] = 80.0
    assert 2.9 < robust_range(flux)[1] < 10


def test_ranges_of_nothing_and_of_a_constant_are_not_empty() -> None:
    assert robust_range(np.full(5, np.nan)) == (0.0, 1.0)
    low, high = robust_range(np.full(5, 3.0))
    assert low < 3.0 < high
    assert robust_range(np.zeros(4))[0] < robust_range(np.zeros(4))[1]
