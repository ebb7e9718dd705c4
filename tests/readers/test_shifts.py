"""How far lines are from their places in air."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.data.lines import LINES
from spectra_gui.readers.shifts import Shift, air_shift, on_grid, sky_shift, star_shift
from spectra_gui.units import doppler_factor

Floats = NDArray[np.float64]


def k_giant(axis: Floats, velocity_kms: float) -> Floats:
    """The line list's lines of a K star, without noise, moved."""
    flux = np.ones_like(axis)
    for line in LINES:
        if "K" in line.letters and line.kind == "line":
            place = line.air_aa * float(doppler_factor(velocity_kms))
            depth = {1: 0.5, 2: 0.3, 3: 0.2, 4: 0.15}[line.rank]
            flux -= depth * np.exp(-0.5 * ((axis - place) / 1.5) ** 2)
    return np.maximum(flux, 0.05)


def shift_of(axis: Floats, flux: Floats) -> Shift | None:
    spectrum = on_grid(axis, flux, np.zeros(axis.size, bool))
    return None if spectrum is None else star_shift(spectrum)


@pytest.mark.parametrize("velocity", [-250.0, -40.0, 0.0, 17.0, 83.0, 300.0])
@pytest.mark.parametrize("step", [0.05, 0.9, 2.0])
def test_a_stars_velocity_is_found_at_any_sampling(velocity: float, step: float) -> None:
    axis = np.arange(4800.0, 6800.0, step)
    found = shift_of(axis, k_giant(axis, velocity))
    assert found is not None
    assert found.kms == pytest.approx(velocity, abs=15.0)
    assert found.letter in "GK"


def test_the_lines_that_are_named_are_covered() -> None:
    axis = np.arange(5000.0, 5700.0, 1.0)
    found = shift_of(axis, k_giant(axis, 0.0))
    assert found is not None
    assert 1 <= len(found.names) <= 3
    places = {line.name: line.air_aa for line in LINES}
    assert all(5000.0 < places[name] < 5700.0 for name in found.names)


def test_bad_pixels_do_not_count() -> None:
    axis = np.arange(4800.0, 6800.0, 1.0)
    flux = k_giant(axis, 60.0)
    bad = np.random.default_rng(4).random(axis.size) < 0.1
    flux[bad] = 1e6
    spectrum = on_grid(axis, flux, bad)
    assert spectrum is not None
    found = star_shift(spectrum)
    assert found is not None
    assert found.kms == pytest.approx(60.0, abs=15.0)


@pytest.mark.parametrize(
    ("low", "high"), [(1000.0, 3000.0), (12000.0, 24000.0), (8990.0, 9400.0), (5000.0, 5010.0)]
)
def test_a_spectrum_of_elsewhere_is_left_alone(low: float, high: float) -> None:
    axis = np.linspace(low, high, 300)
    assert on_grid(axis, np.ones(300), np.zeros(300, bool)) is None


O2_B_AA = (
    6867.22, 6868.23, 6869.10, 6869.95, 6870.95, 6871.29, 6872.25, 6872.84, 6873.80, 6874.65,
    6875.58, 6876.71, 6877.63, 6879.04, 6879.92, 6883.83, 6885.75, 6886.74, 6888.95, 6889.90,
    6892.37, 6893.31, 6896.03, 6896.96, 6899.95, 6900.87, 6904.12, 6905.02, 6908.53, 6909.43,
)  # fmt: skip
"""Minima of a HARPS spectrum (R = 115 000), less the Earth's velocity, in air."""


@pytest.mark.parametrize("velocity", [0.0, -24.0, 83.0])
def test_the_band_b_is_found_where_a_finer_spectrum_has_it(velocity: float) -> None:
    axis = np.arange(6700.0, 7000.0, 0.2)
    flux = np.ones_like(axis)
    for place in O2_B_AA:
        moved = place * float(doppler_factor(velocity))
        flux -= 0.5 * np.exp(-0.5 * ((axis - moved) / 0.3) ** 2)
    spectrum = on_grid(axis, np.maximum(flux, 0.0), np.zeros(axis.size, bool))
    assert spectrum is not None
    found = air_shift(spectrum)
    assert found is not None
    assert found.kms == pytest.approx(velocity, abs=25.0)
    assert found.names == ("O₂ B",)


def test_a_sky_without_lines_has_no_shift() -> None:
    axis = np.arange(4000.0, 9000.0, 1.0)
    smooth = 1.0 + 0.2 * np.sin(axis / 700.0)
    spectrum = on_grid(axis, smooth, np.zeros(axis.size, bool))
    assert spectrum is not None
    assert sky_shift(spectrum) is None
