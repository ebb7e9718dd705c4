"""MILES library star or template: a one-dimensional image, air, rest frame, 2.5 Å FWHM.

Source: http://miles.iac.es (Sánchez-Blázquez et al. 2006, MNRAS 371, 703; resolution from
Falcón-Barroso et al. 2011, A&A 532, A95). Such files have neither CTYPE1 nor CUNIT1.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "miles"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """The template library's name, or the library's own axis: from 3500 to 3545 Å, 0.9 Å steps."""
    return probe.kind == "fits" and _evidence(probe) != ""


def _evidence(probe: Probe) -> str:
    primary = probe.fits.primary
    if len(primary.spectral_shape) != 1:
        return ""
    header = primary.header
    if header.text("TPLLIB").upper() == "MILES":
        return "TPLLIB = MILES"
    first, step = header.number("CRVAL1"), header.number("CDELT1")
    if first is None or step is None or "CTYPE1" in header or "CUNIT1" in header:
        return ""
    if abs(step - 0.9) < 1e-4 and 3495.0 <= first <= 3545.0 and primary.shape[-1] > 4000:
        return f"CRVAL1 = {first:g}, CDELT1 = {step:g} and no CTYPE1, as MILES writes"
    return ""


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum."""
    width = probe.fits.primary.header.number("FWHM")
    fwhm = width if width is not None and 0.1 < width < 50.0 else 2.5
    resolution = Claim(f"{fwhm:g} Å FWHM", "FWHM in the header" if width else "MILES", not width)
    return read_image(
        probe,
        override,
        description="MILES",
        evidence=_evidence(probe),
        habits=Habits(
            medium=Claim("air", "MILES (checked on Balmer lines)", assumed=True),
            frame=Claim("rest", "MILES", assumed=True),
            resolution=resolution,
            fwhm_aa=fwhm,
        ),
    )
