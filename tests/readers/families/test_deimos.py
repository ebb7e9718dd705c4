"""DEIMOS spec1d after https://deep.ps.uci.edu/DR4/spectra.html"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, write


def side(name: str, first: float, flux: float) -> Any:
    waves = first + 0.33 * np.arange(50)
    return table(name, SPEC=(flux * ramp())[None], LAMBDA=waves[None], IVAR=np.full((1, 50), 4.0))


def test_both_sides_of_the_optimal_extraction(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        primary(),
        side("Bxspf-B", 6400.0, 2.0),
        side("Bxspf-R", 7800.0, 2.0),
        side("Horne-B", 6400.0, 1.0),
        side("Horne-R", 7800.0, 1.0),
    )
    spectrum = holds(
        read(path),
        "deimos",
        ends=(6400.0, 7816.17),
        points=100,
        medium="air",
        frame="observed",
        noise="ivar",
    )
    apart = read(path, override=Override(merge="separate")).spectra
    assert [s.name for s in apart] == ["HORNE-B", "HORNE-R"]
    assert spectrum.flux[0] == pytest.approx(1.0)
    boxcar = read(path, override=Override(hdu="2")).spectra[0]
    assert boxcar.flux[0] == pytest.approx(2.0)
    assert boxcar.wavelength_aa[0] == pytest.approx(7800.0)
