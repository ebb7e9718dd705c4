"""FITS images of a few rows, as several programs write them without a specification."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write


def test_wavelengths_in_a_row(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    flux = 10.0 + random.normal(0.0, 0.5, 300)
    rows = np.vstack([np.linspace(4000.0, 5000.0, 300), flux, np.full(300, 0.5)])
    path = write(tmp_path, primary(rows))
    reading = read(path)
    holds(
        reading,
        "fits-rows",
        ends=(4000.0, 5000.0),
        points=300,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )
    assert decided(reading, "Uncertainty")[1]
    assert read(path, override=Override(rows=(2,))).spectra[0].flux[0] == 0.5


def test_wavelengths_by_keywords(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    flux = 10.0 + random.normal(0.0, 0.5, 300)
    head = primary(np.vstack([flux, 2 * flux]), CRVAL1=4000.0, CDELT1=2.0, CUNIT1="Angstrom")
    holds(
        read(write(tmp_path, head)),
        "fits-rows",
        ends=(4000.0, 4598.0),
        points=300,
        medium="unknown",
        frame="unknown",
        noise="none",
    )


def test_columns_instead_of_rows(tmp_path: Path) -> None:
    """Two columns of an array, as a program that thinks in rows of numbers writes them."""
    wave = 4000.0 + 2.0 * np.arange(50)
    reading = read(write(tmp_path, primary(np.column_stack([wave, ramp()]))))
    assert reading.reader == "fits-rows"
    np.testing.assert_array_equal(reading.spectra[0].wavelength_aa, wave)
    np.testing.assert_array_equal(reading.spectra[0].flux, ramp())
