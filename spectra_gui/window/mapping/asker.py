"""Asks the reading child for a file's tables and for what would be read. Knows no widget."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from spectra_gui.data import Override
from spectra_gui.engine.client import Peeked, ReadDone
from spectra_gui.window.jobs import Jobs


class Asker(QObject):
    """The answers to the newest questions; older ones are dropped.

    ``looked`` carries a `FileHead` or a `ReadError`, ``previewed`` a `Reading` or a `ReadError`,
    ``other_looked`` path and shape of another file.
    """

    looked = Signal(object)
    previewed = Signal(object)
    other_looked = Signal(str, str)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._look = self._preview = self._other = -1
        self._others: deque[str] = deque()
        jobs.aside.connect(self._take)

    def look(self, path: str, *, skip_rows: int = 0) -> None:
        """Ask for the tables of the file."""
        self._jobs.reader.cancel(self._look)
        self._look = self._jobs.reader.peek(path, skip_rows=skip_rows)

    def preview(self, path: str, override: Override) -> None:
        """Ask for what is read with an override."""
        self.forget_preview()
        self._preview = self._jobs.reader.read(path, override=override)

    def forget_preview(self) -> None:
        """What was asked last is not what is meant any more."""
        self._jobs.reader.cancel(self._preview)
        self._preview = -1

    def look_at_others(self, paths: Iterable[str]) -> None:
        """Ask for the shapes of other files, one after the other."""
        self._others = deque(paths)
        self._next_other()

    def close(self) -> None:
        """Ask and hear nothing more."""
        self._jobs.aside.disconnect(self._take)
        self._others.clear()
        for ticket in (self._look, self._preview, self._other):
            self._jobs.reader.cancel(ticket)

    def _next_other(self) -> None:
        self._other = self._jobs.reader.peek(self._others.popleft()) if self._others else -1

    def _take(self, event: Any) -> None:
        if event.ticket == self._other:
            if isinstance(event, Peeked):
                self.other_looked.emit(event.path, event.head.shape)
            self._next_other()
        elif event.ticket in (self._look, self._preview):
            answer = self.looked if event.ticket == self._look else self.previewed
            if isinstance(event, Peeked):
                answer.emit(event.head)
            else:
                answer.emit(event.reading if isinstance(event, ReadDone) else event.error)
