"""Spextool after Cushing, Vacca & Rayner 2004, PASP 116, 362; SpeX Prism Library after
https://cass.ucsd.edu/~ajb/browndwarfs/spexprism/ (three rows, without Spextool's cards).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

WAVE_UM = np.linspace(0.65, 2.55, 50)


def test_rows_of_spextool(tmp_path: Path) -> None:
    flux = ramp()
    flux[3] = np.nan
    head = primary(
        np.vstack([WAVE_UM, flux, np.full(50, 0.1)]),
        XUNITS="um",
        YUNITS="W m-2 um-1",
        WAVETYPE="Vacuum",
        SPTYPE="L1V",
        OBJECT="2M1439",
        RP=2000,
    )
    spectrum = holds(
        read(write(tmp_path, head)),
        "spextool",
        ends=(6500.0, 25500.0),
        points=50,
        medium="vacuum",
        frame="observed",
        noise="sigma",
    )
    assert spectrum.meta["mk_type"] == "L1V"
    assert spectrum.bad[3]


def test_prism_library(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    flux = 5.0 + random.normal(0.0, 0.1, 50)
    head = primary(np.vstack([WAVE_UM, flux, np.full(50, 0.1)]), INSTRUME="SpeX", OBJECT="L dwarf")
    reading = read(write(tmp_path, head))
    assert reading.reader == "spextool"
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(6500.0)
    assert decided(reading, "Wavelength unit") == ("µm", True)
