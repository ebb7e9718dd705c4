"""``spectra-gui selftest``: whether this installation works, one line for each point."""

from __future__ import annotations

import importlib.util
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from spectra_gui import assets
from spectra_gui.bundles import BundleError, find_bundle, load_bundle
from spectra_gui.cli.options import EXIT_DONE, EXIT_FAILED, Parser
from spectra_gui.cli.pipeline import Outcome, Pipeline, PipelineError, Source
from spectra_gui.engine.client import Event, ReadDone, ReaderClient, ReadFailed

_CHILD_S: Final = 120.0


class _FailedError(Exception):
    """A point that does not hold; the message is for a person."""


def main(arguments: Sequence[str]) -> int:
    """Run all checks; 0 where all hold, 3 where one does not."""
    parser = Parser(
        prog="spectra-gui selftest",
        description="Check that this installation works. Needs no network and no display.",
    )
    parser.parse_args(arguments)
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("package data", _check_assets),
        ("bundle", _check_bundle),
        ("window", _check_window),
        ("reading child", _check_reader),
        ("engine child", _check_engine),
    )
    held = [_run(name, check) for name, check in checks]
    return EXIT_DONE if all(held) else EXIT_FAILED


def _run(name: str, check: Callable[[], str]) -> bool:
    begun = time.monotonic()
    try:
        found, holds = check(), True
    except (_FailedError, BundleError, PipelineError, OSError) as error:
        found, holds = str(error), False
    seconds = time.monotonic() - begun
    word = "ok    " if holds else "failed"
    sys.stdout.write(f"{word} {name:<14} {found} ({seconds:.1f} s)\n")
    sys.stdout.flush()
    return holds


def _check_assets() -> str:
    missing = [f for f in (assets.models_folder(), assets.resources_folder()) if not f.is_dir()]
    if missing:
        raise _FailedError(f"{missing[0]} is missing; install the program again")
    examples = assets.example_files()
    return f"models and resources in {assets.models_folder().parent}, {len(examples)} examples"


def _check_bundle() -> str:
    bundle = load_bundle(find_bundle(None))
    return f"{bundle.name} is whole, {len(bundle.members)} members, {bundle.sha256[:12]}"


def _check_window() -> str:
    """Qt is only reported: without it the command line works."""
    if importlib.util.find_spec("PySide6") is None:
        return "PySide6 is not installed; the command line works without it"
    if getattr(sys, "frozen", False):
        return "PySide6 is part of this build"
    tried = subprocess.run(
        [
            sys.executable,
            "-c",
            "import PySide6.QtWidgets as q, PySide6; print(PySide6.__version__)",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        last = tried.stderr.strip().splitlines()[-1:] or ["no reason given"]
        return f"Qt does not load here ({last[0]}); the command line works without it"
    return f"PySide6 {tried.stdout.strip()} loads"


def _check_reader() -> str:
    """A sound file, a broken one, and a sound one again."""
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.fits"
        broken.write_bytes(b"SIMPLE  =                    T" + b"\xff" * 4000)
        sound = _made_file(Path(folder))
        events = _read([sound, broken, sound])
    done = [event for event in events if isinstance(event, ReadDone)]
    failed = [event for event in events if isinstance(event, ReadFailed)]
    if len(done) != 2 or len(failed) != 1:
        told = "; ".join(str(event.error) for event in failed)
        raise _FailedError(f"read {len(done)} of 2 sound files and {len(failed)} failed: {told}")
    return f"reads a file, and goes on after a broken one ({failed[0].error.code})"


def _read(paths: Sequence[Path]) -> list[Event]:
    events: queue.Queue[Event] = queue.Queue()
    client = ReaderClient(events.put)
    answers: list[Event] = []
    try:
        for path in paths:
            client.read(path)
        while len(answers) < len(paths):
            event = events.get(timeout=_CHILD_S)
            if isinstance(event, ReadDone | ReadFailed):
                answers.append(event)
    except queue.Empty:
        raise _FailedError(f"no answer within {_CHILD_S:.0f} s") from None
    finally:
        client.close()
    return answers


def _check_engine() -> str:
    """Two examples typed through both children."""
    notices: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        files = [str(path) for path in assets.example_files()[:2]] or [
            str(_made_file(Path(folder)))
        ]
        with Pipeline(
            bundle=None,
            device="auto",
            threads=None,
            memory_limit_mb=1024,
            time_limit_s=60.0,
            on_ready=lambda ready: notices.append(f"on {ready.device}"),
            on_notice=notices.append,
        ) as pipeline:
            sources = (Source(number, path) for number, path in enumerate(files))
            said = pipeline.run(sources, override=None)
            outcomes = [answer for answer in said if isinstance(answer, Outcome)]
    untyped = [o for o in outcomes if o.verdict is None]
    if untyped:
        raise _FailedError(f"{Path(untyped[0].file).name}: {untyped[0].error}")
    told = ", ".join(_told(outcome) for outcome in outcomes)
    return f"{told}, {'; '.join(notices)}"


def _told(outcome: Outcome) -> str:
    verdict = outcome.verdict
    if verdict is None:
        return "nothing"
    answer = "refused" if verdict.state == "refuse" else verdict.type
    return f"{Path(outcome.file).name} → {answer}"


def _made_file(folder: Path) -> Path:
    """A made spectrum in two columns, for an installation without examples."""
    wavelength_aa = np.arange(3800.0, 7000.0, 1.5)
    flux = np.ones(wavelength_aa.size)
    for line_aa in (3933.7, 3968.5, 4101.7, 4340.5, 4861.3, 6562.8):
        flux -= 0.5 * np.exp(-0.5 * ((wavelength_aa - line_aa) / 5.0) ** 2)
    flux += 0.01 * np.random.default_rng(0).standard_normal(flux.size)
    path = folder / "made.txt"
    np.savetxt(path, np.column_stack([wavelength_aa, flux]), header="wavelength_angstrom flux")
    return path
