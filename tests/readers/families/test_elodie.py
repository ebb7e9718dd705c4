"""ELODIE after https://cdsarc.cds.unistra.fr/viz-bin/ReadMe/III/218 and
http://atlas.obs-hp.fr/elodie/500/download.html
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import decided, holds, image, primary, ramp, table, write


@pytest.mark.parametrize(("step", "power"), [(0.05, 42_000.0), (0.2, 10_000.0)])
def test_library(tmp_path: Path, step: float, power: float) -> None:
    cards = {"CRVAL1": 4000.0, "CDELT1": step, "CRPIX1": 1, "CTYPE1": "WAVE-WAV"}
    flux = ramp()
    flux[5] = np.nan
    path = write(
        tmp_path,
        primary(flux, CUNIT="10**(-10)m", BTYPE="FLUX-PHY", OBJECT="HD000004", **cards),
        image(np.full(50, 0.1), "NOISE"),
        table("FCANOR", RELATION=np.ones(3)),
    )
    spectrum = holds(
        read(path),
        "elodie",
        ends=(4000.0, 4000.0 + 49 * step),
        points=50,
        medium="air",
        frame="unknown",
        noise="sigma",
    )
    assert spectrum.name == "HD000004"
    assert np.flatnonzero(spectrum.bad).tolist() == [5]
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(4000.0 / power)
    assert decided(read(path), "Medium") == ("air", True)
    assert not decided(read(path), "Wavelength unit")[1]


def test_archive(tmp_path: Path) -> None:
    head = primary(ramp(), CRVAL1=4000.0, CDELT1=0.05, CRPIX1=1, INSTRUME="ELODIE", CUNIT1="0.1nm")
    path = write(tmp_path, head, image(np.full(50, 0.2), "NOISE"))
    spectrum = holds(
        read(path),
        "elodie",
        ends=(4000.0, 4002.45),
        points=50,
        medium="air",
        frame="unknown",
        noise="sigma",
    )
    assert spectrum.meta["instrument"] == "ELODIE"


def test_orders_in_pixels_are_declined(tmp_path: Path) -> None:
    path = write(tmp_path, primary(np.ones((67, 1024)), INSTRUME="ELODIE"))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "not_a_spectrum"
