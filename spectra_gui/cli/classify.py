"""``spectra-gui classify``: spectra of many files into one table of MK types."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, TextIO

from spectra_gui.cli.failures import end_in_words
from spectra_gui.cli.formats import FORMATS, GRID_COLUMNS, format_of, write_rows
from spectra_gui.cli.inputs import expand
from spectra_gui.cli.journal import Journal
from spectra_gui.cli.options import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_SOME_FAILED,
    add_engine_options,
    add_override_options,
    override_of,
    say,
    user_settings,
)
from spectra_gui.cli.pipeline import Outcome, Pipeline
from spectra_gui.cli.progress import ProgressLine, duration
from spectra_gui.engine.client import EngineReady
from spectra_gui.session.table import COLUMNS, TableRow, csv_cells, plain_row, verdict_row
from spectra_gui.settings import Settings

_EPILOG: Final = """\
files may be folders (all files below), patterns in quotes, or @LIST with one path a line.

columns: {columns}
A refused spectrum has no type; a file that cannot be read has the state "unreadable" and the
reason in "error". Rows are kept in OUT.journal until the table is written.

exit status: 0 all done, 1 some files failed, 2 wrong usage,
             3 a bundle, the disk or a child process failed, 130 interrupted

examples:
  spectra-gui classify star.fits
  spectra-gui classify spectra/ --out types.ecsv
  spectra-gui classify 'night*/*.dat' --unit nm --medium air --out types.csv --probabilities
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    settings = user_settings()
    options = _parser(settings).parse_args(arguments)

    def work() -> int:
        files = list(expand(options.files))
        out = None if options.out == "-" else Path(options.out)
        if out is not None:
            format_of(out)
            if not out.parent.is_dir():
                say(f"There is no folder {out.parent} to write {out.name} into; make it first.")
                return EXIT_FAILED
        return _classify(files, out, options, settings)

    return end_in_words("classify", work, out=options.out)


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spectra-gui classify",
        description="Type spectra with the bundled networks and write one row for each spectrum.",
        epilog=_EPILOG.format(columns=", ".join(COLUMNS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="spectra, in any format read")
    parser.add_argument(
        "--out",
        default="-",
        metavar="TABLE",
        help=f"table to write, its ending is the format: {', '.join(FORMATS)}; "
        "- is CSV on standard output (default)",
    )
    parser.add_argument(
        "--probabilities",
        action="store_true",
        help="add the probability of each of the 70 × 6 boxes of the MK grid",
    )
    add_engine_options(parser, settings)
    add_override_options(parser)
    return parser


def _classify(
    files: list[str], out: Path | None, options: argparse.Namespace, settings: Settings
) -> int:
    columns = (*COLUMNS, *GRID_COLUMNS) if options.probabilities else COLUMNS
    run = _Run(files, columns, probabilities=options.probabilities)
    journal = nullcontext() if out is None else Journal(out)
    with (
        journal,
        Pipeline(
            bundle=options.bundle or None,
            device=options.device,
            threads=options.threads or None,
            memory_limit_mb=int(settings.number("read_memory_mb")),
            time_limit_s=settings.number("read_time_s"),
            on_ready=run.engine_ready,
            on_notice=run.progress.say,
        ) as pipeline,
    ):
        outcomes = pipeline.run(files, override=override_of(options))
        if isinstance(journal, Journal):
            return run.to_table(outcomes, journal, out or journal.path)
        return run.to_stream(outcomes, sys.stdout)


class _Run:
    """One run of the verb: counts what comes and brings it to where it goes."""

    def __init__(self, files: list[str], columns: Sequence[str], *, probabilities: bool) -> None:
        self.progress = ProgressLine(len(files))
        self._columns = columns
        self._probabilities = probabilities
        self._failed = self._spectra = self._refused = 0

    def engine_ready(self, ready: EngineReady) -> None:
        self.progress.say(f"Typing with {ready.bundle_name} on {ready.device}.")
        self.progress.begin()

    def to_table(self, outcomes: Iterator[Outcome], journal: Journal, out: Path) -> int:
        """Rows into the journal and, at the end or when interrupted, into the table."""
        if journal.set_aside is not None:
            self.progress.say(
                f"An earlier run left its rows; they are kept in {journal.set_aside}."
            )
        status = EXIT_DONE
        try:
            for outcome in outcomes:
                journal.add((outcome.file_number, outcome.index), self._row(outcome))
        except KeyboardInterrupt:
            status = EXIT_INTERRUPTED
        write_rows(journal.rows(), out, columns=self._columns)
        journal.remove()
        self._close(f"{out} written", interrupted=status == EXIT_INTERRUPTED)
        return status or self._status()

    def to_stream(self, outcomes: Iterator[Outcome], stream: TextIO) -> int:
        """Rows as CSV in the order of the files, each as soon as those before it are done."""
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self._columns)
        status = EXIT_DONE
        try:
            for row in _in_order(outcomes, self._row):
                writer.writerow(csv_cells(row))
                stream.flush()
        except KeyboardInterrupt:
            status = EXIT_INTERRUPTED
        self._close("done", interrupted=status == EXIT_INTERRUPTED)
        return status or self._status()

    def _row(self, outcome: Outcome) -> TableRow:
        row = verdict_row(
            outcome.file,
            outcome.index,
            outcome.name,
            verdict=outcome.verdict,
            error=outcome.error,
        )
        if self._probabilities:
            row |= dict.fromkeys(GRID_COLUMNS)
            if outcome.verdict is not None and outcome.verdict.state != "refuse":
                grid = outcome.verdict.probabilities.ravel().tolist()
                row |= dict(zip(GRID_COLUMNS, grid, strict=True))
        self._count(outcome)
        return plain_row(row)

    def _count(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._failed += 1
            self.progress.say(_told(outcome))
        else:
            self._spectra += 1
            self._refused += outcome.verdict is not None and outcome.verdict.state == "refuse"
        typed = outcome.error is None
        self.progress.add(files=int(outcome.is_last), spectra=int(typed))

    def _close(self, what: str, *, interrupted: bool) -> None:
        self.progress.end()
        seconds = self.progress.seconds
        parts = [f"{self._spectra} spectra in {duration(seconds)}"]
        if self._spectra:
            parts.append(f"{self._spectra / seconds:.0f}/s")
        parts += [f"{self._refused} refused"] if self._refused else []
        parts += [f"{self._failed} failed"] if self._failed else []
        say(("Interrupted; " if interrupted else "") + f"{what}: {', '.join(parts)}.")

    def _status(self) -> int:
        return EXIT_SOME_FAILED if self._failed else EXIT_DONE


def _in_order(outcomes: Iterator[Outcome], to_row: Any) -> Iterator[TableRow]:
    """Rows in the order of the files and of the spectra in them; what comes early waits."""
    early: dict[int, list[tuple[int, TableRow]]] = {}
    finished: set[int] = set()
    upcoming = 0
    for outcome in outcomes:
        early.setdefault(outcome.file_number, []).append((outcome.index, to_row(outcome)))
        if outcome.is_last:
            finished.add(outcome.file_number)
        while upcoming in finished:
            finished.remove(upcoming)
            yield from (row for _, row in sorted(early.pop(upcoming), key=lambda pair: pair[0]))
            upcoming += 1


def _told(outcome: Outcome) -> str:
    if isinstance(outcome.error, str):
        return f"{outcome.file} [{outcome.index}]: {outcome.error}"
    error = outcome.error
    return f"{outcome.file}: " + (f"{error.reason} {error.advice}".strip() if error else "")
