"""Tables and arrays: which column is what, in FITS, VOTable, ECSV, npz and HDF5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .conftest import ramp
from .families.holding import primary, table, write

N = 50
WAVE = 4000.0 + 2.0 * np.arange(N)


def fits_table(
    tmp_path: Path, columns: dict[str, Any], units: dict[str, str] | None = None
) -> Path:
    made = Table(columns)
    for name, unit in (units or {}).items():
        made[name].unit = unit
    path = tmp_path / "table.fits"
    made.write(path, overwrite=True)
    return path


@pytest.mark.parametrize(
    "names",
    [
        ("WAVE", "FLUX", "ERR"),
        ("lambda", "flux", "sigma"),
        ("wavelength", "Extracted_DRACS", "uncertainty"),
        ("wl", "intensity", "flux_err"),
        ("spectral_axis", "flux", "noise"),
        ("VAC_WAVE", "FLAM", "E_FLUX"),
    ],
)
def test_names_of_columns(tmp_path: Path, names: tuple[str, str, str]) -> None:
    columns = dict(zip(names, (WAVE, ramp(), np.full(N, 0.1)), strict=True))
    spectrum = read(fits_table(tmp_path, columns)).spectra[0]
    np.testing.assert_array_equal(spectrum.wavelength_aa, WAVE)
    np.testing.assert_array_equal(spectrum.flux, ramp())
    assert spectrum.sigma is not None


def test_units_of_columns_and_logarithms(tmp_path: Path) -> None:
    path = fits_table(tmp_path, {"WAVE": WAVE / 10, "FLUX": ramp()}, {"WAVE": "nm"})
    assert read(path).spectra[0].wavelength_aa[0] == pytest.approx(4000.0)
    path = fits_table(tmp_path, {"LOGLAM": np.log10(WAVE), "FLUX": ramp()})
    assert read(path).spectra[0].wavelength_aa[-1] == pytest.approx(4098.0)


def test_air_and_vacuum_in_column_names(tmp_path: Path) -> None:
    for name, medium in (("WAVE_AIR", "air"), ("wave_vac", "vacuum")):
        path = fits_table(tmp_path, {name: WAVE, "FLUX": ramp()})
        assert read(path).spectra[0].medium == medium


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("RESTWAVE", "rest"),
        ("wave_rest", "rest"),
        ("BARY_WAVE", "barycentric"),
        ("LAMBDA_TOPO", "observed"),
        ("OBSWAVE", "unknown"),
        ("WAVELENGTH", "unknown"),
    ],
)
def test_the_frame_in_the_name_of_a_column(tmp_path: Path, name: str, frame: str) -> None:
    (spectrum,) = read(fits_table(tmp_path, {name: WAVE, "FLUX": ramp()})).spectra
    assert spectrum.frame == frame


def test_an_uncertainty_in_per_cent_is_of_the_flux(tmp_path: Path) -> None:
    made = table(WAVE=WAVE, FLUX=1000.0 * ramp(), ERR=(np.full(N, 2.0), "%"))
    (spectrum,) = read(write(tmp_path, primary(), made)).spectra
    assert spectrum.sigma is not None
    np.testing.assert_allclose(spectrum.sigma, 0.02 * spectrum.flux)


def test_inverse_variance_and_mask(tmp_path: Path) -> None:
    ivar = np.full(N, 25.0)
    ivar[1] = 0.0
    mask = np.zeros(N, np.int32)
    mask[6] = 4
    spectrum = read(
        fits_table(tmp_path, {"WAVE": WAVE, "FLUX": ramp(), "IVAR": ivar, "MASK": mask})
    ).spectra[0]
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.2)
    assert np.flatnonzero(spectrum.bad).tolist() == [1, 6]


def test_a_mask_that_says_good(tmp_path: Path) -> None:
    good = np.ones(N, np.int32)
    good[6] = 0
    path = fits_table(tmp_path, {"WAVE": WAVE, "FLUX": ramp(), "MASK": good})
    assert np.flatnonzero(read(path).spectra[0].bad).tolist() == [6]


def test_wavelengths_in_keywords_of_an_empty_primary(tmp_path: Path) -> None:
    path = fits_table(tmp_path, {"flux": ramp(), "err": np.ones(N)})
    with fits.open(path, mode="update") as hdus:
        hdus[0].header.update(CRVAL1=4000.0, CDELT1=2.0, CUNIT1="Angstrom")
    reading = read(path)
    np.testing.assert_array_equal(reading.spectra[0].wavelength_aa, WAVE)
    assert any("CRPIX1" in warning for warning in reading.warnings)


def test_no_wavelengths_anywhere_is_declined(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(fits_table(tmp_path, {"flux": ramp(), "err": np.ones(N)}))
    assert caught.value.code in ("not_a_spectrum", "no_wavelength")


def test_columns_and_hdu_can_be_chosen(tmp_path: Path) -> None:
    first = fits.BinTableHDU(Table({"a": WAVE / 10, "b": ramp(), "c": np.full(N, 4.0)}))
    second = fits.BinTableHDU(Table({"wave": WAVE, "flux": 2 * ramp()}), name="OTHER")
    path = tmp_path / "two.fits"
    fits.HDUList([fits.PrimaryHDU(), first, second]).writeto(path)
    assert read(path).spectra[0].flux[0] == 2.0
    chosen = read(
        path, override=Override(hdu="1", columns=("a", "1", "c"), wavelength_unit="nm")
    ).spectra[0]
    assert chosen.flux[0] == 1.0
    assert chosen.wavelength_aa[0] == pytest.approx(4000.0)
    assert read(path, override=Override(hdu="other")).spectra[0].flux[0] == 2.0
    unfit = (("wave", "nothing"), ("wave", "WAVE"))
    for override in (Override(hdu="7"), *(Override(columns=columns) for columns in unfit)):
        with pytest.raises(ReadError) as caught:
            read(path, override=override)
        assert caught.value.code == "bad_override"


def test_rows_of_vectors_are_spectra(tmp_path: Path) -> None:
    path = fits_table(
        tmp_path,
        {"OBJECT": ["a", "b"], "WAVE": np.tile(WAVE, (2, 1)), "FLUX": np.tile(ramp(), (2, 1))},
    )
    assert [s.name for s in read(path).spectra] == ["a", "b"]
    assert [s.name for s in read(path, override=Override(rows=(1,))).spectra] == ["b"]


def test_photons_become_energy(tmp_path: Path) -> None:
    path = fits_table(
        tmp_path, {"WAVELENGTH": WAVE, "FLUX": np.ones(N)}, {"WAVELENGTH": "Angstrom"}
    )
    with fits.open(path, mode="update") as hdus:
        hdus[1].header["TUNIT2"] = "PHOTLAM"
    flux = read(path).spectra[0].flux
    assert flux[0] / flux[-1] == pytest.approx(WAVE[-1] / WAVE[0])


def test_odd_flux_units_stop_nothing(tmp_path: Path) -> None:
    path = fits_table(tmp_path, {"WAVE": WAVE, "FLUX": ramp()})
    with fits.open(path, mode="update") as hdus:
        hdus[1].header["TUNIT2"] = "1.0E-17 erg/cm/s/Ang"
    assert read(path).spectra[0].flux_unit == "1.0E-17 erg/cm/s/Ang"


def test_scaled_columns_and_nulls(tmp_path: Path) -> None:
    stored = np.arange(N, dtype=np.int16)
    stored[7] = -99
    path = fits_table(tmp_path, {"wave": WAVE, "flux": stored})
    with fits.open(path, mode="update", do_not_scale_image_data=True) as hdus:
        hdus[1].header.update(TSCAL2=0.5, TZERO2=10.0, TNULL2=-99)
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.flux[:3], [10.0, 10.5, 11.0])
    assert np.flatnonzero(spectrum.bad).tolist() == [7]


def test_ascii_tables_of_fits(tmp_path: Path) -> None:
    columns = [
        fits.Column("wave", "F10.3", array=WAVE),
        fits.Column("flux", "E15.7", array=ramp()),
    ]
    path = tmp_path / "ascii.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.TableHDU.from_columns(columns)]).writeto(path)
    np.testing.assert_allclose(read(path).spectra[0].flux, ramp(), rtol=1e-6)


def test_compressed_images(tmp_path: Path) -> None:
    hdu = fits.CompImageHDU(np.arange(1000, dtype=np.int32) + 5)
    hdu.header.update(CRVAL1=4000.0, CDELT1=1.0, CRPIX1=1)
    path = tmp_path / "tiles.fits"
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    spectrum = read(path).spectra[0]
    assert (len(spectrum), spectrum.flux[-1]) == (1000, 1004.0)


@pytest.mark.parametrize("form", ["tabledata", "binary2"])
def test_votable(tmp_path: Path, form: str) -> None:
    made = Table({"spectral": WAVE / 10, "dens": ramp()})
    made["spectral"].unit = "nm"
    made["spectral"].info.meta = {"utype": "spec:Spectrum.Data.SpectralAxis.Value"}
    path = tmp_path / "table.xml"
    made.rename_columns(["spectral", "dens"], ["wave", "flux"])
    made.write(path, format="votable", tabledata_format=form)
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVE)
    assert read(path).reader == "votable"


def test_ecsv_units_and_facts(tmp_path: Path) -> None:
    made = Table({"wave": WAVE / 1e4, "flux": ramp(), "ivar": np.full(N, 4.0)})
    made["wave"].unit = "um"
    made.meta["OBJECT"] = "HD 9"
    path = tmp_path / "table.ecsv"
    made.write(path)
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVE)
    assert spectrum.name == "HD 9"
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == 0.5


def test_npz_of_several_fluxes_and_no_pickles(tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    np.savez(path, lam=WAVE, flux_sun=ramp(), flux_vega=2 * ramp(), notes=np.array([{}], object))
    reading = read(path)
    assert [s.name for s in reading.spectra] == ["sun", "vega"]
    np.savez(path, lam=np.array([{}], object), flux=ramp())
    with pytest.raises(ReadError):
        read(path)


def test_npy_of_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    np.save(path, np.column_stack([WAVE, ramp()]))
    np.testing.assert_array_equal(read(path).spectra[0].wavelength_aa, WAVE)


def test_hdf5_masks_and_foreign_links(tmp_path: Path) -> None:
    good = np.ones(N, np.int8)
    good[4] = 0
    path = tmp_path / "star.hdf5"
    with h5py.File(path, "w") as file:
        file["wls"], file["fls"], file["sigmas"], file["masks"] = (
            WAVE,
            ramp(),
            np.full(N, 0.1),
            good,
        )
        file["wave"] = h5py.ExternalLink("/etc/hostname", "/x")
    spectrum = read(path).spectra[0]
    assert np.flatnonzero(spectrum.bad).tolist() == [4]
    assert spectrum.sigma is not None
