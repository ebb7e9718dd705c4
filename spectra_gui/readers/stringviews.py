"""Tables whose cells are text (CSV, ECSV) as `views.View`s. Knows no spectrum.

ECSV: https://github.com/astropy/astropy-APEs/blob/main/APE6.rst
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from spectra_gui.data import ReadError
from spectra_gui.readers.views import Column, Facts, View
from spectra_gui.readers.yamltree import YamlError, load_plain_yaml

_MAX_FIELD: Final = 1 << 20


class StringTableError(ValueError):
    """A text table that breaks its own format; the message is part of a sentence."""


@dataclass(slots=True)
class StringTable:
    """Rows of cells, with what the header says of each column."""

    names: list[str]
    rows: list[list[str]]
    units: list[str] = field(default_factory=list)
    ucds: list[str] = field(default_factory=list)
    utypes: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)


def read_csv(text: str, *, max_cells: int) -> StringTable:
    """Comma-separated cells below one line of names.

    Raises `StringTableError`, and ``ReadError`` (``too_large``).
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = _rows(lines, ",", max_cells)
    if len(rows) < 2:
        raise StringTableError("it has no rows")
    return StringTable(rows[0], rows[1:])


def read_ecsv(text: str, *, max_cells: int) -> StringTable:
    """An ECSV table; raises `StringTableError`, and ``ReadError`` (``too_large``)."""
    lines = text.lstrip("\ufeff").splitlines()
    head = [line for line in lines[:20_000] if line.startswith("#")]
    body = [line for line in lines if line.strip() and not line.startswith("#")]
    try:
        header = load_plain_yaml("\n".join(re.sub(r"^# ?", "", line) for line in head[1:]))
    except YamlError as error:
        raise StringTableError(str(error)) from None
    described = header.get("datatype")
    if not isinstance(described, list) or not all(isinstance(d, dict) for d in described):
        raise StringTableError("its header describes no columns")
    delimiter = "," if header.get("delimiter") == "," else " "
    rows = _rows(body, delimiter, max_cells)
    if not rows:
        raise StringTableError("it has no rows")
    columns = [dict(d) for d in described]
    names = [str(d.get("name", "")) for d in columns]
    if rows[0] != names:
        raise StringTableError("its line of names does not match its header")
    metas: list[dict[str, Any]] = [
        m if isinstance(m := d.get("meta"), dict) else {} for d in columns
    ]
    meta = header.get("meta")
    return StringTable(
        names,
        rows[1:],
        units=[_unit_text(d.get("unit")) for d in columns],
        ucds=[str(m.get("ucd", "")) for m in metas],
        utypes=[str(m.get("utype", "")) for m in metas],
        meta=_flat(meta),
    )


def _rows(lines: Iterable[str], delimiter: str, max_cells: int) -> list[list[str]]:
    csv.field_size_limit(_MAX_FIELD)
    rows: list[list[str]] = []
    left = max_cells
    try:
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
            rows.append([cell.strip() for cell in row])
            left -= len(row)
            if left < 0:
                raise ReadError(
                    "too_large",
                    f"It is a table of text with more than {max_cells} cells.",
                    "Save it as FITS, which is read much faster, or cut out what is of use.",
                )
    except csv.Error as error:
        raise StringTableError(str(error)) from None
    return rows


def _unit_text(unit: Any) -> str:
    if isinstance(unit, dict):
        unit = unit.get("unit")
    return "" if unit is None else str(unit)


def _flat(meta: Any) -> dict[str, Any]:
    """Plain values of the header's meta, which may be a mapping or a list of pairs."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(meta, dict):
        pairs = list(meta.items())
    elif isinstance(meta, list):
        for item in meta:
            if isinstance(item, dict):
                pairs.extend(item.items())
            elif isinstance(item, tuple) and len(item) == 2:
                pairs.append(item)
    plain = {str(k): v for k, v in pairs if isinstance(v, str | int | float | bool)}
    lists = {str(k): str(v) for k, v in pairs if isinstance(v, list | tuple)}
    return {**lists, **plain}


def string_view(table: StringTable, label: str) -> View:
    """The table as a view; cells such as ``[1, 2]`` and ``(1, 2)`` are vectors."""
    columns = tuple(_column(table, i) for i in range(len(table.names)))
    named = next(
        (i for i, n in enumerate(table.names) if n.lower() in ("source_id", "object", "name")), None
    )
    labels = () if named is None else tuple(_cell(row, named) for row in table.rows)
    header = Facts(table.meta)
    return View(columns, len(table.rows), label, header, labels=labels)


def _column(table: StringTable, i: int) -> Column:
    def of(words: list[str]) -> str:
        return words[i] if i < len(words) else ""

    first = next((c for row in table.rows[:100] if (c := _cell(row, i))), "")
    is_vector = first[:1] in ("[", "(")
    cells: Callable[[], Any] = (
        (lambda: [parse_vector(_cell(row, i)) for row in table.rows])
        if is_vector
        else (lambda: _numbers([_cell(row, i) for row in table.rows]))
    )
    return Column(
        table.names[i], of(table.units), of(table.utypes), of(table.ucds), is_vector, cells
    )


def _cell(row: list[str], i: int) -> str:
    return row[i] if i < len(row) else ""


def _numbers(cells: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            values[i] = float(cell)
        except ValueError:
            continue
    return values


def parse_vector(cell: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers of ``[1, 2]`` or ``(1, 2)``; NaN for what is none."""
    words = cell.strip("[]() \t").replace(",", " ").split()
    try:
        return np.fromiter(map(float, words), np.float64, len(words))
    except ValueError:
        return _numbers(words)
