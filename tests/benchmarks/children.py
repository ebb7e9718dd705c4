"""Runs what is measured in processes of their own, and watches their memory.

Knows processes; nothing of Spectra but how it is started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_S = 0.2


@dataclass(frozen=True)
class Run:
    """How a process ended: its standard output, wall time, and peak memory with its children."""

    output: str
    wall_s: float
    peak_bytes: int


def run(arguments: Sequence[str], *, folder: Path, cores: int | None = None) -> Run:
    """Run Python with these arguments; ``folder`` holds settings and autosaves of its own.

    It also holds the compiled modules, so that a second run starts as an installed program does,
    whatever the environment says about writing them.

    Raises
    ------
    RuntimeError
        If it ends with another exit code than 0, with the last that it said.
    """
    variables = os.environ | {
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "SPECTRA_STARTED": repr(time.monotonic()),
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if cores is not None:
        chosen = sorted(os.sched_getaffinity(0))[:cores]
        os.sched_setaffinity(process.pid, chosen)
    started = time.monotonic()
    watch = MemoryWatch(process.pid)
    output, errors = process.communicate()
    wall_s = time.monotonic() - started
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments[:4])} ended with {process.returncode}:\n{errors}")
    return Run(output, wall_s, watch.end())


def run_window(arguments: Sequence[str], *, folder: Path) -> tuple[dict[str, float], Run]:
    """Run a measurement of the window; its numbers by name, and the run."""
    done = run(["-m", "tests.benchmarks.window_run", *arguments], folder=folder)
    return json.loads(done.output.splitlines()[-1]), done


class MemoryWatch:
    """Samples the memory of a process and its children (proportional shares, so nothing twice)."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak_bytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> int:
        """Stop watching; the peak in bytes."""
        self._ended.set()
        self._thread.join()
        return self._peak_bytes

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            self._peak_bytes = max(self._peak_bytes, tree_bytes(self._process))


def tree_bytes(process: psutil.Process) -> int:
    """Memory of a process and all its children; what ends meanwhile counts as nothing."""
    total = 0
    try:
        members = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in members:
        try:
            total += member.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total
