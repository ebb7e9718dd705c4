"""FITS tables with a flux, after https://www.ivoa.net/documents/SpectralDM/ ; names and units of
columns in `tests/readers/test_tables.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write


@pytest.mark.parametrize(
    ("noise", "value", "kind"),
    [("ERR", 0.1, "sigma"), ("IVAR", 100.0, "ivar"), ("VARIANCE", 0.01, "variance")],
)
@pytest.mark.parametrize("shape", ["points", "vectors"])
def test_points_and_vectors(
    tmp_path: Path, noise: str, value: float, kind: str, shape: str
) -> None:
    columns = {
        "WAVE": (400.0 + 0.2 * np.arange(50), "nm"),
        "FLUX": (ramp(), "unknown unit of mine"),
        noise: (np.full(50, value), ""),
    }
    if shape == "vectors":
        columns = {name: (values[None], unit) for name, (values, unit) in columns.items()}
    spectrum = holds(
        read(write(tmp_path, primary(OBJECT="HD1"), table(**columns))),
        "fits-table",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)
    assert (spectrum.name, spectrum.flux_unit) == ("HD1", "unknown unit of mine")


def test_wavenumbers_of_a_column(tmp_path: Path) -> None:
    numbers = np.linspace(15_000.0, 25_000.0, 50)
    columns = table(WAVELENGTH=(numbers, "cm-1"), FLUX=ramp())
    holds(
        read(write(tmp_path, primary(), columns)),
        "fits-table",
        ends=(4000.0, 1e8 / 15_000.0),
        points=50,
        medium="vacuum",
        frame="unknown",
        noise="none",
    )
    plain = table(SIGMA_K=numbers, FLUX=ramp())
    reading = read(
        write(tmp_path, primary(), plain),
        override=Override(columns=("SIGMA_K", "FLUX"), wavelength_unit="wavenumber"),
    )
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(4000.0)


@pytest.mark.parametrize(
    ("name", "unit"), [("FLUX", "mag"), ("FLUX", "ABMAG"), ("FLUX", "log(erg/s/cm2/A)")]
)
def test_magnitudes_and_logarithms_are_no_flux(tmp_path: Path, name: str, unit: str) -> None:
    columns = table(WAVE=(4000.0 + np.arange(50), "Angstrom"), **{name: (ramp(), unit)})
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), columns))
    assert caught.value.code == "unsupported"


def test_pixels_in_a_column_of_wavelengths_are_declined(tmp_path: Path) -> None:
    columns = table(WAVE=(np.arange(500.0), "Angstrom"), FLUX=ramp(500))
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), columns))
    assert caught.value.code == "no_wavelength"


@pytest.mark.parametrize("good", [0, 1])
def test_a_row_of_mostly_bad_pixels_does_not_turn_its_mask_round(tmp_path: Path, good: int) -> None:
    mask = np.full((4, 50), good, np.int16)
    mask[2, :40] = 1 - good
    wave = np.tile(4000.0 + 2.0 * np.arange(50), (4, 1))
    columns = {
        "WAVE": (wave, "Angstrom"),
        "FLUX": (np.ones((4, 50)) + ramp(), ""),
        "MASK": (mask, ""),
    }

    reading = read(write(tmp_path, primary(), table(**columns)))

    assert [int(s.bad.sum()) for s in reading.spectra] == [0, 0, 40, 0]
