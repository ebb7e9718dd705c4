"""STELIB after Le Borgne et al. 2003, A&A 402, 433."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, primary, ramp, write


def test_by_its_axis_and_by_its_name(tmp_path: Path) -> None:
    flux = ramp(6300)
    flux[:200] = 0.0
    named = primary(flux[:100], CRVAL1=3200.5, CDELT1=1.0, CRPIX1=1)
    named.header["HISTORY"] = "STELIB V3.2"
    bare = primary(flux, CRVAL1=3200.0, CDELT1=1.0, CRPIX1=1, OBJECT="HD 1", SPTYPE="K0III")
    spectrum = holds(
        read(write(tmp_path, bare)),
        "stelib",
        ends=(3200.0, 9499.0),
        points=6300,
        medium="air",
        frame="rest",
        noise="none",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == list(range(200))
    assert spectrum.meta["mk_type"] == "K0III"
    named.data[:] = 1.0
    assert read(write(tmp_path, named)).reader == "stelib"


def test_other_files_from_3200_are_left_alone(tmp_path: Path) -> None:
    other = primary(ramp(6300), CRVAL1=3200.0, CDELT1=1.0, CRPIX1=1, INSTRUME="LISA")
    assert read(write(tmp_path, other)).reader == "fits-image"
