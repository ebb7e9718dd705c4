"""``spectra-gui explain``: which wavelengths spoke for the type of one spectrum."""

from __future__ import annotations

import argparse
import csv
import io
import json
import queue
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from spectra_gui.cli.failures import end_in_words
from spectra_gui.cli.options import (
    EXIT_DONE,
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
    whole_number,
)
from spectra_gui.cli.pipeline import (
    ROWS_AT_ONCE,
    PipelineError,
    is_unmerged,
    unmerged_text,
)
from spectra_gui.data import (
    Explanation,
    FileMapping,
    Override,
    ReadError,
    Reading,
    Spectrum,
    Verdict,
    mapping_in,
    number_in_file,
)
from spectra_gui.engine.client import (
    EngineClient,
    EngineFailed,
    Event,
    Explained,
    Notice,
    RequestFailed,
    Typed,
)
from spectra_gui.engine.door import read, read_part
from spectra_gui.session.storage import write_atomically
from spectra_gui.settings import Settings, setting

_EPILOG: Final = """\
Without --out, the type and the strongest peaks of each strip are printed. A CSV table has the
wavelength and, for each strip, its relevance (0 to 1) and the spread over the networks; JSON has
the peaks too. A refused spectrum has no type, so there is nothing to explain: its reasons are
said, and no table is written.

exit status: 0 explained, 1 the file cannot be read or the spectrum is refused, 2 wrong usage,
             3 a bundle, the disk or a child process failed

examples:
  spectra-gui explain star.fits
  spectra-gui explain star.fits --target luminosity --out evidence.csv
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    settings = user_settings()
    options = _parser(settings).parse_args(arguments)

    def work() -> int:
        out = _out(options.out)
        spectrum = _read_one(options)
        verdict, explanation = _ask(spectrum, options)
        if explanation is None:
            _tell_refused(options.file, out, verdict)
            return EXIT_SOME_FAILED
        _put(out, verdict, explanation)
        return EXIT_DONE

    return end_in_words("explain", work, out=options.out)


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui explain",
        description="Tell which wavelengths of a spectrum spoke for its type.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a spectrum, in any format read")
    parser.add_argument(
        "--index",
        type=whole_number,
        metavar="N",
        help="which spectrum of the file, by its index in the table (default: the first)",
    )
    parser.add_argument(
        "--target",
        choices=setting("explanation_target").choices,
        default=setting("explanation_target").default,
        help="what to explain (default: %(default)s)",
    )
    parser.add_argument(
        "--method",
        choices=setting("explanation_method").choices,
        default=setting("explanation_method").default,
        help="how (default: %(default)s)",
    )
    parser.add_argument(
        "--out", metavar="FILE", help="table to write, .csv or .json; - is CSV on standard output"
    )
    add_engine_options(parser, settings)
    add_override_options(parser)
    add_mapping_options(parser)
    return parser


def _out(given: str | None) -> Path | None:
    if given is None:
        return None
    out = Path(given)
    if given != "-" and out.suffix.lower() not in (".csv", ".json"):
        raise UsageError(f"--out {given}: the ending must be .csv or .json, or be -")
    return out


def _read_one(options: argparse.Namespace) -> Spectrum:
    """The spectrum of the number that the table of `classify` has, or the first."""
    override, mappings = override_of(options), mappings_of(options)
    wanted = options.index
    reading, total = _read_about(options.file, wanted or 0, override, mappings)
    if by := mapping_in(reading.decisions):
        say(f"{options.file} is read by the mapping “{by.value}” ({by.evidence}).")
    if not total and is_unmerged(reading):
        say(unmerged_text(1, 1))
    numbers = [number_in_file(spectrum, place) for place, spectrum in enumerate(reading.spectra)]
    if wanted is None or wanted in numbers:
        return reading.spectra[0 if wanted is None else numbers.index(wanted)]
    if total:
        return _read_row(options.file, wanted, override, mappings).spectra[0]
    there = ", ".join(map(str, numbers[:3])) + (", …" if len(numbers) > 3 else "")
    raise UsageError(f"--index {wanted}: {options.file} has no such spectrum; there is {there}")


def _read_about(
    path: str, number: int, override: Override | None, mappings: Sequence[FileMapping]
) -> tuple[Reading, int]:
    """The part of a file where a number may be, and how many rows the file has, 0 = all read."""
    if override is not None and override.rows is not None:
        return read(path, override=override, mappings=mappings, isolated=True), 0
    window = (number - number % ROWS_AT_ONCE, ROWS_AT_ONCE)
    try:
        return read_part(path, window, override=override, mappings=mappings)
    except ReadError:
        if not number:
            raise
        # Rows without a star are numbered, but not counted.
        return _read_row(path, number, override, mappings), 0


def _read_row(
    path: str, row: int, override: Override | None, mappings: Sequence[FileMapping]
) -> Reading:
    asked = replace(override or Override(), rows=(row,))
    return read(path, override=asked, mappings=mappings, isolated=True)


def _ask(spectrum: Spectrum, options: argparse.Namespace) -> tuple[Verdict, Explanation | None]:
    """The verdict and what explains it; None for a refused spectrum."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    engine = EngineClient(
        events.put,
        bundle=options.bundle or None,
        device=options.device,
        threads=options.threads or None,
    )
    verdict: Verdict | None = None
    try:
        engine.classify([("", spectrum)], revision=0)
        while True:
            event = events.get()
            if isinstance(event, Typed):
                verdict = event.verdict
                if verdict.state == "refuse":
                    return verdict, None
                engine.explain(
                    "", spectrum, revision=0, target=options.target, method=options.method
                )
            elif isinstance(event, Explained) and verdict is not None:
                return verdict, event.explanation
            elif isinstance(event, EngineFailed | RequestFailed):
                raise PipelineError(event.message)
            elif isinstance(event, Notice):
                say(event.message)
    finally:
        engine.close()


