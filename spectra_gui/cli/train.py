"""``spectra-gui train``: run a config to a bundle, on this machine, as the wizard does."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Final

from spectra_gui import assets
from spectra_gui.bundles import BundleError
from spectra_gui.cli.options import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    say,
    whole_number,
)
from spectra_gui.recipes import (
    ConfigError,
    EpochDone,
    Event,
    Finished,
    Started,
    TaskDone,
    read_config,
    to_json,
)

_EPILOG: Final = """\
The run's folder (--work) keeps the prepared data, checkpoints and finished fits; the same command
goes on where a stopped or killed run was. With workers = 1 and threads = 1 in the config a run
repeats itself bit for bit on the same machine.

The labelled libraries are looked for in SPECTRA_DATA, else in ../shared/data beside the checkout.

examples:
  spectra-gui train --config models/mk-ensemble-1/train.toml --out ./mk-ensemble-1
  spectra-gui train --config my-run.toml --events jsonl

exit status: 0 done, 2 wrong usage or config, 3 data, bundle or disk failed, 130 stopped
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        config = read_config(options.config)
        changes = {k: getattr(options, k) for k in ("workers", "threads", "device")}
        config = replace(config, **{k: v for k, v in changes.items() if v is not None})
    except ConfigError as error:
        say(f"spectra-gui train: {error}")
        return EXIT_USAGE
    from spectra_gui.training import DataError, TrainingError, train

    out = options.out or assets.user_models_folder() / config.name
    work = options.work or Path("runs") / config.name
    try:
        folder = train(
            config,
            out=out,
            work=work,
            data_folder=_data_folder(options.data),
            listener=print_event if options.events == "jsonl" else Printer(),
            cancelled=_interrupted(),
            base_folder=options.config.parent,
        )
    except (BundleError, DataError, TrainingError, OSError) as error:
        say(f"spectra-gui train: {error}")
        return EXIT_FAILED
    return EXIT_DONE if folder else EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spectra-gui train",
        description="Train an ensemble from a config and write its bundle.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, required=True, help="the run's TOML file")
    parser.add_argument(
        "--out", type=Path, help="the new bundle's folder (default: your installed bundles)"
    )
    parser.add_argument(
        "--work", type=Path, help="the run's folder (default: runs/NAME in this folder)"
    )
    parser.add_argument("--data", type=Path, help="folder of the labelled data")
    parser.add_argument(
        "--events",
        choices=("text", "jsonl"),
        default="text",
        help="what is printed on standard output (default: %(default)s)",
    )
    parser.add_argument("--workers", type=whole_number, help="fits side by side")
    parser.add_argument("--threads", type=whole_number, help="processor threads a fit")
    parser.add_argument("--device", help="cpu, cuda or mps")
    return parser


def _data_folder(given: Path | None) -> Path:
    beside = assets.models_folder().parent.parent / "shared" / "data"
    return given or Path(os.environ.get("SPECTRA_DATA", beside))


def _interrupted() -> Callable[[], bool]:
    """Ctrl+C and SIGTERM ask the run to stop at the next step; its checkpoints stand."""
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return lambda: asked


def print_event(event: Event) -> None:
    """One line of JSON, at once."""
    sys.stdout.write(to_json(event) + "\n")
    sys.stdout.flush()


class Printer:
    """Events as lines for a person; steps are too many to print."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, event: Event) -> None:
        text = self._text(event)
        if text:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def _text(self, event: Event) -> str:
        if isinstance(event, Started):
            left = "".join(f"\n  left out: {n}, {reason}" for reason, n in event.left_out)
            return (
                f"{event.name}: {event.tasks} fits of {event.epochs} epochs on {event.device}, "
                f"{event.n_spectra} spectra of {event.n_systems} star systems{left}"
            )
        if isinstance(event, EpochDone):
            return (
                f"{event.task}  epoch {event.epoch}/{event.epochs}  loss {event.train_loss:.3f}  "
                f"validation NLL {event.validation_nll:.3f}  right in both {event.joint:.3f}, "
                f"letter {event.letter:.3f}, class {event.luminosity:.3f}"
                f"{'  (best)' if event.best else ''}"
            )
        if isinstance(event, TaskDone):
            took = time.monotonic() - self._began
            return f"{event.task} done: {event.done} of {event.tasks} fits, {took:.0f} s"
        if isinstance(event, Finished):
            return f"{event.outcome}: {event.message}"
        return ""
