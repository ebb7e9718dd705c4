"""Variants of a recipe trained on the same folds, each beside the recipe itself, in one table.

    python -m spectra_gui.evaluation.ablations models/comparison/ablations.toml

The table is made of all fits that are there, so a call with ``--only`` adds to it. Left-out
libraries are scored on their development halves alone. Knows the command; `variants` reads the
file, `variant_fits` trains, `contrasts` scores.
"""

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
from typing import Final

from spectra_gui import assets
from spectra_gui.evaluation.contrasts import (
    Line,
    Sampled,
    contrast,
    score,
    seed_variance,
    to_json,
    to_markdown,
)
from spectra_gui.evaluation.variant_fits import Plan, VariantFits
from spectra_gui.evaluation.variants import Variant, Variants, read_variants
from spectra_gui.recipes import (
    ConfigError,
    Event,
    RunConfig,
    TaskDone,
)
from spectra_gui.training import DataError, TrainingError
from spectra_gui.training.fitted import CancelledError
from spectra_gui.training.run import check_device, check_networks

FEWEST_FOLDS: Final = 2
"""A fold is calibrated on the others, so one alone cannot be scored."""

_EPILOG: Final = """\
A call that was stopped goes on where it was. Fits are kept for the data and the recipe that they
are of; after a change of the code that trains, give another --work. The labelled data are looked
for in SPECTRA_DATA, else in ../shared/data beside the checkout.

exit status: 0 done, 2 wrong usage, 3 the file, the data or a fit failed, 130 interrupted
"""


class Table:
    """The lines of all variants beside the base; what is slow is computed once."""

    def __init__(self, fits: VariantFits, out: Path, command: str) -> None:
        self._fits, self._out, self._command = fits, out, command
        self._known: dict[str, dict[str, Sampled]] = {}

    def lines(self) -> list[Line]:
        """In the file's order; variants that lack fits have no figures."""
        variants = self._fits.variants
        for variant in variants:
            if variant.name not in self._known:
                answers = self._fits.answers(variant)
                if answers is not None:
                    self._known[variant.name] = score(answers, self._fits.stars)
        alike = [self._known[v.name] for v in variants
                 if v.name in self._known and "members" not in v.changes]  # fmt: skip
        seeds, base = seed_variance(alike), self._known[variants.base.name]
        return [
            Line(
                v.name, v.group, v.about, dict(v.changes),
                contrast(self._known.get(v.name, {}), None if v is variants.base else base, seeds),
            )
            for v in variants
        ]  # fmt: skip

    def write(self) -> None:
        """Write ``ablations.md`` and ``ablations.json``, once the base has all its fits."""
        if self._fits.n_waiting(self._fits.variants.base):
            return
        lines, plan = self.lines(), self._fits.plan
        self._out.mkdir(parents=True, exist_ok=True)
        table = to_markdown(lines, command=self._command, repeats=plan.repeats)
        (self._out / "ablations.md").write_text(table, encoding="utf-8")
        document = {
            "command": self._command,
            "splits": list(plan.splits),
            "repeats": plan.repeats,
            "base": self._fits.variants.base.config.to_dict(),
            "variants": to_json(lines),
        }
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (self._out / "ablations.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is left, write the table after every variant, and return the exit status."""
    options = _parser().parse_args(arguments)
    cancelled = _interrupted()
    try:
        return _run(options, cancelled)
    except CancelledError:
        _say("Stopped. The same command goes on where it was.")
        return 130
    except (ConfigError, DataError, TrainingError) as error:
        _say(str(error))
        return 3


def _run(options: argparse.Namespace, cancelled: Callable[[], bool]) -> int:
    variants = _on_machine(read_variants(options.file), options)
    plan = _plan(variants.base.config, options)
    wanted = _wanted(variants, options.only)
    for variant in wanted:
        check_device(variant.config)
        check_networks(variant.config)
    work, out = options.work, options.out or options.work
    fits = VariantFits(variants, plan, work=work, data_folder=_data_folder(options.data))
    if options.plan:
        for variant in wanted:
            _say(f"{variant.name}: {fits.n_waiting(variant)} fits to do. {variant.about}")
        _say(f"{fits.n_waiting(*wanted)} fits in all, those that variants share counted once.")
        return 0
    table = Table(fits, out, _command(options, plan))
    for variant in wanted:
        if fits.n_waiting(variant):
            fits.train(variant, _teller(variant), cancelled)
            table.write()
    table.write()
    _say(f"{out / 'ablations.md'} and ablations.json written.")
    return 0


def _on_machine(variants: Variants, options: argparse.Namespace) -> Variants:
    given = {key: getattr(options, key) for key in ("workers", "threads", "device")}
    given = {key: value for key, value in given.items() if value is not None}

    def moved(variant: Variant) -> Variant:
        return replace(variant, config=replace(variant.config, **given))

    others = tuple(moved(variant) for variant in variants.others)
    return replace(variants, base=moved(variants.base), others=others)


def _wanted(variants: Variants, only: str) -> list[Variant]:
    """The base, and the variants that are asked for by name or group, in the file's order."""
    asked = [word for word in only.split(",") if word]
    for word in asked:
        if not any(word in (variant.name, variant.group) for variant in variants):
            names = ", ".join(variant.name for variant in variants)
            raise ConfigError(f"--only {word!r} is no variant and no group; allowed: {names}")
    chosen = [v for v in variants.others if not asked or v.name in asked or v.group in asked]
    return [variants.base, *chosen]


def _plan(base: RunConfig, options: argparse.Namespace) -> Plan:
    """The splits that are asked for, all of the recipe's where nothing is said."""
    known = [str(k) for k in range(base.scoring.folds)]
    folds = options.folds.split(",") if options.folds else known
    if not set(folds) <= set(known) or len(set(folds)) < FEWEST_FOLDS:
        raise ConfigError(
            f"--folds {','.join(folds)}: name at least {FEWEST_FOLDS} of {', '.join(known)}; each "
            "is calibrated on the others"
        )
    left_out = base.scoring.left_out if options.left_out else ()
    splits = [f"fold-{k}" for k in known if k in folds] + [f"left-{a}-{b}" for a, b in left_out]
    return Plan(tuple(splits), options.repeats)


def _teller(variant: Variant) -> Callable[[Event], None]:
    began = time.monotonic()

    def tell(event: Event) -> None:
        if isinstance(event, TaskDone):
            split = event.task.removeprefix("member.")
            took = time.monotonic() - began
            _say(
                f"{variant.name} {split}: epoch {event.best_epoch}, validation NLL "
                f"{event.validation_nll:.3f} ({took:.0f} s)"
            )

    return tell


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _interrupted() -> Callable[[], bool]:
    """Ctrl+C and SIGTERM ask the run to stop at the next step; its checkpoints stand."""
    asked = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda _signal, _frame: asked.set())
    return asked.is_set


