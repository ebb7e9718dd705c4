"""synphot after https://synphot.readthedocs.io/en/latest/synphot/spectrum.html"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, table, write


@pytest.mark.parametrize(("unit", "slope"), [("FLAM", 1.0), ("PHOTLAM", 0.5)])
def test_photons_become_energy(tmp_path: Path, unit: str, slope: float) -> None:
    columns = table(
        WAVELENGTH=(np.linspace(4000.0, 8000.0, 50), "ANGSTROMS"), FLUX=(np.ones(50), unit)
    )
    spectrum = holds(
        read(write(tmp_path, primary(ORIGIN="synphot"), columns)),
        "synphot",
        ends=(4000.0, 8000.0),
        points=50,
        medium="vacuum",
        frame="rest",
        noise="none",
    )
    assert spectrum.flux[-1] / spectrum.flux[0] == pytest.approx(slope)
