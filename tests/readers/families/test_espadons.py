"""ESPaDOnS' FITS files, after the cards that name their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, primary, ramp, write

NM = 369.0 + 0.01 * np.arange(50)
CARDS = {
    "COL1": "Wavelength",
    "COL2": "Intensity",
    "COL3": "ErrorBar",
    "COL4": "Wavelength",
    "COL5": "Intensity",
    "COL6": "ErrorBar",
}


def test_rows_are_named_by_cards(tmp_path: Path) -> None:
    rows = [NM, ramp(), np.full(50, 0.1), NM, 5 * ramp(), np.full(50, 0.5)]
    path = write(tmp_path, primary(rows, INSTRUME="ESPaDOnS", OBJECT="HD 1", **CARDS))
    reading = read(path)
    spectrum = holds(
        reading,
        "espadons",
        ends=(3690.0, 3694.9),
        points=50,
        medium="air",
        frame="barycentric",
        noise="sigma",
    )
    assert (spectrum.name, spectrum.flux[0]) == ("HD 1", 1.0)
    assert read(path, override=Override(rows=(4,))).spectra[0].flux[0] == 5.0


def test_without_a_row_of_errors(tmp_path: Path) -> None:
    cards = {key: CARDS[key] for key in ("COL1", "COL2")}
    reading = read(write(tmp_path, primary([NM, ramp(), ramp()], **cards)))
    assert reading.reader == "espadons"
    assert reading.spectra[0].sigma is None
