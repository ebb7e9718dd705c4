"""How far a training is and how long it will take, from its events. Knows no Qt."""

from __future__ import annotations

from spectra_gui.recipes import EpochDone, Event, Preparing, Started, StepDone, TaskDone

_FEWEST_S = 2.0
_SMALLEST_SHARE = 0.01
_FIRST_NOTICE = 10
"""A fit whose first step told is a later one goes on from a checkpoint."""


class Progress:
    """Takes events with the time they came at; `words` and `share` are for a progress bar."""

    def __init__(self) -> None:
        self.started: Started | None = None
        self.prepared: Preparing | None = None
        self.tasks_done = 0
        self._began = 0.0
        self._now = 0.0
        self._first_step: dict[str, int] = {}
        self._last_step: dict[str, int] = {}
        self._steps: dict[str, int] = {}
        self._epoch: EpochDone | None = None

    def take(self, event: Event, now: float) -> None:
        self._now = now
        if isinstance(event, Preparing):
            self.prepared = event
        elif isinstance(event, Started):
            self.started, self._began, self.tasks_done = event, now, event.done
        elif isinstance(event, StepDone):
            self._first_step.setdefault(event.task, event.step)
            self._last_step[event.task] = event.step
            self._steps[event.task] = event.steps
        elif isinstance(event, EpochDone):
            self._epoch = event
        elif isinstance(event, TaskDone):
            self.tasks_done = event.done
            if event.task in self._steps:
                self._last_step[event.task] = self._steps[event.task]

    @property
    def share(self) -> float:
        """0–1 of the steps of this run; what an early stop saved counts as done."""
        if self.started is None or self.started.steps <= 0:
            return 0.0
        return min(1.0, sum(self._last_step.values()) / self.started.steps)

    def seconds_left(self, now: float) -> float | None:
        """None until it can be told. Steps that an earlier run took say nothing about the pace."""
        if self.started is None or now - self._began < _FEWEST_S:
            return None
        before = sum(first for first in self._first_step.values() if first > _FIRST_NOTICE)
        own = sum(self._last_step.values()) - before
        if own < _SMALLEST_SHARE * self.started.steps:
            return None
        left = max(0.0, self.started.steps - own - before)
        return (now - self._began) * left / own

    def words(self, now: float) -> str:
        """Where the run is, in one line."""
        if self.started is None:
            if self.prepared is None or self.prepared.total == 0:
                return "Starting…"
            return f"Preparing spectra: {self.prepared.done} of {self.prepared.total}"
        place = min(self.tasks_done + 1, self.started.tasks)
        parts = [f"Network {place} of {self.started.tasks}"]
        if self.tasks_done >= self.started.tasks:
            parts = ["Writing and judging the new model…"]
        elif self._epoch is not None:
            parts.append(f"epoch {self._epoch.epoch} of {self._epoch.epochs}")
        left = self.seconds_left(now)
        if left is not None and self.tasks_done < self.started.tasks:
            parts.append(f"{duration_words(left)} left")
        return "  ·  ".join(parts)


def duration_words(seconds: float) -> str:
    """A time as a person says it: ``about 40 s``, ``about 3 min``, ``about 2.5 h``."""
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5)):.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
