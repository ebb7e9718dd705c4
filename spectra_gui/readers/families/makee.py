"""MAKEE (Keck HIRES and ESI): echelle orders in rows, a polynomial for the wavelengths of each.

Source: https://sites.astro.caltech.edu/~tb/makee/Waves/index.html (λ in Å is a polynomial of the
column number, cards WV_0_## and WV_4_## with four coefficients each, ## counts orders from the
bluest) and https://sites.astro.caltech.edu/~tb/ipac_staff/tab/makeewww-2005/Cards/index.html
(CRVAL1 is the column number of the first pixel). Wavelengths are in vacuum
(http://www.astro.caltech.edu/~tb/makee/koa_tables.txt) and heliocentric
(http://www.astro.caltech.edu/~tb/ipac_staff/tab/makee/Heliocentric/index.html) by default; that a
user switched it off is not told by the file, so both are assumed. Uncertainties are in another
file (Err-###.fits).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import headers
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import first_known
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import wanted_rows

NAME: Final = "makee"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_MAX_DIGITS: Final = 2


def sniff(probe: Probe) -> bool:
    """Cards WV_0_01 and WV_4_01, and rows of pixels."""
    if probe.kind != "fits" or not 1 <= len(probe.fits.primary.shape) <= 2:
        return False
    header = probe.fits.primary.header
    return bool(header.text("WV_0_01")) and bool(header.text("WV_4_01"))


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each order that has wavelengths."""
    hdu = probe.fits.primary
    header, n = hdu.header, hdu.shape[-1]
    n_rows = hdu.shape[0] if len(hdu.shape) == 2 else 1
    span = wanted_rows(probe, override, (n_rows, n))
    columns = (header.number("CRVAL1") or 0.0) + np.arange(n, dtype=np.float64)
    flux = span.of(hdu)
    name = headers.object_name(header)
    pieces = [
        Piece(
            axis=np.asarray(np.polynomial.polynomial.polyval(columns, coefficients), np.float64),
            flux=flux[place],
            name=f"{name} order {row + 1}".strip(),
            flux_unit=header.text("BUNIT"),
            row=row,
            meta=headers.facts(header),
        )
        for place, row in enumerate(span.rows)
        if (coefficients := _coefficients(header, row + 1)) is not None
    ]
    if not pieces and not span.is_part:
        raise probe.fail(
            "no_wavelength",
            f"{probe.name} holds orders of MAKEE without a wavelength scale.",
            "Reduce it again with an arc lamp.",
        )
    found = Found(
        "MAKEE (Keck HIRES, ESI)",
        "cards WV_0_01 and WV_4_01",
        pieces,
        unit=ANGSTROM,
        scale=Claim("polynomial", "cards WV_0_## and WV_4_##"),
        medium=first_known(
            headers.medium(header), Claim("vacuum", "MAKEE's default", assumed=True)
        ),
        frame=first_known(
            headers.frame(header), Claim("barycentric", "MAKEE's default", assumed=True)
        ),
        total_rows=n_rows,
        parts=Parts("orders", "rows with a scale of their own"),
    )
    found.choices.append(OverrideChoice("rows", "Orders to take (0, 1, …)", "all"))
    return found


def _coefficients(header: Header, order: int) -> FloatArray | None:
    """The coefficients of an order, from the constant on; None where there are none."""
    words: list[str] = []
    for part in (0, 4):
        words += header.text(f"WV_{part}_{order:0{_MAX_DIGITS}d}").split()
    try:
        values = np.array([float(word.replace("D", "E")) for word in words])
    except ValueError:
        return None
    return values if values.size >= 2 and values[0] > 0.0 else None
