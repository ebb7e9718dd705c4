"""LAMOST image after https://www.lamost.org/dr8/v1.0/doc/lr-data-production-description and, for
the early pipeline, https://www.lamost.org/public/dr/algorithms/ff
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

AXIS = {"COEFF0": 3.5682, "COEFF1": 1e-4, "DC__FLAG": 1, "CTYPE1": "LINEAR"}


@pytest.mark.parametrize("third", ["wavelength", "continuum"])
def test_both_pipelines(tmp_path: Path, third: str) -> None:
    waves = 10 ** (3.5682 + 1e-4 * np.arange(50))
    row = waves if third == "wavelength" else 1.0 + 0.1 * np.sin(np.arange(50))
    rows = np.vstack([ramp(), np.full(50, 4.0), row, np.zeros(50), np.zeros(50)]).astype("f4")
    rows[1, 7] = 0.0
    facts = {"OBJNAME": "J1", "RA": 10.0, "DEC": 20.0, "CLASS": "STAR", "SUBCLASS": "F0"}
    head = primary(rows, TELESCOP="LAMOST", VACUUM=True, HELIO=True, **AXIS, **facts)
    reading = read(write(tmp_path, head))
    spectrum = holds(
        reading,
        "lamost",
        ends=(waves[0], waves[-1]),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [7]
    assert spectrum.meta["pipeline_type"] == "F0"
    assert ("not used" in decided(reading, "Third row")[0]) == (third == "continuum")
