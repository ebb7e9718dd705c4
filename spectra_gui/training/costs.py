"""How long a run of a config takes here: some steps of its own fits, timed, and how many it has.

Nothing of what is timed is kept.
"""

from __future__ import annotations

import contextlib
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.networks import build_network
from spectra_gui.recipes import MemberConfig, RunConfig
from spectra_gui.recipes.config import Start
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fit import fit, steps_an_epoch
from spectra_gui.training.fitted import CancelledError, FitPlace
from spectra_gui.training.solve import ITERATIONS
from spectra_gui.training.solved import SOLVED_KINDS, fit_solved
from spectra_gui.training.tasks import WHOLE, is_solved, plan, split_of

START_UP_S: Final = 5.0
"""Importing torch, loading the data, writing the bundle; not timed."""

TIMED_STEPS: Final = 4
TIMED_S: Final = 2.0
"""Steps of a network that are timed, and the seconds after which fewer must do."""

TIMED_ROWS: Final = 64
"""Spectra whose way through the network is timed."""

_TIMED_EPOCHS: Final = 10

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds of one member: before its first step, of a step of all and of its last layer, of a
    spectrum once through it; and those of solving for it, where it is linear."""

    set_up: float
    step: float
    head_step: float
    through: float
    solved: float


def measure_costs(config: RunConfig, data: LabelledSet) -> tuple[tuple[Start, float, float], ...]:
    """Start, fixed seconds and seconds an epoch of all fits of the run, on the config's device.

    Parameters
    ----------
    data : the `learning_set`
    """
    torch.set_num_threads(config.threads)
    tasks = plan(config)
    splits = {split: split_of(split, data, config) for split in {task.split for task in tasks}}
    times: dict[str, _Times] = {}
    for member in config.members:
        key = _kind_of(member)
        if key not in times:
            times[key] = _time_member(member, data, *splits[WHOLE][:2], config)

    def sums(start: Start) -> tuple[float, float]:
        fixed = epoch = 0.0
        for task in tasks:
            train, validation, tested = splits[task.split]
            took = times[_kind_of(config.members[task.member])]
            steps = steps_an_epoch(len(train), config)
            answered = len(validation) + int(tested.sum())
            if start == "adapt":
                fixed += (len(train) * config.augment.draws + answered) * took.through
                epoch += steps * took.head_step
            elif start == "scratch" and is_solved(task, config):
                fixed += took.solved + answered * took.through
            else:
                fixed += took.set_up + answered * took.through
                epoch += steps * took.step + len(validation) * took.through
        side_by_side = max(1, min(config.workers, len(tasks)))
        return START_UP_S + fixed / side_by_side, epoch / side_by_side

    starts: tuple[Start, ...] = ("adapt", "fine_tune", "scratch")
    return tuple((start, *sums(start)) for start in starts)


def _kind_of(member: MemberConfig) -> str:
    return f"{member.kind} {member.architecture}"


def _time_member(
    member: MemberConfig, data: LabelledSet, train: Rows, validation: Rows, config: RunConfig
) -> _Times:
    optimiser = replace(config.optimiser, epochs=_TIMED_EPOCHS, patience=_TIMED_EPOCHS)
    network = build_network(member.kind, config.architecture_of(member))
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    few = train[:TIMED_ROWS]
    draws = config.augment.draws
    batch = max(1, min(optimiser.batch_size, len(few) // TIMED_STEPS))
    config_of: dict[Start, RunConfig] = {
        "adapt": replace(config, start="adapt", optimiser=replace(optimiser, batch_size=batch)),
        "fine_tune": replace(config, start="fine_tune", optimiser=optimiser),
        "scratch": replace(config, start="scratch", optimiser=optimiser),
    }

    def timed(
        call: Callable[..., Any], rows: Rows, way: Start, clock: _Clock, **more: Any
    ) -> _Clock:
        with tempfile.TemporaryDirectory() as folder:
            place = FitPlace("timed", Path(folder) / "checkpoint", lambda _event: None, clock)
            with contextlib.suppress(CancelledError):
                call(
                    data, rows, validation[:1],
                    member=member, config=config_of[way], place=place, **more,
                )  # fmt: skip
        return clock

    head = timed(fit, few, "adapt", _Clock(draws + TIMED_STEPS, math.inf), start=weights)
    through = (head.at[draws] - head.at[0]) / draws / len(few)
    solved = 0.0
    if member.kind in SOLVED_KINDS:
        solving = timed(fit_solved, train, "scratch", _Clock())
        solved = solving.set_up + ITERATIONS * solving.usual()
        whole = timed(fit, train, "fine_tune", _Clock(), start=weights)
    else:
        whole = timed(fit, train, "scratch", _Clock())
    return _Times(whole.set_up, whole.usual(), head.usual(skipped=draws), through, solved)


class _Clock:
    """Asked by a fit before each step whether to stop: notes when, and stops it after some."""

    def __init__(self, n_steps: int = TIMED_STEPS, most_s: float = TIMED_S) -> None:
        self.began = time.perf_counter()
        self.at: list[float] = []
        self._n, self._most_s = n_steps, most_s

    def __call__(self) -> bool:
        self.at.append(time.perf_counter())
        # The first step pays for memory: one more is timed, however long it takes.
        is_late = len(self.at) > 2 and self.at[-1] - self.at[0] > self._most_s
        return len(self.at) > self._n or is_late

    @property
    def set_up(self) -> float:
        """Seconds before the first step."""
        return self.at[0] - self.began

    def usual(self, *, skipped: int = 0) -> float:
        """Seconds of a step behind the first."""
        took = [b - a for a, b in pairwise(self.at[skipped:])]
        return statistics.median(took[1:] or took or [0.0])
