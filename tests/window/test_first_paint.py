"""What the window needs before it shows: neither torch nor astropy."""

from __future__ import annotations

from pathlib import Path

from tests.test_imports import loaded_after


def test_the_window_paints_before_torch_and_astropy(tmp_path: Path) -> None:
    loaded = loaded_after(
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from spectra_gui.window.app import build_main_window\n"
        "from spectra_gui.settings import Settings\n"
        "window = build_main_window(settings=Settings())\n"
        "window.show()\n"
        "while not window.isVisible(): application.processEvents()\n"
        "application.processEvents()\n"
        "assert not window.grab().isNull()\n",
        home=tmp_path,
    )
    assert "PySide6" in loaded
    assert not loaded & {"torch", "captum", "astropy", "specutils", "sklearn"}
