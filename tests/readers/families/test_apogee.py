"""APOGEE after https://data.sdss.org/datamodel/files/APOGEE_REDUX/ (apVisit, apStar)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, image, primary, ramp, write


def test_a_visit_of_three_chips(tmp_path: Path) -> None:
    waves = np.vstack([np.linspace(high, high - 400.0, 50) for high in (16950, 16430, 15800)])
    error = np.full((3, 50), 0.1)
    error[0, 0] = 1e10
    path = write(
        tmp_path,
        primary(OBJID="2M1", VHELIO=3.0, BC=1.0),
        image(np.ones((3, 50)), BUNIT="Flux (10^-17 erg/s/cm^2/Ang)"),
        image(error, BUNIT="Flux Error (10^-17 erg/s/cm^2/Ang)"),
        image(np.zeros((3, 50), np.int16), BUNIT="Pixel Mask"),
        image(waves, BUNIT="Wavelength (Ang)"),
    )
    spectrum = holds(
        read(path),
        "apogee",
        ends=(15400.0, 16950.0),
        points=150,
        medium="vacuum",
        frame="observed",
        noise="sigma",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [149]


def test_a_combined_spectrum(tmp_path: Path) -> None:
    axis = {"CRVAL1": 4.179, "CDELT1": 6e-6, "CRPIX1": 1, "CTYPE1": "LOG-LINEAR"}
    rows = np.vstack([ramp(), 2 * ramp()])
    path = write(tmp_path, primary(OBJID="2M1"), image(rows, **axis), image(0.1 * rows))
    spectrum = holds(
        read(path),
        "apogee",
        ends=(10**4.179, 10 ** (4.179 + 49 * 6e-6)),
        points=50,
        medium="vacuum",
        frame="rest",
        noise="sigma",
    )
    assert spectrum.flux[0] == 1.0
