"""Files as other programs write them, each of which was once read wrong or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .families.holding import decided, image, primary, ramp, table, write

WAVE = 4000.0 + 2.0 * np.arange(50)
LN = np.log(4000.0) + 4e-4 * np.arange(50)
SIGMA = np.full(50, 0.01)


@pytest.mark.parametrize("unit", ["log(Angstrom)", ""])
def test_a_logarithm_of_millimetres_is_a_natural_one(tmp_path: Path, unit: str) -> None:
    """HERMES (Mercator) writes CUNIT1 = log(Angstrom) for the natural logarithm."""
    cards = {"CRVAL1": LN[0], "CDELT1": 4e-4, "CRPIX1": 1.0, "CUNIT1": unit}
    path = write(tmp_path, primary(ramp(), CTYPE1="log(wavelength)", **cards))
    np.testing.assert_allclose(read(path).spectra[0].wavelength_aa, np.exp(LN))
    if unit:
        columns = table(wave=(LN, unit), flux=ramp())
        reading = read(write(tmp_path, primary(), columns))
        np.testing.assert_allclose(reading.spectra[0].wavelength_aa, np.exp(LN))


@pytest.mark.parametrize(
    ("name", "values", "noise"), [("STAT", SIGMA**2, "variance"), ("STD", SIGMA, "sigma")]
)
def test_uncertainties_of_mpdaf_and_specutils(
    tmp_path: Path, name: str, values: Any, noise: str
) -> None:
    """MPDAF's STAT is a variance; specutils' wcs1d-fits calls a standard deviation STD."""
    cards = {"CRVAL1": 4000.0, "CDELT1": 2.0, "CRPIX1": 1.0, "CUNIT1": "Angstrom"}
    reading = read(write(tmp_path, primary(), image(ramp(), "DATA", **cards), image(values, name)))
    assert decided(reading, "Uncertainty")[0] == noise
    assert reading.spectra[0].sigma is not None
    np.testing.assert_allclose(reading.spectra[0].sigma, SIGMA)


def test_eso_states_the_kind_of_error(tmp_path: Path) -> None:
    cards = {"CRVAL1": 4000.0, "CDELT1": 2.0, "CRPIX1": 1.0, "CUNIT1": "Angstrom"}
    errors = image(SIGMA, "STAT", HDUCLAS2="ERROR", HDUCLAS3="RMSE")
    reading = read(write(tmp_path, primary(), image(ramp(), "DATA", **cards), errors))
    assert decided(reading, "Uncertainty")[0] == "sigma"


@pytest.mark.parametrize(
    ("names", "axis"),
    [
        (("lnwave", "flux", "err"), LN),
        (("WAVENUMBER", "FLUX", "ERR"), 1e8 / WAVE),
        (("wl_A", "f_lambda", "f_err"), WAVE),
        (("wave", "flux_lambda", "flux_lambda_err"), WAVE),
    ],
)
def test_names_of_columns(tmp_path: Path, names: tuple[str, str, str], axis: Any) -> None:
    path = write(tmp_path, primary(), table(**dict(zip(names, (axis, ramp(), SIGMA), strict=True))))
    reading = read(path)
    assert decided(reading, "Uncertainty")[0] == "sigma"
    ends = reading.spectra[0].wavelength_aa[[0, -1]]
    np.testing.assert_allclose(ends, (4000.0, np.exp(LN[-1]) if axis is LN else 4098.0))


def test_columns_of_pepsi(tmp_path: Path) -> None:
    columns = {"Arg": WAVE, "Fun": ramp(), "Var": SIGMA**2, "Mask": np.zeros(50)}
    reading = read(write(tmp_path, primary(INSTRUME="PEPSI"), table(**columns)))
    assert decided(reading, "Uncertainty")[0] == "variance"
    assert reading.spectra[0].wavelength_aa[0] == 4000.0


def test_what_a_telescope_in_space_sees_is_in_vacuum(tmp_path: Path) -> None:
    columns = {"WAVELENGTH": (WAVE / 1e4, "um"), "FLUX": ramp(), "FLUX_ERROR": SIGMA}
    reading = read(write(tmp_path, primary(TELESCOP="JWST"), table("EXTRACT1D", **columns)))
    assert reading.spectra[0].medium == "vacuum"
    assert decided(reading, "Medium")[1]


def test_a_flux_is_taken_before_the_counts_that_it_was_made_of(tmp_path: Path) -> None:
    """STIS x1d: GROSS, BACKGROUND and NET in counts stand before FLUX, whose ERROR it is."""
    columns = {
        "WAVELENGTH": (WAVE[None], "Angstroms"),
        "GROSS": (9 * ramp()[None], "Counts/s"),
        "NET": (8 * ramp()[None], "Counts/s"),
        "FLUX": (ramp()[None], "erg/s/cm**2/Angstrom"),
        "ERROR": (SIGMA[None], "erg/s/cm**2/Angstrom"),
    }
    for telescope in ("HST", "elsewhere"):
        path = write(tmp_path, primary(TELESCOP=telescope), table("SCI", **columns))
        spectrum = read(path).spectra[0]
        assert (spectrum.flux[0], spectrum.flux_unit) == (1.0, "erg/s/cm**2/Angstrom")
    counts = {"wavelength": WAVE, "counts": 5 * ramp()}
    assert read(write(tmp_path, primary(), table(**counts))).spectra[0].flux[0] == 5.0


def test_a_list_of_lines_is_no_spectrum(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    lines = np.sort(random.uniform(4000.0, 5600.0, 300))
    path = tmp_path / "lines.txt"
    np.savetxt(path, np.column_stack([lines, random.uniform(0.0, 5.0, 300)]), fmt="%.3f %.2f")
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "not_a_spectrum"
    # A person may know better.
    assert len(read(path, override=Override(columns=("0", "1"))).spectra[0]) == 300


def test_overlapping_orders_and_rounded_wavelengths_are_no_list_of_lines(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    first = 4000.0 + 0.05 * np.arange(2000)
    axis = np.sort(
        np.concatenate([first, first[1000:] + 0.0173, first[-1] + 0.06 * np.arange(900)])
    )
    flux = 1.0 + 0.3 * np.sin(axis / 3.0) + random.normal(0.0, 0.1, axis.size)
    path = tmp_path / "orders.txt"
    np.savetxt(path, np.column_stack([axis, flux]), fmt="%.4f %.4f")
    assert read(path).spectra[0].wavelength_aa[0] == 4000.0
    noise = np.column_stack([4000.0 + 0.015 * np.arange(500), random.normal(1.0, 0.1, 500)])
    np.savetxt(path, noise, fmt="%.2f %.4f")
    assert len(read(path).spectra) == 1


def test_quoted_numbers_with_decimal_commas(write_text: Callable[..., Path]) -> None:
    lines = (f'"{w:.2f}","{f:.5f}"'.replace(".", ",") for w, f in zip(WAVE, ramp(), strict=True))
    spectrum = read(write_text("\n".join(['"lambda","flux"', *lines]))).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVE)
    np.testing.assert_allclose(spectrum.flux, ramp())


def test_blocks_of_one_list_are_spectra_of_their_own(write_text: Callable[..., Path]) -> None:
    """They were averaged where the wavelengths start over."""
    text = "".join(f"{w} {f * k}\n" for k in (1, 2, 3) for w, f in zip(WAVE, ramp(), strict=True))
    reading = read(write_text(text))
    assert [float(s.flux[0]) for s in reading.spectra] == [1.0, 2.0, 3.0]
    assert any("start over" in warning for warning in reading.warnings)
    orders = "".join(f"{w + 90.0 * k} {1.0 + k}\n" for k in (0, 1) for w in WAVE)
    assert len(read(write_text(orders)).spectra) == 1


@pytest.mark.parametrize("values", [2450000.0 + 0.01 * np.arange(300), 1e6 + np.arange(300)])
def test_numbers_beyond_the_infrared_are_not_called_wavelengths(
    write_text: Callable[..., Path], values: Any
) -> None:
    """Julian dates were taken for Å."""
    text = "".join(f"{x:.3f} {1.0 + 0.1 * np.sin(x):.4f}\n" for x in values)
    with pytest.raises(ReadError) as caught:
        read(write_text(text))
    assert caught.value.code == "no_wavelength"


def test_zeros_at_the_ends_of_an_axis_are_none(tmp_path: Path) -> None:
    """Arrays of one size for all are filled up with zeros."""
    wave = np.where(np.arange(50) < 5, 0.0, WAVE)
    spectrum = read(write(tmp_path, primary(), table(wave=wave, flux=ramp()))).spectra[0]
    assert spectrum.wavelength_aa[0] == 4010.0


def test_the_step_is_scaled_by_pc(tmp_path: Path) -> None:
    """Paper I of the FITS standard: CDELT times PC; CDELT alone is half the step here."""
    cards = {"CRVAL1": 4000.0, "CDELT1": 1.0, "PC1_1": 2.0, "CRPIX1": 1.0, "CUNIT1": "Angstrom"}
    spectrum = read(write(tmp_path, primary(ramp(), **cards))).spectra[0]
    assert spectrum.wavelength_aa[-1] == 4098.0


def test_an_error_is_known_by_its_ucd(tmp_path: Path) -> None:
    head = '<?xml version="1.0"?><VOTABLE version="1.3"><RESOURCE><TABLE>'
    for name, ucd in (("w", "em.wl"), ("f", "phot.flux"), ("e", "stat.error;phot.flux")):
        head += f'<FIELD name="{name}" datatype="double" ucd="{ucd}"/>'
    rows = "".join(f"<TR><TD>{w}</TD><TD>1.5</TD><TD>0.1</TD></TR>" for w in WAVE)
    path = tmp_path / "spectrum.xml"
    path.write_text(
        f"{head}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )
    reading = read(path)
    assert decided(reading, "Uncertainty")[0] == "sigma"
    assert reading.spectra[0].sigma is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"SR\x00\x04" + bytes(200), "IDL"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(200), "MATLAB"),
        (b"PAR1" + bytes(200), "Parquet"),
        (b"\xd0\xcf\x11\xe0" + bytes(200), "CSV"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml" + bytes(200), "CSV"),
    ],
)
def test_what_other_programs_keep_is_named_with_a_way_out(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "spectrum.dat"
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert words in str(caught.value)


def test_single_spectra_of_giraffe_from_the_archive(tmp_path: Path) -> None:
    columns = table(
        "SPECTRUM",
        WAVE=(WAVE[None] / 10.0, "nm"),
        FLUX_REDUCED=(ramp()[None], "adu"),
        ERR_REDUCED=(SIGMA[None], "adu"),
        SNR=10 * ramp()[None],
    )
    for number, word in enumerate(("SpectralAxis", "FluxAxis", "FluxAxis.Accuracy.StatError"), 1):
        ending = "" if "Error" in word else ".Value"
        columns.header[f"TUTYP{number}"] = f"Spectrum.Data.{word}{ending}"
    columns.header["TUCD1"] = "em.wl;obs.atmos"
    head = primary(PRODCATG="SCIENCE.SPECTRUM", INSTRUME="GIRAFFE", SPECSYS="BARYCENT")
    reading = read(write(tmp_path, head, columns))
    spectrum = reading.spectra[0]
    assert (reading.reader, spectrum.medium, spectrum.frame) == ("eso-phase3", "air", "barycentric")
    assert (spectrum.wavelength_aa[0], spectrum.flux_unit) == (4000.0, "adu")
    assert spectrum.sigma is not None
