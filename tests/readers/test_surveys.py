"""Files of surveys and observatories, written here after their data models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .conftest import ramp
from .families.holding import decided, primary, table, write

N = 50
LOGLAM = 3.6 + 1e-4 * np.arange(N)
WriteImage = Callable[..., Path]


@pytest.mark.parametrize("upper", [False, True])
def test_sdss_spec(tmp_path: Path, upper: bool) -> None:
    ivar = np.full(N, 4.0, np.float32)
    ivar[3] = 0.0
    names = {"flux": ramp().astype("f4"), "loglam": LOGLAM, "ivar": ivar}
    names["wdisp"] = np.full(N, 1.0, np.float32)
    if upper:
        names = {key.upper(): value for key, value in names.items()}
    facts = table(
        "SPECOBJ", CLASS=["STAR"], SUBCLASS=["F5"], Z=np.array([1e-4]), Z_ERR=np.array([1e-5])
    )
    reading = read(write(tmp_path, primary(PLATEID=266), table("COADD", **names), facts))
    spectrum = reading.spectra[0]
    assert reading.reader == "sdss-spec"
    assert (spectrum.medium, spectrum.frame) == ("vacuum", "barycentric")
    np.testing.assert_allclose(spectrum.wavelength_aa, 10**LOGLAM)
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.5)
    assert np.flatnonzero(spectrum.bad).tolist() == [3]
    assert spectrum.meta["pipeline_type"] == "F5"
    assert spectrum.velocity_kms == pytest.approx(29.98, abs=0.01)
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(10**3.6 * np.log(10) * 1e-4 * 2.3548, rel=1e-4)


def test_sdss_spspec_and_spplate(tmp_path: Path, write_image: WriteImage) -> None:
    rows = np.vstack([ramp(), ramp() / 2, np.full(N, 0.1), np.zeros(N), np.zeros(N)])
    rows[2, 7] = 0.0
    cards = {"COEFF0": 3.6, "COEFF1": 1e-4, "CRPIX1": 1, "VACUUM": True, "HELIO_RV": 3.0}
    path = write_image(rows, ARRAY1="SPECTRUM", ARRAY3="ERROR", **cards)
    star = read(path)
    assert star.spectra[0].wavelength_aa[0] == pytest.approx(10**3.6, rel=1e-12)
    assert np.flatnonzero(star.spectra[0].bad).tolist() == [7]
    assert decided(star, "Uncertainty")[0] == "sigma"
    fibres = np.tile(ramp(), (24, 1))
    hdus = [primary(fibres, **cards), fits.ImageHDU(np.full_like(fibres, 4.0))]
    reading = read(write(tmp_path, *hdus))
    assert len(reading.spectra) == 24
    assert decided(reading, "Uncertainty")[0] == "ivar"
    some = read(tmp_path / "spectrum.fits", override=Override(rows=(2, 5)))
    assert [s.name for s in some.spectra] == ["fibre 3", "fibre 6"]


@pytest.mark.parametrize("early", [False, True])
def test_lamost_third_row_is_tested(write_image: WriteImage, early: bool) -> None:
    third = 1.0 + 0.1 * np.sin(np.arange(N)) if early else 10**LOGLAM
    ivar = np.full(N, 1.0)
    ivar[:2] = 0.0
    rows = np.vstack([ramp(), ivar, third, np.zeros(N), np.zeros(N)]).astype(np.float32)
    reading = read(
        write_image(
            rows,
            TELESCOP="LAMOST",
            COEFF0=3.6,
            COEFF1=1e-4,
            CTYPE1="LINEAR",
            DC__FLAG=1,
            VACUUM=True,
            HELIO=True,
            CLASS="STAR",
            SUBCLASS="G2",
            Z=-1e-4,
        )
    )
    spectrum = reading.spectra[0]
    assert spectrum.wavelength_aa[-1] == pytest.approx(10 ** LOGLAM[-1], rel=1e-7)
    assert ("not used" in decided(reading, "Third row")[0]) == early
    assert spectrum.bad[:3].tolist() == [True, True, False]
    assert spectrum.velocity_kms == pytest.approx(-29.98, abs=0.01)
    assert spectrum.fwhm_origin == "family"


def test_lamost_table_and_its_arms(tmp_path: Path) -> None:
    one = {
        "FLUX": ramp()[None],
        "IVAR": np.ones((1, N)),
        "WAVELENGTH": (10**LOGLAM)[None],
        "ANDMASK": np.full((1, N), 8.0),
    }
    head = primary(TELESCOP="LAMOST", VACUUM=True, HELIO=True, OBJNAME="42")
    low = read(write(tmp_path, head, table("COADD", **one)))
    assert low.reader == "lamost-table"
    assert not low.spectra[0].bad.any()
    (tmp_path / "spectrum.fits").unlink()
    path = write(tmp_path, head, table("COADD_B", **one), table("COADD_R", **one))
    arms = read(path, override=Override(merge="separate"))
    assert [s.name for s in arms.spectra] == ["42 COADD_B", "42 COADD_R"]
    assert [s.name for s in read(path).spectra] == ["42"]


def test_desi_arms_become_one_spectrum_of_targets_only(tmp_path: Path) -> None:
    blue, red = 5700.0 + 0.8 * np.arange(N), 5732.0 + 0.8 * np.arange(N)
    flux = np.ones((3, N))
    ivar = np.ones((3, N))
    ivar[1] = 0.0
    hdus = [
        primary(),
        table("FIBERMAP", TARGETID=np.array([7, 8, 9]), OBJTYPE=["TGT", "TGT", "SKY"]),
        fits.ImageHDU(blue, name="B_WAVELENGTH"),
        fits.ImageHDU(flux, name="B_FLUX"),
        fits.ImageHDU(ivar, name="B_IVAR"),
        fits.ImageHDU(red, name="R_WAVELENGTH"),
        fits.ImageHDU(3.0 * flux, name="R_FLUX"),
        fits.ImageHDU(3.0 * ivar, name="R_IVAR"),
    ]
    reading = read(write(tmp_path, *hdus))
    assert [s.name for s in reading.spectra] == ["7"]
    spectrum = reading.spectra[0]
    assert len(spectrum) == 90
    assert spectrum.flux[[0, 45, 89]] == pytest.approx([1.0, 2.5, 3.0])
    assert spectrum.sigma is not None
    assert spectrum.sigma[45] == pytest.approx(0.5)
    assert any("left out" in warning for warning in reading.warnings)
    with pytest.raises(ReadError):
        read(tmp_path / "spectrum.fits", override=Override(rows=(1,)))


@pytest.mark.parametrize(("ucd", "medium"), [("em.wl;obs.atmos", "air"), ("em.wl", "vacuum")])
def test_eso_phase_3(tmp_path: Path, ucd: str, medium: str) -> None:
    waves = 400.0 + 0.2 * np.arange(N)
    hdu = table(
        "SPECTRUM",
        LAM=(waves[None], "nm"),
        SIGNAL=(ramp()[None], "adu"),
        NOISE=np.full((1, N), 0.1),
    )
    hdu.header.update(
        TUTYP1="Spectrum.Data.SpectralAxis.Value",
        TUTYP2="Spectrum.Data.FluxAxis.Value",
        TUTYP3="Spectrum.Data.FluxAxis.Accuracy.StatError",
        TUCD1=ucd,
    )
    head = primary(PRODCATG="SCIENCE.SPECTRUM", SPECSYS="BARYCENT", SPEC_RES=50000.0, OBJECT="HR 1")
    reading = read(write(tmp_path, head, hdu))
    spectrum = reading.spectra[0]
    assert (spectrum.name, spectrum.medium, spectrum.frame) == ("HR 1", medium, "barycentric")
    np.testing.assert_allclose(spectrum.wavelength_aa, 10 * waves)
    assert spectrum.sigma is not None
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(4000 / 50000)


def test_hst_flags_and_orders(tmp_path: Path) -> None:
    flags = np.zeros((2, N), np.int16)
    flags[0, 4], flags[0, 5] = 16, 1024
    wave = np.vstack([1700.0 + np.arange(N), 1600.0 + np.arange(N)])
    hdu = table(
        "SCI",
        SPORDER=np.array([70, 71], np.int16),
        WAVELENGTH=(wave, "Angstroms"),
        FLUX=np.ones((2, N)),
        ERROR=np.full((2, N), 0.1),
        DQ=flags,
    )
    hdu.header["SDQFLAGS"] = 16
    reading = read(write(tmp_path, primary(TELESCOP="HST", HELCORR="COMPLETE", TARGNAME="X"), hdu))
    assert [s.name for s in reading.spectra] == ["X sporder 70", "X sporder 71"]
    assert np.flatnonzero(reading.spectra[0].bad).tolist() == [4]
    assert (reading.spectra[0].medium, reading.spectra[0].frame) == ("vacuum", "barycentric")


def test_mastar_visits(tmp_path: Path) -> None:
    hdu = table(
        MANGAID=["7-1", "7-2"],
        WAVE=np.tile(10**LOGLAM, (2, 1)),
        FLUX=np.tile(ramp(), (2, 1)),
        IVAR=np.ones((2, N)),
        HELIOV=np.array([12.0, -999.0]),
    )
    reading = read(write(tmp_path, primary(), hdu))
    assert reading.reader == "mastar"
    assert [s.velocity_kms for s in reading.spectra] == [12.0, None]
    assert [s.name for s in reading.spectra] == ["7-1", "7-2"]


def test_espresso_table_has_both_media(tmp_path: Path) -> None:
    wave = 4000.0 + np.arange(N)
    hdu = table(wavelength=wave, wavelength_air=wave - 1.1, flux=ramp(), error=np.ones(N))
    reading = read(write(tmp_path, primary(INSTRUME="ESPRESSO"), hdu))
    assert (reading.reader, reading.spectra[0].medium) == ("harps", "vacuum")
    assert reading.spectra[0].wavelength_aa[0] == 4000.0


def test_apogee_combined(tmp_path: Path) -> None:
    flux = np.vstack([ramp(), 5 * ramp()])
    error = np.full((2, N), 0.1)
    error[0, 9] = 1e10
    hdu = fits.ImageHDU(flux)
    hdu.header.update(CRVAL1=4.179, CDELT1=6e-6, CRPIX1=1, CTYPE1="LOG-LINEAR")
    reading = read(write(tmp_path, primary(OBJID="2M"), hdu, fits.ImageHDU(error)))
    spectrum = reading.spectra[0]
    assert spectrum.wavelength_aa[0] == pytest.approx(10**4.179)
    assert (spectrum.name, spectrum.frame) == ("2M", "rest")
    assert np.flatnonzero(spectrum.bad).tolist() == [9]


def test_galah_sigma_is_relative_and_its_rest_grid_gives_the_velocity(tmp_path: Path) -> None:
    head = primary(ramp(), ORIGIN="GALAH DR3", CRVAL1=4713.5, CDELT1=0.046, CUNIT1="Angstroms")
    normalised = fits.ImageHDU(np.ones(N), name="normalised spectra")
    normalised.header.update(CRVAL1=4713.5 / 1.0002, CDELT1=0.046 / 1.0002, CRPIX1=1)
    sigma = fits.ImageHDU(np.full(N, 0.02), name="input_sigma")
    path = write(tmp_path, head, sigma, normalised)
    spectrum = read(path).spectra[0]
    assert spectrum.sigma is not None
    np.testing.assert_allclose(spectrum.sigma, 0.02 * ramp())
    assert spectrum.velocity_kms == pytest.approx(59.95, abs=0.02)
    rest = read(path, override=Override(hdu="2")).spectra[0]
    assert (rest.frame, rest.velocity_kms) == ("rest", None)


def test_aaomega_stored_wavelengths_beat_keywords(tmp_path: Path) -> None:
    head = primary(
        np.tile(ramp(), (3, 1)), INSTRUME="AAOMEGA-2dF", CRVAL1=9.0, CDELT1=1.0, VACUUM=True
    )
    hdus = [
        head,
        fits.ImageHDU(np.full((3, N), 0.25), name="VARIANCE"),
        fits.ImageHDU(LOGLAM, name="WAVELENGTH"),
        table("FIBRES", NAME=["a", "sky", "c"], TYPE=["P", "S", "P"]),
    ]
    reading = read(write(tmp_path, *hdus))
    assert [s.name for s in reading.spectra] == ["a", "c"]
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(10**3.6)
    assert reading.spectra[0].medium == "vacuum"
    assert reading.spectra[0].sigma is not None
    assert reading.spectra[0].sigma[0] == pytest.approx(0.5)


def test_spextool_orders_and_nan(write_image: WriteImage) -> None:
    wave = 0.8 + 0.001 * np.arange(N)
    flux = ramp()
    flux[:3] = np.nan
    cube = np.array([[wave, flux, np.full(N, 0.1)], [wave + 0.5, flux, np.full(N, 0.1)]])
    reading = read(write_image(cube, XUNITS="um", YUNITS="Wm-2um-1", SPTYPE="M5 V", RP=2000))
    assert len(reading.spectra) == 2
    spectrum = reading.spectra[0]
    assert spectrum.wavelength_aa[0] == pytest.approx(8000.0)
    assert spectrum.bad[:4].tolist() == [True, True, True, False]
    assert spectrum.meta["mk_type"] == "M5 V"


def test_bess_medium_frame_and_resolution(write_image: WriteImage) -> None:
    cards = {"CRVAL1": 6500.0, "CDELT1": 0.1, "CRPIX1": 1, "CUNIT1": "Angstrom"}
    reading = read(write_image(ramp(), BSS_VHEL=12.0, SPE_RPOW=10000, OBJNAME="b Cep", **cards))
    spectrum = reading.spectra[0]
    assert (spectrum.medium, spectrum.frame) == ("air", "barycentric")
    assert decided(reading, "Medium") == ("air", True)
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(0.65)


def test_miles_by_its_axis(write_image: WriteImage) -> None:
    spectrum = read(write_image(ramp(4300), CRVAL1=3540.5, CDELT1=0.9, CRPIX1=1)).spectra[0]
    assert (spectrum.medium, spectrum.frame) == ("air", "rest")
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == 2.5


def test_gaia_variable_arrays_and_rvs(tmp_path: Path) -> None:
    flux = np.empty(2, object)
    flux[:] = [np.ones(343, "f4"), np.full(343, 2.0, "f4")]
    columns = [
        fits.Column("source_id", "K", array=np.array([5853498713190525696, 12])),
        fits.Column("flux", "PE(343)", unit="W.m**-2.nm**-1", array=flux),
        fits.Column("flux_error", "PE(343)", array=flux),
    ]
    reading = read(write(tmp_path, primary(), fits.BinTableHDU.from_columns(columns)))
    assert reading.spectra[0].name == "Gaia DR3 5853498713190525696"
    assert reading.spectra[1].wavelength_aa[[0, -1]].tolist() == [3360.0, 10200.0]
    path = tmp_path / "rvs.csv"
    values = ", ".join(["1.0"] * 2401)
    path.write_text(f'source_id,flux,flux_error\n7,"[{values}]","[{values}]"\n')
    rvs = read(path).spectra[0]
    assert rvs.frame == "rest"
    assert rvs.wavelength_aa[-1] == pytest.approx(8700.0)


def test_gaia_samplings_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "xp.csv"
    path.write_text('source_id,xp,flux,flux_error\n7,BP,"(1, 2, 3)","(1, 1, 1)"\n')
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "no_wavelength"


def test_six_degree_field_rows(tmp_path: Path) -> None:
    rows = np.vstack([ramp(), np.full(N, 0.04), np.ones(N), 4000.0 + 2 * np.arange(N)])
    path = write(tmp_path, primary(np.ones((30, 30))), fits.ImageHDU(rows, name="SPECTRUM VR"))
    spectrum = read(path).spectra[0]
    assert spectrum.wavelength_aa[-1] == 4098.0
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.2)


def test_a_phoenix_model_needs_its_wavelength_file(write_image: WriteImage) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_image(ramp(), PHXTEFF=5000.0))
    assert caught.value.code == "no_wavelength"
    assert "WAVE_PHOENIX" in caught.value.advice


def test_rows_of_an_image(write_image: WriteImage) -> None:
    random = np.random.default_rng(5)
    flux = 10.0 + random.normal(0, 0.5, 300)
    wave = np.linspace(4000.0, 5000.0, 300)
    reading = read(write_image(np.vstack([wave, flux, np.full(300, 0.5)])))
    assert reading.reader == "fits-rows"
    assert reading.spectra[0].flux[0] == flux[0]
    assert decided(reading, "Uncertainty") == ("sigma", True)
    assert reading.warnings


@pytest.mark.parametrize(
    ("data", "word"),
    [(np.ones((200, 300)), "image"), (np.ones((40, 30, 20)), "cube"), (None, "no data")],
)
def test_images_cubes_and_empty_files_are_named(tmp_path: Path, data: Any, word: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(data)))
    assert caught.value.code == "not_a_spectrum"
    assert word in caught.value.reason


def test_light_curves_and_velocity_functions_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), table(TIME=np.arange(50.0), SAP_FLUX=np.ones(50))))
    assert "light curve" in caught.value.reason
