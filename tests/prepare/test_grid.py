"""Medium, resolution, rest frame and pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec
from spectra_gui.data.spectrum import Medium
from spectra_gui.prepare import smooth_and_rebin_uniform
from spectra_gui.prepare.grid import rebin, smooth
from spectra_gui.units import FWHM_PER_SIGMA, air_to_vacuum, doppler_factor, vacuum_to_air

Floats = NDArray[np.float64]


def gaussian_line(axis: Floats, centre: float, fwhm: float) -> Floats:
    return np.asarray(1.0 - 0.5 * np.exp(-0.5 * ((axis - centre) * FWHM_PER_SIGMA / fwhm) ** 2))


def smooth_and_rebin(
    axis: Floats,
    flux: Floats,
    bad: NDArray[np.bool_],
    sigma: Floats | None,
    *,
    spec: PreparationSpec,
    fwhm_aa: Floats | float | None,
    velocity_kms: float | None,
    medium: Medium,
) -> tuple[Floats, NDArray[np.bool_], Floats | None]:
    """Flux, validity and sigma (N,) of one spectrum, by the steps of the pipeline."""
    noise = None if sigma is None else sigma[None]
    pixels = smooth(axis, flux[None], bad[None], noise, spec=spec, fwhm_aa=fwhm_aa, medium=medium)
    rebinned, valid, spread = rebin(pixels, spec=spec, velocity_kms=velocity_kms or 0.0)
    return rebinned[0], valid[0], None if spread is None else spread[0]


def on_grid(axis: Floats, flux: Floats, spec: PreparationSpec, **settings: object) -> Floats:
    values: dict[str, object] = {"fwhm_aa": None, "velocity_kms": None, "medium": "air"}
    flux, valid, _ = smooth_and_rebin(
        axis, flux, np.zeros(axis.size, bool), None, spec=spec, **(values | settings)
    )  # type: ignore[arg-type]
    assert valid.any()
    return flux


def moments(axis: Floats, flux: Floats) -> tuple[float, float, float]:
    """Area, centre and FWHM of an absorption line, from its moments."""
    depth = 1.0 - flux
    area = float(depth.sum())
    centre = float((depth * axis).sum() / area)
    spread = float((depth * (axis - centre) ** 2).sum() / area)
    return area * float(axis[1] - axis[0]), centre, float(np.sqrt(spread)) * FWHM_PER_SIGMA


AXES = {
    "MILES-like, 0.9 Å": (np.arange(3540.5, 7400.0, 0.9), 2.5),
    "CFLIB-like, 0.4 Å": (np.arange(3465.0, 9469.0, 0.4), 1.2),
    "echelle, 0.02 Å": (np.arange(3800.0, 6950.0, 0.02), 0.1),
    "nearly as the grid, 1.2 Å": (np.arange(3700.0, 7000.0, 1.2), 2.6),
    "SDSS-like, log": (10 ** (3.56 + 1e-4 * np.arange(3900)), 2.4),
}


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("centre", [4321.3, 5300.7, 6711.9])
def test_a_line_comes_out_with_the_bundles_resolution(
    name: str, centre: float, spec: PreparationSpec
) -> None:
    axis, own = AXES[name]
    widths = []
    for phase in np.linspace(0.0, 1.25, 8, endpoint=False):
        flux = on_grid(axis, gaussian_line(axis, centre + phase, own), spec, fwhm_aa=own)
        widths.append(moments(spec.wavelength_aa, flux)[2])
    assert np.mean(widths) == pytest.approx(spec.fwhm_aa, rel=0.02)


@pytest.mark.parametrize("name", AXES)
def test_area_and_place_of_a_line_are_kept(name: str, spec: PreparationSpec) -> None:
    axis, own = AXES[name]
    flux = on_grid(axis, gaussian_line(axis, 5000.2, own), spec, fwhm_aa=own)
    area, centre, _ = moments(spec.wavelength_aa, flux)
    expected = 0.5 * own / FWHM_PER_SIGMA * np.sqrt(2 * np.pi)
    assert area == pytest.approx(expected, rel=0.01)
    assert centre == pytest.approx(5000.2, abs=0.05)


def test_resolution_that_varies_along_the_spectrum_is_evened_out(spec: PreparationSpec) -> None:
    axis = np.arange(3700.0, 7000.0, 0.5)
    own = np.linspace(1.0, 2.6, axis.size)
    for centre in (4000.0, 5400.0, 6800.0):
        flux = on_grid(axis, gaussian_line(axis, centre, np.interp(centre, axis, own)), spec,
                       fwhm_aa=own)  # fmt: skip
        assert moments(spec.wavelength_aa, flux)[2] == pytest.approx(spec.fwhm_aa, rel=0.02)


def test_a_coarser_spectrum_is_not_sharpened_below_its_own_resolution(
    spec: PreparationSpec,
) -> None:
    axis = np.arange(3700.0, 7000.0, 2.0)
    widths = [
        moments(
            spec.wavelength_aa,
            on_grid(axis, gaussian_line(axis, 5000 + phase, 6.0), spec, fwhm_aa=6.0),
        )[2]
        for phase in np.arange(0.0, 2.0, 0.25)
    ]
    assert np.mean(widths) == pytest.approx(6.0, rel=0.02)


def test_flux_density_is_conserved(spec: PreparationSpec) -> None:
    rng = np.random.default_rng(3)
    axis = np.arange(3700.0, 7000.0, 0.31)
    flux = on_grid(axis, rng.uniform(0.5, 1.5, axis.size), spec)
    assert flux.mean() == pytest.approx(1.0, abs=0.01)
    sloped = on_grid(axis, axis / 5000.0, spec)
    np.testing.assert_allclose(sloped, spec.wavelength_aa / 5000.0, rtol=1e-4)


def test_a_velocity_is_taken_out(spec: PreparationSpec) -> None:
    axis = np.arange(3700.0, 7000.0, 0.5)
    for velocity in (-400.0, 250.0):
        seen = 5000.0 * float(doppler_factor(velocity))
        flux = on_grid(axis, gaussian_line(axis, seen, 2.0), spec, velocity_kms=velocity)
        assert moments(spec.wavelength_aa, flux)[1] == pytest.approx(5000.0, abs=0.01)


@pytest.mark.parametrize(("medium", "bundle"), [("vacuum", "air"), ("air", "vacuum")])
def test_the_medium_becomes_the_bundles(medium: str, bundle: str, spec: PreparationSpec) -> None:
    axis = np.arange(3700.0, 7000.0, 0.5)
    spec = replace(spec, medium=bundle)  # type: ignore[arg-type]
    convert = vacuum_to_air if bundle == "air" else air_to_vacuum
    flux = on_grid(axis, gaussian_line(axis, 5000.0, 2.0), spec, medium=medium)
    expected = float(convert(np.array([5000.0]))[0])
    assert moments(spec.wavelength_aa, flux)[1] == pytest.approx(expected, abs=0.01)


def test_an_unknown_medium_changes_nothing(spec: PreparationSpec) -> None:
    axis = np.arange(3700.0, 7000.0, 0.5)
    line = gaussian_line(axis, 5000.0, 2.0)
    np.testing.assert_array_equal(
        on_grid(axis, line, spec, medium="unknown"), on_grid(axis, line, spec, medium="air")
    )


def test_a_spectrum_that_covers_a_part_is_valid_there_and_only_there(
    spec: PreparationSpec,
) -> None:
    axis = np.arange(5000.0, 6000.0, 0.5)
    _, valid, _ = smooth_and_rebin(
        axis, np.ones(axis.size), np.zeros(axis.size, bool), None, spec=spec, fwhm_aa=2.0,
        velocity_kms=0.0, medium="air",
    )  # fmt: skip
    grid = spec.wavelength_aa
    assert valid[(grid > 5001) & (grid < 5998)].all()
    assert not valid[(grid < 4999) | (grid > 6001)].any()


def test_bad_pixels_and_missing_stretches_stay_invalid_and_harm_no_neighbour(
    spec: PreparationSpec,
) -> None:
    axis = np.arange(3700.0, 7000.0, 0.5)
    axis = axis[(axis < 4600) | (axis > 4650)]
    flux = np.full(axis.size, 2.0)
    bad = (axis > 5200) & (axis < 5260)
    flux[bad] = 1e6
    flux[axis == 5210.0] = np.nan
    result, valid, _ = smooth_and_rebin(
        axis, flux, bad, None, spec=spec, fwhm_aa=1.0, velocity_kms=0.0, medium="air"
    )
    grid = spec.wavelength_aa
    assert not valid[(grid > 4602) & (grid < 4648)].any()
    assert not valid[(grid > 5202) & (grid < 5258)].any()
    assert valid[(grid < 4598) | ((grid > 4652) & (grid < 5198)) | (grid > 5262)].all()
    np.testing.assert_allclose(result[valid], 2.0, rtol=1e-9)
    assert not result[~valid].any()


@pytest.mark.parametrize("offset_aa", [0.01, 0.25, 0.5])
def test_pixels_of_two_orders_that_take_turns_leave_no_holes(
    offset_aa: float, spec: PreparationSpec
) -> None:
    first = np.arange(spec.start_aa - 60.0, spec.start_aa + 1000.0, 1.0)
    second = np.arange(spec.start_aa + 800.0 + offset_aa, spec.end_aa + 60.0, 1.0)
    axis = np.sort(np.concatenate([first, second]))
    out, valid, _ = smooth_and_rebin(
        axis, np.full(axis.size, 2.0), np.zeros(axis.size, bool), None, spec=spec, fwhm_aa=None,
        velocity_kms=0.0, medium="air",
    )  # fmt: skip
    assert valid.all()
    assert np.allclose(out, 2.0, rtol=1e-5)


def test_a_pixel_is_valid_from_half_coverage_on(spec: PreparationSpec) -> None:
    axis = np.arange(3700.0, 7000.0, 0.25)
    pixel = 800
    lower = spec.wavelength_aa[pixel] - spec.step_aa / 2
    for bad_part, expected in ((0.3, True), (0.8, False)):
        bad = (axis > lower) & (axis < lower + bad_part * spec.step_aa)
        _, valid, _ = smooth_and_rebin(
            axis, np.ones(axis.size), bad, None, spec=spec, fwhm_aa=None, velocity_kms=0.0,
            medium="air",
        )  # fmt: skip
        assert valid[pixel] == expected


@pytest.mark.parametrize("step", [0.1, 0.4, 1.0, 2.0])
@pytest.mark.parametrize("own", [0.5, 2.0, 4.0])
def test_sigma_is_the_scatter_that_noise_has_on_the_grid(
    step: float, own: float, spec: PreparationSpec
) -> None:
    axis = np.arange(3700.0, 7050.0, step)
    rng = np.random.default_rng(7)
    noise = np.full(axis.size, 0.1)
    flux, valid, sigma = smooth_and_rebin(
        axis, 1.0 + rng.normal(0.0, noise), np.zeros(axis.size, bool), noise, spec=spec,
        fwhm_aa=own, velocity_kms=0.0, medium="air",
    )  # fmt: skip
    assert sigma is not None
    assert np.std(flux[valid]) == pytest.approx(np.median(sigma[valid]), rel=0.2)


def test_a_batch_equals_one_by_one(spec: PreparationSpec) -> None:
    rng = np.random.default_rng(5)
    flux = rng.uniform(0.5, 1.5, (40, 8000))
    bad = rng.uniform(size=flux.shape) < 0.08
    batch, valid = smooth_and_rebin_uniform(
        3700.0, 0.4, flux, bad, spec=spec, fwhm_aa=1.2, medium="air"
    )
    axis = 3700.0 + 0.4 * np.arange(8000)
    for row in (0, 33, 39):
        single, ok, _ = smooth_and_rebin(
            axis, flux[row], bad[row], None, spec=spec, fwhm_aa=1.2, velocity_kms=None,
            medium="air",
        )  # fmt: skip
        np.testing.assert_array_equal(valid[row], ok)
        np.testing.assert_allclose(batch[row], single, rtol=1e-5)
    assert batch.dtype == np.float32


def test_a_spectrum_beside_the_grid_is_invalid_everywhere(spec: PreparationSpec) -> None:
    for axis in (np.arange(8000.0, 9000.0, 1.0), np.arange(2000.0, 3000.0, 1.0)):
        _, valid, _ = smooth_and_rebin(
            axis, np.ones(axis.size), np.zeros(axis.size, bool), None, spec=spec, fwhm_aa=None,
            velocity_kms=0.0, medium="air",
        )  # fmt: skip
        assert not valid.any()


def test_two_points_are_no_reason_to_fail(spec: PreparationSpec) -> None:
    _, valid, _ = smooth_and_rebin(
        np.array([4000.0, 6000.0]), np.array([1.0, 2.0]), np.zeros(2, bool), None, spec=spec,
        fwhm_aa=None, velocity_kms=0.0, medium="vacuum",
    )  # fmt: skip
    assert valid.shape == (spec.n_pixels,)
