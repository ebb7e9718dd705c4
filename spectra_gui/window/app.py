"""Starts the window: first paint at once, the children and the plots right behind it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from spectra_gui import assets
from spectra_gui.session import Document
from spectra_gui.settings import Settings, load_mappings, load_settings
from spectra_gui.window import theme
from spectra_gui.window.clients import Engine, Listener, Reader
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.main_window import MainWindow
from spectra_gui.window.notices import Notices, catch_all, log_to_file

EXIT_NO_DISPLAY = 3
NO_DISPLAY = (
    "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
    "`spectra-gui classify FILES --out table.csv` types spectra without a window.\n"
)


def run(files: Sequence[str]) -> int:
    """Open the window with these files and return the program's exit status."""
    if not has_display():
        sys.stderr.write(NO_DISPLAY)
        return EXIT_NO_DISPLAY
    app = make_application()
    settings = load_settings()
    theme.apply(app, _scheme(settings))
    window = build_main_window(settings=settings)
    end_catching = catch_all(window.notices)
    window.restore_geometry()
    after_first_paint(window, lambda: _start(window, [Path(name) for name in files]))
    window.closed.connect(app.quit)
    window.show()
    try:
        return int(app.exec())
    finally:
        window.jobs.close()
        end_catching()


def has_display() -> bool:
    """False on a Unix machine without a display, unless a Qt platform is asked for by name."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def make_application() -> QApplication:
    """The one application object, named for the window system and the settings."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName(assets.APPLICATION)
    app.setApplicationDisplayName("Spectra")
    app.setDesktopFileName(assets.APPLICATION)
    return app


def build_main_window(
    *,
    settings: Settings,
    make_reader: Callable[[Listener], Reader] | None = None,
    make_engine: Callable[[Listener], Engine] | None = None,
    geometry: QSettings | None = None,
) -> MainWindow:
    """The window with its document and jobs, not shown and without its panels yet."""
    notices = Notices()
    log_path = log_to_file(assets.user_data_folder() / "logs")
    document = Document()
    jobs = Jobs(
        document,
        make_reader=make_reader or (lambda listener: _reader(settings, listener)),
        make_engine=make_engine or (lambda listener: _engine(settings, listener, notices)),
    )
    window = MainWindow(
        document,
        jobs,
        settings,
        notices,
        geometry=geometry or QSettings(assets.APPLICATION, "geometry"),
        log_path=log_path,
    )
    for problem in (*settings.problems, *load_mappings().problems):
        notices.tell(problem, kind="caution")
    return window


def after_first_paint(window: MainWindow, call: Callable[[], None]) -> None:
    """Call back once, right after the window has painted for the first time."""
    _FirstPaint(window, call)


class _FirstPaint(QObject):
    def __init__(self, window: MainWindow, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._call: Callable[[], None] | None = call
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._call is not None:
            call, self._call = self._call, None
            watched.removeEventFilter(self)
            QTimer.singleShot(0, call)
        return False


def _start(window: MainWindow, files: list[Path]) -> None:
    window.jobs.start_engine()
    window.files.open_paths(files)
    window.complete_soon()
    window.files.recovery.offer()


def _reader(settings: Settings, listener: Listener) -> Reader:
    from spectra_gui.engine.client import ReaderClient

    return ReaderClient(
        listener,
        memory_limit_mb=int(settings.number("read_memory_mb")),
        time_limit_s=settings.number("read_time_s"),
        mappings=load_mappings(),
    )


def _engine(settings: Settings, listener: Listener, notices: Notices) -> Engine:
    from spectra_gui.bundles import BundleError, find_bundle
    from spectra_gui.engine.client import EngineClient

    try:
        bundle = find_bundle(settings.text("bundle"))
    except BundleError as error:
        notices.tell(str(error), kind="error", key="bundle")
        bundle = find_bundle(None)
    return EngineClient(
        listener,
        bundle=bundle,
        device=settings.text("device"),
        threads=int(settings.number("threads")) or None,
    )


def _scheme(settings: Settings) -> theme.Scheme:
    schemes: dict[str, theme.Scheme] = {"system": "system", "light": "light", "dark": "dark"}
    return schemes[settings.text("theme")]
