"""The training child: started by command line, heard line by line, ended for certain.

Events come as signals on the GUI thread; the child never blocks it. It stops, and keeps its
checkpoint, when its standard input ends, so it never outlives the window.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from spectra_gui.recipes import from_json
from spectra_gui.window.wizard.run_folder import package_root, train_command

_GRACE_MS: Final = 1200
"""How long a child may take to write its checkpoint before it is ended."""


class TrainChild(QObject):
    """One run of ``spectra-gui train``; ``ended`` comes once, whatever happens.

    ``ended(int, str)``: exit status (-1 where it was ended or never started) and its last words.
    """

    told = Signal(object)
    ended = Signal(int, str)

    def __init__(self, arguments: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        program, *rest = train_command(*arguments, "--events", "jsonl", "--stop-with-input")
        self._words: deque[str] = deque(maxlen=20)
        self._pending = b""
        self._done = False
        self._process = QProcess(self)
        self._process.setProcessEnvironment(_environment())
        self._process.setProgram(program)
        self._process.setArguments(rest)
        self._process.readyReadStandardOutput.connect(self._hear)
        self._process.readyReadStandardError.connect(self._overhear)
        self._process.finished.connect(self._bury)
        self._process.errorOccurred.connect(self._fail)

    def start(self) -> None:
        self._process.start()

    @property
    def is_running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    @property
    def pid(self) -> int:
        return int(self._process.processId())

    def stop(self) -> None:
        """Ask it to stop at its next step and keep its checkpoint; `ended` follows."""
        if self.is_running:
            self._process.closeWriteChannel()

    def end(self) -> None:
        """End it now, within a second or two, without a word."""
        self._done = True
        if not self.is_running:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(_GRACE_MS):
            self._process.kill()
            self._process.waitForFinished(_GRACE_MS)

    def _hear(self) -> None:
        self._pending += bytes(self._process.readAllStandardOutput().data())
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            try:
                event = from_json(line.decode(errors="replace"))
            except ValueError:
                self._words.append(line.decode(errors="replace"))
                continue
            if not self._done:
                self.told.emit(event)

    def _overhear(self) -> None:
        text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self._words.extend(line for line in text.splitlines() if line.strip())

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            QTimer.singleShot(0, lambda: self._tell_end(-1, "The training could not be started."))

    def _bury(self, status: int, how: QProcess.ExitStatus) -> None:
        self._hear()
        self._overhear()
        crashed = how == QProcess.ExitStatus.CrashExit
        words = self._words[-1] if self._words else ""
        self._tell_end(-1 if crashed else status, words.removeprefix("spectra-gui train: "))

    def _tell_end(self, status: int, words: str) -> None:
        if not self._done:
            self._done = True
            self.ended.emit(status, words)


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    root = package_root()
    if root.name not in ("site-packages", "dist-packages"):
        before = environment.value("PYTHONPATH", "")
        environment.insert("PYTHONPATH", f"{root}{os.pathsep}{before}" if before else str(root))
    environment.insert("PYTHONUNBUFFERED", "1")
    return environment
