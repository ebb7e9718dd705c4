"""Columns of FITS binary and ASCII tables as numpy arrays, straight from the bytes.

Source: FITS standard 4.0, sections 7.2 and 7.3. Knows no spectrum.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import ReadError
from spectra_gui.readers.fitsheader import Sliced

_CARD: Final = re.compile(
    rb"(TTYPE|TFORM|TUNIT|TUTYP|TUCD|TDIM|TSCAL|TZERO|TNULL|TBCOL)(\d{1,3}) *= *"
    rb"(?:'((?:[^']|'')*)'?|([^/]*))"
)
_T: Final = ord("T")
_DTYPES: Final = {
    "L": "S1",
    "B": "u1",
    "I": ">i2",
    "J": ">i4",
    "K": ">i8",
    "E": ">f4",
    "D": ">f8",
    "C": ">c8",
    "M": ">c16",
    "P": ">i4",
    "Q": ">i8",
}


_MIN_VECTOR: Final = 10
"""From so many numbers in a cell, a table's rows are spectra and not points."""


_ROWS_AT_ONCE: Final = 1000


class _File(Protocol):
    @property
    def data(self) -> Sliced: ...
    def span(self, begin: int, size: int) -> bytes | memoryview: ...
    def check_size(self, count: int, what: str) -> None: ...
    def damaged(self, why: str) -> Exception: ...
    def truncated(self, what: str) -> Exception: ...


class _Numbers(Protocol):
    def number(self, *keys: str) -> float | None: ...
    def text(self, *keys: str) -> str: ...


@dataclass(frozen=True, slots=True)
class FitsColumn:
    """One column's description; ``repeat`` is the number of elements in a row."""

    name: str
    form: str
    code: str
    repeat: int
    offset: int
    width: int
    unit: str
    utype: str
    ucd: str
    scale: float
    zero: float
    null: int | None

    @property
    def is_variable(self) -> bool:
        """Whether rows hold arrays of differing length (P and Q descriptors)."""
        return self.code in "PQ"

    @property
    def is_vector(self) -> bool:
        """Whether a cell holds as many numbers as a spectrum has."""
        return self.code not in "AXL" and (self.is_variable or self.repeat >= _MIN_VECTOR)

    @property
    def is_text(self) -> bool:
        """Whether the column holds characters."""
        return self.code == "A"


