"""GIRAFFE's images of fibres after ESO's pages on its products and tables of fibres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, table, write

FLUX = ramp(60)[:, None] * np.array([1.0, 2.0, 3.0, 4.0])
SETUP = {
    "INDEX": np.arange(1, 5),
    "OBJECT": np.array(["HD1", "sky-3", "CALSIM", "HD4"]),
    "TYPE": np.array(["M", "S", "", "M"]),
}


def test_fibres_run_along_the_first_axis(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        primary(FLUX, INSTRUME="GIRAFFE", CRVAL2=514.0, CDELT2=0.005, CRPIX2=1.0, CUNIT2="nm"),
        table("FIBER_SETUP", **SETUP),
    )
    reading = read(path)
    spectrum = holds(
        reading,
        "giraffe",
        ends=(5140.0, 5142.95),
        points=60,
        medium="air",
        frame="observed",
        noise="none",
        count=2,
    )
    assert [s.name for s in reading.spectra] == ["HD1", "HD4"]
    assert spectrum.flux[0] == 1.0
    assert decided(reading, "Medium")[1]
    assert any("2 fibres" in warning for warning in reading.warnings)
    assert read(path, override=Override(rows=(1,))).spectra[0].name == "sky-3"


@pytest.mark.parametrize(("first", "unit"), [(514.0, ""), (5140.0, "Angstrom")])
def test_the_axis_is_the_one_that_holds_light(tmp_path: Path, first: float, unit: str) -> None:
    cards = {"CUNIT1": unit} if unit else {}
    step = first * 1e-5
    head = primary(FLUX.T, INSTRUME="GIRAFFE", CRVAL1=first, CDELT1=step, CRVAL2=1, CDELT2=1)
    head.header.update(cards)
    reading = read(write(tmp_path, head))
    assert reading.reader == "giraffe"
    assert len(reading.spectra) == 4
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(5140.0)


def test_a_raw_frame_is_not_taken(tmp_path: Path) -> None:
    path = write(tmp_path, primary(np.ones((50, 60)), INSTRUME="GIRAFFE", CRVAL1=1.0, CDELT1=1.0))
    from spectra_gui.data import ReadError

    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "not_a_spectrum"
