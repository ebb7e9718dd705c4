"""Breaks real files in thousands of ways and reads them: every outcome must be an honest one.

    python -m tests.fuzz --seconds 120 --seed 1
    python -m tests.fuzz --seconds 36000 --seed $RANDOM       overnight
    python -m tests.fuzz --again desi_coadd-sv3-dark-26065.fits:1234 --keep broken.fits

The files are those of SPECTRA_DATA (originals/). The same seed gives the same mutations in the
same order, as far as the time reaches. Files are read in a process of their own with the limits
of the reading child: 5 s of processor time and 1 GB; when it dies or hangs, its last recipe is
the failure, and another goes on. A recipe that failed belongs in failures.txt beside this file,
with a word on what was wrong; the tests repeat it for good. Exit status: 0 or, with failures, 1.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import FrameType

from tests.conftest import labelled_data_folder
from tests.fuzz.check import outcome
from tests.fuzz.mutate import mutated

ROOT = Path(__file__).resolve().parents[2]
CPU_S = 5
SILENCE_S = 60
MAX_BYTES = 1_000_000
"""Larger files of the zoo are left out: nearly all of their bytes are pixels."""


class TookTooLongError(BaseException):
    """Not an ``Exception``, so that no reader takes it for a broken file."""


class Zoo:
    """The real files by name."""

    def __init__(self) -> None:
        folder = labelled_data_folder() / "originals"
        paths = sorted(p for p in folder.glob("*") if p.name != "MANIFEST.csv")
        self._paths = {p.name: p for p in paths if p.stat().st_size < MAX_BYTES}
        self.names = list(self._paths)
        self._kept: dict[str, bytes] = {}

    def data(self, name: str) -> bytes:
        """The bytes of a file, read once."""
        if name not in self._kept:
            self._kept[name] = self._paths[name].read_bytes()
        return self._kept[name]

    def broken(self, name: str, number: int) -> bytes:
        """The bytes that a recipe makes."""
        others = lambda i: self.data(self.names[i % len(self.names)])  # noqa: E731
        return mutated(self.data(name), name, number, others)


def recipes(zoo: Zoo, seed: int) -> Iterator[tuple[str, int]]:
    """Names and numbers without end, the same for the same seed."""
    chance = Random(seed)
    while True:
        yield chance.choice(zoo.names), chance.randrange(1 << 40)


def try_recipe(zoo: Zoo, name: str, number: int, path: Path) -> str:
    """The outcome of a recipe; raises where it breaks a promise."""
    path.write_bytes(zoo.broken(name, number))
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
    try:
        return outcome(path)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def work(seed: int, skip: int, folder: Path) -> None:
    """The child: tries one recipe after the other, and says each before and after."""
    import gc

    from spectra_gui.engine import limits
    from spectra_gui.readers.registry import families

    families()
    limits.forbid_core_dumps()
    limits.forbid_network()
    limits.limit_memory(1024)
    signal.signal(signal.SIGVTALRM, _too_long)
    zoo = Zoo()
    for place, (name, number) in enumerate(recipes(zoo, seed)):
        if place < skip:
            continue
        _say({"try": f"{name}:{number}"})
        try:
            _say({"end": try_recipe(zoo, name, number, folder / "broken")})
        except (Exception, TookTooLongError):
            _say({"end": "failed", "why": traceback.format_exc(limit=-4)})
        if place % 20 == 0:
            gc.collect()


def _say(value: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def supervise(seconds: float, seed: int) -> tuple[Counter[str], dict[str, str]]:
    """Run children until the time is over: how often each outcome came, and the failures."""
    outcomes: Counter[str] = Counter()
    failures: dict[str, str] = {}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="spectra-fuzz-") as name:
        while (left := end - time.monotonic()) > 0:
            _one_child(left, seed, Path(name), outcomes, failures)
    return outcomes, failures


def _one_child(
    seconds: float, seed: int, folder: Path, outcomes: Counter[str], failures: dict[str, str]
) -> None:
    arguments = ["--work", str(seed), str(outcomes.total()), str(folder)]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    # The alarm ends a child that hangs where no signal of its own reaches it.
    end = time.monotonic() + seconds
    current, heard = "", time.monotonic()
    signal.signal(signal.SIGALRM, lambda *_: child.kill())
    try:
        signal.alarm(SILENCE_S)
        for line in child.stdout:
            said = json.loads(line)
            signal.alarm(SILENCE_S)
            heard = time.monotonic()
            if "try" in said:
                current = said["try"]
                continue
            outcomes[said["end"]] += 1
            if "why" in said:
                failures[current] = said["why"]
            current = ""
            if heard > end:
                return
    finally:
        signal.alarm(0)
        child.kill()
        child.wait()
    outcomes["died"] += 1
    failures[current or "start"] = f"The process ended with status {child.returncode}.\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", metavar="NAME:NUMBER", help="try this recipe here and now")
    parser.add_argument("--keep", type=Path, help="with --again, where to keep the broken file")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(int(options.work[0]), int(options.work[1]), Path(options.work[2]))
    if options.again:
        return _try_again(options.again, options.keep)
    if not Zoo().names:
        parser.error(f"there are no files in {labelled_data_folder()}; set SPECTRA_DATA")
    outcomes, failures = supervise(options.seconds, options.seed)
    for name, count in outcomes.most_common():
        sys.stdout.write(f"{count:8d} {name}\n")
    for recipe, why in failures.items():
        sys.stdout.write(f"\nFAILED {recipe}\n{why}")
    sys.stdout.write(
        f"{outcomes.total()} broken files in {options.seconds:.0f} s, seed {options.seed}: "
        f"{len(failures)} failures.\n"
    )
    return bool(failures)


def _try_again(recipe: str, keep: Path | None) -> int:
    name, _, number = recipe.rpartition(":")
    signal.signal(signal.SIGVTALRM, _too_long)
    with tempfile.TemporaryDirectory(prefix="spectra-fuzz-") as folder:
        path = keep or Path(folder) / "broken"
        sys.stdout.write(try_recipe(Zoo(), name, int(number), path) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
