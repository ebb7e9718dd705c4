"""STELIB: a library of 249 stars from 3200 to 9500 Å at 3 Å, in steps of 1 Å.

Source: Le Borgne et al. 2003, A&A 402, 433, https://doi.org/10.1051/0004-6361:20030243
(coverage, resolution, sampling, stars moved to rest).
Air is assumed, since the paper does not say. Edges of zeros hold no data. Some cards of its
headers break the standard; those of the type of the star are carried where present.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "stelib"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """A one-dimensional image by 1 Å steps that names STELIB, or has its very axis."""
    return probe.kind == "fits" and _evidence(probe) != ""


def _evidence(probe: Probe) -> str:
    primary = probe.fits.primary
    if len(primary.spectral_shape) != 1:
        return ""
    header = primary.header
    first, step = header.number("CRVAL1"), header.number("CDELT1", "CD1_1")
    if first is None or step is None or abs(step - 1.0) > 1e-6:
        return ""
    words = [header.text(key) for key in ("ORIGIN", "LIBRARY", "DATASET", "FILENAME", "OBJECT")]
    if any("STELIB" in line.upper() for line in (*words, *header.remarks())):
        return "the header speaks of STELIB"
    bare = not header.text("CTYPE1", "CUNIT1", "INSTRUME", "TELESCOP", "ORIGIN")
    if bare and first == 3200.0 and 6000 <= primary.shape[-1] <= 6800:
        return "CRVAL1 = 3200, CDELT1 = 1 and no CTYPE1, as STELIB writes"
    return ""


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum."""
    return read_image(
        probe,
        override,
        description="STELIB",
        evidence=_evidence(probe),
        habits=Habits(
            medium=Claim("air", "STELIB, seen from the ground", assumed=True),
            frame=Claim("rest", "STELIB", assumed=True),
            resolution=Claim("3 Å FWHM", "STELIB (≲ 3 Å)", assumed=True),
            fwhm_aa=3.0,
        ),
    )
