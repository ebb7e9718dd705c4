"""The result table as a file: CSV, ECSV, FITS, VOTable or JSON, behind every door the same.

Rows are streamed and never held together. Knows the columns; knows no verdict and needs no astropy,
whose import would hold up a window.
"""

from __future__ import annotations

import csv
import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Literal, TextIO
from xml.sax.saxutils import escape

from spectra_gui.session.table import COLUMNS, GRID_COLUMNS, TableRow, csv_cells, plain_row

FORMATS: Final[Mapping[str, str]] = {
    "csv": "CSV",
    "ecsv": "ECSV, with units",
    "fits": "FITS table",
    "vot": "VOTable",
    "json": "JSON",
}
"""Ending → name of the format."""

_Kind = Literal["int64", "float64", "bool", "string"]
_KINDS: Final[Mapping[str, _Kind]] = {
    "index": "int64",
    "subtype": "float64",
    "probability": "float64",
    "rv_kms": "float64",
    "rv_err_kms": "float64",
    "snr": "float64",
    "coverage": "float64",
    "novelty": "float64",
    "reviewed": "bool",
    "quality": "int64",
    **dict.fromkeys(GRID_COLUMNS, "float64"),
}
"""Columns that are no text."""

_UNITS: Final[Mapping[str, str]] = {"rv_kms": "km / s", "rv_err_kms": "km / s"}
_FITS_BLOCK: Final = 2880
_FITS_CARD: Final = 80
_NO_INTEGER: Final = -(2**63)
"""What stands in FITS for an integer that is not there (TNULLn)."""


def format_of(path: Path) -> str:
    """The format that a file's ending names; raises ``ValueError`` on another ending."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise ValueError(f"{path}: the ending must be one of .{', .'.join(FORMATS)}")
    return ending


def write_rows(rows: Iterable[TableRow], path: Path, *, columns: Sequence[str] = COLUMNS) -> None:
    """Write the table in one step: the old file stays until the new one is whole.

    ``rows`` are gone through once or twice, and never held together.

    Raises
    ------
    ValueError
        Where the ending names no format.
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
                _STREAMS[kind](table, text)
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


