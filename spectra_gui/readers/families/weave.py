"""WEAVE: level 1 (a row a fibre, or one target) and level 2 (spectra joined for the analysis).

Source: WEAVE data model 8, sections "L1 Single/Stack/Superstack File Structure", "L1 Supertarget
Product Structure", "CLASS_SPEC" and "STAR_SPEC" (of the archive, https://docs.was.tng.iac.es), and
https://pypi.org/project/weaveio for the axis. Level 1: images ARM_DATA and ARM_IVAR in counts (ARM
is BLUE, GREEN or RED), ARM_SENSFUNC turns counts into flux, FIBTABLE has TARGUSE = S for the sky;
linear in Å by CRVAL1 and CD1_1. Level 2: columns LAMBDA_RR_x, FLUX_RR_x and IVAR_RR_x for each arm
x. Level 1 is in air and corrected to the Sun (column Helio_cor), both assumed; of level 2 the frame
is the same and the medium depends on a choice of the analysis, so it stays unknown.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitstable import FitsTable
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import first_known, merged_header, no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan, wanted_rows
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "weave"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_ARMS: Final = ("BLUE", "GREEN", "RED")
_SPECTRA: Final = ("CLASS_SPEC", "STAR_SPEC")
_FRAME: Final = Claim("barycentric", "WEAVE's pipeline corrects to the Sun", assumed=True)


def sniff(probe: Probe) -> bool:
    """Images ARM_DATA and ARM_IVAR, or a table CLASS_SPEC or STAR_SPEC of the analysis."""
    if probe.kind != "fits" or probe.fits.primary.is_image:
        return False
    return _level_1(probe) is not None or _level_2(probe) is not None


def _level_1(probe: Probe) -> tuple[str, Hdu, Hdu] | None:
    first, second = probe.fits.get(1), probe.fits.get(2)
    if first is None or second is None:
        return None
    for arm in _ARMS:
        named = first.name == f"{arm}_DATA" and second.name == f"{arm}_IVAR"
        if named and len(first.spectral_shape) <= 2 and first.shape == second.shape:
            return arm, first, second
    return None


def _level_2(probe: Probe) -> Hdu | None:
    units = (probe.fits.get(i) for i in range(1, 8))
    tables = {hdu.name: hdu for hdu in units if hdu is not None and hdu.is_table}
    return next((t for name in _SPECTRA if (t := tables.get(name)) and _columns(t.table)), None)


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each target (level 1), or for each target and arm (level 2)."""
    level_1 = _level_1(probe)
    if level_1 is not None:
        return _read_images(probe, override, *level_1)
    hdu = _level_2(probe)
    assert hdu is not None
    return _read_table(probe, override, hdu)


def _read_images(probe: Probe, override: Override, arm: str, data: Hdu, ivar: Hdu) -> Found:
    header, n = data.header, data.shape[-1]
    n_rows = data.shape[-2] if len(data.spectral_shape) == 2 else 1
    axis = spectral_axis(header, n)
    if axis is None:
        raise no_axis(probe, data)
    names, targets, facts = _fibres(probe.fits.named("FIBTABLE"), n_rows)
    span = wanted_rows(probe, override, (n_rows, n), targets)
    sensitivity = _sensitivity(probe.fits.named(f"{arm}_SENSFUNC"), span, data)
    flux, weight = span.of(data) * sensitivity, span.of(ivar) / sensitivity**2
    merged = merged_header(probe.fits, data)
    found = Found(
        "WEAVE level 1",
        f"HDUs {arm}_DATA and {arm}_IVAR",
        [],
        unit=axis.unit if axis.unit.value else ANGSTROM,
        scale=axis.scale,
        medium=first_known(headers.medium(header), Claim("air", "WEAVE level 1", assumed=True)),
        frame=first_known(headers.frame(header), _FRAME),
        noise=Claim("ivar", f"HDU {arm}_IVAR, 0 = no data"),
        mask=Claim("", "inverse variance 0"),
        total_rows=span.total if n_rows > 1 else 0,
        warnings=axis.warnings,
    )
    if np.any(sensitivity != 1.0):
        found.notes.append(Claim("counts turned into flux", f"HDU {arm}_SENSFUNC").decide("Flux"))
    for place, row in enumerate(span.rows):
        meta = headers.facts(merged) | facts[row]
        found.pieces.append(
            Piece(axis.values, flux[place], weight[place], name=names[row], row=row, meta=meta)
        )
    if len(targets) < n_rows and override.rows is None:
        found.warnings.append(f"{n_rows - len(targets)} fibres on the sky were left out.")
    return found


