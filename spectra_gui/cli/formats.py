"""The result table in the formats of the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from spectra_gui.cli.options import UsageError
from spectra_gui.data.mk import LUMINOSITY_NAMES, N_SUBTYPES, subtype_name
from spectra_gui.session.table import COLUMNS, TableRow, plain_row, write_table

FORMATS: Final = ("csv", "ecsv", "fits", "vot", "json")
GRID_COLUMNS: Final = tuple(
    f"p_{subtype_name(row)}_{name}" for row in range(N_SUBTYPES) for name in LUMINOSITY_NAMES
)
"""Columns that ``--probabilities`` adds: the MK grid, row by row."""

_INTEGERS: Final = frozenset({"index"})
_NUMBERS: Final = frozenset(
    {"subtype", "probability", "rv_kms", "rv_err_kms", "snr", "coverage", "novelty", *GRID_COLUMNS}
)
_UNITS: Final = {"rv_kms": "km / s", "rv_err_kms": "km / s"}


def format_of(path: Path) -> str:
    """The format that a file's ending names; raises `UsageError` on another ending."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UsageError(f"--out {path}: the ending must be one of .{', .'.join(FORMATS)}, or be -")
    return ending


def write_rows(rows: Sequence[TableRow], path: Path, *, columns: Sequence[str] = COLUMNS) -> None:
    """Write the table in one step: the old file stays until the new one is whole.

    Raises
    ------
    OSError
        Where the disk refuses.
    """
    table = [plain_row({name: row.get(name) for name in columns}) for row in rows]
    kind = format_of(path)
    if kind in ("csv", "ecsv", "json"):
        write_table(table, path)
        return
    if kind == "fits":
        table = _ascii_text(table)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        temporary = Path(folder) / path.name
        _astropy_table(table, columns).write(
            temporary, format={"fits": "fits", "vot": "votable"}[kind]
        )
        temporary.replace(path)


def _astropy_table(rows: Sequence[TableRow], columns: Sequence[str]) -> Any:
    """An astropy table: text empty and numbers masked where a row has nothing."""
    import numpy as np
    from astropy.table import MaskedColumn, Table

    table = Table()
    for name in columns:
        values = [row[name] for row in rows]
        if name in _INTEGERS:
            table[name] = np.array(values, dtype=np.int64)
        elif name in _NUMBERS:
            missing = [value is None for value in values]
            numbers = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
            table[name] = MaskedColumn(numbers, mask=missing, unit=_UNITS.get(name))
        else:
            table[name] = np.array(["" if value is None else str(value) for value in values], str)
    return table


def _ascii_text(rows: Sequence[TableRow]) -> list[TableRow]:
    """The rows with their text in ASCII, which is all that FITS holds (standard 4.0, 3.3.2)."""
    return [
        {
            name: value.replace("\N{EN DASH}", "-").encode("ascii", "backslashreplace").decode()
            if isinstance(value, str)
            else value
            for name, value in row.items()
        }
        for row in rows
    ]
