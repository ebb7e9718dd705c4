"""The published study's preparation, beside what its own steps give on made spectra."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import median_filter

from spectra_gui.data import PreparationSpec, Spectrum, Templates
from spectra_gui.prepare import PrepareError, prepare, prepare_as_published
from spectra_gui.units import FWHM_PER_SIGMA
from tests.prepare.conftest import MakeSpectrum, line_list, line_spectrum

STEP_AA = (6799.86 - 4000.37) / 2304
GRID = PreparationSpec(start_aa=4000.37, step_aa=STEP_AA, n_pixels=2305, procedure="sezen_2025")
AXIS = np.arange(3800.0, 7000.0, 0.9)


def made(axis: np.ndarray = AXIS, slope: float = 0.0) -> np.ndarray:
    return line_spectrum(axis, *line_list(4), 3.0) * np.exp(slope * (axis - 5400.0) / 1000.0)


def on_grid(flux: np.ndarray, bad: np.ndarray | None = None, axis: np.ndarray = AXIS):
    bad = np.zeros(flux.shape, bool) if bad is None else bad
    return prepare_as_published(axis, flux[None], bad[None], spec=GRID)


def test_the_grid_is_the_published_one() -> None:
    assert GRID.wavelength_aa[0] == 4000.37
    assert GRID.wavelength_aa[-1] == pytest.approx(6799.86)
    assert pytest.approx(1.2151, abs=1e-4) == GRID.step_aa


def test_the_flux_is_divided_by_a_running_median_of_a_hundred_pixels() -> None:
    found = on_grid(made(slope=0.3))
    smooth = found.flux[0] * found.continuum[0]
    again = median_filter(smooth, 100, mode="nearest")
    np.testing.assert_allclose(found.continuum[0], again, rtol=1e-5)
    truth = line_spectrum(GRID.wavelength_aa, *line_list(4), 3.07) * np.exp(
        0.3 * (GRID.wavelength_aa - 5400.0) / 1000.0
    )
    np.testing.assert_allclose(smooth, truth, atol=0.02)


def test_the_scale_of_the_flux_does_not_matter() -> None:
    one, other = on_grid(made()), on_grid(1e-17 * made())
    np.testing.assert_allclose(one.flux, other.flux, rtol=1e-4)


def test_a_gap_is_crossed_by_a_straight_line_and_counts_as_seen() -> None:
    bad = (AXIS > 5000.0) & (AXIS < 5280.0)
    found = on_grid(np.where(bad, 1e9, made()), bad)
    inside = (GRID.wavelength_aa > 5010.0) & (GRID.wavelength_aa < 5270.0)
    level = (found.flux * found.continuum)[0][inside]
    assert found.valid.all()
    assert np.abs(np.diff(level, 2)).max() < 1e-4
    assert found.coverage[0] == pytest.approx(1.0 - 280.0 / 2799.5, abs=0.002)


def test_beyond_its_ends_a_spectrum_has_nothing() -> None:
    axis = np.arange(4500.0, 6000.0, 0.9)
    found = on_grid(made(axis), axis=axis)
    there = (GRID.wavelength_aa >= axis[0]) & (GRID.wavelength_aa <= axis[-1])
    np.testing.assert_array_equal(found.valid[0], there)
    assert (found.flux[0][~there] == 1.0).all()


def test_finer_pixels_are_smoothed_by_the_ratio_of_the_steps() -> None:
    fine = np.arange(3900.0, 6900.0, 0.4)
    line = 1.0 + np.exp(-0.5 * ((fine - 5400.0) * FWHM_PER_SIGMA / 3.0) ** 2)
    found = on_grid(line, axis=fine)
    excess = found.flux[0] * found.continuum[0] - 1.0
    spread = np.sqrt(np.average((GRID.wavelength_aa - 5400.0) ** 2, weights=excess))
    added = np.sqrt((FWHM_PER_SIGMA * spread) ** 2 - 3.0**2)
    assert added == pytest.approx(np.sqrt(1.0 - (0.4 / STEP_AA) ** 2), rel=0.01)


def test_neither_velocity_nor_medium_is_looked_at(
    make_spectrum: MakeSpectrum, templates: Templates
) -> None:
    moved = make_spectrum(velocity_kms=200.0, snr=50.0, medium="vacuum")
    stated = Spectrum(
        moved.wavelength_aa, moved.flux, sigma=moved.sigma, medium="air", velocity_kms=200.0,
        frame="barycentric",
    )  # fmt: skip
    one, other = prepare(moved, GRID, templates), prepare(stated, GRID, templates)
    np.testing.assert_array_equal(one.flux, other.flux)
    assert one.rv_origin == other.rv_origin == "none"
    assert one.rv_kms is None
    assert any("leaves the radial velocity" in note for note in one.notes)
    assert one.sigma is not None
    assert np.nanmedian(one.sigma) == pytest.approx(0.02, rel=0.1)


def test_gaps_are_told_in_the_coverage(make_spectrum: MakeSpectrum) -> None:
    spectrum = make_spectrum()
    mask = (spectrum.wavelength_aa > 4500.0) & (spectrum.wavelength_aa < 5900.0)
    found = prepare(spectrum.changed(mask=mask), GRID)
    assert found.valid.all()
    assert found.coverage == pytest.approx(0.5, abs=0.01)


def test_a_spectrum_that_lies_beside_the_grid_is_refused(make_spectrum: MakeSpectrum) -> None:
    with pytest.raises(PrepareError, match="nothing of the model's range"):
        prepare(make_spectrum(axis=np.arange(7000.0, 8000.0, 1.0)), GRID)


def test_our_own_preparation_is_written_as_before() -> None:
    assert list(PreparationSpec().to_dict()) == [
        "start_aa", "step_aa", "n_pixels", "medium", "fwhm_aa", "continuum_sigma_aa",
    ]  # fmt: skip
    for spec in (PreparationSpec(), GRID):
        assert PreparationSpec.from_dict(spec.to_dict()) == spec
