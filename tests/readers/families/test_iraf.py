"""IRAF after https://iraf.readthedocs.io/en/latest/tasks/noao/onedspec/specwcs.html

Each function is written here as specwcs defines it; `tests/readers/test_iraf.py` has the details.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write

WAT = {"WAT0_001": "system=multispec", "WAT1_001": "wtype=multispec units=angstroms"}


def multispec(spec: str, **cards: Any) -> Any:
    text = f'wtype=multispec spec1 = "{spec}"'
    parts = {f"WAT2_{i // 68 + 1:03d}": text[i : i + 68] for i in range(0, len(text), 68)}
    kinds = {"CTYPE1": "MULTISPE", "CTYPE2": "MULTISPE"}
    return primary(ramp()[None], **kinds, **WAT, **parts, **cards)


@pytest.mark.parametrize(
    ("spec", "ends", "scale"),
    [
        ("1 1 0 4000. 2. 50 0. 1. 2.", (4000.0, 4098.0), "linear"),
        ("1 1 1 3.6 1.E-4 50 0. 1. 2.", (10**3.6, 10**3.6049), "log10"),
        # Chebyshev of order 2: c0 + c1 n, n from -1 to 1 between pixels 1 and 50.
        ("1 1 2 4000. 2. 50 0. 1. 2. 1. 0. 1 2 1. 50. 4049. 49.", (4000.0, 4098.0), "function"),
        ("1 1 2 4000. 2. 50 0. 1. 2. 1. 0. 2 2 1. 50. 4049. 49.", (4000.0, 4098.0), "function"),
        # Linear spline of one piece: c0 (1 - s) + c1 s.
        ("1 1 2 4000. 2. 50 0. 1. 2. 1. 0. 4 1 1. 50. 4000. 4098.", (4000.0, 4098.0), "function"),
        # A shift of 1+z = 2.
        ("1 1 0 8000. 4. 50 1. 1. 2.", (4000.0, 4098.0), "linear"),
    ],
)
def test_dispersions(tmp_path: Path, spec: str, ends: tuple[float, float], scale: str) -> None:
    reading = read(write(tmp_path, multispec(spec)))
    holds(
        reading,
        "iraf",
        ends=ends,
        points=50,
        medium="air",
        frame="unknown",
        noise="none",
    )
    assert decided(reading, "Wavelength scale")[0] == scale


def test_a_cubic_spline_of_a_straight_line(tmp_path: Path) -> None:
    # Four equal-spaced coefficients of a line of slope 1 (specwcs: s from 0 to npieces).
    knots = " ".join(f"{value:.9f}" for value in (3902.0 / 6, 4000.0 / 6, 4098.0 / 6, 4196.0 / 6))
    spec = f"1 1 2 4000. 2. 50 0. 1. 2. 1. 0. 3 1 1. 50. {knots}"
    reading = read(write(tmp_path, multispec(spec)))
    spectrum = reading.spectra[0]
    steps = np.diff(spectrum.wavelength_aa)
    np.testing.assert_allclose(steps, 2.0, rtol=1e-6)
    assert spectrum.wavelength_aa[0] == pytest.approx(4000.0)


def test_bands_of_an_equispec(tmp_path: Path) -> None:
    cube = np.stack([ramp(), 2 * ramp(), 3 * ramp(), np.full(50, 0.1)])[:, None, :]
    head = primary(
        cube,
        WAT0_001="system=equispec",
        WAT1_001="wtype=linear label=Wavelength units=angstroms",
        CRVAL1=4000.0,
        CD1_1=2.0,
        CRPIX1=1.0,
        CTYPE1="LINEAR",
        BANDID1="spectrum - background fit, weights variance, clean no",
        BANDID2="raw - background fit",
        BANDID3="background - background fit",
        BANDID4="sigma - background fit",
        OBJECT="Vega",
        DC__FLAG=0,
    )
    spectrum = holds(
        read(write(tmp_path, head)),
        "iraf",
        ends=(4000.0, 4098.0),
        points=50,
        medium="air",
        frame="unknown",
        noise="sigma",
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)
    assert spectrum.name == "Vega"


@pytest.mark.parametrize(("flag", "start", "step"), [(0, 4000.0, 2.0), (1, 3.6, 1e-4)])
def test_onedspec(tmp_path: Path, flag: int, start: float, step: float) -> None:
    head = primary(
        ramp(),
        WAT0_001="system=equispec",
        WAT1_001="wtype=linear label=Wavelength units=angstroms",
        CRVAL1=start,
        CDELT1=step,
        CRPIX1=1.0,
        DC__FLAG=flag,
    )
    last = 4098.0 if flag == 0 else 10**3.6049
    holds(
        read(write(tmp_path, head)),
        "iraf",
        ends=(4000.0 if flag == 0 else 10**3.6, last),
        points=50,
        medium="air",
        frame="unknown",
        noise="none",
    )


def test_vacuum_by_wat(tmp_path: Path) -> None:
    head = multispec("1 1 0 4000. 2. 50 0. 1. 2.")
    head.header["WAT1_001"] = 'wtype=multispec label="Vacuum wavelength" units=angstroms'
    assert read(write(tmp_path, head)).spectra[0].medium == "vacuum"


@pytest.mark.parametrize("kind", [-1, 0])
def test_apertures_that_only_count_pixels_are_declined(tmp_path: Path, kind: int) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path, multispec(f"1 1 {kind} 1. 1. 50 0. 1. 2.")))
    assert caught.value.code == "no_wavelength"
    assert "dispcor" in caught.value.advice
