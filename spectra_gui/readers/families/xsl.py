"""X-shooter Spectral Library, data releases 1 to 3: columns WAVE (nm), FLUX, ERR and more.

Source: http://xsl.astro.unistra.fr/page_dr3_format.html (columns, nm, rest frame, resolution by
arm) and table 8 of Gonneau et al. 2020, A&A 634, A133 (XSL_ID, REST_COR, BARY_COR). FLUX is read;
the dereddened FLUX_DR or FLUX_SC can be chosen. The pages do not state the medium: air is assumed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view
from spectra_gui.units import FWHM_PER_SIGMA, SPEED_OF_LIGHT_KMS

NAME: Final = "xsl"
TAKES: Final = frozenset({"columns"})

_ARMS: Final = ((5900.0, 13.0), (9940.0, 11.0), (np.inf, 16.0))
"""Upper end (Å) and σ (km/s) of the arms; overlaps have the lower resolution of the two."""


def sniff(probe: Probe) -> bool:
    """XSL keywords with a table, or its columns FLUX_DR and FLUX_SC."""
    return probe.kind == "fits" and _table(probe) is not None


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wave", "flux", "err"):
        return None
    header = probe.fits.primary.header
    keyword = bool(header.text("XSL_ID", "XSL_NAME")) or "REST_COR" in header
    columns = hdu.table.find("flux_dr", "flux_sc") is not None
    return hdu if keyword or columns else None


def read(probe: Probe, override: Override) -> Found:
    """The spectrum of one arm, or of all arms merged."""
    hdu = _table(probe)
    assert hdu is not None
    header = probe.fits.primary.header
    at_rest = header.flag("REST_COR")
    if at_rest is None:
        frame = Claim("rest", "XSL DR3 is at rest", assumed=True)
    else:
        words = "rest" if at_rest else "barycentric"
        frame = Claim(words, f"REST_COR = {'T' if at_rest else 'F'}", assumed=not at_rest)
    found = read_view(
        fits_view(probe.fits, hdu),
        override,
        description="X-shooter Spectral Library",
        evidence=f"columns WAVE, FLUX and ERR in {hdu.label}",
        habits=Habits(medium=Claim("air", "XSL", assumed=True), frame=frame),
    )
    if not found.unit.value:
        found.unit = Claim("nm", "the data model of XSL")
    piece = found.pieces[0]
    piece.name = header.text("HNAME") or piece.name
    piece.resolving_power = _resolving_power(piece.axis)
    found.resolution = Claim("σ = 13, 11, 16 km/s by arm", "XSL DR3", assumed=True)
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found


def _resolving_power(wave_nm: NDArray[np.float64]) -> NDArray[np.float64]:
    """λ/FWHM (n,) of the arm that each pixel is from."""
    ends = [end for end, _ in _ARMS]
    sigma_kms = np.array([sigma for _, sigma in _ARMS])[
        np.minimum(np.searchsorted(ends, 10.0 * wave_nm), 2)
    ]
    return np.asarray(SPEED_OF_LIGHT_KMS / (FWHM_PER_SIGMA * sigma_kms))
