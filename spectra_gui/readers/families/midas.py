"""MIDAS images as FITS (``OUTDISK/FITS``): one spectrum, the axis in CRVAL1 and CDELT1.

Source: ESO-MIDAS user manual, https://www.eso.org/sci/software/esomidas/doc/user/98NOV/volb/ .
CTYPE1 holds the unit of the axis, if anything; BUNIT that of the flux. The native .bdf is no FITS
and is declined. Medium and frame are whatever the observer did, so they stay unknown, but for
FEROS and UVES, whose pipelines are known (see `eso_pipeline`).
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.headers import pipeline_habits
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "midas"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """ORIGIN = ESO-MIDAS (or MIDASFTP = IMAGE) and a one-dimensional primary image."""
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    header = probe.fits.primary.header
    midas = "MIDAS" in header.text("ORIGIN").upper() or "MIDASFTP" in header
    return midas and "CRVAL1" in header


def read(probe: Probe, override: Override) -> Found:
    """The spectrum."""
    header = probe.fits.primary.header
    medium, frame = pipeline_habits(header)
    return read_image(
        probe,
        override,
        description="MIDAS image",
        evidence=f"ORIGIN = {header.text('ORIGIN')}" if header.text("ORIGIN") else "MIDASFTP",
        habits=Habits(medium=medium, frame=frame),
    )
