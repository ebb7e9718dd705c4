"""ECSV after APE 6, written by astropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable

from spectra_gui.readers import read

from .holding import holds, ramp


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_units_and_uncertainties(tmp_path: Path, delimiter: str) -> None:
    made = QTable(
        {
            "wavelength": (0.4 + 2e-4 * np.arange(50)) * u.um,
            "flux": ramp() * u.Jy,
            "uncertainty": np.full(50, 0.1) * u.Jy,
        },
        meta={"OBJECT": "HD 1", "SPTYPE": "G2 V"},
    )
    path = tmp_path / "spectrum.ecsv"
    made.write(path, format="ascii.ecsv", delimiter=delimiter)
    spectrum = holds(
        read(path),
        "ecsv",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )
    assert (spectrum.name, spectrum.meta["mk_type"]) == ("HD 1", "G2 V")
    assert spectrum.flux_unit == "Jy"
