"""How far a long run is: one line that changes on a terminal, a few lines in a log."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

_TERMINAL_EVERY_S: Final = 0.1
_LOG_EVERY_S: Final = 10.0
_CLEAR_LINE: Final = "\r\x1b[K"


class ProgressLine:
    """Counts files and spectra; writes to ``stream`` (standard error).

    The time that is left follows from the spectra that are: of files that are begun it is known
    how many they have, and the others are taken to be like those that are done.
    """

    def __init__(self, total_files: int, *, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._on_terminal = self._stream.isatty()
        self._total = total_files
        self._files = self._skipped = self._spectra = 0
        # Of spectra in files that are done, and what is left of each file that is begun.
        self._counted = 0
        self._open: dict[int, int] = {}
        self._begun = self._shown = time.monotonic()

    def begin(self) -> None:
        """Count the rate from now, when the children are ready."""
        self._begun = time.monotonic()

    def add_spectra(self, count: int) -> None:
        """Count and, now and then, show."""
        self._spectra += count
        self._show_in_time()

    def end_part(self, file_number: int, count: int, total: int) -> None:
        """Count the end of ``count`` of the ``total`` spectra of a file."""
        left = self._open.pop(file_number, total) - count
        if left > 0:
            self._open[file_number] = left
        else:
            self._files += 1
        self._counted += count
        self._show_in_time()

    def skip_file(self) -> None:
        """Count a file that an earlier run has done: it tells nothing of the rate."""
        self._skipped += 1

    def say(self, text: str) -> None:
        """Write a line of its own without tearing the changing one."""
        self._stream.write((_CLEAR_LINE if self._on_terminal else "") + text + "\n")
        self._stream.flush()
        if self._on_terminal:
            self._show()

    def end(self) -> None:
        """Take the changing line away."""
        if self._on_terminal:
            self._stream.write(_CLEAR_LINE)
            self._stream.flush()

    @property
    def seconds(self) -> float:
        """Since `begin`."""
        return time.monotonic() - self._begun

    def text(self) -> str:
        """``120 of 1000 files, 118 spectra, 104/s, 8 s left``."""
        seconds = max(self.seconds, 1e-6)
        done = self._skipped + self._files
        parts = [f"{done} of {self._total} files", f"{self._spectra} spectra"]
        if self._counted:
            unbegun = self._total - done - len(self._open)
            each = self._counted / max(1, self._files + len(self._open))
            left = sum(self._open.values()) + max(0, unbegun) * each
            left_s = left * seconds / self._counted
            parts += [f"{self._spectra / seconds:.0f}/s", f"{duration(left_s)} left"]
        return ", ".join(parts)

    def _show_in_time(self) -> None:
        every = _TERMINAL_EVERY_S if self._on_terminal else _LOG_EVERY_S
        if time.monotonic() - self._shown >= every:
            self._show()

    def _show(self) -> None:
        self._shown = time.monotonic()
        if self._on_terminal:
            self._stream.write(_CLEAR_LINE + self.text())
        else:
            self._stream.write(self.text() + "\n")
        self._stream.flush()


def duration(seconds: float) -> str:
    """``8 s``, ``3 min`` or ``2.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
