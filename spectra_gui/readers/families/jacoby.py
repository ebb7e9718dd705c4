"""Jacoby, Hunter and Christian's library of 161 stars: text of two columns, or a FITS image.

Source: Jacoby, Hunter & Christian 1984, ApJS 56, 257,
https://cdsarc.cds.unistra.fr/viz-bin/cat/III/92 : 3510 to 7427 Å in steps of 1.4 Å at 4.5 Å
FWHM, O to M, all luminosity classes. Air is assumed, as IRAF's line lists are; the stars were not
moved to rest, as far as the paper says, so the frame stays unknown.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.families.text import Library, even_axis, read_columns
from spectra_gui.readers.found import SILENT, Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "jacoby"
TAKES: Final = frozenset({"columns", "skip_rows", "hdu"})

_AIR: Final = Claim("air", "ground-based, by IRAF", assumed=True)
_WIDTH: Final = Claim("4.5 Å FWHM", "Jacoby et al. 1984", assumed=True)


def sniff(probe: Probe) -> bool:
    """The library's very axis, in text or in a FITS header."""
    axis = even_axis(probe) or _image_axis(probe)
    if axis is None:
        return False
    first, step, n = axis
    return abs(first - 3510.0) < 0.01 and abs(step - 1.4) < 1e-3 and 2790 <= n <= 2800


def _image_axis(probe: Probe) -> tuple[float, float, int] | None:
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return None
    header = probe.fits.primary.header
    first, step = header.number("CRVAL1"), header.number("CDELT1", "CD1_1")
    return None if first is None or step is None else (first, step, probe.fits.primary.shape[-1])


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum."""
    if probe.kind == "text":
        library = Library(
            "Jacoby library", "3510 Å by 1.4 Å; ", _AIR, resolution=_WIDTH, fwhm_aa=4.5
        )
        return read_columns(probe, override, library)
    return read_image(
        probe,
        override,
        description="Jacoby library",
        evidence="3510 Å by 1.4 Å",
        habits=Habits(_AIR, SILENT, _WIDTH, fwhm_aa=4.5),
    )
