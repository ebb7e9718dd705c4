"""Ours beside ``specutils.Spectrum.read`` on the real files: right, wrong or declined.

    python -m tests.benchmarks.readers_beside [--write PAGE]

Right: the number of spectra is not held against anyone, but the wavelength ends in Å must be those
of MANIFEST.csv within 1e-5, for the first or last spectrum of a file or for all together. A file
without an optical spectrum is rightly declined. Files whose ends the manifest does not know are
left out.
PAGE gets the table between its two marks.
"""

from __future__ import annotations

import argparse
import csv
import signal
import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from spectra_gui.data import ReadError
from spectra_gui.readers import read
from tests.benchmarks.report import put_between
from tests.conftest import labelled_data_folder

MARKS: Final = ("<!-- readers -->", "<!-- /readers -->")
TOLERANCE: Final = 1e-5
PATIENCE_S: Final = 60
Ends = list[tuple[float, float]]
"""First and last wavelength in Å of each spectrum."""


@dataclass(frozen=True)
class Judged:
    """What a reader made of a file: ``right``, ``wrong`` or ``declined``, with a word on it."""

    verdict: str
    told: str
    seconds: float


def ours(path: Path) -> Ends:
    """The ends by our reader; raises ``ReadError`` where it declines."""
    return [(float(s.wavelength_aa[0]), float(s.wavelength_aa[-1])) for s in read(path).spectra]


def theirs(path: Path) -> Ends:
    """The ends by specutils, which raises all kinds of errors where it declines."""
    from astropy import units
    from specutils import Spectrum

    spectra = Spectrum.read(path)
    found: Ends = []
    for spectrum in spectra if isinstance(spectra, list) else [spectra]:
        with units.set_enabled_equivalencies(units.spectral()):
            axis = np.asarray(spectrum.spectral_axis.to_value(units.AA), float)
        finite = np.sort(axis[np.isfinite(axis)])
        found.append((float(finite[0]), float(finite[-1])))
    return found


def judge(reader: Callable[[Path], Ends], path: Path, row: dict[str, str]) -> Judged:
    """Read a file and hold what comes against its line in the manifest."""
    began = time.perf_counter()
    try:
        ends, told = reader(path), ""
    except ReadError as error:
        ends, told = [], f"{error.code}"
    except TimeoutError:
        ends, told = [], f"no end after {PATIENCE_S} s"
    except Exception as error:  # specutils raises what its parts raise
        ends, told = [], type(error).__name__
    seconds = time.perf_counter() - began
    if not ends:
        declined_rightly = not row["wave_first_A"] or path.name in NO_WAVELENGTHS
        return Judged("right" if declined_rightly else "declined", told, seconds)
    if not row["wave_first_A"]:
        return Judged("wrong", "read, though it holds no spectrum", seconds)
    stated = sorted((float(row["wave_first_A"]), float(row["wave_last_A"])))
    whole = (min(e[0] for e in ends), max(e[1] for e in ends))
    for candidate in (ends[-1], ends[0], whole):
        if np.allclose(sorted(candidate), stated, rtol=TOLERANCE, atol=0.0):
            return Judged("right", "", seconds)
    return Judged("wrong", f"{ends[-1][0]:.7g} to {ends[-1][1]:.7g} Å", seconds)


NO_WAVELENGTHS: Final = frozenset({"iris_3c066aNED.vot", "specutils_gbt_1d.fits"})
"""Photometry in Hz and a velocity axis: the manifest gives their ends and says to decline."""


def judge_all(folder: Path) -> list[tuple[str, Judged, Judged]]:
    """Every file of the manifest by both readers, in one process, warm."""
    with (folder / "MANIFEST.csv").open(newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["n_spectra"] == "0" or r["wave_first_A"]]

    def wake(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, wake)
    judged = []
    for reader in (ours, theirs):
        judge(reader, folder / rows[0]["file"], rows[0])
    for row in rows:
        results = []
        for reader in (ours, theirs):
            signal.alarm(PATIENCE_S)
            with warnings.catch_warnings(action="ignore"):
                results.append(judge(reader, folder / row["file"], row))
            signal.alarm(0)
        judged.append((row["file"], results[0], results[1]))
    return judged


def markdown(judged: list[tuple[str, Judged, Judged]]) -> str:
    """A summary, and the files on which anyone was not right."""
    unlike = [entry for entry in judged if {entry[1].verdict, entry[2].verdict} != {"right"}]
    both = len(judged) - len(unlike)
    lines = [
        f"{len(judged)} real files, read by this version and by specutils {version('specutils')} "
        "(`Spectrum.read`, format left open), in one run:",
        "",
        "| | right | silently wrong | declined though readable | median a file |",
        "|---|---:|---:|---:|---:|",
        _summary("ours", (mine for _, mine, _ in judged)),
        _summary("specutils", (other for _, _, other in judged)),
        "",
        f"File by file, without the {both} that both read right:",
        "",
        "| file | ours | specutils |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {_cell(mine)} | {_cell(other)} |" for name, mine, other in unlike]
    return "\n".join(lines) + "\n"


def _summary(name: str, judged: Iterable[Judged]) -> str:
    entries = list(judged)
    counts = Counter(entry.verdict for entry in entries)
    median_ms = 1e3 * statistics.median(entry.seconds for entry in entries)
    cells = [str(counts[verdict]) for verdict in ("right", "wrong", "declined")]
    return f"| {name} | {' | '.join(cells)} | {median_ms:.1f} ms |"


def _cell(judged: Judged) -> str:
    return judged.verdict + (f" ({judged.told})" if judged.told else "")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.readers_beside", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    table = markdown(judge_all(labelled_data_folder() / "originals"))
    sys.stdout.write(table)
    if options.write is not None:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(put_between(page, table, marks=MARKS), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
