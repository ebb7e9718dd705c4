"""CALSPEC flux standards: WAVELENGTH, FLUX, STATERROR, SYSERROR, FWHM, DATAQUAL.

Source: https://www.stsci.edu/hst/instrumentation/reference-data-for-calibration-and-tools/
astronomical-catalogs/calspec (Bohlin, Gordon & Tremblay 2014, PASP 126, 711). Vacuum; DATAQUAL 1
is good; STATERROR is the statistical one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "calspec"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """DBTABLE = CRSPECTRUM, or the columns STATERROR and SYSERROR beside the flux."""
    if probe.kind != "fits":
        return False
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wavelength", "flux"):
        return False
    listed = probe.fits.primary.header.text("DBTABLE").upper() == "CRSPECTRUM"
    return listed or hdu.table.has("staterror", "syserror")


def read(probe: Probe, override: Override) -> Found:
    """The standard star's spectrum."""
    hdu = probe.fits.get(1)
    assert hdu is not None
    found = read_view(
        fits_view(probe.fits, hdu),
        override,
        description="CALSPEC",
        evidence=f"DBTABLE or error columns in {hdu.label}",
        habits=Habits(medium=Claim("vacuum", "CALSPEC", assumed=True)),
    )
    width = hdu.table.find("fwhm")
    if width is not None:
        values = hdu.table.values(width)
        if values.ndim == 1 and np.all(values > 0):
            found.pieces[0].fwhm_aa = values
            found.resolution = Claim("FWHM for each pixel", "column FWHM")
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
