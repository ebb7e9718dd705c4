"""HST after the STIS and COS Data Handbooks, https://hst-docs.stsci.edu"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, table, with_cards, write


@pytest.mark.parametrize(
    ("instrument", "label"),
    [("STIS", {"SPORDER": np.array([66, 67], "i2")}), ("COS", {"SEGMENT": ["FUVA", "FUVB"]})],
)
def test_orders_and_segments(tmp_path: Path, instrument: str, label: dict[str, object]) -> None:
    waves = np.vstack([2900.0 + np.arange(50), 2800.0 + np.arange(50)])
    flags = np.zeros((2, 50), np.int16)
    flags[0, 3], flags[0, 4] = 512, 2
    columns = table(
        "SCI",
        **label,
        WAVELENGTH=(waves, "Angstroms"),
        FLUX=(np.ones((2, 50)), "erg/s/cm**2/Angstrom"),
        ERROR=np.full((2, 50), 0.1),
        DQ=flags,
    )
    head = primary(TELESCOP="HST", INSTRUME=instrument, TARGNAME="HD1", HELCORR="COMPLETE")
    reading = read(write(tmp_path, head, with_cards(columns, SDQFLAGS=512)))
    spectrum = holds(
        reading,
        "hst",
        ends=(2900.0, 2949.0),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="sigma",
        count=2,
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [3]
    assert spectrum.name.startswith("HD1 ")
    assert spectrum.meta["instrument"] == f"HST {instrument}"
