"""Plain FITS images: the wavelength scale in all its ways of being stated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError, Reading
from spectra_gui.readers import read

from .conftest import ramp

WriteImage = Callable[..., Path]


def decided(reading: Reading, subject: str) -> tuple[str, bool]:
    """Value and whether it was assumed."""
    found = next(d for d in reading.decisions if d.subject == subject)
    return found.value, found.assumed


def ends(reading: Reading) -> tuple[float, float]:
    wavelength = reading.spectra[0].wavelength_aa
    return float(wavelength[0]), float(wavelength[-1])


def test_linear_scale(write_image: WriteImage) -> None:
    path = write_image(
        ramp(), CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1.0, CUNIT1="Angstrom", OBJECT="Vega"
    )
    reading = read(path)
    assert ends(reading) == (4000.0, 4098.0)
    assert reading.spectra[0].name == "Vega"
    assert decided(reading, "Wavelength unit") == ("Å", False)
    assert decided(reading, "Medium") == ("unknown", False)


def test_missing_crpix_means_the_first_pixel_and_is_said(write_image: WriteImage) -> None:
    reading = read(write_image(ramp(), CRVAL1=4000.0, CDELT1=2.0))
    assert ends(reading)[0] == 4000.0
    assert any("CRPIX1" in warning for warning in reading.warnings)


def test_reference_pixel_in_the_middle(write_image: WriteImage) -> None:
    reading = read(write_image(ramp(51), CRVAL1=5000.0, CDELT1=1.0, CRPIX1=26.0))
    assert ends(reading) == (4975.0, 5025.0)


@pytest.mark.parametrize(
    "cards",
    [
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "DC__FLAG": 1, "CTYPE1": "LINEAR"},
        {"CRVAL1": 3.6, "CDELT1": 1e-4},
        {"CRVAL1": 3.6, "CD1_1": 1e-4, "CTYPE1": "WAVE-LOG"},
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "CTYPE1": "LOG-LINEAR"},
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "CUNIT1": "log(Angstrom)"},
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "CUNIT1": "Angstrom"},
        {"CRVAL1": 1.0, "CDELT1": 1.0, "COEFF0": 3.6, "COEFF1": 1e-4},
    ],
)
def test_logarithmic_scale(write_image: WriteImage, cards: dict[str, Any]) -> None:
    reading = read(write_image(ramp(), CRPIX1=1, **cards))
    assert ends(reading) == pytest.approx((10**3.6, 10**3.6049), rel=1e-12)


def test_strict_wave_log_is_sampled_in_natural_logarithm(write_image: WriteImage) -> None:
    reading = read(
        write_image(
            ramp(), CRVAL1=4000.0, CDELT1=0.5, CRPIX1=1, CTYPE1="WAVE-LOG", CUNIT1="Angstrom"
        )
    )
    assert ends(reading)[1] == pytest.approx(4000.0 * np.exp(49 * 0.5 / 4000.0), rel=1e-12)


@pytest.mark.parametrize(
    ("cards", "first"),
    [
        ({"CRVAL1": 400.0, "CDELT1": 0.2, "CUNIT1": "nm"}, 4000.0),
        ({"CRVAL1": 0.8, "CDELT1": 0.001, "CUNIT1": "um"}, 8000.0),
        ({"CRVAL1": 400.0, "CDELT1": 0.2}, 4000.0),
        ({"CRVAL1": 4000.0, "CDELT1": 2.0, "CTYPE1": "WAVELENGTH [Ang]"}, 4000.0),
        ({"CRVAL1": 4e-7, "CDELT1": 1e-10, "CUNIT1": "m"}, 4000.0),
    ],
)
def test_units(write_image: WriteImage, cards: dict[str, Any], first: float) -> None:
    assert ends(read(write_image(ramp(), CRPIX1=1, **cards)))[0] == pytest.approx(first)


@pytest.mark.parametrize(
    "cards",
    [
        {},
        {"CRVAL1": 1.0, "CDELT1": 1.0, "CRPIX1": 1.0},
        {"CRVAL1": 0.0, "CDELT1": 1.0, "CTYPE1": "PIXEL"},
        {"CRVAL1": 7.5, "CDELT1": -0.25, "CTYPE1": "VRAD", "CUNIT1": "km/s"},
        {"CRVAL1": 1.4e9, "CDELT1": 1e6, "CTYPE1": "FREQ", "CUNIT1": "Hz"},
        {"CRVAL1": 1000.0, "CDELT1": 1.0},
    ],
)
def test_what_is_no_wavelength_is_never_called_one(
    write_image: WriteImage, cards: dict[str, Any]
) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_image(ramp(), **cards))
    assert caught.value.code == "no_wavelength"
    assert caught.value.advice


def test_ambiguous_unit_can_be_said(write_image: WriteImage) -> None:
    path = write_image(ramp(), CRVAL1=1000.0, CDELT1=1.0, CRPIX1=1)
    assert ends(read(path, override=Override(wavelength_unit="nm"))) == (10000.0, 10490.0)
    assert ends(read(path, override=Override(wavelength_unit="angstrom"))) == (1000.0, 1049.0)


def test_descending_wavelengths_are_sorted(write_image: WriteImage) -> None:
    reading = read(write_image(ramp(), CRVAL1=5000.0, CDELT1=-1.0, CRPIX1=1))
    spectrum = reading.spectra[0]
    assert ends(reading) == (4951.0, 5000.0)
    assert spectrum.flux[0] == ramp()[-1]


def test_zeros_at_the_ends_and_in_runs_are_masked_but_a_single_zero_is_not(
    write_image: WriteImage,
) -> None:
    flux = ramp()
    flux[:2] = flux[-1] = flux[10] = flux[20:24] = 0.0
    flux[30] = np.nan
    bad = read(write_image(flux, CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1)).spectra[0].bad
    assert set(np.flatnonzero(bad)) == {0, 1, 20, 21, 22, 23, 30, 49}


def test_nothing_but_nan_is_declined(write_image: WriteImage) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_image(np.full(50, np.nan), CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1))
    assert caught.value.code == "no_good_pixels"


def test_medium_and_frame_by_keyword(write_image: WriteImage) -> None:
    reading = read(
        write_image(ramp(), CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1, CTYPE1="AWAV", SPECSYS="BARYCENT")
    )
    assert reading.spectra[0].medium == "air"
    assert reading.spectra[0].frame == "barycentric"


def test_sister_hdus_by_name(tmp_path: Path) -> None:
    flux = ramp()
    primary = fits.PrimaryHDU(flux)
    primary.header.update(CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1)
    variance = np.full(50, 0.04)
    variance[5] = 0.0
    mask = np.zeros(50, np.int16)
    mask[7] = 4
    path = tmp_path / "sisters.fits"
    fits.HDUList(
        [primary, fits.ImageHDU(variance, name="VARIANCE"), fits.ImageHDU(mask, name="MASK")]
    ).writeto(path)
    reading = read(path)
    spectrum = reading.spectra[0]
    assert decided(reading, "Uncertainty")[0] == "variance"
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.2)
    assert set(np.flatnonzero(spectrum.bad)) == {5, 7}


def test_nameless_sisters_by_their_values(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    flux = 100.0 + random.normal(0.0, 3.0, 300)
    wavelength = np.linspace(3500.0, 5000.0, 300)
    path = tmp_path / "idl.fits"
    fits.HDUList(
        [
            fits.PrimaryHDU(flux),
            fits.ImageHDU(np.full(300, 3.0)),
            fits.ImageHDU(wavelength),
        ]
    ).writeto(path)
    reading = read(path)
    assert ends(reading) == (3500.0, 5000.0)
    assert decided(reading, "Uncertainty") == ("sigma", True)


def test_scaled_integers_blanks_and_string_bscale(tmp_path: Path) -> None:
    flux = np.array([1, 2, 3, -999, 5, 6], np.int16)
    hdu = fits.PrimaryHDU(flux)
    hdu.header.update(CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1, BLANK=-999)
    path = tmp_path / "scaled.fits"
    hdu.writeto(path)
    raw = bytearray(path.read_bytes())
    place = raw.index(b"END" + b" " * 77)
    cards = f"{'BSCALE':8}= '0.5     '".ljust(80) + f"{'BZERO':8}= {'10.0':>20}".ljust(80)
    raw[place : place + 163] = (cards + "END").encode()
    path.write_bytes(bytes(raw))
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.flux[[0, 1, 5]], [10.5, 11.0, 13.0])
    assert spectrum.bad.tolist() == [False, False, False, True, False, False]


def test_missing_padding_is_read_and_missing_data_are_not(write_image: WriteImage) -> None:
    path = write_image(ramp(1000), CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1)
    whole = path.read_bytes()
    path.write_bytes(whole[: 2880 + 8000])
    assert len(read(path).spectra[0]) == 1000
    path.write_bytes(whole[: 2880 + 4000])
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "truncated"


def test_facts_of_the_header_are_carried(write_image: WriteImage) -> None:
    spectrum = read(
        write_image(
            ramp(),
            CRVAL1=4000.0,
            CDELT1=2.0,
            CRPIX1=1,
            OBJNAME="HD 1",
            SPTYPE="G2 V",
            RA="18:36:56.30",
            DEC="-38:47:01.0",
            DATE__OBS="2020-01-01",
            SPE_RPOW=1000,
        )
    ).spectra[0]
    assert spectrum.name == "HD 1"
    assert spectrum.meta["mk_type"] == "G2 V"
    assert spectrum.meta["ra_deg"] == pytest.approx(279.234583, abs=1e-5)
    assert spectrum.meta["dec_deg"] == pytest.approx(-38.783611, abs=1e-5)
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(4.0)
    assert spectrum.fwhm_origin == "header"
