"""FITS table with a flux column, and wavelengths as a column or by keywords.

One row a point, or one row a spectrum with vectors (fixed or variable). Columns are found by
VO utype, UCD or name. Source: FITS standard 4.0, https://fits.gsfc.nasa.gov/fits_standard.html;
IVOA Spectrum data model, https://www.ivoa.net/documents/SpectralDM/
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Found
from spectra_gui.readers.headers import pipeline_habits
from spectra_gui.readers.merge import MOST_PARTS
from spectra_gui.readers.onedim import Habits, hdu_choice, hdu_list
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.sisters import are_alike, beyond, left_out, take_in
from spectra_gui.readers.tables import is_spectrum
from spectra_gui.readers.tablesides import read_table

NAME: Final = "fits-table"
TAKES: Final = frozenset({"hdu", "columns"})


def sniff(probe: Probe) -> bool:
    """Any table with the columns of a spectrum."""
    return probe.kind == "fits" and _first(probe) is not None


def _first(probe: Probe) -> Hdu | None:
    tables = (hdu for hdu in probe.fits if hdu.is_table)
    return next((hdu for hdu in tables if is_spectrum(fits_view(probe.fits, hdu))), None)


def _with_columns(probe: Probe, override: Override) -> Hdu | None:
    """The first table that has all the columns which a person named."""
    wanted = [name.strip() for name in override.columns or ()]
    tables = (hdu for hdu in probe.fits if hdu.is_table and wanted)
    return next((hdu for hdu in tables if hdu.table.has(*wanted)), None)


def pick_table(probe: Probe, override: Override) -> Hdu:
    """The table that was asked for, else the first that holds a spectrum."""
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or not hdu.is_table:
            raise bad_override(f"there is no table {override.hdu}", hdu_list(probe.fits))
        return hdu
    hdu = _with_columns(probe, override) or _first(probe) or probe.fits.first_table()
    assert hdu is not None
    return hdu


def read(probe: Probe, override: Override) -> Found:
    """The spectra of one table, and of those with the same columns where none was asked for."""
    hdu = pick_table(probe, override)
    found = _read_one(probe, hdu, override)
    if override.hdu is None:
        _add_sisters(probe, hdu, override, found)
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found


def _read_one(probe: Probe, hdu: Hdu, override: Override) -> Found:
    view = fits_view(probe.fits, hdu)
    medium, frame = pipeline_habits(view.header)
    return read_table(
        view,
        override,
        description="FITS table",
        evidence=f"columns of {hdu.label}",
        habits=Habits(medium=medium, frame=frame),
    )


def _add_sisters(probe: Probe, first: Hdu, override: Override, found: Found) -> None:
    """Arms, orders or stars in tables of their own, with the columns of the first."""
    columns = [c.name for c in first.table.columns]
    own: list[tuple[str, Found]] = []
    others: list[str] = []
    later = [hdu for hdu in probe.fits if hdu.is_table and hdu.index > first.index]
    for hdu in later[: MOST_PARTS - 1]:
        if not is_spectrum(fits_view(probe.fits, hdu)):
            continue
        is_single = len(found.pieces) == 1
        other = _read_alike(probe, hdu, override, columns) if is_single else None
        if other is not None and are_alike(found, other):
            own.append((hdu.name or str(hdu.index), other))
        else:
            others.append(hdu.label)
    found.warnings += left_out(others, "its HDU")
    found.warnings += beyond(len(later) + 1, MOST_PARTS)
    if own:
        found.evidence = f"columns of {len(own) + 1} tables, of which the first is {first.label}"
        take_in(found, own, label=first.name or str(first.index))


def _read_alike(probe: Probe, hdu: Hdu, override: Override, columns: list[str]) -> Found | None:
    """What a table with such columns holds, or None."""
    if [c.name for c in hdu.table.columns] != columns:
        return None
    try:
        return _read_one(probe, hdu, override)
    except ReadError:
        return None
