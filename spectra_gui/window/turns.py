"""Pieces of work for the event loop, so placed that no turn of it grows long.

Qt paints and fires all timers that are due within one turn. A piece that finds its turn long
already waits for the next one. Knows no kind of work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

WAIT_MS: Final = 1
LATE_S: Final = 0.005
"""A piece that comes later than this after its time shares the turn with something long."""
MOST_WAITS: Final = 3
"""So often it gives way; then it is done all the same, so that painting cannot hold it up."""


class NextTurn(QObject):
    """Calls back once, soon, in a turn of the event loop that is not long already."""

    def __init__(self, call: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._due_s = 0.0
        self._waits = 0
        # A timer, since calls posted to each other all run within one turn of the event loop.
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._come)

    def start(self) -> None:
        """Call back soon; once, however often it is asked for until then."""
        if not self._timer.isActive():
            self._waits = 0
            self._wait()

    def stop(self) -> None:
        """Do not call back."""
        self._timer.stop()

    def _wait(self) -> None:
        self._due_s = time.perf_counter() + WAIT_MS / 1000.0
        self._timer.start()

    def _come(self) -> None:
        if time.perf_counter() - self._due_s > LATE_S and self._waits < MOST_WAITS:
            self._waits += 1
            self._wait()
        else:
            self._call()
