"""FITS image of a few rows: one of them wavelengths, or the first a flux with keywords.

No specification: rows are told by ARRAYn titles, else by what their values can be. A few columns
are taken for rows where one of them runs through wavelengths.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import NO_NOISE, STORED, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.noise import guess_noise
from spectra_gui.readers.onedim import no_axis, runs_through_wavelengths
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import instrument_words, spectral_axis

NAME: Final = "fits-rows"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_MAX_ROWS: Final = 10
_MAX_COLUMN: Final = 1_000_000


def sniff(probe: Probe) -> bool:
    """The first image has two to ten rows (or columns) of at least twenty pixels."""
    if probe.kind != "fits":
        return False
    hdu = _first(probe)
    return hdu is not None


def _first(probe: Probe) -> Hdu | None:
    first = next((hdu for hdu in probe.fits if hdu.is_image), None)
    return first if first is not None and (_is_rows(first) or _is_columns(first)) else None


def _is_rows(hdu: Hdu) -> bool:
    if len(hdu.spectral_shape) != 2:
        return False
    rows, columns = hdu.spectral_shape
    return 2 <= rows <= _MAX_ROWS and columns >= 20


def _is_columns(hdu: Hdu) -> bool:
    """Whether rows and columns are exchanged, which only wavelengths can tell."""
    if len(hdu.shape) != 2 or hdu.shape[1] > _MAX_ROWS or not 20 <= hdu.shape[0] <= _MAX_COLUMN:
        return False
    return any(runs_through_wavelengths(column) for column in hdu.image().T)


def read(probe: Probe, override: Override) -> Found:
    """The spectrum in the rows."""
    hdu = _first(probe)
    assert hdu is not None
    header = hdu.header
    exchanged = not _is_rows(hdu)
    rows = hdu.image().T if exchanged else hdu.image().reshape(hdu.spectral_shape)
    running = [i for i in range(rows.shape[0]) if runs_through_wavelengths(rows[i])]
    if len(running) > 1:
        # A smooth flux may rise throughout, but hardly through thousands.
        running = [i for i in running if rows[i].min() >= 900.0]
    found = Found(
        "FITS image of rows",
        f"{rows.shape[0]} {'columns' if exchanged else 'rows'} of pixels in {hdu.label}",
        [],
        medium=headers.medium(header),
        frame=headers.frame(header),
        hint=instrument_words(header),
    )
    values, others = _axis(probe, hdu, rows, running, found)
    wanted = override.rows or (others[0],)
    noise, found.noise = _noise(rows, others, values, header.text("ARRAY2"))
    found.pieces = [
        Piece(
            axis=values,
            flux=rows[row],
            noise=noise if row == others[0] else None,
            name=headers.object_name(header),
            flux_unit=header.text("BUNIT", "YUNITS"),
            row=row,
            meta=headers.facts(header),
        )
        for row in others
        if row in wanted
    ]
    if override.rows is None:
        found.warnings.append(
            f"Nothing says what the rows are: row {others[0]} is taken for the spectrum."
        )
    options = tuple(str(row) for row in others)
    found.choices.append(OverrideChoice("rows", "Rows to take", str(wanted[0]), options))
    return found


def _axis(
    probe: Probe, hdu: Hdu, rows: FloatArray, running: list[int], found: Found
) -> tuple[FloatArray, list[int]]:
    """Wavelengths, and the rows that are left for fluxes; puts unit and scale on ``found``."""
    header = hdu.header
    others = list(range(rows.shape[0]))
    if len(running) == 1:
        place = running[0]
        others.remove(place)
        values = rows[place]
        unit = axes.parse_unit(header.text("XUNITS", "CUNIT1", "WUNIT"))
        small = 2.9 <= values.min() <= values.max() <= 4.8
        found.unit = Claim(unit, "unit in the header") if unit and not small else UNSTATED
        found.scale = Claim(STORED.value, f"row {place} runs through wavelengths", assumed=True)
        return np.asarray(values), others
    axis = spectral_axis(header, rows.shape[1])
    if axis is None or not (axis.unit.value or _optical(axis.values)):
        raise no_axis(probe, hdu)
    found.unit, found.scale = axis.unit, axis.scale
    found.warnings.extend(axis.warnings)
    return axis.values, others


def _optical(values: FloatArray) -> bool:
    """Whether numbers without a unit can hardly be but optical wavelengths in Å."""
    return bool(values.min() >= 2600.0 and values.max() <= 30_000.0)


def _noise(
    rows: FloatArray, others: list[int], values: FloatArray, title: str
) -> tuple[FloatArray | None, Claim]:
    if len(others) < 2:
        return None, NO_NOISE
    second = rows[others[1]]
    if "ERR" in title.upper() or "SIGMA" in title.upper():
        return second, Claim("sigma", f"ARRAY2 = {title}")
    claim = guess_noise(rows[others[0]], second, values)
    return (second, claim) if claim.value == "sigma" else (None, NO_NOISE)
