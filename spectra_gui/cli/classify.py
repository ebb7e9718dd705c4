"""``spectra-gui classify``: spectra of many files into one table of MK types."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final, TextIO

from spectra_gui.cli.failures import end_in_words
from spectra_gui.cli.inputs import Found, InputFile, stamp_of, taken_from_input, wanted_files
from spectra_gui.cli.journal import Journal, journal_of
from spectra_gui.cli.options import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_SOME_FAILED,
    Parser,
    UsageError,
    add_engine_options,
    add_mapping_options,
    add_override_options,
    mappings_of,
    override_of,
    say,
    user_settings,
)
from spectra_gui.cli.pipeline import Outcome, PartDone, Pipeline, Source, unmerged_text
from spectra_gui.cli.progress import ProgressLine, duration
from spectra_gui.data.preparation import MOST_ESTIMATED_SNR
from spectra_gui.engine.client import EngineReady
from spectra_gui.session.table import (
    COLUMNS,
    GRID_COLUMNS,
    UNREADABLE,
    TableRow,
    csv_cells,
    plain_row,
    verdict_row,
)
from spectra_gui.session.table_file import FORMATS, format_of, write_rows
from spectra_gui.settings import Settings

_EPILOG: Final = """\
files may be folders (all files below), patterns in quotes, - for a spectrum on standard input, or
@LIST with one path a line (as --list LIST; --list - takes the paths from standard input).
A table with many spectra is taken some rows at a time: its size does not matter.

columns: {columns}
index counts the rows of a file from 0, as --rows and explain --index do.
rv_err_kms includes the 83 km/s between air and vacuum where the velocity was measured and nothing
tells which of them the wavelengths are of; --medium says it.
snr is that of a resolution element, from the file's uncertainties; without them it is estimated
from the scatter of the pixels, and {most_snr:.0f} then means that and more.
A refused spectrum has no type; a file that cannot be read has the state "unreadable" and the
reason in "error". Rows are kept in OUT.journal until the table is written; a run that was killed
or interrupted goes on where it ended with --resume, and types only what changed or is not done.

exit status: 0 all done, 1 some files failed, 2 wrong usage,
             3 a bundle, the disk or a child process failed, 130 interrupted

examples:
  spectra-gui classify star.fits
  spectra-gui classify spectra/ --out types.ecsv
  spectra-gui classify 'night*/*.dat' --unit nm --medium air --out types.csv --probabilities
  find /survey -name '*.fits' | spectra-gui classify --list - --out survey.fits --resume
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    settings = user_settings()
    options = _parser(settings).parse_args(arguments)

    def work() -> int:
        found = Found()
        files = wanted_files(options.files, options.list, found)
        out = None if options.out == "-" else Path(options.out)
        if out is not None:
            _check_ending(out)
            if not out.parent.is_dir():
                say(f"There is no folder {out.parent} to write {out.name} into; make it first.")
                return EXIT_FAILED
        if out is None and options.resume:
            raise UsageError("--resume goes on with a table: name it with --out")
        if out is not None and options.resume and out.exists() and not journal_of(out).exists():
            say(f"{out} is whole: no journal lies beside it. Remove it to begin anew.")
            return EXIT_DONE
        for name in found.empty:
            say(f"{name} holds no files that may be spectra.")
        with taken_from_input(files) as paths:
            status = _classify(paths, out, options, settings, n_empty=len(found.empty))
        if found.passed_over:
            say(found.passed_over_text)
        return status

    return end_in_words("classify", work, out=options.out)


def _check_ending(out: Path) -> None:
    try:
        format_of(out)
    except ValueError as error:
        raise UsageError(f"--out {error}, or be -") from error


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui classify",
        description="Type spectra with the bundled networks and write one row for each spectrum.",
        epilog=_EPILOG.format(columns=", ".join(COLUMNS), most_snr=MOST_ESTIMATED_SNR),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="spectra, in any format read")
    parser.add_argument(
        "--list", metavar="LIST", help="file with one path a line, or - for standard input"
    )
    parser.add_argument(
        "--out",
        default="-",
        metavar="TABLE",
        help=f"table to write, its ending is the format: {', '.join(FORMATS)}; "
        "- is CSV on standard output (default)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the journal that an earlier run of the same command left beside TABLE",
    )
    parser.add_argument(
        "--probabilities",
        action="store_true",
        help="add the probability of each of the 70 × 6 boxes of the MK grid",
    )
    add_engine_options(parser, settings)
    add_override_options(parser)
    add_mapping_options(parser)
    return parser


def _classify(
    files: Sequence[InputFile],
    out: Path | None,
    options: argparse.Namespace,
    settings: Settings,
    *,
    n_empty: int,
) -> int:
    columns = (*COLUMNS, *GRID_COLUMNS) if options.probabilities else COLUMNS
    override = override_of(options)
    run = _Run(len(files), columns, probabilities=options.probabilities, n_failed=n_empty)
    asked = {"override": override.to_dict() if override else {}, "columns": len(columns)}
    mappings = mappings_of(options)
    if mappings:
        asked["mappings"] = [[m.name, m.shape, m.override.to_dict()] for m in mappings]
    journal = None if out is None else Journal(out, asked, resume=options.resume)
    with (
        journal or nullcontext(),
        Pipeline(
            bundle=options.bundle or None,
            device=options.device,
            threads=options.threads or None,
            memory_limit_mb=int(settings.number("read_memory_mb")),
            time_limit_s=settings.number("read_time_s"),
            on_ready=lambda ready: run.engine_ready(ready, journal),
            on_notice=run.progress.say,
            mappings=mappings,
        ) as pipeline,
    ):
        sources: Iterator[Source]
        if journal is None or out is None:
            sources = (Source(n, file.path, file.shown) for n, file in enumerate(files))
            status = run.to_stream(pipeline.run(sources, override=override), sys.stdout)
        else:
            run.tell_of_earlier(journal)
            sources = run.what_is_left(files, journal)
            status = run.to_table(pipeline.run(sources, override=override), journal, out)
        if pipeline.n_unmerged:
            say(unmerged_text(pipeline.n_unmerged, len(files)))
        return status


