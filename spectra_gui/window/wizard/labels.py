"""Labels for a training: a person's table or the reviewed rows of the list, as one kind of table.

Knows text tables and MK strings; knows no Qt and reads no spectrum.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spectra_gui.data import MKParseError, parse_mk
from spectra_gui.session import Row

LARGEST_TABLE: Final = 64 * 2**20
ROLES: Final = ("file", "type", "star", "index")
"""What a column may be; the first two are needed."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "file": ("file", "filename", "file_name", "path", "spectrum", "spec", "fits", "name"),
    "type": (
        "type",
        "sptype",
        "sp_type",
        "spectral_type",
        "spt",
        "mk",
        "mk_type",
        "label",
        "class",
    ),
    "star": ("star", "object", "star_name", "target", "id", "hd", "name"),
    "index": ("index", "row", "number", "i"),
}


class LabelError(Exception):
    """A table that gives no labels; the message is for a person."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was read: a header and rows of text, each as long as the header."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """One spectrum with its type; ``number`` is the row of the table or list, from 1."""

    number: int
    file: Path
    index: int
    star: str
    type: str
    override: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot teach: which, what it says, and why not."""

    number: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What a table or the list gives for a training."""

    good: tuple[Label, ...]
    problems: tuple[Problem, ...]


def read_table(path: Path) -> TextTable:
    """A text table with comma, semicolon or tab; a byte-order mark is fine.

    Raises
    ------
    LabelError
        If there is no such file, or it is no such table.
    """
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise LabelError(f"{path.name} is too large for a label table.")
        raw = path.read_bytes()
    except OSError as error:
        raise LabelError(f"{path} cannot be read ({error.strerror}). Choose another table.") from (
            error
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in raw:
            raise LabelError(f"{path.name} is no text table. Save it as CSV.") from None
        text = raw.decode("latin-1")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) < 2:
        raise LabelError(f"{path.name} has no rows under its header.")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        header, *rows = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise LabelError(f"{path.name} is no text table ({error}). Save it as CSV.") from error
    width = len(header)
    if width < 2:
        raise LabelError(
            f"{path.name} has one column only. A label table has a column of file names and one of "
            "types, set apart by comma, semicolon or tab."
        )
    cut = [tuple(cell.strip() for cell in (*row, *[""] * width)[:width]) for row in rows]
    return TextTable(path, tuple(name.strip() for name in header), tuple(cut))


def guess_columns(table: TextTable) -> dict[str, int]:
    """Role → column, by the names in the header, else by what the columns hold."""
    names = [name.casefold().replace(" ", "_") for name in table.header]
    found: dict[str, int] = {}
    for role in ROLES:
        for name in _NAMES[role]:
            if name in names and names.index(name) not in found.values():
                found[role] = names.index(name)
                break
    if "type" not in found:
        shares = [_share_of_types(table, i) for i in range(len(names))]
        if max(shares) > 0.5:
            found["type"] = shares.index(max(shares))
    if "file" not in found:
        looks = [_share_of_files(table, i) for i in range(len(names))]
        if max(looks) > 0.5:
            found["file"] = looks.index(max(looks))
    return found


def _share_of_types(table: TextTable, column: int) -> float:
    sample = [row[column] for row in table.rows[:50]]
    return sum(_why_not_a_type(text) == "" for text in sample) / len(sample)


def _share_of_files(table: TextTable, column: int) -> float:
    sample = [row[column] for row in table.rows[:20]]
    return sum(bool(t) and _is_file(table.path.parent / t) for t in sample) / len(sample)


def labels_of_table(table: TextTable, columns: Mapping[str, int]) -> Labels:
    """The labels that the chosen columns give; rows that cannot teach are told with the reason.

    A file is looked for in the table's folder, by its name and then by its name without ending.
    """
    if "file" not in columns or "type" not in columns:
        raise LabelError("Choose the column of the file names and that of the types.")
    folder = table.path.parent
    by_stem = _files_by_stem(folder)
    good, problems = [], []
    for number, row in enumerate(table.rows, 1):
        name, text = row[columns["file"]], row[columns["type"]]
        file = folder / name
        if not _is_file(file):
            file = by_stem.get(Path(name).name.casefold(), file)
        why = _why_not_a_type(text) or _why_not_a_file(file)
        index = row[columns["index"]] if "index" in columns else ""
        if not why and not (index or "0").isdecimal():
            why = f"{index!r} is no number of a spectrum in its file"
        if why:
            problems.append(Problem(number, f"{name}  {text}".strip(), why))
            continue
        star = row[columns["star"]] if "star" in columns else ""
        good.append(Label(number, file, int(index or 0), star or file.stem, text, {}))
    return Labels(tuple(good), tuple(problems))


def _files_by_stem(folder: Path) -> dict[str, Path]:
    try:
        return {file.stem.casefold(): file for file in sorted(folder.iterdir(), reverse=True)}
    except OSError:
        return {}


def labels_of_rows(rows: Iterable[Row]) -> Labels:
    """The labels of reviewed rows of the list."""
    good, problems = [], []
    for number, row in enumerate(rows, 1):
        text = row.label or ""
        why = _why_not_a_type(text)
        if row.state == "unreadable":
            why = "the file cannot be read"
        why = why or _why_no_name(Path(row.path))
        if why:
            problems.append(Problem(number, f"{row.title}  {text}".strip(), why))
            continue
        path = Path(row.path)
        override = row.override.to_dict()
        good.append(Label(number, path, row.index, row.name or path.stem, text, override))
    return Labels(tuple(good), tuple(problems))


def _why_not_a_type(text: str) -> str:
    """Why a type cannot teach; "" where it can."""
    try:
        kind = parse_mk(text)
    except MKParseError as error:
        return str(error)
    if kind.composite:
        return "it names two stars in one spectrum"
    if kind.code is None:
        return "it has a letter without a subtype"
    return ""


def _why_not_a_file(file: Path) -> str:
    if not _is_file(file):
        return f"there is no file {_printable(file)}"
    return _why_no_name(file)


def _is_file(path: Path) -> bool:
    """False, too, where nobody may look or the text of a cell is too long for a name."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises there


def _why_no_name(file: Path) -> str:
    """Why a label table cannot hold a file's name; "" where it can."""
    if _is_utf_8(str(file.absolute())):
        return ""
    return f"the name {_printable(file)} is not UTF-8; rename it to use the file"


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(file: Path) -> str:
    """A path with its undecodable bytes as ``\\xff``."""
    return os.fsencode(file).decode(errors="backslashreplace")


def write_labels(labels: Sequence[Label], path: Path) -> None:
    """The table that ``spectra-gui train`` reads.

    Raises
    ------
    LabelError
        If a name cannot be written as UTF-8.
    OSError
        If the disk refuses.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "index", "star", "type", "override"])
    for label in labels:
        if not _is_utf_8(f"{label.file.absolute()}{label.star}{label.type}"):
            raise LabelError(
                f"The name {_printable(label.file)} is not UTF-8, so no label table can hold it. "
                "Rename the file or leave it out."
            )
        said = json.dumps(dict(label.override), sort_keys=True) if label.override else ""
        writer.writerow([str(label.file.absolute()), label.index, label.star, label.type, said])
    path.write_text(text.getvalue(), encoding="utf-8")
