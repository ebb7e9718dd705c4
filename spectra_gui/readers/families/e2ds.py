"""e2ds of HARPS, HARPS-N and SOPHIE: echelle orders in rows, a polynomial of wavelength for each.

Source: HARPS DRS user manual, https://www.eso.org/sci/facilities/lasilla/instruments/harps/doc.html
(e2ds: λ of pixel x in order o is the sum over i of COEFF LL[o·(d+1)+i]·x^i, with the degree d in
DEG LL; keywords ESO, TNG or OHP DRS CAL TH). The DRS calibrates in air and leaves these orders as
observed (the velocity of the Earth is in DRS BERV), which is assumed. The blaze is not taken out.
Cross-correlation functions of the same exposure carry the same polynomials and are left alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import first_known
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan, wanted_rows

NAME: Final = "e2ds"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_POWER: Final = {"HARPS": 115_000.0, "HARPN": 115_000.0, "SOPHIE": 75_000.0}
_MAX_DEGREE: Final = 10

_WIDEST_CCF: Final = 2000
"""Orders have 4096 pixels (SOPHIE 4077); a correlation function a few hundred steps of velocity."""


def sniff(probe: Probe) -> bool:
    """Rows of pixels and DRS CAL TH DEG LL with the coefficients of the first order."""
    if probe.kind != "fits" or len(probe.fits.primary.shape) != 2:
        return False
    header, n = probe.fits.primary.header, probe.fits.primary.shape[-1]
    prefix = _prefix(header)
    return prefix is not None and not (f"{prefix} CCF RV" in header and n < _WIDEST_CCF)


def _prefix(header: Header) -> str | None:
    """``ESO DRS``, ``TNG DRS`` or ``OHP DRS``, where its polynomials are there."""
    for prefix in ("ESO DRS", "TNG DRS", "OHP DRS"):
        degree = header.number(f"{prefix} CAL TH DEG LL")
        first = header.number(f"{prefix} CAL TH COEFF LL0")
        if degree is not None and 1 <= degree <= _MAX_DEGREE and first:
            return prefix
    return None


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each order."""
    hdu = probe.fits.primary
    header = hdu.header
    prefix = _prefix(header)
    assert prefix is not None
    span = wanted_rows(probe, override, (hdu.shape[0], hdu.shape[1]))
    instrument = header.text("INSTRUME").upper() or ("SOPHIE" if prefix == "OHP DRS" else "")
    power = _POWER.get(instrument)
    pieces = _orders(hdu, span, prefix)
    for piece in pieces:
        piece.resolving_power, piece.meta = power, headers.facts(header)
    if not pieces and not span.is_part:
        raise probe.fail(
            "no_wavelength",
            f"{probe.name} holds echelle orders whose wavelength polynomials are not complete.",
            "Open the s1d file of the same exposure.",
        )
    found = Found(
        f"{instrument or 'DRS'} e2ds",
        f"{prefix} CAL TH DEG LL and COEFF LL",
        pieces,
        unit=ANGSTROM,
        scale=Claim("polynomial", f"{prefix} CAL TH COEFF LL"),
        medium=first_known(
            headers.medium(header), Claim("air", "the DRS 3 calibrates in air", assumed=True)
        ),
        frame=first_known(
            headers.frame(header), Claim("observed", "e2ds is not shifted", assumed=True)
        ),
        resolution=Claim(f"λ/FWHM ≈ {power:g}", instrument, assumed=True) if power else None,
        total_rows=span.total,
        parts=Parts("orders", "rows of e2ds"),
    )
    found.choices.append(OverrideChoice("rows", "Orders to take (0, 1, …)", "all"))
    return found


def _orders(hdu: Hdu, span: RowSpan, prefix: str) -> list[Piece]:
    """The wanted orders that have wavelengths."""
    header, flux = hdu.header, span.of(hdu)
    columns = np.arange(hdu.shape[1], dtype=np.float64)
    name, unit = headers.object_name(header), header.text("BUNIT")
    pieces = []
    for place, row in enumerate(span.rows):
        coefficients = _coefficients(header, prefix, row)
        if coefficients is not None:
            axis = np.asarray(np.polynomial.polynomial.polyval(columns, coefficients), np.float64)
            label = f"{name} order {row}".strip()
            pieces.append(Piece(axis, flux[place], name=label, flux_unit=unit, row=row))
    return pieces


def _coefficients(header: Header, prefix: str, order: int) -> FloatArray | None:
    """The polynomial of an order, from the constant on; None where it is not complete."""
    n = int(header.number(f"{prefix} CAL TH DEG LL") or 0) + 1
    values = [header.number(f"{prefix} CAL TH COEFF LL{order * n + i}") for i in range(n)]
    if any(value is None for value in values) or not (values[0] or 0.0) > 0.0:
        return None
    return np.array(values, np.float64)
