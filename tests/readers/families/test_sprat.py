"""Level 2 of the Liverpool Telescope after the description of its HDUs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, write

AXIS = {"CRVAL1": 4020.0, "CDELT1": 9.2, "CRPIX1": 1.0, "CUNIT1": "Angstrom"}


def test_the_spectrum_that_was_calibrated_furthest(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        primary(np.ones((30, 60)), INSTRUME="SPRAT"),
        image(np.ones((30, 50)), "LSS_NONSS"),
        image(ramp()[None], "SPEC_NONSS", **AXIS),
        image(2 * ramp()[None], "SPEC_SS", **AXIS),
        image(3 * ramp()[None], "FLUX", **AXIS),
    )
    reading = read(path)
    spectrum = holds(
        reading,
        "sprat",
        ends=(4020.0, 4470.8),
        points=50,
        medium="air",
        frame="observed",
        noise="none",
    )
    assert spectrum.flux[0] == 3.0
    assert read(path, override=Override(hdu="SPEC_SS")).spectra[0].flux[0] == 2.0