def _data_folder(given: Path | None) -> Path:
    beside = assets.models_folder().parent.parent / "shared" / "data"
    return given or Path(os.environ.get("SPECTRA_DATA", beside))


def _command(options: argparse.Namespace, plan: Plan) -> str:
    """The command that remakes the table, without what depends on this machine."""
    here = Path.cwd()
    file = options.file.resolve()
    shown = file.relative_to(here) if file.is_relative_to(here) else Path(file.name)
    words = ["python -m spectra_gui.evaluation.ablations", shown.as_posix()]
    if options.folds:
        words.append("--folds " + ",".join(s.removeprefix("fold-") for s in plan.folds()))
    if not options.left_out:
        words.append("--no-left-out")
    if plan.repeats > 1:
        words.append(f"--repeats {plan.repeats}")
    return " ".join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spectra_gui.evaluation.ablations",
        description="Train variants of a recipe on the same folds and write one table.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", type=Path, help="the TOML file of the variants")
    add("--only", default="", metavar="NAMES", help="train these variants or groups, with commas")
    add("--folds", default="", metavar="0,1", help="train these folds (default: all)")
    add(
        "--left-out", action=argparse.BooleanOptionalAction, default=True,
        help="score the development halves of left-out libraries too",
    )  # fmt: skip
    add("--repeats", type=whole_number, default=1, help="fit every member with so many seeds")
    add("--plan", action="store_true", help="say how many fits are to be done, and train nothing")
    add(
        "--work",
        type=Path,
        default=Path("runs/ablations"),
        help="keeps fits (default: %(default)s)",
    )
    add("--out", type=Path, help="folder of ablations.md and ablations.json (default: --work)")
    add("--data", type=Path, help="folder of the labelled data")
    add("--workers", type=whole_number, help="fits side by side (default: the recipe's)")
    add("--threads", type=whole_number, help="processor threads a fit")
    add("--device", help="cpu, cuda or mps")
    return parser


def whole_number(text: str) -> int:
    """A number of at least 1, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError(f"{number} is less than 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
