"""Measures what the README promises and prints it as a Markdown table.

    python -m tests.benchmarks [--small] [--without-window] [--write-readme]

Run it on a quiet machine: other work on it ends up in the figures. Without a display it measures
on Qt's platform "offscreen".
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.children import ROOT, run, run_window
from tests.benchmarks.report import Figure, markdown, megabytes, put_between, seconds
from tests.benchmarks.spectra import many_files, typed_examples, write_survey
from tests.conftest import labelled_data_folder

README = ROOT / "README.md"


def main() -> int:
    """Measure, print the table, and put it into the README where asked."""
    options = parse_arguments()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="spectra-benchmarks-") as name:
        figures = []
        for figure in measure(Path(name), options):
            sys.stderr.write(f"{figure.what}: {figure.value}\n")
            figures.append(figure)
    table = markdown(figures)
    sys.stdout.write(table)
    if options.write_readme:
        text = README.read_text(encoding="utf-8")
        README.write_text(put_between(text, table), encoding="utf-8")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="few files, to try that it works")
    parser.add_argument(
        "--survey", action="store_true", help="type a table of 100 000 spectra too (an hour)"
    )
    parser.add_argument("--without-window", action="store_true", help="measure nothing of Qt")
    parser.add_argument("--write-readme", action="store_true", help="fill the README's section")
    options = parser.parse_args()
    if options.write_readme and (options.small or options.without_window):
        parser.error("the README takes the whole table only")
    return options


def measure(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    """All figures, as they come."""
    few, many = (4, 6) if options.small else (1000, 10_000)
    warm_up(folder, with_window=not options.without_window)
    yield from measure_reading(folder, few)
    yield from measure_command_line(folder, few)
    if options.survey:
        yield from measure_survey(folder, 400 if options.small else 100_000)
    if options.without_window:
        return
    yield from measure_start(folder)
    yield from measure_drop(folder)
    yield from measure_load(folder, 4 if options.small else 500)
    yield from measure_large_drop(folder, 6 if options.small else 10_000)
    yield from measure_memory(folder, (1, few, many))
    yield from measure_frames(folder)


def warm_up(folder: Path, *, with_window: bool) -> None:
    """Start everything once, so that no figure holds the compiling of modules."""
    names = [str(path) for path in typed_examples()[:2]]
    run(["-m", "spectra_gui", "classify", *names], folder=folder)
    if with_window:
        run_window(["drop", *names], folder=folder)


def measure_reading(folder: Path, count: int) -> Iterator[Figure]:
    """Files one by one, without typing them; the spec file is left out where it is not there."""
    spec = labelled_data_folder() / "originals" / "sdss_spec-0266-51602-0031.fits"
    if spec.is_file():
        found = _read_run("warm", spec, folder)
        yield Figure("reading an SDSS spec file (median, warm)", f"{1e3 * found['read_s']:.1f} ms",
                     "≤ 5 ms")  # fmt: skip
    files = many_files(folder / "read", count)
    for how, what in (("many", "`read` of {} files"), ("child", "→ through the reading child")):
        found = _read_run(how, files, folder)
        goal = "≥ 150 files/s" if how == "many" else ""
        rate = found["files"] / found["all_s"]
        yield Figure(f"{what.format(count)} on 2 cores", f"{rate:.0f} files/s", goal)


def _read_run(how: str, path: Path, folder: Path) -> dict[str, float]:
    done = run(["-m", "tests.benchmarks.read_run", how, str(path)], folder=folder, cores=2)
    values: dict[str, float] = json.loads(done.output)
    return values


def measure_survey(folder: Path, count: int) -> Iterator[Figure]:
    """One table of many spectra through the command line: its rate and its memory."""
    table, out = folder / "survey.fits", folder / "survey.csv"
    write_survey(table, count)
    line = ["-m", "spectra_gui", "classify", str(table), "--out", str(out)]
    done = run(line, folder=folder, cores=2)
    with out.open(encoding="utf-8") as stream:
        rows = sum(1 for _ in stream) - 1
    if rows != count:
        raise RuntimeError(f"{count} spectra gave {rows} rows")
    what = f"`spectra-gui classify` of one table of {count} spectra on 2 cores"
    yield Figure(what, f"{count / done.wall_s:.0f} spectra/s")
    yield Figure("— its peak memory", megabytes(done.peak_bytes))


def measure_command_line(folder: Path, count: int) -> Iterator[Figure]:
    files = many_files(folder / "classify", count)
    table = folder / "classify.csv"
    line = ["-m", "spectra_gui", "classify", str(files), "--out", str(table)]
    done = run(line, folder=folder, cores=2)
    rows = len(table.read_text(encoding="utf-8").splitlines()) - 1
    if rows != count:
        raise RuntimeError(f"{count} files gave {rows} rows")
    what = f"`spectra-gui classify` of {count} files on 2 cores, start included"
    yield Figure(what, f"{count / done.wall_s:.0f} spectra/s", "≥ 100 spectra/s")
    yield Figure("— its peak memory", megabytes(done.peak_bytes))


def measure_start(folder: Path) -> Iterator[Figure]:
    found, _ = run_window(["start"], folder=folder)
    what = "window: start of the program (not its first ever) → first paint"
    yield Figure(what, seconds(found["first_paint_s"]), "≤ 0.6 s")
    yield Figure("→ all panels stand", seconds(found["complete_s"]))
    yield Figure("→ model ready", seconds(found["ready_s"]))
    yield stall("longest stall while it starts", found, "start")


def measure_drop(folder: Path) -> Iterator[Figure]:
    names = [str(path) for path in typed_examples()[:9]]
    found, _ = run_window(["drop", *names], folder=folder)
    count = f"median of {found['files']:.0f}"
    yield Figure(f"a file dropped → plotted ({count}, model warm)", seconds(found["plotted_s"]))
    yield Figure("→ typed", seconds(found["typed_s"]), "≤ 300 ms")
    later = found["explained_s"] - found["typed_s"]
    yield Figure("→ explained, after that", seconds(later), "≤ 300 ms")


def measure_load(folder: Path, count: int) -> Iterator[Figure]:
    files = many_files(folder / "load", count)
    found, _ = run_window(["load", str(files)], folder=folder)
    yield Figure(f"{count} files dropped → all typed", seconds(found["load_s"]))
    yield stall("longest stall meanwhile", found, "load")


def measure_large_drop(folder: Path, count: int) -> Iterator[Figure]:
    """A folder of many files: until all are in the list, and back by one undo."""
    files = many_files(folder / "add", count)
    found, _ = run_window(["add", str(files)], folder=folder)
    yield Figure(f"a folder of {count} files dropped → all in the list", seconds(found["add_s"]))
    yield stall("longest stall meanwhile", found, "add")
    yield stall("longest stall while that is undone", found, "undo")


def stall(what: str, found: dict[str, float], phase: str) -> Figure:
    """The longest gap of the event loop, and the most processor time of its thread in one."""
    busiest = seconds(found[f"{phase}_busiest_s"])
    return Figure(
        what, f"{seconds(found[f'{phase}_stall_s'])} ({busiest} of processor time)", "≤ 50 ms"
    )


def measure_memory(folder: Path, counts: tuple[int, ...]) -> Iterator[Figure]:
    for count in counts:
        files = many_files(folder / f"memory-{count}", count)
        _, done = run_window(["load", str(files)], folder=folder)
        unit = "file" if count == 1 else "files"
        what = f"peak memory of the window and its children, {count} {unit}"
        yield Figure(what, megabytes(done.peak_bytes))


def measure_frames(folder: Path) -> Iterator[Figure]:
    found, _ = run_window(["frames"], folder=folder)
    yield Figure("a frame while panning 10⁶ points (median)", seconds(found["frame_s"]))


if __name__ == "__main__":
    sys.exit(main())
