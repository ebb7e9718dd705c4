"""Where the window and its panes stood and files were last, kept from one start to the next."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

_WINDOW = "window"
_FOLDER = "folder"


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

    def folder(self) -> Path:
        """The folder that was used last, or the working folder where there is none any more."""
        stored = self._store.value(_FOLDER)
        return Path(stored) if stored and is_folder(stored) else Path.cwd()

    def keep_folder(self, folder: Path) -> None:
        self._store.setValue(_FOLDER, str(folder.absolute()))

    def keep(self, window: QMainWindow, splitters: Mapping[str, QSplitter]) -> None:
        self._store.setValue(_WINDOW, window.saveGeometry())
        for name, splitter in splitters.items():
            self._store.setValue(name, splitter.saveState())


def is_folder(path: str | Path) -> bool:
    """False where nobody may look, too: reading then says so of the one file."""
    return os.path.isdir(path)  # noqa: PTH112 - `Path.is_dir` raises there
