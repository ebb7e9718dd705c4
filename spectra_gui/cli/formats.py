"""The result table in the formats of the command line."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, TextIO

from spectra_gui.cli.options import UsageError
from spectra_gui.data.mk import LUMINOSITY_NAMES, N_SUBTYPES, subtype_name
from spectra_gui.session.table import (
    COLUMNS,
    TableRow,
    plain_row,
    stream_csv,
    stream_ecsv,
    stream_json,
)

FORMATS: Final = ("csv", "ecsv", "fits", "vot", "json")
GRID_COLUMNS: Final = tuple(
    f"p_{subtype_name(row)}_{name}" for row in range(N_SUBTYPES) for name in LUMINOSITY_NAMES
)
"""Columns that ``--probabilities`` adds: the MK grid, row by row."""

_INTEGERS: Final = frozenset({"index"})
_NUMBERS: Final = frozenset(
    {"subtype", "probability", "rv_kms", "rv_err_kms", "snr", "coverage", "novelty", *GRID_COLUMNS}
)
_FITS_BLOCK: Final = 2880
_UNITS: Final = {"rv_kms": "km / s", "rv_err_kms": "km / s"}


def format_of(path: Path) -> str:
    """The format that a file's ending names; raises `UsageError` on another ending."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UsageError(f"--out {path}: the ending must be one of .{', .'.join(FORMATS)}, or be -")
    return ending


def write_rows(rows: Iterable[TableRow], path: Path, *, columns: Sequence[str] = COLUMNS) -> None:
    """Write the table in one step: the old file stays until the new one is whole.

    ``rows`` are gone through once or twice, and never held together.

    Raises
    ------
    OSError
        Where the disk refuses.
    """
    kind = format_of(path)
    table = _Table(rows, columns)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        temporary = Path(folder) / path.name
        if kind == "fits":
            with temporary.open("wb") as stream:
                _stream_fits(table, stream)
                _reach_disk(stream)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as text:
                if kind == "vot":
                    _stream_votable(table, text)
                elif kind == "json":
                    stream_json(table, text)
                else:
                    write = stream_csv if kind == "csv" else stream_ecsv
                    write(table, text, names=columns)
                _reach_disk(text)
        temporary.replace(path)


def _reach_disk(stream: IO[Any]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


class _Table:
    """Rows with the columns of the table, fit for every format, as often as they are asked for."""

    def __init__(self, rows: Iterable[TableRow], columns: Sequence[str]) -> None:
        self._rows, self.columns = rows, columns

    def __iter__(self) -> Iterator[TableRow]:
        for row in self._rows:
            yield plain_row({name: row.get(name) for name in self.columns})


def _widths(
    rows: Iterable[TableRow], columns: Sequence[str], *, to_text: Callable[[Any], str]
) -> tuple[int, dict[str, int]]:
    """How many rows there are, and the longest text of each column of text, in letters."""
    widths = {name: 1 for name in columns if name not in _INTEGERS | _NUMBERS}
    n_rows = 0
    for row in rows:
        n_rows += 1
        for name in widths:
            widths[name] = max(widths[name], len(to_text(row[name])))
    return n_rows, widths


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _number_kind(name: str, order: str) -> str:
    return f"{order}i8" if name in _INTEGERS else f"{order}f8"


def _ascii(value: Any) -> str:
    """Text in ASCII, which is all that FITS holds (standard 4.0, 3.3.2)."""
    text = _text(value).replace("\N{EN DASH}", "-")
    return text.encode("ascii", "backslashreplace").decode()


def _empty_table(columns: Sequence[str], widths: dict[str, int], letter: str) -> Any:
    """An astropy table without rows that says what the columns are."""
    import numpy as np
    from astropy.table import Column, Table

    table = Table()
    for name in columns:
        dtype = f"{letter}{widths[name]}" if name in widths else _number_kind(name, "=")
        table[name] = Column(np.zeros(0, dtype), unit=_UNITS.get(name))
    return table


def _stream_fits(table: _Table, stream: BinaryIO) -> None:
    """A binary table (FITS standard 4.0, 7.3): NaN where there is no number."""
    import numpy as np
    from astropy.io import fits

    n_rows, widths = _widths(table, table.columns, to_text=_ascii)
    unit = fits.table_to_hdu(_empty_table(table.columns, widths, "S"))
    unit.header["NAXIS2"] = n_rows
    stream.write(fits.PrimaryHDU().header.tostring().encode("ascii"))
    stream.write(unit.header.tostring().encode("ascii"))
    kinds = [f"S{widths[n]}" if n in widths else _number_kind(n, ">") for n in table.columns]
    dtype = np.dtype(list(zip(table.columns, kinds, strict=True)))
    for row in table:
        cells = (
            _ascii(value) if name in widths else np.nan if value is None else value
            for name, value in row.items()
        )
        stream.write(np.array(tuple(cells), dtype).tobytes())
    stream.write(bytes(-stream.tell() % _FITS_BLOCK))


def _stream_votable(table: _Table, stream: TextIO) -> None:
    """A VOTable 1.4 of TABLEDATA; an empty cell is a null (section 6)."""
    from xml.sax.saxutils import escape

    from astropy.io.votable import from_table

    _, widths = _widths(table, table.columns, to_text=_text)
    head = io.BytesIO()
    from_table(_empty_table(table.columns, widths, "U")).to_xml(head)
    before, end, after = head.getvalue().decode().partition("</TABLE>")
    stream.write(before.rstrip() + "\n   <DATA><TABLEDATA>\n")
    for row in table:
        cells = (escape(_text(row[name])) for name in table.columns)
        stream.write("    <TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>\n")
    stream.write(f"   </TABLEDATA></DATA>\n  {end}{after}")