class FitsTable:
    """A table's columns by name (case does not matter), decoded one by one."""

    def __init__(
        self,
        *,
        header: _Numbers,
        cards: bytes,
        start: int,
        file: _File,
    ) -> None:
        self._start = self._heap_start = start
        self._fail = self._file = file
        self._ascii = header.text("XTENSION").upper() == "TABLE"
        self.row_bytes = int(header.number("NAXIS1") or 0)
        self.n_rows = int(header.number("NAXIS2") or 0)
        self._heap = int(header.number("THEAP") or self.row_bytes * self.n_rows)
        self.columns = self._describe(cards, int(header.number("TFIELDS") or 0))
        self._by_name = {c.name.lower(): c for c in reversed(self.columns)}

    @property
    def has_vectors(self) -> bool:
        """Whether rows hold as many numbers as a spectrum has, so that each may be one."""
        return any(c.is_vector for c in self.columns)

    def rows(self, first: int, count: int) -> FitsTable:
        """At most ``count`` rows from ``first``, as if the table had no others."""
        part = copy(self)
        first = min(max(first, 0), self.n_rows)
        part.n_rows = min(count, self.n_rows - first)
        part._start = self._start + first * self.row_bytes
        return part

    def _describe(self, cards: bytes, n_fields: int) -> tuple[FitsColumn, ...]:
        facts: dict[tuple[str, int], str] = {}
        for place in range(0, len(cards), 80):
            # Most cards are not of a column; a byte tells faster than the pattern.
            match = _CARD.match(cards, place, place + 80) if cards[place] == _T else None
            if match:
                quoted, bare = match[3], match[4]
                value = (quoted if quoted is not None else bare).decode("latin-1").strip()
                facts[match[1].decode(), int(match[2])] = value.replace("''", "'")
        columns: list[FitsColumn] = []
        offset = 0
        for i in range(1, min(n_fields, 999) + 1):
            column = self._column(facts, i, offset)
            columns.append(column)
            offset = column.offset + column.width
        return tuple(columns)

    def _column(self, facts: dict[tuple[str, int], str], i: int, offset: int) -> FitsColumn:
        form = facts.get(("TFORM", i), "").upper()
        match = re.match(r"(\d*)([LXBIJKAEDCMPQF])", form)
        if match is None:
            raise self._fail.damaged(f"the format {form!r} of table column {i} is not valid")
        code = match[2]
        if code == "F" and not self._ascii:
            raise self._fail.damaged(f"the format {form!r} of table column {i} is not valid")
        repeat = int(match[1] or 1)
        if self._ascii:
            size = re.match(r"[AIFED](\d+)", form)
            code, repeat, width = ("A" if code == "A" else "F"), 1, int(size[1]) if size else 1
            offset = int(_float(facts.get(("TBCOL", i)), 1.0)) - 1
        elif code == "A":
            width = repeat
        elif code == "X":
            width = (repeat + 7) // 8
        else:
            width = repeat * np.dtype(_DTYPES[code]).itemsize * (2 if code in "PQ" else 1)
        null = facts.get(("TNULL", i), "")
        return FitsColumn(
            name=facts.get(("TTYPE", i), "") or f"col{i}",
            form=form,
            code=code,
            repeat=repeat,
            offset=offset,
            width=width,
            unit=facts.get(("TUNIT", i), ""),
            utype=facts.get(("TUTYP", i), ""),
            ucd=facts.get(("TUCD", i), ""),
            scale=_float(facts.get(("TSCAL", i)), 1.0),
            zero=_float(facts.get(("TZERO", i)), 0.0),
            null=int(null) if re.fullmatch(r"[+-]?\d{1,18}", null) else None,
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names in lower case, in order."""
        return tuple(c.name.lower() for c in self.columns)

    def find(self, *names: str) -> FitsColumn | None:
        """The first of ``names`` that is a column (case does not matter), or None."""
        return next((self._by_name[n.lower()] for n in names if n.lower() in self._by_name), None)

    def has(self, *names: str) -> bool:
        """Whether all of ``names`` are columns."""
        return all(n.lower() in self._by_name for n in names)

    def values(self, column: FitsColumn) -> NDArray[np.float64]:
        """A numeric column as float64: (n_rows,) for scalars, (n_rows, repeat) for vectors.

        Scaled; NULL integers are NaN. Not for text or variable-length columns.
        """
        self._check(column)
        if self._ascii:
            return self._ascii_values(column)
        if column.code in "LXPQA":
            raise self._fail.damaged(f"column {column.name} holds no numbers")
        self._fail.check_size(self.n_rows * column.repeat, f"column {column.name}")
        dtype = np.dtype(_DTYPES[column.code])
        values = self._scale(self._raw(column, dtype, column.repeat), column)
        return values[:, 0] if column.repeat == 1 else values

    def _raw(self, column: FitsColumn, dtype: np.dtype[Any], n: int) -> NDArray[Any]:
        """(n_rows, n) cells as stored; `_check` says that they exist.

        Of a large file a thousand rows at a time are looked at, so that a narrow column of a
        wide table does not take the memory of the table.
        """
        step = self.n_rows if isinstance(self._file.data, bytes) else _ROWS_AT_ONCE
        parts = []
        for first in range(0, self.n_rows, step):
            rows = min(step, self.n_rows - first)
            begin = self._start + first * self.row_bytes + column.offset
            span = self._file.span(begin, (rows - 1) * self.row_bytes + column.width)
            strides = (self.row_bytes, dtype.itemsize)
            parts.append(np.ndarray((rows, n), dtype, span, 0, strides))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def array(self, column: FitsColumn, row: int) -> NDArray[np.float64]:
        """The elements of one row as (n,) float64; variable-length columns too."""
        self._check(column)
        if not column.is_variable:
            return np.atleast_1d(self.values(column)[row])
        kind = np.dtype(_DTYPES[column.code])
        place = self._start + row * self.row_bytes + column.offset
        described = self._file.span(place, 2 * kind.itemsize)
        count, offset = (int(n) for n in np.frombuffer(described, kind))
        element = re.match(r"\d*[PQ]([LBIJKEDCM])", column.form)
        if element is None:
            raise self._fail.damaged(f"column {column.name} holds no numbers")
        dtype = np.dtype(_DTYPES[element[1]])
        self._fail.check_size(count, f"column {column.name}")
        if count < 0 or offset < 0:
            raise self._fail.damaged(f"column {column.name} points outside of the file")
        begin = self._heap_start + self._heap + offset
        raw = np.frombuffer(self._file.span(begin, count * dtype.itemsize), dtype)
        return self._scale(raw, column)

    def _scale(self, raw: NDArray[Any], column: FitsColumn) -> NDArray[np.float64]:
        values = np.asarray(raw.real, dtype=np.float64)
        if column.null is not None and raw.dtype.kind in "iu":
            values = np.where(raw == column.null, np.nan, values)
        if column.scale not in (0.0, 1.0):
            values = values * column.scale
        return values + column.zero if column.zero else values

    def integers(self, column: FitsColumn) -> list[int]:
        """An integer column of one element a row, exactly (source numbers exceed float64)."""
        self._check(column)
        raw = self._raw(column, np.dtype(_DTYPES[column.code]), 1)
        return [int(value) + int(column.zero) for value in raw[:, 0]]

    def strings(self, column: FitsColumn) -> list[str]:
        """A text column as stripped strings, one a row."""
        self._check(column)
        self._fail.check_size(self.n_rows * max(column.width, 1), f"column {column.name}")
        raw = self._raw(column, np.dtype(f"S{max(column.width, 1)}"), 1)
        return [bytes(cell).decode("latin-1").strip("\x00 ") for cell in raw[:, 0]]

    def first(self, *names: str) -> Any:
        """The value in the first row of the first of ``names``: text, number or None."""
        column = self.find(*names)
        if column is None or self.n_rows < 1 or column.is_variable or column.width < 1:
            return None
        try:
            cell = self._file.span(self._start + column.offset, column.width)
        except ReadError:
            return None
        if column.is_text:
            return bytes(cell).decode("latin-1").strip("\x00 ")
        if column.code in "LX" or self._ascii:
            return None
        raw = np.frombuffer(cell, _DTYPES[column.code])
        return float(self._scale(raw[:1], column)[0])

    def _check(self, column: FitsColumn) -> None:
        outside = column.offset + column.width > self.row_bytes
        if outside or self.n_rows < 1 or column.width < 1:
            raise self._fail.damaged(f"the table with column {column.name} has no such data")
        last = self._start + (self.n_rows - 1) * self.row_bytes + column.offset + column.width
        if last > len(self._file.data):
            raise self._fail.truncated(f"the table with column {column.name}")

    def _ascii_values(self, column: FitsColumn) -> NDArray[np.float64]:
        cells = self.strings(column)
        values = np.full(len(cells), np.nan)
        for i, cell in enumerate(cells):
            values[i] = _float(cell.replace("D", "E").replace("d", "e"), np.nan)
        return values


def _float(text: str | None, default: float) -> float:
    try:
        return float((text or "").replace("D", "E"))
    except ValueError:
        return default
