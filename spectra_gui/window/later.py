"""Imports on a thread what the window needs after its first paint.

On the GUI thread the plots alone would take several tenths of a second.
"""

from __future__ import annotations

import contextlib
import threading
from importlib import import_module
from typing import Final

from PySide6.QtCore import QObject, Signal

_MODULES: Final = (
    "spectra_gui.window.row_view", "spectra_gui.window.display", "spectra_gui.window.exports",
    "spectra_gui.window.help", "spectra_gui.window.models", "spectra_gui.window.mapping.mapper",
    "numpy.ma",
)  # fmt: skip
"""numpy.ma is what the first percentile would wait for."""


class Later(QObject):
    """``imported()`` when all is there; connect it queued, it is emitted on the thread."""

    imported = Signal()

    def start(self) -> None:
        threading.Thread(target=self._import, name="plots", daemon=True).start()

    def _import(self) -> None:
        for name in _MODULES:
            import_module(name)
        with contextlib.suppress(RuntimeError):  # the window closed meanwhile
            self.imported.emit()
