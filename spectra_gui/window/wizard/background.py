"""A slow call beside the GUI thread; only the answer to the newest call is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Background(QObject):
    """``answered(object)``: what the newest call returned, or the exception that it raised."""

    answered = Signal(object)
    _arrived = Signal(int, object)

    def __init__(self, *expected: type[Exception], parent: QObject | None = None) -> None:
        """``expected`` are the errors that are an answer."""
        super().__init__(parent)
        self._expected = expected
        self._newest = 0
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def ask(self, call: Callable[[], Any]) -> None:
        self._newest += 1
        ticket = self._newest

        def work() -> None:
            try:
                found = call()
            except self._expected as error:
                found = error
            try:
                self._arrived.emit(ticket, found)
            except RuntimeError:  # the page is gone, and nobody asks any more
                return

        threading.Thread(target=work, name="wizard", daemon=True).start()

    def forget(self) -> None:
        """Hear no answer to what was asked."""
        self._newest += 1

    def _take(self, ticket: int, found: object) -> None:
        if ticket == self._newest:
            self.answered.emit(found)
