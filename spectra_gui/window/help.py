"""The Help menu: keys, what runs here, and what the program is."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import QObject, qVersion
from PySide6.QtWidgets import QWidget

from spectra_gui import assets
from spectra_gui.settings import settings_path
from spectra_gui.window.dialogs import show_keys, show_markdown
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.notices import Notices

_PARTS = ("spectra-gui", "PySide6-Essentials", "pyqtgraph", "numpy", "astropy", "torch", "captum")


class Help(QObject):
    """Texts that are made from the declarations themselves, so that they stay true."""

    def __init__(
        self,
        window: QWidget,
        jobs: Jobs,
        notices: Notices,
        *,
        log_path: Callable[[], Path | None],
    ) -> None:
        super().__init__(window)
        self._window, self._jobs, self._notices, self._log = window, jobs, notices, log_path

    def show_keys(self) -> None:
        show_keys(self._window)

    def show_state(self) -> None:
        show_markdown(self._window, "This installation", self.state_text())

    def show_about(self) -> None:
        show_markdown(self._window, "About Spectra", about_text())

    def state_text(self) -> str:
        """What a person sends along with a question."""
        info = self._jobs.engine_info
        engine: str = self._jobs.engine_state
        if info is not None:
            engine += f", {info.device}"
            engine += f", {info.bundle_name} ({info.bundle_sha256[:12]})"
        elif self._jobs.engine_message:
            engine += f": {self._jobs.engine_message}"
        lines = [
            "## What runs",
            f"- Engine: {engine}",
            f"- Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
            *(f"- {name} {_version(name)}" for name in _PARTS),
            "",
            "## Where things lie",
            f"- Program: `{Path(sys.executable)}`",
            f"- Models: `{assets.models_folder()}` and `{assets.user_models_folder()}`",
            f"- Settings: `{settings_path()}`",
            f"- Log: `{self._log() or 'none: the folder cannot be written'}`",
            "",
            "`spectra-gui selftest` in a terminal checks each part.",
        ]
        if self._notices.told:
            lines += ["", "## Last notices", *(f"- {text}" for text in self._notices.told[-10:])]
        return "\n".join(lines)


def about_text() -> str:
    return (
        f"# Spectra {_version('spectra-gui')}\n\n"
        "MK types of stellar spectra from an ensemble of one-dimensional networks, with its doubts "
        "and its evidence. Works without a network connection.\n\n"
        "BSD 3-clause licence. When you publish types from it, name the version, the model and its "
        "SHA-256, which stand in every result table and in Help, Check this installation."
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "runs from a checkout" if name == _PARTS[0] else "not installed"
