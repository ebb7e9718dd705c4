"""MILES after http://miles.iac.es : image and text of the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, primary, ramp, write, write_columns


@pytest.mark.parametrize("kind", ["text", "image"])
def test_by_its_axis(tmp_path: Path, kind: str) -> None:
    waves = 3525.0 + 0.9 * np.arange(4367)
    if kind == "text":
        path = write_columns(tmp_path, waves, ramp(4367))
    else:
        path = write(tmp_path, primary(ramp(4367), CRVAL1=3525.0, CDELT1=0.9, CRPIX1=1))
    spectrum = holds(
        read(path),
        "miles",
        ends=(3525.0, 7454.4),
        points=4367,
        medium="air",
        frame="rest",
        noise="none",
    )
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == 2.5


def test_a_template_says_its_width(tmp_path: Path) -> None:
    head = primary(ramp(), CRVAL1=3540.5, CDELT1=0.9, CRPIX1=1, TPLLIB="MILES", FWHM=3.5)
    spectrum = read(write(tmp_path, head)).spectra[0]
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == 3.5
