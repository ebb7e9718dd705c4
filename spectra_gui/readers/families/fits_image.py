"""Plain FITS image of one spectrum, with linear or logarithmic wavelengths in its keywords.

Source: FITS standard 4.0 and Paper III, https://fits.gsfc.nasa.gov/fits_wcs.html
Also iSpec's files, and IDL files whose sister HDUs have no name.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.headers import pipeline_habits
from spectra_gui.readers.onedim import Habits, pick_image, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "fits-image"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """The first image has one dimension, and wavelengths or no table beside it."""
    if probe.kind != "fits":
        return False
    hdu = next((hdu for hdu in probe.fits if hdu.is_image), None)
    if hdu is None or len(hdu.spectral_shape) != 1 or hdu.spectral_shape[0] < 2:
        return False
    if "CRVAL1" in hdu.header or "COEFF0" in hdu.header or "PS1_0" in hdu.header:
        return True
    # A dummy image may stand before the table that holds the spectrum.
    return probe.fits.first_table() is None


def read(probe: Probe, override: Override) -> Found:
    """The spectrum; medium and frame as the header says, or as the pipeline is known to do."""
    hdu = pick_image(probe, override)
    header = probe.fits.primary.header
    medium, frame = pipeline_habits(header)
    label = hdu.label if hdu else "HDU 0"
    return read_image(
        probe,
        override,
        description="FITS image",
        evidence=f"one row of pixels in {label}",
        habits=Habits(medium=medium, frame=frame),
    )
