"""HARPS, HARPS-N and SOPHIE s1d (DRS 3; http://www.obs-hp.fr/guide/sophie/reduction.html says that
SOPHIE's is barycentric), ESPRESSO's table, http://atlas.obs-hp.fr/sophietest/fits.html for S1D_A.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds, image, primary, ramp, table, write

AXIS = {"CRVAL1": 3781.99, "CDELT1": 0.01, "CRPIX1": 1.0, "CTYPE1": "Angstrom"}
HELD: dict[str, Any] = {
    "ends": (3781.99, 3782.48),
    "points": 50,
    "medium": "air",
    "frame": "barycentric",
    "noise": "none",
}


@pytest.mark.parametrize(
    ("prefix", "instrument"), [("ESO", "HARPS"), ("TNG", "HARPN"), ("OHP", "SOPHIE")]
)
def test_images_of_the_drs(tmp_path: Path, prefix: str, instrument: str) -> None:
    head = primary(ramp(), INSTRUME=instrument, OBJECT="HD1", **AXIS)
    head.header[f"HIERARCH {prefix} DRS BERV"] = 12.0
    head.header[f"HIERARCH {prefix} DRS CCF RVC"] = -21.5
    reading = read(write(tmp_path, head))
    spectrum = holds(reading, "harps", **HELD)
    assert decided(reading, "Medium") == ("air", True)
    assert spectrum.velocity_kms == -21.5
    power = 75_000.0 if instrument == "SOPHIE" else 115_000.0
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(3781.99 / power)


def test_the_archive_of_sophie_puts_it_in_an_extension(tmp_path: Path) -> None:
    head = primary(INSTRUME="SOPHIE")
    head.header["HIERARCH OHP DRS BERV"] = 12.0
    path = write(tmp_path, head, image(ramp(), "S1D_A", **AXIS), image(ramp(), "S1D_B", **AXIS))
    holds(read(path), "harps", **HELD)


@pytest.mark.parametrize("instrument", ["ESPRESSO", "HARPN"])
def test_tables_of_the_newer_pipeline(tmp_path: Path, instrument: str) -> None:
    vacuum = 3800.0 + 0.01 * np.arange(50)
    quality = np.zeros(50, np.int32)
    quality[6] = 1
    columns = table(
        wavelength=(vacuum, "angstrom"),
        wavelength_air=(vacuum - 1.08, "angstrom"),
        flux=ramp(),
        error=np.full(50, 0.1),
        quality=quality,
    )
    spectrum = holds(
        read(write(tmp_path, primary(INSTRUME=instrument), columns)),
        "harps",
        ends=(3800.0, 3800.49),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="sigma",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [6]
