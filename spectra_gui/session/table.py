"""The result table: one row a spectrum, the same columns behind every door.

Knows verdicts and rows, and what a row is in text that is separated; `table_file` writes the
formats. Values are made fit for every format in one place, `plain_row`: names come from files of
any origin.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from spectra_gui.data import ReadError, Verdict, mapping_in
from spectra_gui.data.mk import LUMINOSITY_NAMES, N_SUBTYPES, subtype_name
from spectra_gui.session.rows import Row

COLUMNS: Final = (
    "file",
    "index",
    "name",
    "type",
    "letter",
    "subtype",
    "luminosity",
    "probability",
    "state",
    "reasons",
    "credible_set",
    "rv_kms",
    "rv_err_kms",
    "snr",
    "coverage",
    "novelty",
    "bundle",
    "error",
    "mapping",
    "flags",
    "seen",
    "nearest_type",
    "nearest",
)
N_NEAREST: Final = 3
"""Training stars that the column ``nearest`` names."""

UNREADABLE: Final = "unreadable"
"""The state of a file that gave no spectrum."""

REVIEW_COLUMNS: Final = ("label", "reviewed", "quality", "comment")
"""What the window adds behind `COLUMNS`."""

GRID_COLUMNS: Final = tuple(
    f"p_{subtype_name(row)}_{name}" for row in range(N_SUBTYPES) for name in LUMINOSITY_NAMES
)
"""Columns for the probabilities of the MK grid, row by row, where they are asked for."""

_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that break a line, or that XML and UTF-8 do not hold."""

TableRow = dict[str, Any]


def plain_row(row: Mapping[str, Any]) -> TableRow:
    """A row for every format: numbers that are none become nothing, text becomes one line of text.

    Line breaks, control characters and bytes of a file name that are no text become escapes such
    as ``\\n``. Twice does no more than once.
    """
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str) and not value.isprintable():
        return "".join(_escaped(character) for character in value)
    return value


def _escaped(character: str) -> str:
    unfit = unicodedata.category(character) in _UNWRITABLE or character in "\ufffe\uffff"
    return character.encode("unicode_escape").decode() if unfit else character


def verdict_row(
    file: str,
    index: int,
    name: str,
    *,
    verdict: Verdict | None = None,
    error: ReadError | str | None = None,
    mapping: str = "",
) -> TableRow:
    """One row of the result table with the keys of `COLUMNS`; None where there is nothing.

    A file that gave no spectrum has ``state`` ``unreadable`` and the reason in ``error``; a
    refused spectrum has its type withheld, that is ``type`` to ``probability`` and
    ``credible_set`` are empty. A spectrum without verdict and error has an empty ``state``.
    ``mapping`` names the mapping of columns that the file was read by, where one was. ``seen`` is
    the training star that the spectrum is of; the nearest training stars and their type stand
    apart and change nothing of the answer.
    """
    row: TableRow = dict.fromkeys(COLUMNS)
    row |= {"file": file, "index": index, "name": name, "mapping": mapping or None}
    if error is not None:
        text = f"{error.reason} {error.advice}".strip() if isinstance(error, ReadError) else error
        row |= {"state": UNREADABLE, "error": text}
    if verdict is None:
        return row
    row |= {
        "state": verdict.state,
        "reasons": " ".join(verdict.reasons) or None,
        "rv_kms": verdict.rv_kms,
        "rv_err_kms": verdict.rv_err_kms,
        "snr": verdict.snr,
        "coverage": verdict.coverage,
        "novelty": verdict.novelty,
        "bundle": verdict.bundle,
        "flags": " ".join(verdict.flags) or None,
        "seen": None if verdict.seen is None else verdict.seen.star,
        **_nearest(verdict),
    }
    if verdict.state != "refuse":
        row |= {
            "type": verdict.type,
            "letter": verdict.letter,
            "subtype": verdict.subtype,
            "luminosity": verdict.luminosity,
            "probability": verdict.probability,
            "credible_set": verdict.credible_text,
        }
    return plain_row(row)


def _nearest(verdict: Verdict) -> TableRow:
    """What the nearest training stars say, and which they are, with their catalogue types."""
    opinion = verdict.second_opinion
    if opinion is None:
        return {}
    stars = ", ".join(f"{star.name} ({star.type})" for star in opinion.stars[:N_NEAREST])
    return {"nearest_type": opinion.type or None, "nearest": stars or None}


def document_table(rows: Iterable[Row]) -> list[TableRow]:
    """The result table of a document's rows, with the review columns."""
    table = []
    for row in rows:
        by = None if row.reading_info is None else mapping_in(row.reading_info.decisions)
        entry = verdict_row(
            row.path,
            row.number,
            row.title,
            verdict=row.verdict,
            error=row.error,
            mapping=by.value if by else "",
        )
        if row.problem and row.error is None:
            entry["error"] = row.problem
        entry |= {
            "label": row.label,
            "reviewed": row.reviewed,
            "quality": row.quality,
            "comment": row.comment or None,
        }
        table.append(plain_row(entry))
    return table


def to_csv(table: list[TableRow], *, delimiter: str = ",") -> str:
    """Separated text with a header line; empty where there is nothing.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(_names(table))
    writer.writerows(csv_cells(row) for row in table)
    return stream.getvalue()


def csv_cells(row: Mapping[str, Any]) -> list[str]:
    """The cells of a row of CSV, unquoted; see `to_csv`."""
    cells = ("" if value is None else str(value) for value in plain_row(row).values())
    return [_no_formula(cell) for cell in cells]


def _names(table: list[TableRow]) -> list[str]:
    return list(table[0]) if table else list(COLUMNS)


def _no_formula(text: str) -> str:
    """A cell of CSV as text, not as a formula (CWE-1236).

    Names such as ``+45 1234`` are no formulas; a sign needs a call, a pipe or a sheet behind it.
    """
    first = text[:1]
    runs = first in ("=", "@") or (first in ("+", "-") and any(c in text for c in "(|!="))
    return f"'{text}" if runs else text
