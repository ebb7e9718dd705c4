"""Indo-US Library of Coudé Feed Stellar Spectra (CFLIB): text of two columns, or a FITS image.

Source: Valdes et al. 2004, ApJS 152, 251 (3460 to 9464 Å, 1 Å FWHM, gaps below 50 Å between
settings of the grating) and https://noirlab.edu/science/data-services/data-products . The public
spectra stand on steps of 0.4 Å; gaps are filled with 0.0001, which is no flux. Air and rest are
assumed, after comparing its Balmer lines with those of MILES.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers.families.text import Library, even_axis, parsed, read_columns
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "cflib"
TAKES: Final = frozenset({"columns", "skip_rows", "hdu"})

_GAP: Final = 0.0001
_STEP_AA: Final = 0.4
_FIRST_AA: Final = 3465.0
_AIR: Final = Claim("air", "the Indo-US library is in air", assumed=True)
_REST: Final = Claim("rest", "the Indo-US library is at rest", assumed=True)
_WIDTH: Final = Claim("1 Å FWHM", "Valdes et al. 2004", assumed=True)


def sniff(probe: Probe) -> bool:
    """Steps of 0.4 Å that begin at 3465 Å, or with many fluxes of 0.0001."""
    return _is_image(probe) or _is_text(probe)


def _is_text(probe: Probe) -> bool:
    axis = even_axis(probe)
    table = parsed(probe) if axis is not None else None
    if axis is None or table is None or abs(axis[1] - _STEP_AA) > 0.001:
        return False
    gaps = int(np.count_nonzero(table.data[:, 1] == _GAP))
    return gaps >= 20 or (abs(axis[0] - _FIRST_AA) < 1e-6 and axis[2] > 10_000)


def _is_image(probe: Probe) -> bool:
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    header = probe.fits.primary.header
    first, step = header.number("CRVAL1"), header.number("CDELT1", "CD1_1")
    if first is None or step is None:
        return False
    return abs(first - _FIRST_AA) < 0.01 and abs(step - _STEP_AA) < 1e-6


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum, without the gaps."""
    if probe.kind == "text":
        library = Library(
            "Indo-US library", "steps of 0.4 Å; ", _AIR, _REST, _GAP, _WIDTH, fwhm_aa=1.0
        )
        return read_columns(probe, override, library)
    found = read_image(
        probe,
        override,
        description="Indo-US library",
        evidence="3465 Å by 0.4 Å",
        habits=Habits(_AIR, _REST, _WIDTH, fwhm_aa=1.0),
    )
    piece = found.pieces[0]
    gaps = np.isclose(piece.flux, _GAP, rtol=1e-6, atol=0.0)
    piece.bad = gaps if piece.bad is None else piece.bad | gaps
    found.mask = Claim("", "0.0001 = no data")
    return found