class _Run:
    """One run of the verb: counts what comes and brings it to where it goes."""

    def __init__(
        self, n_files: int, columns: Sequence[str], *, probabilities: bool, n_failed: int
    ) -> None:
        self.progress = ProgressLine(n_files)
        self._columns = columns
        self._probabilities = probabilities
        self._failed = n_failed
        self._spectra = self._refused = 0

    def engine_ready(self, ready: EngineReady, journal: Journal | None) -> None:
        """Say what types, and hold it against what typed the rows of an earlier run."""
        if journal is not None:
            journal.typed_by(ready.bundle_name, ready.bundle_sha256)
        self.progress.say(f"Typing with {ready.bundle_name} on {ready.device}.")
        self.progress.begin()

    def tell_of_earlier(self, journal: Journal) -> None:
        """Say what an earlier run left, and what becomes of it."""
        if journal.is_resumed:
            self.progress.say(f"Going on with {journal.n_resumed_rows} rows of {journal.path}.")
        elif journal.set_aside is not None:
            self.progress.say(
                f"An earlier run left its rows; they are kept in {journal.set_aside}. With "
                "--resume it would have gone on."
            )

    def what_is_left(self, files: Sequence[InputFile], journal: Journal) -> Iterator[Source]:
        """The files that are not done, each noted in the journal when its turn comes."""
        for file in files:
            known, changed = journal.file(file.shown, stamp_of(file.path))
            if changed:
                self.progress.say(f"{file.shown} changed since; it is typed anew.")
            if known.is_whole:
                self.progress.skip_file()
            else:
                yield Source(known.number, file.path, file.shown, known.first, known.done)

    def to_table(self, outcomes: Iterator[Outcome | PartDone], journal: Journal, out: Path) -> int:
        """Rows into the journal and, at the end or when interrupted, into the table."""
        interrupted = False
        try:
            for outcome in outcomes:
                if isinstance(outcome, PartDone):
                    self._end_part(outcome)
                    journal.close_part(
                        outcome.file_number, outcome.first, outcome.end, outcome.total
                    )
                else:
                    journal.add(outcome.file_number, outcome.index, self._row(outcome))
        except KeyboardInterrupt:
            interrupted = True
        rows = journal.rows()
        write_rows(rows, out, columns=self._columns)
        if not interrupted:
            failed = sum(row["state"] == UNREADABLE for row in rows) if journal.is_resumed else 0
            self._failed = max(self._failed, failed)
            journal.remove()
        self._close(f"{out} written", interrupted=interrupted)
        if interrupted:
            say(f"The rows so far stay in {journal.path} too; --resume goes on from there.")
        return EXIT_INTERRUPTED if interrupted else self._status()

    def to_stream(self, outcomes: Iterator[Outcome | PartDone], stream: TextIO) -> int:
        """Rows as CSV in the order of the files, each as soon as those before it are done."""
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self._columns)
        status = EXIT_DONE
        try:
            for row in self._in_order(outcomes):
                writer.writerow(csv_cells(row))
                stream.flush()
        except KeyboardInterrupt:
            status = EXIT_INTERRUPTED
        self._close("done", interrupted=status == EXIT_INTERRUPTED)
        return status or self._status()

    def _in_order(self, outcomes: Iterator[Outcome | PartDone]) -> Iterator[TableRow]:
        """Rows in the order of the files and of the spectra in them; what comes early waits."""
        early: dict[tuple[int, int], TableRow] = {}
        ended: dict[tuple[int, int], PartDone] = {}
        upcoming = (0, 0)
        for outcome in outcomes:
            if isinstance(outcome, Outcome):
                early[outcome.file_number, outcome.index] = self._row(outcome)
                continue
            self._end_part(outcome)
            ended[outcome.file_number, outcome.first] = outcome
            while part := ended.pop(upcoming, None):
                number = part.file_number
                for index in range(part.first, part.end):
                    if (row := early.pop((number, index), None)) is not None:
                        yield row
                upcoming = (number + 1, 0) if part.is_last else (number, part.end)

    def _end_part(self, part: PartDone) -> None:
        self.progress.end_part(part.file_number, part.end - part.first, part.total - part.begun)

    def _row(self, outcome: Outcome) -> TableRow:
        row = verdict_row(
            outcome.file,
            outcome.number,
            outcome.name,
            verdict=outcome.verdict,
            error=outcome.error,
            mapping=outcome.mapping,
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
        self.progress.add_spectra(int(outcome.error is None))

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


def _told(outcome: Outcome) -> str:
    if isinstance(outcome.error, str):
        return f"{outcome.file} [{outcome.number}]: {outcome.error}"
    error = outcome.error
    return f"{outcome.file}: " + (f"{error.reason} {error.advice}".strip() if error else "")
