"""Spectral axes of FITS that are sampled evenly in another quantity, or looked up in a table.

Source: Greisen et al. 2006, A&A 446, 747 (Paper III): section 3 and 5 for the algorithm codes of
CTYPE (``WAVE-F2W``, ``AWAV-GRI`` …), which are left to wcslib; section 6 for ``-TAB``.
Knows headers and HDUs; knows no spectrum.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import ReadError
from spectra_gui.readers.fitsfile import FitsFile, Hdu
from spectra_gui.readers.headers import Cards

FloatArray = NDArray[np.float64]

_NONLINEAR: Final = re.compile(
    r"(?:WAVE|AWAV|FREQ|WAVN|ENER)-(?:GRI|GRA|[FWAV]2[FWAV])|(?:FREQ|WAVN|ENER)-LOG"
)
_SI_UNITS: Final = {"WAVE": "m", "AWAV": "m", "FREQ": "hz", "WAVN": "per_m"}
_CARDS: Final = ("CRVAL1", "CRPIX1", "CDELT1", "CD1_1", "PC1_1", "RESTWAV", "RESTFRQ")
_MOST_PARAMETERS: Final = 8


def is_nonlinear(kind: str) -> bool:
    """Whether a CTYPE names an algorithm that bends the axis (other than ``WAVE-LOG``)."""
    return bool(_NONLINEAR.fullmatch(kind))


def nonlinear_values(header: Cards, kind: str, n: int) -> tuple[FloatArray, str]:
    """(n,) values of such an axis and their unit (SI).

    Raises ``ReadError``: ``no_wavelength`` where the keywords do not give any.
    """
    from astropy.io import fits
    from astropy.wcs import WCS, WcsError

    cards = fits.Header()
    cards["WCSAXES"] = 1
    cards["CTYPE1"] = kind
    cards["CUNIT1"] = header.text("CUNIT1")
    names = (*_CARDS, *(f"PV1_{i}" for i in range(_MOST_PARAMETERS)))
    for name in names:
        if (value := header.number(name)) is not None:
            cards[name] = value
    try:
        values = WCS(cards, fix=False).all_pix2world(np.arange(n, dtype=np.float64), 0)[0]
    except (WcsError, ValueError, KeyError, IndexError) as error:
        raise _not_given(kind, " ".join(str(error).split())[:120]) from None
    unit = _SI_UNITS.get(kind[:4])
    if unit is None or not np.any(np.isfinite(values)):
        raise _not_given(kind, "its keywords give no wavelengths")
    return np.asarray(values, np.float64), unit


def table_values(file: FitsFile, header: Cards, n: int) -> tuple[FloatArray, str]:
    """(n,) values of an axis ``-TAB`` in the unit of CUNIT1, and where they were looked up.

    Pixels beyond the table by more than half a cell have no value (NaN).

    Raises ``ReadError``: ``no_wavelength`` where the table is not there or does not fit.
    """
    kind = header.text("CTYPE1").upper()
    hdu = _lookup_table(file, header)
    if hdu is None:
        where = f"PS1_0 = {header.text('PS1_0') or 'nothing'}"
        raise _not_given(kind, f"the table that it names ({where}) is not in the file")
    coordinates = _column(hdu, header.text("PS1_1"))
    if coordinates is None or coordinates.size < 2:
        raise _not_given(kind, f"{hdu.label} has no column {header.text('PS1_1') or 'named'}")
    place = _psi(header, n)
    if header.text("PS1_2"):
        index = _column(hdu, header.text("PS1_2"))
        if index is None or index.size != coordinates.size or not _is_monotonic(index):
            raise _not_given(kind, f"the index {header.text('PS1_2')} of {hdu.label} is not usable")
        place = _in_index(place, index)
    count = coordinates.size
    low = np.clip(np.floor(place).astype(np.int64), 1, count - 1)
    part = place - low
    # Linear beyond the ends, by half a cell at most (section 6.1.2).
    values = coordinates[low - 1] + part * (coordinates[low] - coordinates[low - 1])
    inside = (place >= 0.5 - 1e-9) & (place <= count + 0.5 + 1e-9)
    return np.where(inside, values, np.nan), f"column {header.text('PS1_1')} of {hdu.label}"


def _psi(header: Cards, n: int) -> FloatArray:
    """(n,) intermediate coordinates plus CRVAL: what the index of the table is asked for."""
    step = header.number("CD1_1")
    if step is None:
        delta, turned = header.number("CDELT1"), header.number("PC1_1")
        step = (1.0 if delta is None else delta) * (1.0 if turned is None else turned)
    pixel, start = header.number("CRPIX1") or 0.0, header.number("CRVAL1") or 0.0
    return np.asarray(start + step * (np.arange(1.0, n + 1.0) - pixel))


def _in_index(psi: FloatArray, index: FloatArray) -> FloatArray:
    """Fractional one-based places of ``psi`` in the index vector, linear beyond its ends."""
    rising = index if index[-1] > index[0] else -index
    asked = psi if index[-1] > index[0] else -psi
    cell = np.clip(np.searchsorted(rising, asked, "right") - 1, 0, index.size - 2)
    return np.asarray(1.0 + cell + (asked - rising[cell]) / (rising[cell + 1] - rising[cell]))


def _is_monotonic(values: FloatArray) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0.0) or np.all(steps < 0.0))


def _lookup_table(file: FitsFile, header: Cards) -> Hdu | None:
    """The table of that EXTNAME and version (PVi_1, one by default)."""
    name = header.text("PS1_0").upper()
    version = header.number("PV1_1") or 1.0
    named = [hdu for hdu in file if name and hdu.is_table and hdu.name == name]
    exact = [hdu for hdu in named if (hdu.header.number("EXTVER") or 1.0) == version]
    return next(iter([*exact, *named]), None)


def _column(hdu: Hdu, name: str) -> FloatArray | None:
    """The array in the first row of a column; None where there is no such column."""
    if not name or not hdu.table.has(name):
        return None
    column = hdu.table.find(name)
    if column is None or column.is_text or hdu.table.n_rows < 1:
        return None
    if hdu.table.n_rows == 1 or column.is_vector or column.is_variable:
        return hdu.table.array(column, 0).reshape(-1)
    return hdu.table.values(column).reshape(-1)


def _not_given(kind: str, why: str) -> ReadError:
    return ReadError(
        "no_wavelength",
        f"The wavelengths are those of CTYPE1 = {kind}, but {why}.",
        "Get the file with all its parts, or calibrate it in wavelength.",
    )
