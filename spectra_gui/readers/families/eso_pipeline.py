"""One-dimensional images of ESO's UVES and FEROS pipelines, before Phase 3.

Source: UVES pipeline user manual, https://www.eso.org/sci/software/pipelines/ (merged products
such as RED_SCI_POINT_BLUE), and FEROS' names of products,
https://www.eso.org/sci/facilities/lasilla/instruments/feros/tools/DRS/FileNameConventions.html
(r.*.1081 is the merged spectrum). CTYPE1 may hold the unit (``WAVELENGTH [Ang]``). Both calibrate
in air, which is assumed; whether the wavelengths were moved to the barycentre differs between
versions of the pipelines, so the frame stays unknown unless a keyword says so.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.headers import pipeline_habits
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "eso-pipeline"
TAKES: Final = frozenset({"hdu"})

_POWER: Final = {"FEROS": 48_000.0}
"""FEROS has one slit; UVES' resolving power depends on the slit and stays unknown."""


def sniff(probe: Probe) -> bool:
    """INSTRUME = UVES or FEROS, and a one-dimensional primary image with an axis."""
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    header = probe.fits.primary.header
    return header.text("INSTRUME").upper() in ("UVES", "FEROS") and "CRVAL1" in header


def read(probe: Probe, override: Override) -> Found:
    """The merged spectrum."""
    header = probe.fits.primary.header
    instrument = header.text("INSTRUME").upper()
    medium, frame = pipeline_habits(header)
    power = _POWER.get(instrument)
    return read_image(
        probe,
        override,
        description=f"{instrument} pipeline",
        evidence=f"INSTRUME = {instrument}, one row of pixels",
        habits=Habits(
            medium=medium,
            frame=frame,
            resolution=Claim(f"λ/FWHM ≈ {power:g}", instrument, assumed=True) if power else None,
            resolving_power=power,
        ),
    )
