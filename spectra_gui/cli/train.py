"""``spectra-gui train``: run a config to a bundle and judge it, as the wizard does."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Final

from spectra_gui import assets
from spectra_gui.bundles import BundleError, find_bundle, load_bundle
from spectra_gui.cli.options import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    Parser,
    say,
    user_settings,
    whole_number,
)
from spectra_gui.cli.progress import duration
from spectra_gui.recipes import (
    Checked,
    ConfigError,
    EpochDone,
    Event,
    Finished,
    Judged,
    Notice,
    RunConfig,
    Started,
    TaskDone,
    config_from_dict,
    read_config,
    to_json,
    verdict_words,
)

JUDGEMENT: Final = "judgement.json"
"""In the run's folder: the new bundle beside the present one, every figure."""

_EPILOG: Final = """\
The run's folder (--work) keeps the prepared data, checkpoints and finished fits; the same command
goes on where a stopped or killed run was. With workers = 1 and threads = 1 in the config a run
repeats itself bit for bit on the same machine.

Where the config keeps stars back (data.test), the new bundle is compared with the present one
(--against) on those that neither learnt from; judgement.json in the run's folder has the figures.

The labelled libraries are looked for in SPECTRA_DATA, else in ../shared/data beside the checkout.

examples:
  spectra-gui train --config models/mk-ensemble-2/train.toml --out ./mk-ensemble-2
  spectra-gui train --config my-run.toml --check
  spectra-gui train --config my-run.toml --events jsonl

exit status: 0 done, 2 wrong usage or config, 3 data, bundle or disk failed, 130 stopped
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    listener: Callable[[Event], None] = print_event if options.events == "jsonl" else Printer()
    try:
        config = read_config(options.config)
        changes = {k: getattr(options, k) for k in ("workers", "threads", "device")}
        said = {k: v for k, v in changes.items() if v is not None}
        config = config_from_dict({**config.to_dict(), **said})
    except ConfigError as error:
        return _fail(error, listener, EXIT_USAGE)
    from spectra_gui.training import DataError, TrainingError

    cancelled = _interrupted(with_input=options.stop_with_input)
    try:
        return (_check if options.check else _train)(config, options, listener, cancelled)
    except ConfigError as error:
        say(f"spectra-gui train: {error}")
        return EXIT_USAGE
    except (BundleError, DataError, TrainingError, OSError) as error:
        say(f"spectra-gui train: {error}")
        return EXIT_FAILED


def _fail(error: Exception, listener: Callable[[Event], None], status: int) -> int:
    """Tell a failure that happened before the run could tell it itself."""
    listener(Finished("failed", str(error)))
    say(f"spectra-gui train: {error}")
    return status


def _check(
    config: RunConfig,
    options: argparse.Namespace,
    listener: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> int:
    from spectra_gui.training.check import check

    try:
        found = check(
            config,
            prepared=options.prepared or _work_folder(options, config),
            data_folder=_data_folder(options.data),
            base_folder=options.config.parent,
            listener=listener,
            cancelled=cancelled,
        )
    except Exception as error:  # told to the listener, then to the caller
        listener(Finished("failed", str(error)))
        raise
    return EXIT_DONE if found else EXIT_INTERRUPTED


def _train(
    config: RunConfig,
    options: argparse.Namespace,
    listener: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> int:
    from spectra_gui.training import train

    work = _work_folder(options, config)
    folder = train(
        config,
        out=options.out or assets.user_models_folder() / config.name,
        work=work,
        data_folder=_data_folder(options.data),
        listener=listener,
        cancelled=cancelled,
        base_folder=options.config.parent,
        prepared=options.prepared,
    )
    if folder is None:
        return EXIT_INTERRUPTED
    if config.data.test > 0:
        _judge(folder, work, options, listener)
    return EXIT_DONE


def _judge(
    folder: Path,
    work: Path,
    options: argparse.Namespace,
    listener: Callable[[Event], None],
) -> None:
    """Compare the finished bundle with the present one; a bundle stands, whatever comes of it."""
    import numpy as np

    from spectra_gui.evaluation.judge import judge
    from spectra_gui.training.base import load_base
    from spectra_gui.training.run import TEST_STARS
    from spectra_gui.training.source import load_source

    config = read_config(work / "config.toml")
    try:
        present = load_bundle(find_bundle(options.against or user_settings().text("bundle")))
    except BundleError as error:
        say(f"The new bundle is not compared with the present one. {error}")
        return
    new = load_bundle(folder)
    prepared = options.prepared or work
    folders = {"data_folder": _data_folder(options.data), "table_folder": options.config.parent}
    data, _ = load_source(config, prepared=prepared, base=load_base(config), **folders)
    other = None
    if present.preparation != new.preparation:
        other, _ = load_source(
            replace(config, preparation=present.preparation),
            prepared=prepared / "present", base=present, **folders,
        )  # fmt: skip
    kept_back = json.loads((work / TEST_STARS).read_text(encoding="utf-8"))["ids"]
    rows = np.flatnonzero(np.isin(data.ids, kept_back))
    found = judge(new, present, data, rows, present_data=other)
    path = work / JUDGEMENT
    path.write_text(json.dumps(found.to_dict(), indent=1, ensure_ascii=False), encoding="utf-8")
    listener(Judged(present.name, found.n_systems, found.verdict, str(path)))


def _work_folder(options: argparse.Namespace, config: RunConfig) -> Path:
    work: Path = options.work or Path("runs") / config.name
    return work


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui train",
        description="Train an ensemble from a config and write its bundle.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, required=True, help="the run's TOML file")
    parser.add_argument(
        "--check",
        action="store_true",
        help="prepare the data, say what they hold and how long a run takes, and train nothing",
    )
    parser.add_argument(
        "--out", type=Path, help="the new bundle's folder (default: your installed bundles)"
    )
    parser.add_argument(
        "--work", type=Path, help="the run's folder (default: runs/NAME in this folder)"
    )
    parser.add_argument(
        "--prepared",
        type=Path,
        metavar="DIR",
        help="folder of the prepared data, which several runs may share (default: --work)",
    )
    parser.add_argument("--data", type=Path, help="folder of the labelled data")
    parser.add_argument(
        "--against",
        metavar="BUNDLE",
        help="name or folder of the bundle to compare with (default: the one in your settings)",
    )
    parser.add_argument(
        "--events",
        choices=("text", "jsonl"),
        default="text",
        help="what is printed on standard output (default: %(default)s)",
    )
    parser.add_argument("--workers", type=whole_number, help="fits side by side")
    parser.add_argument("--threads", type=whole_number, help="processor threads a fit")
    parser.add_argument("--device", help="cpu, cuda or mps")
    parser.add_argument(
        "--stop-with-input",
        action="store_true",
        help="stop, as Ctrl+C does, when standard input ends: with the program that started this",
    )
    return parser


def _data_folder(given: Path | None) -> Path:
    beside = assets.models_folder().parent.parent / "shared" / "data"
    return given or Path(os.environ.get("SPECTRA_DATA", beside))


def _interrupted(*, with_input: bool) -> Callable[[], bool]:
    """Ctrl+C, SIGTERM and the end of the input ask the run to stop at the next step.

    Its checkpoints stand.
    """
    asked = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    def listen() -> None:
        # Not through sys.stdin: a thread that waits in its buffer aborts the interpreter's exit.
        while os.read(0, 1):
            pass
        asked.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    if with_input:
        threading.Thread(target=listen, name="input", daemon=True).start()
    return asked.is_set


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
        if isinstance(event, Notice):
            return event.message
        if isinstance(event, Checked):
            return _checked_text(event)
        if isinstance(event, Started):
            begun = f", {event.done} of them done" if event.done else ""
            kept = f"; {event.n_test} kept back to judge by" if event.n_test else ""
            return (
                f"{event.name}: {event.tasks} fits of {event.epochs} epochs on {event.device}"
                f"{begun}, {event.n_spectra} spectra of {event.n_systems} star systems{kept}"
                f"{_left_out_text(event.left_out)}"
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
        if isinstance(event, Judged):
            return f"Beside {event.present}: {event.verdict}"
        if isinstance(event, Finished):
            return f"{event.outcome}: {event.message}"
        return ""


def _left_out_text(left_out: tuple[tuple[str, int], ...]) -> str:
    return "".join(f"\n  left out: {n}, {reason}" for reason, n in left_out)


def _checked_text(event: Checked) -> str:
    parts = "".join(
        f"\n  {name}: {spectra} spectra of {systems} star systems"
        for name, spectra, systems in event.parts
    )
    leak = (
        "No star system stands in two parts."
        if event.shared == 0
        else f"{event.shared} star systems stand in two parts."
    )
    total = sum(map(sum, event.counts))
    return (
        f"{total} spectra can teach{_left_out_text(event.left_out)}{parts}{_idle_text(event)}"
        f"\n{leak}{_judges_text(event)}{_time_text(event)}"
    )


def _idle_text(event: Checked) -> str:
    """What the parts lack of the whole, and why."""
    n = event.without_part
    if not n:
        return ""
    are = "1 spectrum is" if n == 1 else f"{n} spectra are"
    return (
        f"\n  in no part: {are} of such validation or test stars, without a full type to choose "
        "or judge by"
    )


def _judges_text(event: Checked) -> str:
    stars = {name: n for name, _, n in event.parts}
    kept_back = stars.get("test", 0)
    if not kept_back:
        return ""
    return "\n" + verdict_words(event.judges, kept_back / sum(stars.values()))


def _time_text(event: Checked) -> str:
    """What this config takes, and of what that is made up."""
    costs = {start: (fixed, epoch) for start, fixed, epoch in event.costs}
    if event.start not in costs:
        return ""
    fixed, epoch = costs[event.start]
    each = duration(epoch) if epoch >= 1.0 else f"{epoch:.1g} s"
    fits = "1 fit" if event.fits == 1 else f"{event.fits} fits"
    return (
        f"\nThis config takes about {duration(fixed + event.epochs * epoch)} here, by a few steps "
        f"of its networks that were timed: {duration(fixed)} for what comes before and after, and "
        f"{event.epochs} epochs of {each} for all of its {fits}. Fits that stop early take "
        "less; so does a machine that does nothing else, if this one was busy now."
    )
