"""Work that a person waits for, done on a thread: the window paints on, but takes no input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEventLoop, QTimer

_LOOK_MS: Final = 5


def do_beside(work: Callable[[], None]) -> None:
    """Do the work and come back when it is done; what it raises is raised here."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # raised again on the thread that waits
            raised.append(error)

    thread = threading.Thread(target=run, name="beside", daemon=True)
    loop = QEventLoop()

    def end() -> None:
        if not thread.is_alive():
            loop.quit()

    look = QTimer(interval=_LOOK_MS)
    look.timeout.connect(end)
    thread.start()
    look.start()
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    thread.join()
    if raised:
        raise raised[0]
