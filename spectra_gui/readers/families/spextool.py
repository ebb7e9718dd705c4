"""Spextool and the IRTF and SpeX Prism libraries: rows wavelength, flux, uncertainty.

Source: Cushing, Vacca & Rayner 2004, PASP 116, 362, and the Spextool manual,
http://irtfweb.ifa.hawaii.edu/~spex/Spextool.pdf . XUNITS and YUNITS state the units; a third
axis holds orders. Vacuum; as observed unless the library says otherwise.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import axes, headers
from spectra_gui.readers.found import STORED, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.onedim import Habits, first_known, own_resolution
from spectra_gui.readers.probe import Probe

NAME: Final = "spextool"
TAKES: Final[frozenset[str]] = frozenset()


def sniff(probe: Probe) -> bool:
    """XUNITS or a mention of Spextool, and two to five rows (in one or more orders)."""
    if probe.kind != "fits":
        return False
    primary = probe.fits.primary
    shape = primary.shape
    if len(shape) not in (2, 3) or not 2 <= shape[-2] <= 5 or shape[-1] < 10:
        return False
    header = primary.header
    words = [
        header.text(key).upper() for key in ("CREATOR", "CREPROG", "PROG", "INSTRUME", "INSTR")
    ]
    if header.text("XUNITS") or any("SPEXTOOL" in word for word in words):
        return True
    # The SpeX Prism Library keeps the rows and drops the cards.
    return "SPEX" in words and shape[-2] == 3 and "CRVAL1" not in header


def read(probe: Probe, override: Override) -> Found:
    """The spectrum, or one for each order."""
    hdu = probe.fits.primary
    header = hdu.header
    cube = hdu.image()
    orders = cube[None] if cube.ndim == 2 else cube
    unit = axes.parse_unit(header.text("XUNITS"))
    power, fwhm, resolution = own_resolution(header, Habits())
    name = headers.object_name(header)
    pieces = [
        Piece(
            axis=rows[0],
            flux=rows[1],
            noise=rows[2] if rows.shape[0] > 2 else None,
            resolving_power=power,
            fwhm_aa=fwhm,
            name=f"{name} order {row + 1}".strip() if orders.shape[0] > 1 else name,
            flux_unit=header.text("YUNITS"),
            row=row,
            meta=headers.facts(header),
        )
        for row, rows in enumerate(orders)
    ]
    return Found(
        "Spextool",
        f"{orders.shape[1]} rows, XUNITS = {header.text('XUNITS') or 'not stated'}",
        pieces,
        unit=Claim(unit, f"XUNITS = {header.text('XUNITS')}") if unit else UNSTATED,
        scale=STORED,
        medium=first_known(
            headers.medium(header), Claim("vacuum", "Spextool calibrates in vacuum", assumed=True)
        ),
        frame=first_known(
            headers.frame(header), Claim("observed", "Spextool shifts nothing", assumed=True)
        ),
        noise=Claim("sigma", "third row") if orders.shape[1] > 2 else Claim("none", "two rows"),
        resolution=resolution,
    )
