"""What is wished for and how far the work is: plain values, no Qt."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from spectra_gui.data.explanation import Target

RATE_WINDOW_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class Wish:
    """The explanation that the visible panel asks for."""

    row_id: int
    target: Target = "joint"
    method: str = "guided_grad_cam"


@dataclass(frozen=True, slots=True)
class Work:
    """How far the present work is; ``total`` 0 where nothing is under way."""

    done: int = 0
    total: int = 0
    failed: int = 0
    per_second: float = 0.0
    waiting_for_engine: bool = False

    @property
    def seconds_left(self) -> float | None:
        """None where the rate is not known yet."""
        return (self.total - self.done) / self.per_second if self.per_second > 0 else None


class WorkCounter:
    """Counts what is done, and how fast it went in the last seconds."""

    def __init__(self) -> None:
        self._done = self._failed = 0
        self._finished_at: deque[float] = deque()

    def count(self, *, failed: bool = False) -> None:
        """One more spectrum or file is finished."""
        self._done += 1
        self._failed += failed
        self._finished_at.append(time.monotonic())

    def reset(self) -> None:
        """All is done: the next work counts from nothing."""
        self._done = self._failed = 0
        self._finished_at.clear()

    def work(self, left: int, *, waiting_for_engine: bool) -> Work:
        """How far it is with ``left`` still to do."""
        now = time.monotonic()
        while self._finished_at and self._finished_at[0] < now - RATE_WINDOW_S:
            self._finished_at.popleft()
        span = now - self._finished_at[0] if len(self._finished_at) > 1 else 0.0
        rate = len(self._finished_at) / span if span > 0.2 else 0.0
        return Work(self._done, self._done + left, self._failed, rate, waiting_for_engine)
