"""spSpec and spPlate after https://classic.sdss.org/dr7/dm/flatFiles/spSpec.php"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, table, write

AXIS = {"COEFF0": 3.58, "COEFF1": 1e-4, "VACUUM": True}


def test_one_star(tmp_path: Path) -> None:
    rows = np.vstack([ramp(), ramp(), np.full(50, 0.1), np.zeros(50), np.zeros(50)])
    rows[2, :2] = 0.0
    facts = {"RAOBJ": 10.0, "DECOBJ": -1.0, "Z": 0.001, "Z_ERR": 1e-5, "Z_STATUS": 4}
    head = primary(rows, ARRAY1="SPECTRUM", ARRAY3="ERROR", **AXIS, **facts)
    spectrum = holds(
        read(write(tmp_path, head)),
        "sdss-image",
        ends=(10**3.58, 10**3.5849),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="sigma",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [0, 1]
    assert spectrum.meta["ra_deg"] == 10.0
    assert spectrum.velocity_kms is not None


def test_a_plate_without_its_sky(tmp_path: Path) -> None:
    rows = np.tile(ramp(), (24, 1))
    plug = table(
        "PLUGMAP",
        OBJTYPE=["SKY"] * 4 + ["STAR"] * 20,
        RA=np.arange(24.0) + 1,
        DEC=np.arange(24.0),
    )
    others = [image(np.zeros((24, 50))) for _ in range(3)]
    path = write(tmp_path, primary(rows, **AXIS), image(np.full((24, 50), 4.0)), *others, plug)
    spectrum = holds(
        read(path),
        "sdss-image",
        ends=(10**3.58, 10**3.5849),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
        count=20,
    )
    assert spectrum.name == "fibre 5"
    assert spectrum.meta["ra_deg"] == 5.0
