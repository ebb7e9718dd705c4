"""Panes that come into sight together, painted one a turn of the event loop.

Painted at once they would stop the window for longer than a person fails to notice. Knows no pane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from spectra_gui.window.turns import NextTurn


class Unveiling(QObject):
    """Until its turn comes, a pane stays as empty as the ground it stands on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._veiled: deque[QWidget] = deque()
        self._turn = NextTurn(self._unveil, self)

    def veil(self, panes: Iterable[QWidget]) -> None:
        """Show these panes one after the other; call it before they come into sight."""
        for pane in panes:
            if pane not in self._veiled:
                pane.setUpdatesEnabled(False)
                self._veiled.append(pane)
        self._turn.start()

    def _unveil(self) -> None:
        if self._veiled:
            self._veiled.popleft().setUpdatesEnabled(True)
            self._turn.start()
