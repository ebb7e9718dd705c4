"""PHOENIX of Göttingen after Husser et al. 2013, A&A 553, A6."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds, primary, ramp, write

FACTS = {"PHXTEFF": 5800.0, "PHXLOGG": 4.5, "PHXM_H": 0.0, "BUNIT": "erg/s/cm^2/cm"}


def test_hires_takes_the_wavelengths_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path, primary(ramp(), **FACTS), name="lte05800-4.50-0.0.HiRes.fits")
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "no_wavelength"
    assert "WAVE_PHOENIX" in caught.value.advice
    write(tmp_path, primary(np.arange(40.0)), name="WAVE_PHOENIX-old.fits")
    waves = np.geomspace(3000.0, 3001.0, 50)
    write(tmp_path, primary(waves), name="WAVE_PHOENIX-ACES-AGSS-COND-2011.fits")
    spectrum = holds(
        read(path),
        "phoenix",
        ends=(3000.0, 3001.0),
        points=50,
        medium="vacuum",
        frame="rest",
        noise="none",
    )
    assert spectrum.name == "PHOENIX Teff 5800, log g 4.5, [M/H] 0"


@pytest.mark.parametrize(
    ("kind", "start", "step", "medium"),
    [
        ("WAVE", 3000.0, 1.0, "vacuum"),
        ("AWAV", 3000.0, 1.0, "air"),
        ("AWAV-LOG", np.log(3000.0), 1e-5, "air"),
        ("WAVE-LOG", np.log10(3000.0), 1e-5, "vacuum"),
    ],
)
def test_medium_resolution(
    tmp_path: Path, kind: str, start: float, step: float, medium: str
) -> None:
    head = primary(ramp(), CTYPE1=kind, CRVAL1=start, CDELT1=step, CRPIX1=1, **FACTS)
    last = {
        "WAVE": 3049.0,
        "AWAV": 3049.0,
        "AWAV-LOG": 3000.0 * np.exp(49e-5),
        "WAVE-LOG": 3000.0 * 10**49e-5,
    }[kind]
    holds(
        read(write(tmp_path, head)),
        "phoenix",
        ends=(3000.0, last),
        points=50,
        medium=medium,
        frame="rest",
        noise="none",
    )
