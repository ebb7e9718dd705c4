"""X-shooter Spectral Library after http://xsl.astro.unistra.fr/page_dr3_format.html"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, table, write

WAVE_NM = np.geomspace(350.0, 2480.0, 50)


def file(tmp_path: Path, **cards: Any) -> Path:
    columns = table(WAVE=(WAVE_NM, "nm"), FLUX=ramp(), FLUX_DR=2 * ramp(), ERR=np.full(50, 0.1))
    return write(tmp_path, primary(HNAME="HD 1", **cards), columns)


@pytest.mark.parametrize(
    ("cards", "frame"),
    [({}, "rest"), ({"REST_COR": True}, "rest"), ({"REST_COR": False}, "barycentric")],
)
def test_arms_and_merged_spectra(tmp_path: Path, cards: dict[str, Any], frame: str) -> None:
    reading = read(file(tmp_path, **cards))
    spectrum = holds(
        reading,
        "xsl",
        ends=(3500.0, 24800.0),
        points=50,
        medium="air",
        frame=frame,
        noise="sigma",
    )
    assert decided(reading, "Medium") == ("air", True)
    assert spectrum.name == "HD 1"
    assert spectrum.flux[0] == 1.0
    assert spectrum.fwhm_aa is not None
    # Widths of σ = 13 and 16 km/s at both ends.
    assert spectrum.fwhm_aa[0] == pytest.approx(3500.0 * 2.3548 * 13.0 / 299792.0, rel=1e-3)
    assert spectrum.fwhm_aa[-1] == pytest.approx(24800.0 * 2.3548 * 16.0 / 299792.0, rel=1e-3)


def test_the_dereddened_flux_can_be_chosen(tmp_path: Path) -> None:
    reading = read(file(tmp_path), override=Override(columns=("WAVE", "FLUX_DR", "ERR")))
    assert reading.reader == "xsl"
    assert reading.spectra[0].flux[0] == 2.0
