"""ESO Phase 3 spectra (UVES, HARPS, FEROS, X-shooter, XQ-100, XSL …): one row of vectors.

Source: ESO Science Data Products Standard 7, section 9,
https://www.eso.org/sci/observing/phase3/p3sdpstd.pdf . Columns by TUTYPn; wavelengths are in air
where TUCD1 is ``em.wl;obs.atmos``, else in vacuum; SPEC_RES is λ/FWHM.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "eso-phase3"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """PRODCATG = SCIENCE.SPECTRUM (or VOCLASS = SPECTRUM) with a table."""
    return probe.kind == "fits" and _table(probe) is not None


def _table(probe: Probe) -> Hdu | None:
    primary = probe.fits.primary.header
    hdu = probe.fits.first_table()
    if hdu is None:
        return None
    product = primary.text("PRODCATG", "HIERARCH ESO PRO CATG")
    stated = product.startswith("SCIENCE.SPECTRUM")
    voclass = hdu.header.text("VOCLASS").upper().startswith("SPECTRUM")
    return hdu if stated or voclass else None


def read(probe: Probe, override: Override) -> Found:
    """The spectrum of the table."""
    hdu = _table(probe)
    assert hdu is not None
    view = fits_view(probe.fits, hdu)
    first = view.columns[0] if view.columns else None
    rule = f"TUCD1 = {first.ucd} without obs.atmos" if first and first.ucd else "ESO rule"
    found = read_view(
        view,
        override,
        description="ESO Phase 3 spectrum",
        evidence=f"PRODCATG or VOCLASS, columns of {hdu.label}",
        habits=Habits(medium=Claim("vacuum", rule, assumed=not (first and first.ucd))),
    )
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
