"""``spectra-gui dataset check``: whether a label table can teach, before a training starts."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from spectra_gui.cli.options import EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, Parser, say
from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, MKParseError, MKType, parse_mk
from spectra_gui.training.dataset import DataError
from spectra_gui.training.tables import LabelRow, read_label_table

_MAX_TOLD = 50


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        rows = read_label_table(options.labels)
    except DataError as error:
        say(str(error))
        return EXIT_USAGE
    types: list[MKType] = []
    problems: list[str] = []
    for number, row in enumerate(rows, 1):
        judged = _judge(row)
        if isinstance(judged, str):
            problems.append(f"row {number}, {row.file.name}: {judged}")
        else:
            types.append(judged)
    sys.stdout.write(_report(rows, types, problems))
    return EXIT_SOME_FAILED if problems else EXIT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui dataset", description="Check labelled spectra before training on them."
    )
    verbs = parser.add_subparsers(dest="what", required=True, metavar="check")
    check = verbs.add_parser(
        "check",
        help="check a label table",
        description="Check every row of a label table: the file is there, and the type is an MK "
        "type of one star with a subtype. Columns: file, type and, if there, index and star.",
    )
    check.add_argument("labels", type=Path, metavar="LABELS", help="label table (CSV)")
    return parser


def _judge(row: LabelRow) -> MKType | str:
    """The type of a row that can teach, else why it cannot."""
    if not row.file.is_file():
        return f"there is no file {row.file}"
    try:
        kind = parse_mk(row.type)
    except MKParseError as error:
        return str(error)
    if kind.composite:
        return f"{row.type!r} is two stars"
    if kind.code is None:
        return f"{row.type!r} has a letter without a subtype"
    return kind


def _report(rows: Sequence[LabelRow], types: Sequence[MKType], problems: Sequence[str]) -> str:
    lines = [f"{len(rows)} rows of {len({row.star for row in rows})} stars, {len(types)} can teach"]
    counted = Counter((kind.letter, kind.class_index) for kind in types)
    columns = [*range(len(LUMINOSITY_NAMES)), None]
    lines.append("     " + "".join(f"{name:>6}" for name in (*LUMINOSITY_NAMES, "none")))
    lines += [
        f"  {letter}  " + "".join(f"{counted[letter, column]:6d}" for column in columns)
        for letter in LETTERS
    ]
    lines += problems[:_MAX_TOLD]
    if len(problems) > _MAX_TOLD:
        lines.append(f"and {len(problems) - _MAX_TOLD} more rows that cannot teach")
    return "\n".join(lines) + "\n"
