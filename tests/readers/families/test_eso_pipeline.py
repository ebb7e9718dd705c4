"""UVES as the file ``specutils_UVES.fits`` of the zoo; FEROS after its names of products."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write


@pytest.mark.parametrize("instrument", ["UVES", "FEROS"])
def test_merged_spectra(tmp_path: Path, instrument: str) -> None:
    head = primary(
        ramp(),
        INSTRUME=instrument,
        TELESCOP="ESO-VLT-U2",
        CTYPE1="WAVELENGTH [Ang]" if instrument == "UVES" else "LINEAR",
        CRVAL1=3732.05,
        CDELT1=0.03,
        CRPIX1=1.0,
        OBJECT="HD 1",
        BUNIT="ADU",
    )
    reading = read(write(tmp_path, head))
    spectrum = holds(
        reading,
        "eso-pipeline",
        ends=(3732.05, 3733.52),
        points=50,
        medium="air",
        frame="unknown",
        noise="none",
    )
    assert decided(reading, "Medium")[1]
    assert spectrum.meta["instrument"] == f"ESO-VLT-U2 {instrument}"
