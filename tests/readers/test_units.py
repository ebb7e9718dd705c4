"""Units that files state for their wavelengths: believed where known, never passed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .families.holding import decided, primary, table, write, write_columns

N = 400
WAVES = np.linspace(3800.0, 7000.0, N)
FLUX = 1.0 + 0.1 * np.sin(WAVES / 90.0) + np.random.default_rng(3).normal(0.0, 0.01, N)
LOG_NM = np.log10(WAVES / 10.0)

Columns = Callable[..., Path]


def from_columns(path: Path, head: str, axis: Any) -> Path:
    return write_columns(path, axis, FLUX, head=head, form="%.9g")


@pytest.mark.parametrize(
    ("head", "axis", "unit"),
    [
        ("# log(wavelength [nm]) flux\n", LOG_NM, "log10 nm"),
        ("# log_wave_nm flux\n", LOG_NM, "log10 nm"),
        ("# log10(lambda/nm) flux\n", LOG_NM, "log10 nm"),
        ("# log(lambda)[nm] flux\n", LOG_NM, "log10 nm"),
        ("# log10(lambda/A) flux\n", LOG_NM + 1.0, "log10 Å"),
        ("# loglam flux\n", LOG_NM + 1.0, "log10 Å"),
        ("# ln(lambda/nm) flux\n", np.log(WAVES / 10.0), "ln nm"),
        ("# log(lambda/nm) flux\n", np.log(WAVES / 10.0), "ln nm"),
    ],
)
def test_logarithms_are_of_the_unit_that_their_name_states(
    tmp_path: Path, head: str, axis: Any, unit: str
) -> None:
    reading = read(from_columns(tmp_path, head, axis))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, WAVES, rtol=1e-6)
    assert decided(reading, "Wavelength unit") == (unit, False)
    assert decided(reading, "Medium")[0] == "unknown"


@pytest.mark.parametrize(
    "cards", [{"DC-FLAG": 1, "CUNIT1": "nm"}, {"CTYPE1": "LOGLAM", "CUNIT1": "nm"}]
)
def test_logarithmic_axes_in_keywords_are_of_their_unit(
    tmp_path: Path, cards: dict[str, Any]
) -> None:
    step = (LOG_NM[-1] - LOG_NM[0]) / (N - 1)
    reading = read(write(tmp_path, primary(FLUX, CRVAL1=LOG_NM[0], CDELT1=step, CRPIX1=1, **cards)))
    ends = reading.spectra[0].wavelength_aa[[0, -1]]
    np.testing.assert_allclose(ends, (3800.0, 7000.0), rtol=1e-6)


def test_logarithms_in_a_table_are_of_the_unit_of_their_column(tmp_path: Path) -> None:
    hdu = table(loglam=LOG_NM, flux=FLUX)
    hdu.columns["loglam"].unit = "nm"
    reading = read(write(tmp_path, primary(), hdu))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, WAVES, rtol=1e-6)


def test_logarithms_without_a_unit_that_could_be_of_two_are_declined(tmp_path: Path) -> None:
    path = from_columns(tmp_path, "# loglam flux\n", LOG_NM)
    with pytest.raises(ReadError, match="without a unit") as raised:
        read(path)
    assert "log10_nm" in raised.value.advice
    reading = read(path, override=Override(wavelength_unit="log10_nm"))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, WAVES, rtol=1e-6)


@pytest.mark.parametrize("unit", ["kA", "kÅ", "kiloangstrom"])
def test_thousands_of_angstroms_are_a_unit(tmp_path: Path, unit: str) -> None:
    reading = read(from_columns(tmp_path, f"# wavelength[{unit}] flux\n", WAVES / 1e3))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, WAVES, rtol=1e-6)
    assert decided(reading, "Wavelength unit") == ("kÅ", False)


@pytest.mark.parametrize("unit", ["ft", "foo", "10 nm", "x1000 A"])
def test_a_unit_that_is_not_known_is_declined_and_named(tmp_path: Path, unit: str) -> None:
    path = from_columns(tmp_path, f"# wavelength[{unit}] flux\n", WAVES)
    with pytest.raises(ReadError) as raised:
        read(path)
    assert raised.value.code == "no_wavelength"
    assert unit.replace(" ", "") in raised.value.reason.replace(" ", "")
    assert "--unit" in raised.value.advice
    reading = read(path, override=Override(wavelength_unit="angstrom"))
    np.testing.assert_allclose(reading.spectra[0].wavelength_aa, WAVES, rtol=1e-6)


def test_a_unit_in_keywords_that_is_not_known_is_declined_and_named(tmp_path: Path) -> None:
    step = (WAVES[-1] - WAVES[0]) / (N - 1)
    image = primary(FLUX, CRVAL1=3800.0, CDELT1=step, CRPIX1=1, CUNIT1="foo")
    with pytest.raises(ReadError, match="CUNIT1 = foo"):
        read(write(tmp_path, image))
    hdu = table(wavelength=WAVES, flux=FLUX)
    hdu.columns["wavelength"].unit = "foo"
    with pytest.raises(ReadError, match="foo"):
        read(write(tmp_path, primary(), hdu, name="table.fits"))
    with pytest.raises(ReadError, match="WAVEUNIT = furlong"):
        read(from_columns(tmp_path, "# WAVEUNIT = furlong\n", WAVES))


@pytest.mark.parametrize("words", ["Å, air", "vacuum, Angstrom", "A; rest frame"])
def test_a_unit_is_found_among_other_words(tmp_path: Path, words: str) -> None:
    reading = read(from_columns(tmp_path, f"# wavelength[{words}] flux\n", WAVES))
    assert decided(reading, "Wavelength unit") == ("Å", False)


@pytest.mark.parametrize("words", ["vacuum", "1", "rest frame", "col 1"])
def test_brackets_that_speak_of_something_else_state_no_unit(tmp_path: Path, words: str) -> None:
    reading = read(from_columns(tmp_path, f"# wavelength[{words}] flux\n", WAVES))
    assert decided(reading, "Wavelength unit") == ("Å", True)
