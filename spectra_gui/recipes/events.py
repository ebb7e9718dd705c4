"""What a training run tells while it runs: one line of JSON an event, the same for every front end.

The command line prints these, ``--events jsonl`` streams them and the wizard reads the stream.
Knows no torch and no Qt.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Started:
    """The plan: ``tasks`` fits in all, how many stars teach, how many were left out and why."""

    name: str
    tasks: int
    epochs: int
    n_spectra: int
    n_systems: int
    left_out: tuple[tuple[str, int], ...]
    device: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """One optimiser step of a fit; ``step`` of ``steps``, with the loss of its batch."""

    task: str
    step: int
    steps: int
    loss: float
    learning_rate: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """One epoch of a fit, scored on its validation stars."""

    task: str
    epoch: int
    epochs: int
    train_loss: float
    validation_nll: float
    letter: float
    luminosity: float
    joint: float
    learning_rate: float
    seconds: float
    best: bool


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """The fit can go on from here after a crash."""

    task: str
    epoch: int
    path: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A fit has ended: ``done`` of ``tasks`` are finished."""

    task: str
    done: int
    tasks: int
    best_epoch: int
    validation_nll: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The run has ended; ``message`` is the bundle's folder, or why there is none."""

    outcome: Outcome
    message: str


Event = Started | StepDone | EpochDone | CheckpointSaved | TaskDone | Finished

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Started, StepDone, EpochDone, CheckpointSaved, TaskDone, Finished)
}


def to_json(event: Event) -> str:
    """One line without a line end."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False)


def from_json(line: str) -> Event:
    """The event of a line; raises ``ValueError`` on anything that `to_json` did not write."""
    values = json.loads(line)
    if not isinstance(values, dict) or values.get("event") not in _KINDS:
        raise ValueError(f"not a training event: {line[:80]!r}")
    kind = _KINDS[values.pop("event")]
    if kind is Started:
        values["left_out"] = tuple((str(a), int(b)) for a, b in values["left_out"])
    try:
        event: Event = kind(**values)
    except TypeError as error:
        raise ValueError(f"not a training event: {error}") from error
    return event
