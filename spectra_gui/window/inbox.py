"""What background threads post, taken in on the GUI thread in slices of a few milliseconds.

Knows no kind of event.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal

from spectra_gui.window.turns import NextTurn

SLICE_S: Final = 0.008
"""How long one turn of the event loop may be spent on events."""


class Inbox(QObject):
    """Calls ``take`` with an iterator over the events of a slice, once a turn of the event loop."""

    _arrived = Signal()

    def __init__(self, take: Callable[[Events], None], parent: QObject) -> None:
        super().__init__(parent)
        self._take = take
        self._events: deque[Any] = deque()
        self._woken = False
        self._closed = False
        self._turn = NextTurn(self._drain, self)
        self._arrived.connect(self._turn.start, Qt.ConnectionType.QueuedConnection)

    @property
    def is_empty(self) -> bool:
        """True where nothing waits to be taken in."""
        return not self._events and not self._woken

    def post(self, event: Any) -> None:
        """Called on any thread."""
        if self._closed:
            return
        self._events.append(event)
        if not self._woken:
            self._woken = True
            self._arrived.emit()

    def close(self) -> None:
        """Take in nothing more."""
        self._closed = True
        self._events.clear()

    def _drain(self) -> None:
        self._woken = False
        if self._closed:
            return
        try:
            self._take(Events(self._events))
        finally:  # a fault in taking one in must not hold up those behind it
            if self._events and not self._woken:
                self._woken = True
                self._turn.start()


class Events:
    """The events that came, for as long as a slice lasts."""

    def __init__(self, waiting: deque[Any]) -> None:
        self._waiting = waiting
        self._end = time.perf_counter() + SLICE_S

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Any:
        if not self._waiting or time.perf_counter() >= self._end:
            raise StopIteration
        return self._waiting.popleft()
