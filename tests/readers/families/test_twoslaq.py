"""2SLAQ after https://docs.datacentral.org.au/2slaq/ and the loader of specutils."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, primary, ramp, write


def test_the_plane_of_the_target(tmp_path: Path) -> None:
    cube = np.array([[ramp()], [9 * ramp()]])
    cards = {"MSTITLE": "2dF-SDSS LRG/QSO survey a01", "CRVAL1": 5000.0, "CD1_1": 4.3}
    path = write(tmp_path, primary(cube, OBJECT="J1", CRPIX1=1.0, **cards))
    spectrum = holds(
        read(path),
        "twoslaq",
        ends=(5000.0, 5210.7),
        points=50,
        medium="air",
        frame="observed",
        noise="none",
    )
    assert spectrum.flux[0] == 1.0
