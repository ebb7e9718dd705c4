"""The settings as a person changes them: dialog, file, and what takes effect at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from spectra_gui.settings import Settings
from spectra_gui.window.notices import Notices


class Preferences(QObject):
    """``parts`` are asked to follow where they stand already."""

    def __init__(
        self, window: QWidget, settings: Settings, notices: Notices, parts: Mapping[str, Any]
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._notices = window, settings, notices
        self._parts = parts

    def open(self) -> None:
        """Open the dialog, which is imported now."""
        from spectra_gui.window.dialogs import SettingsDialog

        dialog = SettingsDialog(self._window, self._settings)
        dialog.applied.connect(self.apply)
        dialog.show()

    def apply(self, changed: set[str]) -> None:
        """Keep the settings and let the window follow the keys that changed."""
        self.save()
        for part in ("display", "models"):
            if part in self._parts:
                self._parts[part].apply_settings(changed)

    def save(self) -> None:
        """Write what differs from the defaults; a failure is told."""
        try:
            self._settings.save()
        except OSError as error:
            self._notices.tell(
                f"The settings were not saved ({error.strerror or error}).",
                kind="caution",
                key="settings",
            )
