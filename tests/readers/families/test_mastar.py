"""MaStar after https://www.sdss4.org/dr17/mastar/ ; a template is in the zoo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, table, write

LOGLAM = 3.5589 + 1e-4 * np.arange(50)
ENDS = (10 ** LOGLAM[0], 10 ** LOGLAM[-1])


def test_visits(tmp_path: Path) -> None:
    columns = table(
        "GOODVISITS",
        MANGAID=["7-1", "7-2"],
        WAVE=np.tile(10**LOGLAM, (2, 1)),
        FLUX=np.tile(ramp(), (2, 1)),
        IVAR=np.full((2, 50), 4.0),
        MASK=np.zeros((2, 50), np.int32),
        HELIOV=np.array([12.0, -999.0]),
    )
    spectrum = holds(
        read(write(tmp_path, primary(), columns)),
        "mastar",
        ends=ENDS,
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
        count=2,
    )
    assert (spectrum.name, spectrum.velocity_kms) == ("7-1", 12.0)


def test_templates(tmp_path: Path) -> None:
    head = primary(ramp(), CTYPE1="WAVE-LOG", CRVAL1=3.5589, CDELT1=1e-4, CRPIX1=1.0)
    path = write(tmp_path, head, image(np.full(50, 4.0), "IVAR"), image(np.full(50, 2e3), "SRES"))
    spectrum = holds(
        read(path),
        "mastar",
        ends=ENDS,
        points=50,
        medium="vacuum",
        frame="rest",
        noise="ivar",
    )
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(ENDS[0] / 2000.0)
