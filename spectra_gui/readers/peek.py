"""What a file holds that a person may choose columns from: tables with their first rows.

Bounded: of a text its first 64 kB are looked at, of a table its first rows. Knows the containers;
knows neither roles of columns nor spectra.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import FileHead, ReadError, TableHead
from spectra_gui.readers.caps import CAPS, Caps
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitstable import FitsColumn, FitsTable
from spectra_gui.readers.probe import HEAD_BYTES, Probe
from spectra_gui.readers.shape import fingerprint, looks
from spectra_gui.readers.textlines import TextTable, parse
from spectra_gui.readers.views import View

ROWS_SHOWN: Final = 30
_LINES_SHOWN: Final = 60
_LINE_SHOWN: Final = 300
_MAX_TABLES: Final = 50
_MAX_COLUMNS: Final = 300
_WORD_SHOWN: Final = 40


def peek(path: str | Path, *, skip_rows: int = 0, caps: Caps = CAPS) -> FileHead:
    """The tables of a file with their first rows, and the shape that files like it share.

    Parameters
    ----------
    path : a regular file
    skip_rows : lines of a text that are passed over; the shape is that of the whole text

    Raises
    ------
    ReadError
        ``not_a_spectrum`` where the file is no text and no table, and as `readers.read` does.
    """
    from spectra_gui.readers.door import guarded

    probe = Probe(os.fspath(path), caps)
    return guarded(probe, lambda: head_of(probe, skip_rows=skip_rows))


def head_of(probe: Probe, *, skip_rows: int = 0, n_rows: int = ROWS_SHOWN) -> FileHead:
    """`peek` of an open file; without rows it is as quick as its headers are."""
    kind = container(probe)
    if kind == "text":
        return _text_head(probe, skip_rows, n_rows)
    make = _TABLES.get(kind)
    tables = tuple(make(probe, n_rows)[:_MAX_TABLES]) if make else ()
    if not tables:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} is no text and holds no table, so there are no columns to choose.",
            "Save the spectrum as FITS, or as text with one wavelength and one flux in each line.",
        )
    return FileHead(
        probe.path, kind, tables, shape=fingerprint(kind, tables), looks=looks(kind, tables)
    )


def container(probe: Probe) -> str:
    """``text fits ecsv votable hdf5 npz npy asdf``, or what else `Probe.kind` calls it."""
    if probe.kind == "zip" and b".npy" in probe.head[:400]:
        return "npz"
    return probe.kind


def has_columns(probe: Probe) -> bool:
    """Whether the file is a text or holds a table, as far as its headers tell."""
    try:
        kind = container(probe)
        if kind == "fits":
            return probe.fits.first_table() is not None
    except ReadError:
        return False
    return kind == "text" or kind in _TABLES


# Text


def _text_head(probe: Probe, skip_rows: int, n_rows: int) -> FileHead:
    text = _first_text(probe)
    whole = parse(text)
    table = parse(text, skip_rows=skip_rows) if skip_rows else whole
    lines = tuple(line[:_LINE_SHOWN] for line in text.splitlines()[:_LINES_SHOWN])
    tables = () if table is None else (_text_table(table, n_rows),)
    if whole is None:
        return FileHead(probe.path, "text", tables, lines)
    known = (_text_table(whole, 0),)
    dialect = _dialect(whole)
    words = looks("text", known, dialect=dialect)
    # Words of a header without names tell the programs apart that wrote it.
    shape = fingerprint("text", known, dialect=" ".join([dialect, *_header_words(whole)]))
    return FileHead(probe.path, "text", tables, lines, shape, words)


def _first_text(probe: Probe) -> str:
    """The first lines, none of them cut."""
    head = probe.head
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1] or head
        try:
            text = whole.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = whole.decode("latin-1")
    return text


def _dialect(table: TextTable) -> str:
    return table.separator + (" with decimal commas" if table.decimal_comma else "")


def _header_words(table: TextTable) -> list[str]:
    if table.names:
        return []
    return sorted(key for key in table.facts if key.replace("_", "").isalpha())


def _text_table(table: TextTable, n_rows: int) -> TableHead:
    n = table.data.shape[1]

    def padded(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(words[i] if i < len(words) else "" for i in range(n))

    rows = tuple(tuple(_number(v) for v in row) for row in table.data[:n_rows])
    title = f"{n} columns separated by {_dialect(table)}"
    return TableHead("", title, padded(table.names), padded(table.units), rows)


# Tables of other containers


def _fits_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    units = [hdu for hdu in probe.fits if hdu.is_table or len(hdu.spectral_shape) == 1]
    if not any(hdu.is_table for hdu in units):
        return []
    names = [hdu.name for hdu in units]
    heads = []
    for hdu in units[:_MAX_TABLES]:
        unique = bool(hdu.name) and not hdu.name.isdecimal() and names.count(hdu.name) == 1
        key = hdu.name if unique else str(hdu.index)
        heads.append(_fits_table(hdu, key, n_rows))
    return heads


def _fits_table(hdu: Hdu, key: str, n_rows: int) -> TableHead:
    if not hdu.is_table:
        return TableHead(key, f"{hdu.label}, an image of {hdu.shape[-1]} pixels", (), ())
    table = hdu.table
    columns = table.columns[:_MAX_COLUMNS]
    title = f"{hdu.label}, {table.n_rows} rows"
    part = table.rows(0, 1 if table.has_vectors else n_rows)
    cells = [_fits_cells(part, column, n_rows) for column in columns]
    return TableHead(
        key, title, tuple(c.name for c in columns), tuple(c.unit for c in columns), _across(cells)
    )


def _fits_cells(part: FitsTable, column: FitsColumn, n_rows: int) -> list[str]:
    """The first cells of a column; of a vector the first of its numbers."""
    if not n_rows or not part.n_rows:
        return []
    try:
        if column.is_text:
            return part.strings(column)
        if column.code in "LX":
            return ["…"]
        values = part.array(column, 0) if part.n_rows == 1 else part.values(column)
    except ReadError:
        return ["?"]
    return [_number(v) for v in np.asarray(values).reshape((len(values), -1))[:n_rows, 0]]


def _votable_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    from spectra_gui.readers.votable import votable_views

    views = votable_views(probe)
    names = [view.name.lower() for view in views]
    heads = []
    for i, view in enumerate(views):
        unique = bool(view.name) and not view.name.isdecimal() and names.count(names[i]) == 1
        key = "" if len(views) == 1 else view.name if unique else str(i)
        title = f"{view.name or f'table {i}'}, {view.n_rows} rows"
        heads.append(_view_table(view, key, title, n_rows))
    return heads


def _ecsv_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    from spectra_gui.readers.stringviews import StringTableError, read_ecsv, string_view

    try:
        view = string_view(read_ecsv(probe.text, max_cells=probe.caps.cells), "the table")
    except StringTableError as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} says it is ECSV, but {error}.",
            "Write it again with astropy's Table.write.",
        ) from None
    return [_view_table(view, "", f"ECSV table, {view.n_rows} rows", n_rows)]


def _view_table(view: View, key: str, title: str, n_rows: int) -> TableHead:
    columns = view.columns[:_MAX_COLUMNS]
    cells = []
    for column in columns if n_rows else ():
        values = column.cells()
        if column.is_vector:
            values = values[0] if len(values) else []
        cells.append([_word(value) for value in values[:n_rows]])
    names, units = tuple(c.name for c in columns), tuple(c.unit for c in columns)
    return TableHead(key, title, names, units, _across(cells))


def _hdf5_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    from spectra_gui.readers.families.hdf5 import array_heads

    return _array_table(*array_heads(probe, n_rows))


def _numpy_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    from spectra_gui.readers.families.npz import array_heads

    return _array_table(array_heads(probe, n_rows), {})


def _asdf_tables(probe: Probe, n_rows: int) -> list[TableHead]:
    from spectra_gui.readers.families.asdf import array_heads

    return _array_table(*array_heads(probe, n_rows))


def _array_table(
    arrays: Mapping[str, NDArray[np.float64]], units: Mapping[str, str]
) -> list[TableHead]:
    names = tuple(arrays)[:_MAX_COLUMNS]
    if not names:
        return []
    cells = [[_number(value) for value in arrays[name]] for name in names]
    units_of = tuple(units.get(name, "") for name in names)
    return [TableHead("", f"{len(names)} arrays", names, units_of, _across(cells))]


_TABLES: Final[dict[str, Callable[[Probe, int], list[TableHead]]]] = {
    "fits": _fits_tables,
    "votable": _votable_tables,
    "ecsv": _ecsv_tables,
    "hdf5": _hdf5_tables,
    "npz": _numpy_tables,
    "npy": _numpy_tables,
    "asdf": _asdf_tables,
}


def _across(columns: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Columns of cells as rows, with nothing where a column is shorter."""
    n_rows = max((len(column) for column in columns), default=0)
    return tuple(
        tuple(column[i] if i < len(column) else "" for column in columns) for i in range(n_rows)
    )


def _word(value: Any) -> str:
    return _number(value) if isinstance(value, float | np.floating) else str(value)[:_WORD_SHOWN]


def _number(value: Any) -> str:
    number = float(value)
    return "" if np.isnan(number) else f"{number:.8g}"
