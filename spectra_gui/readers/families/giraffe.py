"""FLAMES-GIRAFFE before Phase 3: all fibres of an exposure in one image.

Source: https://www.eso.org/observing/dfo/quality/GIRAFFE/pipeline/pipe_reduc.html (products
SCIENCE_RBNSPECTRA and, in a file of its own, SCIENCE_RBNERRORS; fibres on objects, on the sky and
on the simultaneous calibration lamp) and
https://www.eso.org/sci/facilities/paranal/instruments/flames/tools/drs.html (tables of fibres).
Wavelengths run along the axis whose keywords say so, the second one in the pipeline's files. It
calibrates by a list of lines in air and does not move spectra, so both are assumed. Single spectra
from the archive are Phase 3 files.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import Claim, Found, Piece
from spectra_gui.readers.onedim import first_known
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import wanted_rows

NAME: Final = "giraffe"
TAKES: Final[frozenset[str]] = frozenset()

_RANGE_NM: Final = (360.0, 960.0)
"""What GIRAFFE can see (FLAMES user manual: 370 to 950 nm)."""

_LAMP: Final = ("CALSIM", "SIMCAL")


def sniff(probe: Probe) -> bool:
    """INSTRUME = GIRAFFE (or FLAMES) and an image with wavelengths along one of its axes."""
    if probe.kind != "fits" or len(probe.fits.primary.shape) != 2:
        return False
    header = probe.fits.primary.header
    named = header.text("INSTRUME").upper() in ("GIRAFFE", "FLAMES")
    return named and _axis(header, probe.fits.primary.shape) is not None


def _axis(header: Header, shape: tuple[int, ...]) -> tuple[int, str] | None:
    """The number of the spectral axis (1 or 2) and its unit."""
    for number in (2, 1):
        first, step = header.number(f"CRVAL{number}"), header.number(f"CDELT{number}")
        unit = axes.parse_unit(header.text(f"CUNIT{number}"))
        if not first or not step:
            continue
        last = first + step * shape[2 - number]
        factor = {"nm": 1.0, "angstrom": 10.0}.get(unit or "nm", 0.0)
        if factor and _RANGE_NM[0] * factor <= first < last <= _RANGE_NM[1] * factor:
            return number, unit or "nm"
    return None


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each fibre on an object."""
    hdu = probe.fits.primary
    header = hdu.header
    place = _axis(header, hdu.shape)
    assert place is not None
    number, unit = place
    rows = hdu.image() if number == 1 else hdu.image().T
    n = rows.shape[1]
    first, step = header.number(f"CRVAL{number}"), header.number(f"CDELT{number}")
    pixel = header.number(f"CRPIX{number}") or 1.0
    assert first is not None
    assert step is not None
    axis = first + step * (np.arange(n, dtype=np.float64) + 1.0 - pixel)
    names, targets = _fibres(probe, rows.shape[0])
    span = wanted_rows(probe, override, rows.shape, targets)
    found = Found(
        "FLAMES-GIRAFFE pipeline",
        f"INSTRUME = {header.text('INSTRUME')}, wavelengths along axis {number}",
        [],
        unit=Claim(unit, f"CUNIT{number} and CRVAL{number} = {first:g}"),
        scale=Claim("linear", f"CRVAL{number} = {first:g}, step {step:g}"),
        medium=first_known(
            headers.medium(header), Claim("air", "its line list is in air", assumed=True)
        ),
        frame=first_known(
            headers.frame(header), Claim("observed", "the pipeline shifts nothing", assumed=True)
        ),
        total_rows=span.total,
    )
    for row in span.rows:
        meta = headers.facts(header)
        # The position in the header is that of the field.
        meta.pop("ra_deg", None)
        meta.pop("dec_deg", None)
        piece = Piece(axis=axis, flux=rows[row], name=names[row], row=row, meta=meta)
        piece.flux_unit = header.text("BUNIT")
        found.pieces.append(piece)
    left_out = rows.shape[0] - len(targets)
    if left_out and override.rows is None:
        found.warnings.append(f"{left_out} fibres on the sky or the lamp were left out.")
    found.choices.append(OverrideChoice("rows", "Fibres to take (0, 1, …)", "all"))
    return found


def _fibres(probe: Probe, n: int) -> tuple[list[str], list[int]]:
    """Names of the fibres, and the numbers of those on objects."""
    names = [f"fibre {i + 1}" for i in range(n)]
    table = _setup(probe, n)
    if table is None:
        return names, list(range(n))
    objects, kinds = table.table.find("OBJECT"), table.table.find("TYPE")
    words = table.table.strings(objects) if objects is not None and objects.is_text else names
    types = table.table.strings(kinds) if kinds is not None and kinds.is_text else [""] * n
    targets = [
        i
        for i in range(n)
        if not types[i].upper().startswith("S") and not words[i].upper().startswith(_LAMP)
    ]
    return [word or name for word, name in zip(words, names, strict=True)], targets


def _setup(probe: Probe, n: int) -> Hdu | None:
    """The table with one row a fibre of the image."""
    tables = (hdu for i in range(1, 6) if (hdu := probe.fits.get(i)) is not None and hdu.is_table)
    return next((hdu for hdu in tables if hdu.table.n_rows == n and hdu.table.has("OBJECT")), None)
