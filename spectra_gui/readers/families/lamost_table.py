"""LAMOST spectra as tables: low resolution since DR8 v2, and medium resolution (MRS).

Source: https://www.lamost.org/dr9/v2.0/doc/lr-data-production-description and
https://www.lamost.org/dr9/v2.0/doc/mr-data-production-description . HDU COADD (or COADD_B and
COADD_R, and single exposures) with FLUX, IVAR, WAVELENGTH or LOGLAM. Vacuum, heliocentric. A file
of medium resolution is of one target, of which each exposure gives a blue and a red spectrum: both
co-added arms are one spectrum with a gap (5350 to 6300 Å).
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.families.lamost import add_pipeline_facts
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found, Parts
from spectra_gui.readers.onedim import Habits, hdu_choice, merged_header
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.tables import read_view

NAME: Final = "lamost-table"
TAKES: Final = frozenset({"hdu", "columns"})


def sniff(probe: Probe) -> bool:
    """LAMOST in the header, and a table with FLUX and WAVELENGTH or LOGLAM."""
    if probe.kind != "fits":
        return False
    header = probe.fits.primary.header
    named = "LAMOST" in header.text("TELESCOP", "ORIGIN", "DATA_V").upper()
    return named and bool(_tables(probe))


def _tables(probe: Probe) -> list[Hdu]:
    tables = [
        hdu
        for hdu in probe.fits
        if hdu.is_table
        and hdu.table.has("flux")
        and hdu.table.find("wavelength", "loglam") is not None
    ]
    coadds = [hdu for hdu in tables if hdu.name.startswith("COADD")]
    return coadds or tables[:1]


def read(probe: Probe, override: Override) -> Found:
    """The co-added spectrum, or one for each arm."""
    chosen = _tables(probe)
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or not hdu.is_table:
            raise bad_override(f"there is no table {override.hdu}", "Give the number of a table.")
        chosen = [hdu]
    medium_resolution = any("_" in hdu.name for hdu in chosen)
    power = 7500.0 if medium_resolution else 1800.0
    arms = len(chosen) > 1
    parts = [_one(probe, hdu, override, power, arms=arms) for hdu in chosen]
    found = parts[0]
    for row, part in enumerate(parts):
        for piece in part.pieces:
            piece.row = row
    found.pieces = [piece for part in parts for piece in part.pieces]
    if arms:
        evidence = f"HDUs {' and '.join(hdu.name for hdu in chosen)} of one target"
        found.parts = Parts("arms", evidence, merged=True)
    if {part.unit.value for part in parts} != {found.unit.value}:
        raise ReadError(
            "unsupported",
            "The arms state their wavelengths in different units.",
            "Choose one HDU and read it alone.",
        )
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found


def _one(probe: Probe, hdu: Hdu, override: Override, power: float, *, arms: bool) -> Found:
    habits = Habits(
        medium=Claim("vacuum", "LAMOST", assumed=True),
        frame=Claim("barycentric", "LAMOST", assumed=True),
        resolution=Claim(f"λ/FWHM ≈ {power:g}", "LAMOST", assumed=True),
        resolving_power=power,
    )
    found = read_view(
        fits_view(probe.fits, hdu),
        override,
        description="LAMOST table",
        evidence=f"columns FLUX and IVAR in {hdu.label}",
        habits=habits,
    )
    for piece in found.pieces:
        found.velocity = add_pipeline_facts(merged_header(probe.fits, hdu), piece)
        # Flags of single exposures that the inverse variance already weighs.
        piece.bad = None
        if arms:
            piece.name = f"{piece.name} {hdu.name}".strip()
    found.mask = Claim("", "inverse variance 0")
    return found
