"""What a training run tells while it runs: one line of JSON an event, the same for every front end.

The command line prints these, ``--events jsonl`` streams them and the wizard reads the stream.
`Finished` is the last event of a run, but for `Judged`, which follows a run that is done. Knows no
torch and no Qt.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Outcome = Literal["done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Preparing:
    """``done`` of ``total`` labelled spectra are read and prepared."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the run does otherwise than may be expected, in a sentence for a person."""

    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the data hold, before anything is trained.

    ``counts``: spectra by letter O…M (rows) and class I…VI or none (columns). ``parts``: name,
    spectra, star systems of what teaches (``train``), chooses the epoch (``validation``) and judges
    (``test``). ``shared``: star systems that stand in more than one part, which must be 0.
    ``known_to_base``: test systems that the base learnt from. ``costs``: start, seconds that it
    takes whatever the epochs, and seconds an epoch, of all ``fits`` of the config, from a few of
    their steps that were timed here; ``start`` and ``epochs`` are the config's.
    """

    counts: tuple[tuple[int, ...], ...]
    parts: tuple[tuple[str, int, int], ...]
    shared: int
    known_to_base: int
    left_out: tuple[tuple[str, int], ...]
    costs: tuple[tuple[str, float, float], ...]
    start: str = ""
    epochs: int = 0
    fits: int = 0

    @property
    def without_part(self) -> int:
        """Spectra in no part: of the stars that choose or judge, those without a full type."""
        return sum(map(sum, self.counts)) - sum(n for _, n, _ in self.parts)

    @property
    def judges(self) -> int:
        """Star systems that judge and that the base did not learn from."""
        return max(0, {name: n for name, _, n in self.parts}.get("test", 0) - self.known_to_base)


@dataclass(frozen=True, slots=True)
class Started:
    """The plan: ``tasks`` fits in all, ``done`` of them by an earlier run; how many stars teach.

    ``steps``: optimiser steps of the fits that are left, at most (an early stop saves some).
    ``n_test``: spectra kept back to judge by. ``left_out``: reason and number of spectra.
    """

    name: str
    tasks: int
    done: int
    epochs: int
    steps: int
    n_spectra: int
    n_systems: int
    n_test: int
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
class Judged:
    """The new bundle beside another on stars that neither learnt from; ``path`` has all figures."""

    present: str
    n_systems: int
    verdict: str
    path: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run has ended; ``message`` is the bundle's folder, or why there is none."""

    outcome: Outcome
    message: str


Event = (
    Preparing
    | Notice
    | Checked
    | Started
    | StepDone
    | EpochDone
    | CheckpointSaved
    | TaskDone
    | Judged
    | Finished
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


def to_json(event: Event) -> str:
    """One line without a line end."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False)


def from_json(line: str) -> Event:
    """The event of a line; raises ``ValueError`` on anything that `to_json` did not write."""
    values = json.loads(line)
    if not isinstance(values, dict) or values.get("event") not in _KINDS:
        raise ValueError(f"not a training event: {line[:80]!r}")
    kind = _KINDS[values.pop("event")]
    try:
        event: Event = kind(**{key: _tuples(value) for key, value in values.items()})
    except TypeError as error:
        raise ValueError(f"not a training event: {error}") from error
    return event


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
