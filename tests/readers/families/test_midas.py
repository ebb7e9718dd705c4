"""MIDAS after its user manual, and as the file ``midas_sn1987a_pla0002.mt`` of the zoo."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.readers import read

from .holding import decided, holds, primary, ramp, write


@pytest.mark.parametrize(("words", "assumed"), [("", True), ("ANGSTROM", False)])
def test_units_stand_in_the_type_of_the_axis(tmp_path: Path, words: str, assumed: bool) -> None:
    head = primary(
        ramp(), ORIGIN="ESO-MIDAS", CRVAL1=4200.0, CDELT1=5.0, CRPIX1=1.0, CTYPE1=words or " "
    )
    reading = read(write(tmp_path, head, name="star.mt"))
    holds(
        reading,
        "midas",
        ends=(4200.0, 4445.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
    assert decided(reading, "Wavelength unit") == ("Å", assumed)