def _kind(name: str) -> _Kind:
    return _KINDS.get(name, "string")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _stream_csv(table: _Table, stream: TextIO) -> None:
    """Separated text with a header line; see `csv_cells`."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(csv_cells(row) for row in table)


def _stream_json(table: _Table, stream: TextIO) -> None:
    """A list of rows, null where there is nothing."""
    begin = "["
    for row in table:
        text = json.dumps(row, ensure_ascii=False, indent=1, allow_nan=False)
        stream.write(f"{begin}\n " + text.replace("\n", "\n "))
        begin = ","
    stream.write("[]\n" if begin == "[" else "\n]\n")


def _stream_ecsv(table: _Table, stream: TextIO) -> None:
    """Enhanced CSV 1.0 (Robitaille & Aldcroft, APE 6) with types and units of the columns."""
    stream.write("# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n")
    for name in table.columns:
        unit = f", unit: {_UNITS[name]}" if name in _UNITS else ""
        stream.write(f"# - {{name: {name}{unit}, datatype: {_kind(name)}}}\n")
    stream.write("# schema: astropy-2.0\n" + ",".join(table.columns) + "\n")
    # Text in quotes, since a line that begins with the # of a file's name would be a comment.
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    for row in table:
        writer.writerow(["" if value is None else value for value in row.values()])


def _stream_votable(table: _Table, stream: TextIO) -> None:
    """A VOTable 1.4 of TABLEDATA (IVOA recommendation, 2019); an empty cell is a null (section 6).

    Its text is Unicode of any length (section 2.1).
    """
    types = {"int64": "long", "float64": "double", "bool": "boolean"}
    stream.write(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        ' <RESOURCE type="results">\n  <TABLE>\n'
    )
    for name in table.columns:
        datatype = types.get(_kind(name), "unicodeChar")
        length = ' arraysize="*"' if _kind(name) == "string" else ""
        unit = f' unit="{_UNITS[name].replace(" ", "")}"' if name in _UNITS else ""
        stream.write(f'   <FIELD name="{name}" datatype="{datatype}"{length}{unit}/>\n')
    stream.write("   <DATA><TABLEDATA>\n")
    for row in table:
        cells = (escape(_votable_cell(value)) for value in row.values())
        stream.write("    <TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>\n")
    stream.write("   </TABLEDATA></DATA>\n  </TABLE>\n </RESOURCE>\n</VOTABLE>\n")


def _votable_cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else _text(value)


_STREAMS: Final[Mapping[str, Callable[[_Table, TextIO], None]]] = {
    "csv": _stream_csv,
    "ecsv": _stream_ecsv,
    "vot": _stream_votable,
    "json": _stream_json,
}


def _stream_fits(table: _Table, stream: BinaryIO) -> None:
    """A binary table (FITS standard 4.0, 7.3): NaN where there is no number."""
    widths = {name: 1 for name in table.columns if _kind(name) == "string"}
    n_rows = 0
    for row in table:
        n_rows += 1
        for name in widths:
            widths[name] = max(widths[name], len(_ascii(row[name])))
    codes = {"int64": "q", "float64": "d", "bool": "c"}
    codes_of = {n: f"{widths[n]}s" if n in widths else codes[_kind(n)] for n in table.columns}
    packed = struct.Struct(">" + "".join(codes_of.values()))
    primary = [("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)]
    stream.write(_fits_header(primary))
    stream.write(_fits_header(_table_cards(table.columns, widths, packed.size, n_rows)))
    for row in table:
        stream.write(packed.pack(*(_fits_cell(name, value) for name, value in row.items())))
    stream.write(bytes(-stream.tell() % _FITS_BLOCK))


def _table_cards(
    columns: Sequence[str], widths: Mapping[str, int], row_bytes: int, n_rows: int
) -> list[tuple[str, str | int | bool]]:
    """The header of a binary table (7.3.1 and 7.3.2)."""
    forms = {"int64": "K", "float64": "D", "bool": "L"}
    cards: list[tuple[str, str | int | bool]] = [
        ("XTENSION", "BINTABLE"),
        ("BITPIX", 8),
        ("NAXIS", 2),
        ("NAXIS1", row_bytes),
        ("NAXIS2", n_rows),
        ("PCOUNT", 0),
        ("GCOUNT", 1),
        ("TFIELDS", len(columns)),
    ]
    for number, name in enumerate(columns, 1):
        kind = _kind(name)
        cards.append((f"TTYPE{number}", name))
        cards.append((f"TFORM{number}", f"{widths[name]}A" if kind == "string" else forms[kind]))
        if kind == "int64":
            cards.append((f"TNULL{number}", _NO_INTEGER))
        if name in _UNITS:
            cards.append((f"TUNIT{number}", _UNITS[name].replace(" / s", " s-1")))
    return cards


def _fits_header(cards: Iterable[tuple[str, str | int | bool]]) -> bytes:
    """Cards of 80 letters in fixed format (4.2), filled up to whole blocks."""
    lines = [f"{keyword:<8}= {_fits_value(value)}".ljust(_FITS_CARD) for keyword, value in cards]
    text = "".join(lines) + "END".ljust(_FITS_CARD)
    return text.ljust(-(-len(text) // _FITS_BLOCK) * _FITS_BLOCK).encode("ascii")


def _fits_value(value: str | int | bool) -> str:
    if isinstance(value, str):
        return f"'{value:<8}'"
    return f"{('T' if value else 'F') if isinstance(value, bool) else value:>20}"


def _fits_cell(name: str, value: Any) -> bytes | int | float:
    kind = _kind(name)
    if kind == "string":
        return _ascii(value).encode()
    if kind == "bool":
        return {True: b"T", False: b"F"}.get(value, b"\0")
    if value is None:
        return _NO_INTEGER if kind == "int64" else float("nan")
    return int(value) if kind == "int64" else float(value)


def _ascii(value: Any) -> str:
    """Text in ASCII, which is all that FITS holds (standard 4.0, 3.3.2)."""
    text = _text(value).replace("\N{EN DASH}", "-")
    return text.encode("ascii", "backslashreplace").decode()
