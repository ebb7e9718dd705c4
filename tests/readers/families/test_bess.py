"""BeSS after http://basebe.obspm.fr (BSS_* keywords), by each of the programs that write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write


@pytest.mark.parametrize(
    "cards",
    [
        {"BSS_INST": "C11 Lhires3", "BSS_VHEL": 0, "VERSION": "ISIS V6.1.1"},
        {"BSS_VHEL": 0, "VERSION": "specINTI 2.2.0"},
        {"BSS_VHEL": 0, "SWCREATE": "SpcAudACE 3.0"},
        {"BSS_VHEL": 0, "CREATOR": "BASS Project 1.9"},
        {"BSS_VHEL": 0, "CREATOR": "Demetra 6.1"},
        {"BSS_VHEL": 0, "CREATOR": "Visual Spec 4.3"},
    ],
)
def test_programs(tmp_path: Path, cards: dict[str, Any]) -> None:
    flux = ramp()
    flux[-2:] = 0.0
    head = primary(
        flux.astype("f4"),
        CRVAL1=6500.0,
        CDELT1=0.05,
        CRPIX1=1.0,
        CTYPE1="Wavelength",
        CUNIT1="Angstrom",
        OBJNAME="gam Cas",
        SPE_RPOW=15_000.0,
        **cards,
    )
    head.header["DATE-OBS"] = "2024-01-02T20:00:00"
    reading = read(write(tmp_path, head))
    spectrum = holds(
        reading,
        "bess",
        ends=(6500.0, 6502.45),
        points=50,
        medium="air",
        frame="observed",
        noise="none",
    )
    assert decided(reading, "Medium") == ("air", True)
    assert np.flatnonzero(spectrum.bad).tolist() == [48, 49]
    assert (spectrum.name, spectrum.meta["date"]) == ("gam Cas", "2024-01-02T20:00:00")


def test_a_velocity_that_was_applied(tmp_path: Path) -> None:
    head = primary(ramp(), CRVAL1=6500.0, CDELT1=0.05, CRPIX1=1.0, BSS_VHEL=-12.3)
    assert read(write(tmp_path, head)).spectra[0].frame == "barycentric"
