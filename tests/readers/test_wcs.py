"""Spectral axes of FITS beyond the linear one: tables, algorithms, other quantities, logarithms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .families.holding import decided, image, primary, ramp, table, write

WAVE = 4000.0 * 1.0005 ** np.arange(50)
LIGHT = 2.99792458e18


def looked_up(
    tmp_path: Path, *, index: Any = None, name: str = "WCS-TAB", **cards: Any
) -> tuple[Path, fits.HDUList]:
    """A file whose wavelengths (nm) stand in a table, as Paper III section 6 has it."""
    columns = [fits.Column("COORDS", "50D", dim="(1,50)", array=WAVE[None, :, None] / 10.0)]
    if index is not None:
        columns.append(fits.Column("INDEX", "50D", array=np.asarray(index)[None, :]))
        cards["PS1_2"] = "INDEX"
    lookup = fits.BinTableHDU.from_columns(columns, name=name)
    flux = primary(ramp())
    flux.header.update(CTYPE1="WAVE-TAB", CUNIT1="nm", PS1_0="WCS-TAB", PS1_1="COORDS")
    flux.header.update(CRPIX1=1.0, CRVAL1=1.0, CDELT1=1.0)
    flux.header.update(**cards)
    hdus = fits.HDUList([flux, lookup])
    path = tmp_path / "tab.fits"
    hdus.writeto(path)
    return path, hdus


@pytest.mark.parametrize(
    ("index", "cards"),
    [
        (None, {}),
        (None, {"CRPIX1": 3.0, "CRVAL1": 3.0}),
        (10.0 * np.arange(50), {"CRVAL1": 0.0, "CDELT1": 10.0}),
        (10.0 * np.arange(50), {"CRVAL1": 2.5, "CDELT1": 9.5}),
        (np.arange(50)[::-1] ** 2.0, {"CRVAL1": 2400.0, "CDELT1": -40.0}),
        (None, {"CRVAL1": 0.75, "CDELT1": 0.5}),
    ],
)
def test_wavelengths_are_looked_up_in_the_table(
    tmp_path: Path, index: Any, cards: dict[str, Any]
) -> None:
    path, hdus = looked_up(tmp_path, index=index, **cards)
    reading = read(path)
    expected = 10.0 * WCS(hdus[0].header, hdus).all_pix2world(np.arange(50.0), 0)[0]
    kept = np.isfinite(expected)
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, expected[kept], rtol=1e-10)
    np.testing.assert_allclose(reading.spectra[0].flux, ramp()[kept])
    assert decided(reading, "Wavelength unit")[0] == "nm"
    assert reading.spectra[0].medium == "vacuum"


@pytest.mark.parametrize("cards", [{"PS1_0": "ELSEWHERE"}, {"PS1_1": "NOTHING"}])
def test_an_axis_without_its_table_is_declined(tmp_path: Path, cards: dict[str, Any]) -> None:
    path, _ = looked_up(tmp_path, **cards)
    with pytest.raises(ReadError, match="WAVE-TAB") as caught:
        read(path)
    assert caught.value.code == "no_wavelength"


def stepped(start: float, step: float, **cards: Any) -> fits.PrimaryHDU:
    """A row of pixels with a linear axis in whatever ``cards`` say."""
    return primary(ramp(), CRVAL1=start, CDELT1=step, CRPIX1=1.0, **cards)


@pytest.mark.parametrize(
    ("unit", "start", "first"),
    [
        ("log(nm)", np.log10(400.0), 4000.0),
        ("log10(Angstrom)", np.log10(4000.0), 4000.0),
        ("Log Angstroms", np.log10(4000.0), 4000.0),
        ("dex(Angstrom)", np.log10(4000.0), 4000.0),
        ("log(um)", np.log10(0.4), 4000.0),
        ("ln(nm)", np.log(400.0), 4000.0),
        ("log(nm)", np.log(400.0), 4000.0),
        ("ln(Angstrom)", np.log(4000.0), 4000.0),
    ],
)
def test_logarithms_of_any_unit(tmp_path: Path, unit: str, start: float, first: float) -> None:
    reading = read(write(tmp_path, stepped(start, 1e-4, CUNIT1=unit)))
    wavelength = reading.spectra[0].wavelength_aa
    assert wavelength[0] == pytest.approx(first, rel=1e-9)
    growth = np.exp(49e-4) if "ln" in unit or start > 5.0 else 10**49e-4
    assert wavelength[-1] == pytest.approx(first * growth, rel=1e-9)
    assert not decided(reading, "Wavelength unit")[1]


@pytest.mark.parametrize(
    ("cards", "start", "step", "ends"),
    [
        ({"CTYPE1": "FREQ", "CUNIT1": "Hz"}, LIGHT / 5000, 1e11, (4960, 5000)),
        ({"CTYPE1": "FREQ", "CUNIT1": "THz"}, LIGHT / 5000e12, 0.1, (4960, 5000)),
        ({"CTYPE1": "FREQ"}, LIGHT / 5000, 1e11, (4960, 5000)),
        ({"CTYPE1": "WAVN", "CUNIT1": "cm-1"}, 20000.0, 1.0, (4987, 5000)),
        ({"CTYPE1": "WAVN", "CUNIT1": "m-1"}, 2000000.0, 100.0, (4987, 5000)),
        ({"CTYPE1": "WAVN"}, 2000000.0, 100.0, (4987, 5000)),
        ({"CTYPE1": "ENER", "CUNIT1": "eV"}, 12398.42 / 5000, 0.001, (4903, 5000)),
    ],
)
def test_other_quantities_become_vacuum_wavelengths(
    tmp_path: Path, cards: dict[str, Any], start: float, step: float, ends: tuple[float, float]
) -> None:
    spectrum = read(write(tmp_path, stepped(start, step, **cards))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa[[0, -1]], ends, atol=1.0)
    assert spectrum.flux[0] == ramp()[-1]
    assert spectrum.medium == "vacuum"


@pytest.mark.parametrize(
    ("start", "step", "cards"),
    [
        (2.3e11, 1e7, {"CTYPE1": "FREQ", "CUNIT1": "Hz"}),
        (230.0, 0.01, {"CTYPE1": "FREQ", "CUNIT1": "GHz"}),
        (4e-19, 1e-22, {"CTYPE1": "ENER", "CUNIT1": "J"}),
        (4000.0, 1.0, {"CTYPE1": "FREQ", "CUNIT1": "Angstrom"}),
        (-300.0, 10.0, {"CTYPE1": "VOPT", "CUNIT1": "km/s", "RESTWAV": 6562.8e-10}),
        (0.0, 1e-4, {"CTYPE1": "ZOPT", "RESTWAV": 5e-7}),
        (-300.0, 10.0, {"CTYPE1": "VELO-F2V", "CUNIT1": "km/s", "RESTWAV": 6562.8e-10}),
    ],
)
def test_radio_velocities_and_contradictions_are_declined(
    tmp_path: Path, start: float, step: float, cards: dict[str, Any]
) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, stepped(start, step, **cards)))
    assert caught.value.code == "no_wavelength"
    assert cards["CTYPE1"] in caught.value.reason


@pytest.mark.parametrize(
    ("kind", "cards"),
    [
        ("WAVE-F2W", {}),
        ("AWAV-F2A", {}),
        ("AWAV-W2A", {}),
        ("AWAV-GRI", {"PV1_0": 3e5, "PV1_1": 1.0, "PV1_2": 20.0, "PV1_3": 1.5}),
    ],
)
def test_axes_that_are_even_in_another_quantity(
    tmp_path: Path, kind: str, cards: dict[str, Any]
) -> None:
    """Read as linear they would be wrong by up to 90 Å at the end of this one."""
    hdu = stepped(4000.0, 20.0, CTYPE1=kind, CUNIT1="Angstrom", **cards)
    expected = 1e10 * WCS(hdu.header).all_pix2world(np.arange(50.0), 0)[0]
    spectrum = read(write(tmp_path, hdu)).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, expected, rtol=1e-10)
    assert spectrum.medium == ("air" if kind.startswith("AWAV") else "vacuum")


@pytest.mark.parametrize(
    ("unit", "start", "step"),
    [
        ("Angstrom", 4000.0, 2.0),
        ("nm", 400.0, 0.2),
        ("um", 0.4, 2e-4),
        ("m", 4e-7, 2e-10),
        ("nm", np.log10(400.0), 5e-4 / np.log(10.0)),
        ("nm", np.log(400.0), 5e-4),
        ("Angstrom", np.log10(4000.0), 5e-4 / np.log(10.0)),
    ],
)
def test_log_sampling_in_any_unit(tmp_path: Path, unit: str, start: float, step: float) -> None:
    """Paper III, eq. 5; in logarithms as many programs write it."""
    reading = read(write(tmp_path, stepped(start, step, CTYPE1="WAVE-LOG", CUNIT1=unit)))
    np.testing.assert_allclose(
        reading.spectra[0].wavelength_aa, 4000.0 * np.exp(5e-4 * np.arange(50)), rtol=1e-10
    )


LINEAR = {"CTYPE": "AWAV", "CRVAL": 400.0, "CRPIX": 1.0, "CDELT": 0.2, "CUNIT": "nm"}


def described(number: int, letter: str = "") -> dict[str, Any]:
    """Cards of a linear axis of that number, in that description."""
    return {f"{key}{number}{letter}": value for key, value in LINEAR.items()}


@pytest.mark.parametrize(
    ("shape", "cards"),
    [
        ((50,), {"CTYPE1": "PIXEL", "CRVAL1": 1.0, "CDELT1": 1.0, **described(1, "A")}),
        ((50, 1, 1), {"CTYPE1": "RA---TAN", "CRVAL1": 10.0, "CDELT1": 1e-4, **described(3)}),
        ((50, 1), {"CTYPE1": "PIXEL", "CRVAL1": 1.0, "CDELT1": 1.0, **described(2)}),
        ((1, 1, 50), described(1)),
    ],
)
def test_the_axis_of_light_is_found(
    tmp_path: Path, shape: tuple[int, ...], cards: dict[str, Any]
) -> None:
    hdu = fits.PrimaryHDU(ramp().reshape(shape))
    hdu.header.update(cards)
    spectrum = read(write(tmp_path, hdu)).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, 4000.0 + 2.0 * np.arange(50))
    np.testing.assert_allclose(spectrum.flux, ramp())
    assert spectrum.medium == "air"


def test_an_extension_inherits_the_axis_of_the_primary(tmp_path: Path) -> None:
    first = fits.PrimaryHDU()
    first.header.update(described(1))
    spectrum = read(write(tmp_path, first, image(ramp(), "SCI", INHERIT=True))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, 4000.0 + 2.0 * np.arange(50))
    with pytest.raises(ReadError):
        read(write(tmp_path, first, image(ramp(), "SCI", INHERIT=False)))


@pytest.mark.parametrize(
    ("name", "medium"),
    [("WAVE_VAC", "vacuum"), ("WAVELENGTH_AIR", "air"), ("VACWAVE", "vacuum"), ("WAVE", "unknown")],
)
def test_wavelengths_in_a_sister_image_say_their_medium(
    tmp_path: Path, name: str, medium: str
) -> None:
    path = write(tmp_path, primary(ramp()), image(WAVE, name, BUNIT="Angstrom"))
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVE)
    assert spectrum.medium == medium


def test_arms_in_images_of_their_own_are_all_read(tmp_path: Path) -> None:
    arms = [
        image(ramp(), name, CRVAL1=start, CDELT1=2.0, CRPIX1=1.0, CUNIT1="Angstrom")
        for name, start in (("BLUE", 4000.0), ("RED", 5000.0))
    ]
    reading = read(write(tmp_path, primary(), *arms))
    assert [s.wavelength_aa[0] for s in reading.spectra] == [4000.0, 5000.0]
    assert reading.spectra[1].name.endswith("RED")
    continuum = image(ramp(), "CONTINUUM", CRVAL1=5000.0, CDELT1=2.0, CRPIX1=1.0)
    assert len(read(write(tmp_path, primary(), arms[0], continuum)).spectra) == 1
    other = image(ramp(), "RED", CRVAL1=500.0, CDELT1=0.2, CRPIX1=1.0, CUNIT1="nm")
    reading = read(write(tmp_path, primary(), arms[0], other))
    assert len(reading.spectra) == 1
    assert any("HDU 2 (RED) may hold a spectrum too" in w for w in reading.warnings)


@pytest.mark.parametrize(
    ("name", "unit", "factor"), [("FREQ", "Hz", LIGHT), ("ENERGY", "eV", 12398.419843)]
)
def test_columns_of_frequencies_and_energies(
    tmp_path: Path, name: str, unit: str, factor: float
) -> None:
    columns: dict[str, Any] = {name: (factor / WAVE, unit), "FLUX": ramp()}
    spectrum = read(write(tmp_path, primary(), table(**columns))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVE, rtol=1e-8)
    assert spectrum.medium == "vacuum"
    columns = {name: factor / WAVE, "FLUX": ramp()}
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), table(**columns)))
    assert caught.value.code == "no_wavelength"
