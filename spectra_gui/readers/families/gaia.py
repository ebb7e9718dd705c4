"""Gaia DR3 spectra: XP sampled mean spectra and RVS mean spectra, in every container.

Source: Gaia DR3 documentation, 20.12 (XP_SAMPLED_MEAN_SPECTRUM and RVS_MEAN_SPECTRUM),
https://gea.esac.esa.int/archive/documentation/GDR3/Gaia_archive/chap_datamodel/sec_dm_spectroscopic_tables/
XP: 343 points from 336 to 1020 nm by 2 nm, stored without wavelengths. RVS: 2401 points from 846
to 870 nm by 0.01 nm, at rest. XP continuous spectra are coefficients, not fluxes. GaiaXPy
(https://github.com/gaia-dpci/GaiaXPy, output/sampled_spectra_data.py) writes the sampling into
FITS, ECSV and VOTable, and beside CSV into NAME_sampling.csv.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import NO_NOISE, Claim, Found, Piece
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.stringviews import (
    StringTableError,
    parse_vector,
    read_csv,
    read_ecsv,
    string_view,
)
from spectra_gui.readers.views import Column, View
from spectra_gui.readers.votable import votable_views

NAME: Final = "gaia"
TAKES: Final[frozenset[str]] = frozenset()

_GRIDS: Final = {343: (336.0, 2.0, "XP sampled"), 2401: (846.0, 0.01, "RVS")}


def sniff(probe: Probe) -> bool:
    """A source_id column, and fluxes or coefficients of Gaia's names but no wavelengths."""
    if probe.kind == "fits":
        hdu = probe.fits.get(1)
        if hdu is None or not hdu.is_table:
            return False
        names = set(hdu.table.names)
    elif probe.kind in ("ecsv", "text", "votable"):
        head = probe.head.lower()
        if b"source_id" not in head:
            return False
        names = {
            word
            for word in ("source_id", "flux", "flux_error", "wavelength", "bp_coefficients")
            if word.encode() in head
        }
        if probe.kind == "text" and b'"(' not in head and b'"[' not in head:
            return False
    else:
        return False
    if "source_id" not in names or "wavelength" in names:
        return False
    return "bp_coefficients" in names or {"flux", "flux_error"} <= names


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each source."""
    view = _view(probe)
    columns = {column.name.lower(): column for column in view.columns}
    flux, error = columns.get("flux"), columns.get("flux_error")
    if "bp_coefficients" in columns or flux is None:
        raise probe.fail(
            "unsupported",
            f"{probe.name} holds coefficients of Gaia XP spectra, not fluxes.",
            "Turn them into sampled spectra with GaiaXPy (gaiaxpy.calibrate) and open the result.",
        )
    rows = flux.cells() if flux.is_vector else [flux.cells()]
    errors = _errors(error, flux.is_vector)
    axis, what, evidence = _axis(probe, view, rows)
    rvs = what == "RVS"
    power = 11_500.0 if rvs else 50.0
    pieces = [
        Piece(
            axis=axis,
            flux=np.asarray(row, np.float64),
            noise=None if errors is None else errors[i],
            name=f"Gaia DR3 {view.labels[i] if i < len(view.labels) else i}",
            flux_unit=flux.unit,
            row=i,
            resolving_power=power,
            meta={"instrument": f"Gaia {what}"},
        )
        for i, row in enumerate(rows)
    ]
    _add_positions(columns, pieces)
    return Found(
        f"Gaia {what}",
        f"column source_id, fluxes of {axis.size} points",
        pieces,
        unit=Claim("nm", "Gaia's data model"),
        scale=Claim("table" if "sampling" in evidence else "linear", evidence),
        medium=Claim("vacuum", "Gaia, seen from space", assumed=True),
        frame=Claim("rest", "RVS mean spectra are at rest", True)
        if rvs
        else Claim("unknown", "Gaia does not say of XP"),
        noise=NO_NOISE if errors is None else Claim("sigma", "column flux_error"),
        resolution=Claim(f"λ/FWHM ≈ {power:g}", f"Gaia {what}", True),
    )


def _axis(probe: Probe, view: View, rows: Sequence[Any]) -> tuple[NDArray[np.float64], str, str]:
    """Wavelengths in nm, the kind of spectrum, and what they rest on."""
    sizes = {len(row) for row in rows}
    size = sizes.pop() if len(sizes) == 1 else 0
    sampling, place = _sampling(probe, view)
    if size and sampling.size == size and np.all(np.diff(sampling) > 0) and sampling[0] > 200.0:
        return sampling, "XP sampled", f"the sampling that GaiaXPy wrote {place}"
    names = {column.name.lower() for column in view.columns}
    if size not in _GRIDS or sampling.size or "xp" in names:
        raise probe.fail(
            "no_wavelength",
            f"{probe.name} holds Gaia fluxes on a sampling of its own, without wavelengths.",
            "Keep the file that ends in _sampling.csv beside it, or let GaiaXPy write them on its "
            "default sampling.",
        )
    start, step, what = _GRIDS[size]
    axis = start + step * np.arange(size, dtype=np.float64)
    return axis, what, f"{start:g} nm by {step:g} nm, {size} points, by definition"


def _sampling(probe: Probe, view: View) -> tuple[NDArray[np.float64], str]:
    """Wavelengths (nm) that GaiaXPy wrote into the file, or with CSV beside it; else none."""
    stated = view.header.text("SAMPLING")
    if stated or probe.kind != "text":
        # NumPy 2 writes np.float64(336.0) for a number of a tuple.
        return parse_vector(re.sub(r"np\.float\d+\(([^)]*)\)", r"\1", stated)), "in the file"
    path = Path(probe.path)
    try:
        beside = Probe(path.with_name(f"{path.stem}_sampling.csv"), probe.caps)
        table = read_csv(beside.text, max_cells=probe.caps.cells)
    except (ReadError, StringTableError, ValueError):
        return np.zeros(0), ""
    if table.names != ["pos"] or not table.rows or not table.rows[0]:
        return np.zeros(0), ""
    return parse_vector(table.rows[0][0]), f"in {beside.name}, in the same folder"


def _errors(column: Column | None, is_vector: bool) -> list[NDArray[np.float64]] | None:
    if column is None or column.is_vector != is_vector:
        return None
    cells = column.cells()
    return [np.asarray(row, np.float64) for row in (cells if is_vector else [cells])]


def _add_positions(columns: dict[str, Column], pieces: list[Piece]) -> None:
    ra, dec = columns.get("ra"), columns.get("dec")
    if ra is None or dec is None or ra.is_vector or dec.is_vector:
        return
    for piece, alpha, delta in zip(pieces, ra.cells(), dec.cells(), strict=False):
        piece.meta["ra_deg"], piece.meta["dec_deg"] = float(alpha), float(delta)


def _view(probe: Probe) -> View:
    if probe.kind == "fits":
        hdu = probe.fits.get(1)
        assert hdu is not None
        view = fits_view(probe.fits, hdu)
        source = hdu.table.find("source_id")
        if view.labels or source is None or source.code not in "JK" or not hdu.table.n_rows:
            return view
        return replace(view, labels=tuple(str(n) for n in hdu.table.integers(source)))
    if probe.kind == "votable":
        views = votable_views(probe)
        if not views:
            raise probe.fail(
                "empty", f"{probe.name} is a VOTable without a table.", "Download it again."
            )
        return views[0]
    reader = read_ecsv if probe.kind == "ecsv" else read_csv
    try:
        return string_view(reader(probe.text, max_cells=probe.caps.cells), "the table")
    except StringTableError as error:
        raise probe.fail(
            "damaged", f"{probe.name} cannot be read as a table: {error}.", "Download it again."
        ) from None
