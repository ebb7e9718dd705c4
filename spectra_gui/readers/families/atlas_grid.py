"""ATLAS9 grids at STScI (Kurucz 1993, Castelli & Kurucz 2003): one column for each gravity.

Source: https://www.stsci.edu/hst/observatory/crds/castelli_kurucz_atlas.html and the Synphot Data
User's Guide, A.3: columns WAVELENGTH (Å) and g00 to g50 (10·log g) in FLAM, filled with zeros
where the atlas has no model. Vacuum by the convention of synphot, which is assumed; at rest.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import axes
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitstable import FitsColumn
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Piece
from spectra_gui.readers.onedim import hdu_choice
from spectra_gui.readers.probe import Probe

NAME: Final = "atlas-grid"
TAKES: Final[frozenset[str]] = frozenset()

_GRAVITY: Final = re.compile(r"g(\d\d)$", re.I)


def sniff(probe: Probe) -> bool:
    """A table with WAVELENGTH and two columns or more named g and two digits."""
    return probe.kind == "fits" and _table(probe) is not None


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wavelength"):
        return None
    return hdu if len(_gravities(hdu)) >= 2 else None


def _gravities(hdu: Hdu) -> list[FitsColumn]:
    return [column for column in hdu.table.columns if _GRAVITY.match(column.name)]


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each gravity that has a model."""
    hdu = _table(probe)
    assert hdu is not None
    wave = hdu.table.find("wavelength")
    assert wave is not None
    unit = axes.parse_unit(wave.unit)
    header = probe.fits.primary.header
    stem = " ".join(
        f"{label} {header.text(key)}"
        for label, key in (("Teff", "TEFF"), ("log Z", "LOG_Z"))
        if header.text(key)
    )
    found = Found(
        "ATLAS9 grid",
        f"columns WAVELENGTH and g00 to g50 in {hdu.label}",
        [],
        unit=Claim(unit, f"unit of column {wave.name}: {wave.unit}") if unit else ANGSTROM,
        scale=STORED,
        medium=Claim("vacuum", "convention of synphot", assumed=True),
        frame=Claim("rest", "a model"),
    )
    values = hdu.table.values(wave)
    for row, column in enumerate(_gravities(hdu)):
        flux = hdu.table.values(column)
        match = _GRAVITY.match(column.name)
        if match is None or not np.any(flux > 0.0):
            continue
        found.pieces.append(
            Piece(
                axis=values,
                flux=flux,
                name=f"{stem} log g {int(match[1]) / 10:.1f}".strip(),
                flux_unit=column.unit,
                row=row,
            )
        )
    if not found.pieces:
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} is an ATLAS table without any model: all columns are zero.",
            "Choose another metallicity or temperature.",
        )
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found