def _tell_refused(name: str, out: Path | None, verdict: Verdict) -> None:
    """The reasons, where the summary would stand; beside a table's place, for a person."""
    if out is None:
        lines = ["refused", *(f"  {reason}" for reason in verdict.reasons)]
        sys.stdout.write("\n".join([*lines, "no type is given, so nothing spoke for it"]) + "\n")
    else:
        say(f"{name} is refused, so there is no type to explain: {' '.join(verdict.reasons)}")


def _put(out: Path | None, verdict: Verdict, explanation: Explanation) -> None:
    if out is None:
        sys.stdout.write(_summary(verdict, explanation))
    elif str(out) == "-":
        sys.stdout.write(_csv(explanation))
    else:
        text = _csv(explanation) if out.suffix.lower() == ".csv" else _json(verdict, explanation)
        write_atomically(out, text.encode())
        say(f"{out} written.")


def _beside(verdict: Verdict) -> list[str]:
    """What stands beside the answer and changes nothing of it, in sentences."""
    notes = [*verdict.flags, *([] if verdict.seen is None else [verdict.seen.note])]
    opinion = verdict.second_opinion
    if opinion is not None:
        stars = ", ".join(f"{star.name} ({star.type})" for star in opinion.stars[:3])
        notes.append(f"{opinion.note} {stars}".rstrip())
    return notes


def _summary(verdict: Verdict, explanation: Explanation) -> str:
    reasons = [f"  {reason}" for reason in verdict.reasons]
    lines = [f"{verdict.type}, probability {verdict.probability:.2f} ({verdict.state})", *reasons]
    lines += [f"  {note}" for note in _beside(verdict)]
    lines.append(f"what spoke for {explanation.target_text}:")
    for strip in explanation.strips:
        lines.append(f"  {strip.name}:" + ("" if strip.positive else " no positive evidence"))
        lines += [
            f"    {peak.wavelength_aa:8.1f} Å  {peak.strength:4.2f}  {peak.line}".rstrip()
            for peak in strip.peaks
        ]
    return "\n".join(lines) + "\n"


def _csv(explanation: Explanation) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    columns = [explanation.wavelength_aa.tolist()]
    names = ["wavelength_aa"]
    for strip in explanation.strips:
        names += [strip.name, f"{strip.name} spread"]
        columns += [strip.relevance.tolist(), strip.spread.tolist()]
    writer.writerow(names)
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue()


def _json(verdict: Verdict, explanation: Explanation) -> str:
    content: dict[str, Any] = {
        "type": verdict.type,
        "state": verdict.state,
        "reasons": list(verdict.reasons),
        "flags": list(verdict.flags),
        "seen": None if verdict.seen is None else asdict(verdict.seen),
        "second_opinion": None if not verdict.second_opinion else asdict(verdict.second_opinion),
        "target": explanation.target,
        "target_text": explanation.target_text,
        "bundle": explanation.bundle,
        "wavelength_aa": explanation.wavelength_aa.tolist(),
        "strips": [
            {
                "name": strip.name,
                "method": strip.method,
                "positive": strip.positive,
                "relevance": strip.relevance.tolist(),
                "spread": strip.spread.tolist(),
                "peaks": [
                    {
                        "wavelength_aa": peak.wavelength_aa,
                        "strength": peak.strength,
                        "line": peak.line or None,
                        "line_wavelength_aa": peak.line_wavelength_aa if peak.line else None,
                    }
                    for peak in strip.peaks
                ],
            }
            for strip in explanation.strips
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
