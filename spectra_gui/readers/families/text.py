"""Text with two or more columns: wavelength, flux and maybe sigma, in any dialect; CSV too.

There is no specification. Where a header names the columns it is believed; else they are taken
in the usual order, which is written down as assumed. Libraries that come as bare text have readers
of their own, which know them by their axes and read their columns here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice, ReadError
from spectra_gui.readers import axes, headers, roles
from spectra_gui.readers.blocks import split_by_order, split_repeated
from spectra_gui.readers.columnwords import frame_in_name, frame_in_remarks
from spectra_gui.readers.fluxwords import refuse_compressed
from spectra_gui.readers.found import SILENT, UNSTATED, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import first_known
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.sisters import left_out, name_apart
from spectra_gui.readers.textcolumns import (
    Columns,
    bad_pixels,
    chosen_columns,
    find_columns,
    may_be_beside,
    no_data,
)
from spectra_gui.readers.textlines import TextTable, parse
from spectra_gui.readers.textrows import columns_of_long_lines
from spectra_gui.readers.textsigns import DECIMAL_COMMAS
from spectra_gui.readers.textunclear import refuse_lines, refuse_magnitudes, refuse_unclear_axis
from spectra_gui.readers.views import Facts

FloatArray = NDArray[np.float64]

NAME: Final = "text"
TAKES: Final = frozenset({"columns", "skip_rows"})

_MIN_ROWS: Final = 5


def sniff(probe: Probe) -> bool:
    """Text that is neither markup nor JSON nor ECSV."""
    return probe.kind == "text"


def read(probe: Probe, override: Override) -> Found:
    """The spectrum in the columns that names, a person, or habit tell."""
    return read_columns(probe, override)


def read_columns(probe: Probe, override: Override, library: Library | None = None) -> Found:
    """The spectrum in columns of text, with what a library is known to do.

    Raises ``ReadError``: ``not_a_spectrum`` or ``bad_override``.
    """
    if override.hdu is not None:
        raise bad_override("text has no HDUs", "Choose columns instead.")
    skip = override.skip_rows or 0
    if skip < 0:
        raise bad_override(f"{skip} rows cannot be skipped", "Give 0 or more.")
    table = parse(probe.text, skip_rows=skip) if skip else parsed(probe)
    if table is None or table.data.shape[0] < _MIN_ROWS:
        table = columns_of_long_lines(probe.text) or table
    if table is None:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} is text without two columns of numbers.",
            "A spectrum as text has one wavelength and one flux in each line.",
        )
    return found_in_table(probe, override, table, "text", library)


_PARSED: Final[WeakKeyDictionary[Probe, TextTable | None]] = WeakKeyDictionary()


def parsed(probe: Probe) -> TextTable | None:
    """The columns of a text, parsed once for all readers that look at the file."""
    if probe not in _PARSED:
        _PARSED[probe] = parse(probe.text)
    return _PARSED[probe]


def even_axis(probe: Probe) -> tuple[float, float, int] | None:
    """First value, step and length of the first column of a text, where its steps are even."""
    if probe.kind != "text" or (table := parsed(probe)) is None:
        return None
    values = table.data[:, 0]
    if values.size < _MIN_ROWS or not np.all(np.isfinite(values)):
        return None
    step = float(values[-1] - values[0]) / (values.size - 1)
    even = np.all(np.abs(np.diff(values) - step) < 0.02 * abs(step) + 0.011)
    return (float(values[0]), step, int(values.size)) if even and step else None


def found_in_table(
    probe: Probe, override: Override, table: TextTable, what: str, library: Library | None = None
) -> Found:
    """The spectrum in a table of numbers, whatever container it came in."""
    data = table.data
    if data.shape[0] < _MIN_ROWS:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} has {data.shape[0]} rows of numbers: too few for a spectrum.",
            "Check that this is the right file.",
        )
    columns = chosen_columns(table, override) or find_columns(table)
    unit = _unit(table, columns)
    if override.wavelength_unit is None and not unit.value:
        refuse_unclear_axis(table, columns)
    if columns.flux < len(table.names):
        unit_of_flux = table.units[columns.flux] if columns.flux < len(table.units) else ""
        refuse_compressed(table.names[columns.flux], unit_of_flux)
    refuse_magnitudes(probe, table, columns)
    refuse_lines(probe, table, columns)
    library = library or _model(table)
    cards = _cards(table)
    piece, claim, mask = _piece(table, columns, library, cards)
    pieces, warnings, parts = _pieces(table, columns, piece, library, cards)
    if table.skipped:
        warnings.append(f"{table.skipped} lines that are no complete row of numbers were left out.")
    evidence = library.evidence if library else ""
    evidence += f"{data.shape[0]} rows of {data.shape[1]} columns, separated by {table.separator}"
    if table.written or table.decimal_comma:
        evidence += f", {table.written or DECIMAL_COMMAS}"
    return Found(
        f"{library.name} ({what})" if library else f"{data.shape[1]}-column {what}",
        evidence,
        pieces,
        unit=unit,
        hint=" ".join([*table.facts.values(), *table.comments])[:5000],
        medium=_stated_medium(table, cards, columns, library),
        frame=_stated_frame(table, cards, columns, library),
        noise=claim,
        mask=mask,
        resolution=library.resolution if library else None,
        warnings=warnings,
        notes=[Claim(_names(table, columns), columns.evidence, columns.assumed).decide("Columns")],
        choices=_choices(table, columns),
        parts=parts,
    )


def _pieces(
    table: TextTable, columns: Columns, piece: Piece, library: Library | None, cards: Facts
) -> tuple[list[Piece], list[str], Parts | None]:
    """All spectra of the table, of which ``piece`` may be one or hold several."""
    if columns.beside:
        return *_sides(table, columns, piece, library, cards), None
    pieces, warnings, parts = _spectra(table, columns, piece)
    if may_be_beside(table, columns):
        warnings += left_out([f"What stands from column {columns.flux + 1} on"], "its columns")
    return pieces, warnings, parts


def _spectra(
    table: TextTable, columns: Columns, piece: Piece
) -> tuple[list[Piece], list[str], Parts | None]:
    """The spectra below each other or side by side, and what to say of them."""
    order = next((i for i, name in enumerate(table.names) if roles.is_order(name)), None)
    if order is not None and order not in (columns.wavelength, columns.flux):
        pieces = split_by_order(piece, table.data[:, order])
        if len(pieces) > 1:
            return pieces, [], Parts("orders", f"column {table.names[order]}", merged=True)
    pieces = split_repeated(piece)
    if len(pieces) > 1:
        return pieces, [f"The wavelengths start over: these are {len(pieces)} spectra."], None
    if not columns.more:
        return [piece], _overlaps(piece), None
    for row, column in enumerate(columns.more, 1):
        flux = table.data[:, column]
        bad = piece.bad if columns.mask is not None else no_data(flux)
        name = table.names[column]
        pieces.append(replace(piece, flux=flux, bad=bad, name=name, row=row, meta=dict(piece.meta)))
    pieces[0].name = table.names[columns.flux]
    said = f"{len(pieces)} columns have names of their own: each is read as a spectrum."
    return pieces, [said], None


def _sides(
    table: TextTable, columns: Columns, first: Piece, library: Library | None, cards: Facts
) -> tuple[list[Piece], list[str]]:
    """The spectra that have columns of their own, and which of them could not be read so."""
    pieces, labels, others = [first], [columns.label], []
    for side in columns.beside:
        piece, claim, _ = _piece(table, side, library, cards)
        same_unit = _unit(table, side).value == _unit(table, columns).value
        if same_unit and claim.value == columns.noise_claim.value:
            pieces.append(piece)
            labels.append(side.label)
        else:
            others.append(f"Column {table.names[side.flux]}")
    if len(pieces) > 1:
        name_apart(pieces, labels)
    return pieces, left_out(others, "its columns")


_JUMP: Final = 5.0
"""Steps back by so many steps are no disorder."""


def _overlaps(piece: Piece) -> list[str]:
    steps = np.diff(piece.axis[np.isfinite(piece.axis)])
    typical = float(np.median(steps)) if steps.size else 0.0
    back = int(np.count_nonzero(steps * np.sign(typical) < -_JUMP * abs(typical)))
    if not back or not typical:
        return []
    return [f"The wavelengths start over ({back + 1} parts): they were put together as one."]


def _piece(
    table: TextTable, columns: Columns, library: Library | None, cards: Facts
) -> tuple[Piece, Claim, Claim | None]:
    """The chosen columns, and what is said of the uncertainty and the mask."""
    flux = table.data[:, columns.flux]
    claim = columns.noise_claim
    noise = table.data[:, columns.noise] if columns.noise is not None else None
    percent = columns.noise is not None and columns.noise < len(table.names)
    if percent and "%" in table.names[columns.noise or 0] and noise is not None:
        noise, claim = 0.01 * noise, Claim("relative", f"{claim.evidence}, in percent")
    if noise is not None and not np.any(noise > 0):
        noise, claim = None, Claim("none", "the uncertainty column holds no positive number")
    bad, mask = None, None
    if library and library.no_data is not None:
        bad, mask = flux == library.no_data, Claim("", f"{library.no_data:g} = no data")
    elif flagged := bad_pixels(table, columns):
        bad, mask = flagged
    elif (bad := no_data(flux)) is not None:
        mask = Claim("", f"{flux[bad][0]:g}, far from all others, = no data", assumed=True)
    piece = Piece(
        axis=table.data[:, columns.wavelength],
        flux=flux,
        noise=noise,
        bad=bad,
        fwhm_aa=library.fwhm_aa if library else None,
        resolving_power=library.resolving_power if library else None,
        name=cards.text(*_NAME_WORDS),
        flux_unit=table.units[columns.flux] if columns.flux < len(table.units) else "",
        meta=_meta(cards),
    )
    return piece, claim, mask


def _names(table: TextTable, columns: Columns) -> str:
    used = [columns.wavelength, columns.flux]
    if columns.noise is not None:
        used.append(columns.noise)
    labels = [table.names[i] if i < len(table.names) else str(i) for i in used]
    return ", ".join(labels)


def _choices(table: TextTable, columns: Columns) -> list[OverrideChoice]:
    options = tuple(
        table.names[i] if i < len(table.names) else str(i) for i in range(table.data.shape[1])
    )
    return [
        OverrideChoice(
            "columns",
            "Columns: wavelength, flux, sigma",
            _names(table, columns),
            options,
        ),
        OverrideChoice("skip_rows", "Lines to skip", "0"),
    ]


def _unit(table: TextTable, columns: Columns) -> Claim:
    i = columns.wavelength
    values = table.data[:, i]
    name = table.names[i] if i < len(table.names) else ""
    if i < len(table.units) and (unit := axes.stated_unit(table.units[i])):
        if scale := axes.logarithm_in_name(name):
            unit = axes.logarithm_of(scale, unit)
        return axes.natural_where_large(Claim(unit, f"units line: {table.units[i]}"), values)
    if claim := axes.claim_by_name(name, values, f"column {name}"):
        return claim
    for key in _UNIT_KEYS:
        stated = re.split(r"[,(]", _value(table.facts.get(key, "")))[0].strip()
        unit = axes.parse_unit(stated) if key in _LOOSE_KEYS else axes.stated_unit(stated)
        if unit:
            return Claim(unit, f"{key} = {stated}")
    for line in table.comments:
        said = _SAID_UNIT.search(line)
        if said and said[1] != "a" and (unit := axes.parse_unit(said[1])):
            return Claim(unit, f"the header says: {line[:60]}")
    if i < len(table.names) and re.search(
        r"^(freq\w*|hz|velocity|vel|rv|energy|time|b?jd|mjd|hjd|phase|date|teff|temp\w*|log_?g|"
        r"age|mass|radius|ra|dec|mag|[ubvri]mag|x_?pix\w*)\b",
        table.names[i].lower(),
    ):
        raise ReadError(
            "not_a_spectrum",
            f"The first column is {table.names[i]}, not wavelength.",
            "Convert it to wavelength, or choose the column that holds wavelengths.",
        )
    return UNSTATED


_UNIT_KEYS: Final = (
    *("WAVELENGTH UNIT", "WAVELENGTH UNITS", "WAVEUNIT", "WAVE_UNIT", "WAVE UNITS", "CUNIT1"),
    *("XUNIT", "XUNITS", "X UNIT", "X UNITS", "X", "UNITS"),
)
_LOOSE_KEYS: Final = frozenset({"X", "UNITS"})
"""Keys that may speak of something else than the unit of wavelengths."""

_SAID_UNIT: Final = re.compile(r"(?:\bwave\w*|\blambda|λ)\s+(?:\w+\s+)?in\s+([A-Za-zÅåµμ]+)", re.I)


@dataclass(frozen=True, slots=True)
class Library:
    """What a library that comes as text is known to do; ``no_data`` is its flux for "none".

    ``evidence`` ends in a separator, since what the columns are follows it.
    """

    name: str
    evidence: str = ""
    medium: Claim = SILENT
    frame: Claim = SILENT
    no_data: float | None = None
    resolution: Claim | None = None
    fwhm_aa: float | None = None
    resolving_power: float | None = None


def _model(table: TextTable) -> Library | None:
    """A model, where a column is named so; only models know the flux at the surface."""
    if any("surface" in name.lower() and "flux" in name.lower() for name in table.names):
        why = "a flux at the surface is a model's"
        return Library(
            "Model",
            medium=Claim("vacuum", why, assumed=True),
            frame=Claim("rest", why, assumed=True),
        )
    return None


def _stated_medium(
    table: TextTable, cards: Facts, columns: Columns, library: Library | None
) -> Claim:
    stated = headers.medium(cards)
    if stated.value != "unknown":
        return stated
    name = table.names[columns.wavelength] if columns.wavelength < len(table.names) else ""
    words = [name, *(f"{k} {v}" for k, v in table.facts.items()), *table.comments]
    for text in words[:200]:
        lower = text.lower()
        if not re.search(r"wave|lambda|medium|vacuum", lower) and text != name:
            continue
        if re.search(r"vacuum|\bvac\b|_vac", lower):
            return Claim("vacuum", f"the header says: {text[:60]}")
        if re.search(r"\bair\b|_air|[^h]air$", lower):
            return Claim("air", f"the header says: {text[:60]}")
    return library.medium if library else SILENT


def _stated_frame(
    table: TextTable, cards: Facts, columns: Columns, library: Library | None
) -> Claim:
    i = columns.wavelength
    named = frame_in_name(table.names[i]) if i < len(table.names) else SILENT
    said = frame_in_remarks(table.comments)
    return first_known(named, headers.frame(cards), said, library.frame if library else SILENT)


def _cards(table: TextTable) -> Facts:
    """The facts of the header, asked as a FITS header is; remarks are its lines."""
    return Facts({key: _value(text) for key, text in table.facts.items()}, list(table.comments))


def _value(text: str) -> str:
    """A value without the comment of a FITS card that was printed (``'SPRAT   ' / instrument``)."""
    text = text[:_MAX_VALUE]
    card = re.match(r"([^']*?)\s*'\s*(?:/.*)?$", text) or re.match(r"(\S+)\s+/\s", text)
    return card[1] if card else text


_MAX_VALUE: Final = 300
_TYPE_WORDS: Final = ("SPECTRAL TYPE", "MK TYPE", "SPECTRAL CLASS")
_NAME_WORDS: Final = ("OBJECT", "OBJNAME", "TARGET", "STAR", "NAME", "TARGNAME", "OBJECT NAME")


def _meta(cards: Facts) -> dict[str, object]:
    meta: dict[str, object] = headers.facts(cards)
    if mk_type := cards.text(*_TYPE_WORDS):
        meta.setdefault("mk_type", mk_type)
    return meta
