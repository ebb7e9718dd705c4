"""The one place where the window tells what happened: notice bar and log file.

Every part reports through `Notices`; Qt's own warnings and exceptions that nobody caught end here,
too. Knows no document.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Protocol

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

Kind = Literal["info", "caution", "error"]

_log = logging.getLogger("spectra_gui.window")
_LEVELS: Final = {"info": logging.INFO, "caution": logging.WARNING, "error": logging.ERROR}
_KEPT: Final = 100


class Bar(Protocol):
    """What `panels.notice_bar.NoticeBar` offers."""

    def show_notice(self, text: str, *, kind: Kind, action: str, key: str) -> None: ...
    def withdraw(self, key: str) -> None: ...


class Notices(QObject):
    """Shows sentences in a bar, each with at most one action, and writes them to the log."""

    _elsewhere = Signal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar: Bar | None = None
        self._actions: dict[str, Callable[[], object]] = {}
        self._waiting: list[tuple[str, Kind, str, str]] = []
        self.told: list[str] = []
        """Sentences so far, the last ones kept."""
        self._elsewhere.connect(self._show_plain, Qt.ConnectionType.QueuedConnection)

    def use_bar(self, bar: Bar) -> None:
        """Show notices here, those that came before the bar first."""
        self._bar = bar
        for text, kind, action, key in self._waiting:
            bar.show_notice(text, kind=kind, action=action, key=key)
        self._waiting.clear()

    def tell(
        self,
        text: str,
        *,
        kind: Kind = "info",
        key: str = "",
        action: str = "",
        call: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence; a later one with the same ``key`` takes its place."""
        key = key or text
        _log.log(_LEVELS[kind], "%s", text)
        self.told = [*self.told[1 - _KEPT :], text]
        if call is not None:
            self._actions[key] = call
        if self._bar is None:
            self._waiting.append((text, kind, action, key))
        else:
            self._bar.show_notice(text, kind=kind, action=action, key=key)

    def tell_from_anywhere(self, text: str, kind: Kind, key: str) -> None:
        """As `tell`, from any thread."""
        self._elsewhere.emit(text, kind, key)

    def withdraw(self, key: str) -> None:
        self._actions.pop(key, None)
        if self._bar is not None:
            self._bar.withdraw(key)

    def act(self, key: str) -> None:
        """The notice's action was chosen."""
        call = self._actions.pop(key, None)
        self.withdraw(key)
        if call is not None:
            call()

    def _show_plain(self, text: str, kind: Kind, key: str) -> None:
        self.tell(text, kind=kind, key=key)


def log_to_file(folder: Path) -> Path | None:
    """Write the log under ``folder``, at most two files of a megabyte; None where it cannot be."""
    path = folder / "window.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=2**20, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("spectra_gui")
    for old in [h for h in logger.handlers if isinstance(h, type(handler))]:
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return path


def catch_all(notices: Notices) -> Callable[[], None]:
    """Show exceptions that nobody caught and log Qt's warnings; returns what ends that."""
    before = sys.excepthook, threading.excepthook

    def on_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
            return
        _log.error("%s", "".join(traceback.format_exception(kind, error, trace)))
        notices.tell_from_anywhere(_sentence(error), "error", f"exception:{kind.__name__}")

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook, threading.excepthook = on_exception, on_thread_exception
    qt_before = qInstallMessageHandler(_log_qt)

    def end() -> None:
        sys.excepthook, threading.excepthook = before
        qInstallMessageHandler(qt_before)

    return end


def _sentence(error: BaseException) -> str:
    return (
        f"Something went wrong inside the program ({type(error).__name__}: {error}). The log tells "
        "more; Help, Check this installation shows where it is."
    )


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logging.getLogger("spectra_gui.qt").log(levels.get(kind, logging.ERROR), "%s", message)
