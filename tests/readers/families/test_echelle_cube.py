"""Cubes of orders after the README of CERES, and as CHIRON writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

N = 120
WAVES = np.vstack([4000.0 + 0.05 * np.arange(N), 4005.0 + 0.05 * np.arange(N)])
FLUX = np.vstack([ramp(N), 2 * ramp(N)])


def test_ceres(tmp_path: Path) -> None:
    cube = np.stack(
        [WAVES, 9 * FLUX, np.full_like(FLUX, 5.0), FLUX, np.full_like(FLUX, 10.0), FLUX]
    )
    path = write(tmp_path, primary(cube, PIPELINE="CERES", INSTRUME="FEROS"))
    reading = read(path)
    spectrum = holds(
        reading,
        "echelle-cube",
        ends=(4000.0, 4005.95),
        points=N,
        medium="unknown",
        frame="unknown",
        noise="ivar",
        count=2,
    )
    assert reading.format == "CERES"
    assert spectrum.flux[0] == 1.0
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)
    assert read(path, override=Override(rows=(1,))).spectra[0].flux[0] == 2.0


def test_chiron(tmp_path: Path) -> None:
    path = write(tmp_path, primary(np.stack([WAVES, FLUX], axis=-1), INSTRUME="CHIRON"))
    reading = read(path)
    holds(
        reading,
        "echelle-cube",
        ends=(4000.0, 4005.95),
        points=N,
        medium="unknown",
        frame="unknown",
        noise="none",
        count=2,
    )
    assert decided(reading, "Wavelength scale")[1]


def test_a_cube_of_the_sky_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, primary(np.ones((6, 20, 150)), CTYPE1="RA---TAN")))
    assert caught.value.code == "not_a_spectrum"
