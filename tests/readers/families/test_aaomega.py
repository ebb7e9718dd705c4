"""AAOmega and OzDES after 2dfdr; https://docs.datacentral.org.au/ozdes/ for the latter."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import decided, holds, image, primary, ramp, table, write

AXIS = {"CRVAL1": 6366.0, "CDELT1": 1.0375, "CRPIX1": 25.0, "CUNIT1": "Angstroms"}
FIRST = 6366.0 - 24 * 1.0375


def test_fibres_of_targets(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        primary(np.tile(ramp(), (3, 1)), INSTRUME="AAOMEGA-2dF", **AXIS),
        image(np.full((3, 50), 0.25), "VARIANCE"),
        table("FIBRES", NAME=["a", "sky", "c"], TYPE=["P", "S", "P"]),
    )
    reading = read(path)
    spectrum = holds(
        reading,
        "aaomega",
        ends=(FIRST, FIRST + 49 * 1.0375),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
        count=2,
    )
    assert spectrum.name == "a"
    assert decided(reading, "Medium") == ("air", True)
    assert read(path, override=Override(rows=(1,))).spectra[0].name == "sky"


def test_one_object_of_ozdes(tmp_path: Path) -> None:
    head = primary(ramp(), INSTRUME="AAOMEGA-2dF", REFERENC="ozdes", OBJECT="SVA1", **AXIS)
    spectrum = holds(
        read(write(tmp_path, head, image(np.full(50, 0.25), "VARIANCE"))),
        "aaomega",
        ends=(FIRST, FIRST + 49 * 1.0375),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
    )
    assert spectrum.name == "SVA1"


def test_wigglez_names_no_variance(tmp_path: Path) -> None:
    head = primary(ramp(), REFCODE="2018MNRAS.474.4151D", OBJECT="W1", **AXIS)
    spectrum = holds(
        read(write(tmp_path, head, image(np.full(50, 0.25)))),
        "aaomega",
        ends=(FIRST, FIRST + 49 * 1.0375),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == 0.5
