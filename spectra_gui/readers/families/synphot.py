"""Model and catalogue spectra of synphot: WAVELENGTH and FLUX in FLAM or PHOTLAM.

Source: https://synphot.readthedocs.io/en/latest/synphot/spectrum.html (FITS files). Vacuum by
the convention of synphot; models are at rest. Kurucz, PHOENIX and BT-Settl atlases at STScI are
such files.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "synphot"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """The flux in FLAM, PHOTLAM or the like, by synphot or with a TEFF in the header."""
    if probe.kind != "fits":
        return False
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wavelength", "flux"):
        return False
    column = hdu.table.find("flux")
    named = column is not None and column.unit.upper() in ("FLAM", "PHOTLAM", "FNU", "PHOTNU")
    header = probe.fits.primary.header
    return named and (header.text("ORIGIN") == "synphot" or "TEFF" in header)


def read(probe: Probe, override: Override) -> Found:
    """The model's spectrum."""
    hdu = probe.fits.get(1)
    assert hdu is not None
    found = read_view(
        fits_view(probe.fits, hdu),
        override,
        description="synphot model",
        evidence=f"FLUX in a unit of synphot in {hdu.label}",
        habits=Habits(
            medium=Claim("vacuum", "convention of synphot", assumed=True),
            frame=Claim("rest", "a model", assumed=True),
        ),
    )
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
