"""4MOST level 1: one joined spectrum in a table after ESO's Phase 3 standard.

Source: ESO Science Data Products Standard, section 9
(https://www.eso.org/sci/observing/phase3/p3sdpstd.pdf), which 4MOST follows
(https://4mosthelp.freshdesk.com/support/solutions/articles/43000072250), and the columns of its
simulated files: WAVE, FLUX, ERR_FLUX, QUAL, FLUX_NOSS and ERR_FLUX_NOSS in one row. FLUX is
without the sky; QUAL 0 is good. The medium is that of TUCD1 and unknown without it.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import SILENT, Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "fourmost"
TAKES: Final = frozenset({"columns"})

_COLUMNS: Final = ("wave", "flux", "err_flux", "qual", "flux_noss", "err_flux_noss")


def sniff(probe: Probe) -> bool:
    """A table with the six columns of the level 1 files."""
    return probe.kind == "fits" and _table(probe) is not None


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.first_table()
    return hdu if hdu is not None and hdu.table.has(*_COLUMNS) else None


def read(probe: Probe, override: Override) -> Found:
    """The sky-subtracted spectrum."""
    hdu = _table(probe)
    assert hdu is not None
    view = fits_view(probe.fits, hdu)
    ucd = view.columns[0].ucd.lower()
    found = read_view(
        view,
        override,
        description="4MOST level 1",
        evidence=f"columns WAVE, FLUX, ERR_FLUX and FLUX_NOSS of {hdu.label}",
        habits=Habits(medium=Claim("vacuum", f"TUCD1 = {ucd}") if ucd == "em.wl" else SILENT),
    )
    header = view.header
    for piece in found.pieces:
        piece.name = headers.object_name(header) or header.text("TRG_NME", "CNAME")
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
