"""HST spectra: STIS and COS x1d and x1dsum tables, one row an order or a segment.

Source: STIS Data Handbook 2.3.1 and 5.4, https://hst-docs.stsci.edu/stisdhb ; COS Data Handbook
2.4, https://hst-docs.stsci.edu/cosdhb . Vacuum; heliocentric where HELCORR is COMPLETE; SDQFLAGS
says which bits of DQ are serious.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found, Parts
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "hst"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """TELESCOP = HST and a table with WAVELENGTH and FLUX vectors."""
    if probe.kind != "fits" or not probe.fits.primary.header.text("TELESCOP").startswith("HST"):
        return False
    return _table(probe) is not None


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wavelength", "flux"):
        return None
    return hdu


def read(probe: Probe, override: Override) -> Found:
    """All orders or segments, each a spectrum."""
    hdu = _table(probe)
    assert hdu is not None
    header = probe.fits.primary.header
    flags = hdu.header.number("SDQFLAGS") or header.number("SDQFLAGS")
    view = fits_view(probe.fits, hdu, flags=int(flags) if flags else None)
    found = read_view(
        view,
        override,
        description=f"HST {header.text('INSTRUME')} x1d".replace("  ", " "),
        evidence=f"TELESCOP = HST, columns of {hdu.label}",
        habits=Habits(
            medium=Claim("vacuum", "HST pipelines calibrate in vacuum", assumed=True),
            frame=Claim("observed", "HELCORR is not COMPLETE", assumed=True),
        ),
    )
    if max(len(found.pieces), found.total_rows) > 1:
        noun = "orders" if hdu.table.has("sporder") and not hdu.table.has("segment") else "segments"
        found.parts = Parts(noun, "rows of one exposure")
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
