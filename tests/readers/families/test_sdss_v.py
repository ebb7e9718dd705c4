"""SDSS-V mwmStar and mwmVisit after https://data.sdss.org/datamodel/files/MWM_ASTRA/"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import holds, primary, ramp, table, with_cards, write

LOGLAM = 3.5523 + 1e-4 * np.arange(50)


def spectra(n_rows: int, *, stored: bool, name: str) -> Any:
    columns: dict[str, Any] = {
        "flux": np.tile(ramp(), (n_rows, 1)),
        "ivar": np.full((n_rows, 50), 4.0),
        "pixel_flags": np.zeros((n_rows, 50)),
        "telescope": ["apo25m"] * n_rows,
    }
    if stored:
        columns["wavelength"] = np.tile(10**LOGLAM, (n_rows, 1))
    return with_cards(table(name, **columns), CRVAL=3.5523, CDELT=1e-4, NPIXELS=50)


def empty(name: str) -> Any:
    hdu = table(name, flux=np.ones((1, 5)), ivar=np.ones((1, 5)), pixel_flags=np.ones((1, 5)))
    hdu.data = hdu.data[:0]
    return hdu


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("n_rows", [1, 3])
def test_stars_and_visits(tmp_path: Path, stored: bool, n_rows: int) -> None:
    path = write(
        tmp_path,
        primary(SDSS_ID=54321, V_ASTRA="0.6.0"),
        spectra(n_rows, stored=stored, name="BOSS/APO"),
        empty("BOSS/LCO"),
    )
    spectrum = holds(
        read(path),
        "sdss-v",
        ends=(10 ** LOGLAM[0], 10 ** LOGLAM[-1]),
        points=50,
        medium="vacuum",
        frame="rest",
        noise="ivar",
        count=n_rows,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.5)
    assert spectrum.name.startswith("SDSS 54321 BOSS")
    assert spectrum.meta["instrument"] == "BOSS apo25m"


def test_a_star_without_spectra_and_another_hdu(tmp_path: Path) -> None:
    path = write(tmp_path, primary(SDSS_ID=1, V_ASTRA="0.6.0"), empty("BOSS/APO"))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "no_good_pixels"
    path = write(
        tmp_path,
        primary(SDSS_ID=1, V_ASTRA="0.6.0"),
        spectra(1, stored=True, name="BOSS/APO"),
        spectra(1, stored=True, name="BOSS/LCO"),
    )
    assert len(read(path).spectra) == 2
    assert len(read(path, override=Override(hdu="2")).spectra) == 1
