"""6dF after http://www-wfau.roe.ac.uk/6dFGS/fits.html and its headers ext_5 to ext_7."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, table, write

AXIS = {"CRVAL1": 3932.253, "CDELT1": 1.633849, "CRPIX1": 1.0, "CUNIT1": "Angstroms"}
FACTS = {"OBSRA": 10.5, "OBSDEC": -30.0, "Z": 1e-4, "Z_HELIO": 2e-4, "QUALITY": 6}


def rows(n: int) -> Any:
    made = [ramp(), np.full(50, 0.25), np.full(50, 9.0), 3932.253 + 1.633849 * np.arange(50)]
    return np.array(made[:n])


def test_pictures_then_spectra(tmp_path: Path) -> None:
    red = {**AXIS, "CRVAL1": 6462.262, "CDELT1": 2.20129, "CRPIX1": 516.0}
    path = write(
        tmp_path,
        primary(np.ones((30, 30)), TARGET="g0001"),
        *(image(np.ones((30, 30)), name) for name in "BJHK"),
        image(rows(3), "SPECTRUM V", **AXIS, **FACTS),
        image(rows(3), "SPECTRUM R", **red, **FACTS),
        image(rows(4), "SPECTRUM VR", **AXIS, **FACTS),
    )
    spectrum = holds(
        read(path),
        "sixdf",
        ends=(3932.253, 4012.31160),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.5)
    assert spectrum.velocity_kms == pytest.approx(29.98, abs=0.01)
    assert spectrum.meta["ra_deg"] == 10.5
    red_only = read(path, override=Override(hdu="6")).spectra[0]
    assert red_only.wavelength_aa[0] == pytest.approx(6462.262 - 515 * 2.20129)


def test_one_image_and_one_table(tmp_path: Path) -> None:
    split = write(tmp_path, primary(rows(3), **AXIS, **FACTS))
    holds(
        read(split),
        "sixdf",
        ends=(3932.253, 4012.31160),
        points=50,
        medium="air",
        frame="observed",
        noise="variance",
    )
    columns = table(WAVE=(4000.0 + np.arange(50), "Angstrom"), FLUX=(ramp(), "counts/s"))
    holds(
        read(write(tmp_path, primary(**FACTS), columns)),
        "sixdf",
        ends=(4000.0, 4049.0),
        points=50,
        medium="air",
        frame="observed",
        noise="none",
    )
