"""The spectrum as a frozen value."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from spectra_gui.data import Spectrum

AXIS = np.array([4000.0, 4001.0, 4002.0, 4003.0])
FLUX = np.array([1.0, 2.0, np.nan, 4.0])


def test_pixels_without_flux_are_bad() -> None:
    np.testing.assert_array_equal(Spectrum(AXIS, FLUX).bad, [False, False, True, False])


def test_pixels_without_a_positive_finite_sigma_are_bad() -> None:
    sigma = np.array([0.1, 0.0, 0.1, np.inf])
    np.testing.assert_array_equal(
        Spectrum(AXIS, np.ones(4), sigma=sigma).bad, [False, True, False, True]
    )


def test_the_files_mask_is_kept() -> None:
    mask = np.array([True, False, False, False])
    np.testing.assert_array_equal(Spectrum(AXIS, FLUX, mask=mask).bad, [True, False, True, False])


def test_arrays_cannot_be_changed_and_the_callers_stay_writable() -> None:
    flux = np.ones(4)
    spectrum = Spectrum(AXIS, flux, sigma=np.ones(4), fwhm_aa=np.ones(4), meta={"a": 1})
    for array in (spectrum.wavelength_aa, spectrum.flux, spectrum.sigma, spectrum.bad,
                  spectrum.fwhm_aa):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(TypeError):
        spectrum.meta["a"] = 2  # type: ignore[index]
    flux[0] = 5.0


@pytest.mark.parametrize(
    "axis",
    [
        [4000.0],
        [4001.0, 4000.0, 4002.0, 4003.0],
        [4000.0, 4000.0, 4001.0, 4002.0],
        [4000.0, np.nan, 4002.0, 4003.0],
    ],
    ids=["one point", "decreasing", "repeated", "not finite"],
)
def test_an_axis_that_does_not_increase_is_refused(axis: list[float]) -> None:
    with pytest.raises(ValueError, match=r"axis|increasing"):
        Spectrum(np.array(axis), np.ones(len(axis)))


@pytest.mark.parametrize("column", ["flux", "sigma", "mask", "fwhm_aa"])
def test_a_column_of_another_length_is_refused_by_name(column: str) -> None:
    values = {"flux": np.ones(4)} | {column: np.ones(3)}
    with pytest.raises(ValueError, match=column):
        Spectrum(AXIS, **values)


def test_a_changed_copy_is_checked_anew_and_leaves_the_first_alone() -> None:
    first = Spectrum(AXIS, FLUX, name="a")
    second = first.changed(name="b", medium="air")
    assert (first.name, first.medium) == ("a", "unknown")
    assert (second.name, second.medium) == ("b", "air")
    with pytest.raises(ValueError, match="flux"):
        first.changed(flux=np.ones(2))


def test_it_travels_by_pickle() -> None:
    spectrum = Spectrum(AXIS, FLUX, sigma=np.ones(4), name="x", meta={"mk_type": "G2 V"})
    copy = pickle.loads(pickle.dumps(spectrum))
    np.testing.assert_array_equal(copy.flux, spectrum.flux)
    np.testing.assert_array_equal(copy.bad, spectrum.bad)
    assert copy.meta["mk_type"] == "G2 V"
    assert len(copy) == 4


def test_integers_of_a_file_become_floats() -> None:
    spectrum = Spectrum(np.arange(4000, 4004), np.array([1, 2, 3, 4], dtype=np.int16))
    assert spectrum.wavelength_aa.dtype == spectrum.flux.dtype == np.float64