def _sensitivity(hdu: Hdu | None, span: RowSpan, data: Hdu) -> FloatArray:
    """What the counts are multiplied by, 1 where the file does not tell or tells no number."""
    values = np.ones(1)
    if hdu is not None and hdu.shape == data.shape:
        values = span.of(hdu)
    elif hdu is not None and hdu.spectral_shape == data.shape[-1:]:
        values = hdu.image().reshape(-1)
    sound = np.isfinite(values) & (values > 0.0)
    return np.where(sound, values, np.nan) if sound.any() else np.ones(1)


def _fibres(hdu: Hdu | None, n: int) -> tuple[list[str], list[int], list[dict[str, float]]]:
    """Names, the numbers of those that are no sky, and positions."""
    names, facts = [""] * n, [dict[str, float]() for _ in range(n)]
    if hdu is None or not hdu.is_table or hdu.table.n_rows != n:
        return names, list(range(n)), facts
    names = _words(hdu.table, "TARGNAME", "CNAME", "TARGID")
    uses = _words(hdu.table, "TARGUSE")
    ra, dec = hdu.table.find("TARGRA"), hdu.table.find("TARGDEC")
    if ra is not None and dec is not None:
        for fact, x, y in zip(
            facts, *(np.atleast_1d(hdu.table.values(c)) for c in (ra, dec)), strict=True
        ):
            if np.isfinite(x) and np.isfinite(y):
                fact |= {"ra_deg": float(x), "dec_deg": float(y)}
    return names, [i for i in range(n) if uses[i] != "S"], facts


def _words(table: FitsTable, *names: str) -> list[str]:
    """For each row what the first of the columns says that says anything."""
    words = [""] * table.n_rows
    for name in names:
        column = table.find(name)
        if column is not None and column.is_text:
            words = [
                word or other for word, other in zip(words, table.strings(column), strict=True)
            ]
    return words


def _columns(table: FitsTable) -> list[tuple[str, str, str, str]]:
    """Names of wavelength, flux and noise, and the kind of noise, for each arm or join."""
    found = []
    for name in table.names:
        match = re.fullmatch(r"lambda_(rr|rvs)(_\w+)?", name)
        if match is None:
            continue
        end = f"{match[1]}{match[2] or ''}"
        for noise, kind in ((f"ivar_{end}", "ivar"), (f"error_{end}", "sigma")):
            if table.has(f"flux_{end}", noise):
                found.append((name, f"flux_{end}", noise, kind))
    return [columns for columns in found if columns[3] == found[0][3]]


def _read_table(probe: Probe, override: Override, hdu: Hdu) -> Found:
    table = hdu.table
    columns = _columns(table)
    names = _words(table, "TARGID", "CNAME")
    first = table.find(columns[0][0])
    assert first is not None
    span = wanted_rows(probe, override, (table.n_rows * len(columns), first.repeat))
    pieces = []
    for number in span.rows:
        row, place = divmod(number, len(columns))
        wave, flux, noise, _ = columns[place]
        alone = table.rows(row, 1)
        parts = [alone.array(c, 0) for n in (wave, flux, noise) if (c := table.find(n))]
        arm = flux.rpartition("_")[2].upper() if len(columns) > 1 else ""
        name = f"{names[row]} {arm}".strip()
        pieces.append(Piece(parts[0], parts[1], parts[2], name=name, row=number, part_of=row))
    return Found(
        "WEAVE level 2",
        f"columns {columns[0][0]} and {columns[0][1]} of {hdu.label}",
        pieces,
        unit=ANGSTROM,
        scale=STORED,
        medium=headers.medium(hdu.header),
        frame=_FRAME,
        noise=Claim(columns[0][3], f"column {columns[0][2]}"),
        total_rows=span.total,
        parts=Parts("arms", "columns of one target") if len(columns) > 1 else None,
    )
