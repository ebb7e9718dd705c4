"""Where the window and its panes stood, kept from one start to the next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

_WINDOW = "window"


class Places:
    """Reads and writes sizes by name; knows no panel."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def restore_window(self, window: QMainWindow) -> None:
        stored = self._store.value(_WINDOW)
        if stored is not None:
            window.restoreGeometry(stored)

    def restore_panes(self, splitters: Mapping[str, QSplitter]) -> None:
        """Give panes the sizes they had; those never seen keep theirs."""
        for name, splitter in splitters.items():
            stored = self._store.value(name)
            if stored is not None:
                splitter.restoreState(stored)

    def keep(self, window: QMainWindow, splitters: Mapping[str, QSplitter]) -> None:
        self._store.setValue(_WINDOW, window.saveGeometry())
        for name, splitter in splitters.items():
            self._store.setValue(name, splitter.saveState())
