"""MILES library star or template: a one-dimensional image or text, air, rest frame, 2.5 Å FWHM.

Source: http://miles.iac.es (Sánchez-Blázquez et al. 2006, MNRAS 371, 703; resolution from
Falcón-Barroso et al. 2011, A&A 532, A95). Such images have neither CTYPE1 nor CUNIT1; the text has
two columns, wavelength in Å and relative flux.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.families.text import Library, even_axis, read_columns
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "miles"
TAKES: Final = frozenset({"hdu", "columns", "skip_rows"})

_AIR: Final = Claim("air", "MILES (checked on Balmer lines)", assumed=True)
_REST: Final = Claim("rest", "MILES", assumed=True)
_FWHM_AA: Final = 2.5


def sniff(probe: Probe) -> bool:
    """The template library's name, or the library's own axis: from 3500 to 3545 Å, 0.9 Å steps."""
    if probe.kind == "text":
        axis = even_axis(probe)
        return axis is not None and _is_miles(*axis)
    return probe.kind == "fits" and _evidence(probe) != ""


def _is_miles(first: float, step: float, n: int) -> bool:
    return abs(step - 0.9) < 1e-4 and 3495.0 <= first <= 3545.0 and n > 4000


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
    if _is_miles(first, step, primary.shape[-1]):
        return f"CRVAL1 = {first:g}, CDELT1 = {step:g} and no CTYPE1, as MILES writes"
    return ""


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum."""
    if probe.kind == "text":
        width = Claim(f"{_FWHM_AA:g} Å FWHM", "MILES", assumed=True)
        library = Library(
            "MILES", "steps of 0.9 Å; ", _AIR, _REST, resolution=width, fwhm_aa=_FWHM_AA
        )
        return read_columns(probe, override, library)
    stated = probe.fits.primary.header.number("FWHM")
    fwhm = stated if stated is not None and 0.1 < stated < 50.0 else _FWHM_AA
    resolution = Claim(f"{fwhm:g} Å FWHM", "FWHM in the header" if stated else "MILES", not stated)
    return read_image(
        probe,
        override,
        description="MILES",
        evidence=_evidence(probe),
        habits=Habits(_AIR, _REST, resolution, fwhm_aa=fwhm),
    )
