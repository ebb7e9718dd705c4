"""ATLAS9 at STScI after the Synphot Data User's Guide, A.3."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write

WAVES = np.linspace(3000.0, 9000.0, 50)


def test_a_column_for_each_gravity(tmp_path: Path) -> None:
    columns = table(
        WAVELENGTH=(WAVES, "ANGSTROMS"),
        g00=(np.zeros(50), "FLAM"),
        g40=(ramp(), "FLAM"),
        g45=(2 * ramp(), "FLAM"),
    )
    path = write(tmp_path, primary(TEFF=5750, LOG_Z=0.0), columns)
    reading = read(path)
    spectrum = holds(
        reading,
        "atlas-grid",
        ends=(3000.0, 9000.0),
        points=50,
        medium="vacuum",
        frame="rest",
        noise="none",
        count=2,
    )
    assert spectrum.name == "Teff 5750 log Z 0.0 log g 4.0"
    assert read(path, override=Override(rows=(2,))).spectra[0].flux[0] == 2.0


def test_a_table_of_zeros_is_declined(tmp_path: Path) -> None:
    columns = table(WAVELENGTH=WAVES, g00=np.zeros(50), g05=np.zeros(50))
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(), columns))
    assert caught.value.code == "no_good_pixels"
