"""Jacoby, Hunter & Christian 1984, ApJS 56, 257."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write, write_columns


@pytest.mark.parametrize("kind", ["text", "image"])
def test_by_its_axis(tmp_path: Path, kind: str) -> None:
    waves = 3510.0 + 1.4 * np.arange(2799)
    if kind == "text":
        path = write_columns(tmp_path, waves, ramp(2799))
    else:
        path = write(tmp_path, primary(ramp(2799), CRVAL1=3510.0, CDELT1=1.4, CRPIX1=1))
    reading = read(path)
    spectrum = holds(
        reading,
        "jacoby",
        ends=(3510.0, 7427.2),
        points=2799,
        medium="air",
        frame="unknown",
        noise="none",
    )
    assert decided(reading, "Medium")[1]
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == 4.5
