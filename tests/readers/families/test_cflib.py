"""Indo-US library after Valdes et al. 2004, ApJS 152, 251."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, primary, ramp, write, write_columns


def test_text_and_image_without_their_gaps(tmp_path: Path) -> None:
    waves = 3465.0 + 0.4 * np.arange(15_011)
    flux = ramp(15_011)
    flux[100:160] = 0.0001
    expected = {
        "ends": (3465.0, 9469.0),
        "points": 15_011,
        "medium": "air",
        "frame": "rest",
        "noise": "none",
    }
    text = holds(read(write_columns(tmp_path, waves, flux)), "cflib", **expected)  # type: ignore[arg-type]
    assert np.flatnonzero(text.bad).tolist() == list(range(100, 160))
    head = primary(flux.astype("f4"), CRVAL1=3465.0, CDELT1=0.4, CRPIX1=1, OBJECT="HD 1")
    image = holds(read(write(tmp_path, head)), "cflib", **expected)  # type: ignore[arg-type]
    assert np.flatnonzero(image.bad).tolist() == list(range(100, 160))
    assert image.fwhm_aa is not None
    assert image.fwhm_aa[0] == 1.0
