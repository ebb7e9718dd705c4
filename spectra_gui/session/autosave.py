"""Autosaved sessions: what a crash leaves behind, and how it is found again.

Every running program writes to its own file in one folder and holds an operating-system lock
beside it; a file whose lock can be taken belonged to a program that died. Knows no Qt and no
timer: the window decides when to write.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from spectra_gui.session.rows import Row
from spectra_gui.session.storage import SUFFIX, SessionError, load_session, save_session
from spectra_gui.settings.locks import take_lock

_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Recoverable:
    """An autosave whose program died."""

    path: Path
    saved_at: str
    origin: str
    n_rows: int
    n_reviews: int


class Autosave:
    """This program's autosave in ``folder``, locked until `discard` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"autosave-{uuid.uuid4().hex[:12]}{SUFFIX}"
        self._placing = threading.Lock()
        self._lock: IO[bytes] | None = take_lock(_lock_path(self.path))

    def write(
        self,
        rows: Iterable[Row],
        *,
        origin: Path | None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Save rows; may run on any thread, one at a time. Raises `SessionError`.

        A disk may be so slow that the autosave is cleared meanwhile: ``is_wanted`` is asked when
        all is written, and what is wanted no more is thrown away.
        """

        def take_place(written: Path, path: Path) -> None:
            with self._placing:
                if is_wanted():
                    written.replace(path)
                else:
                    written.unlink()

        save_session(rows, self.path, origin=origin, take_place=take_place)

    def clear(self) -> None:
        """Nothing is unsaved any more."""
        with self._placing:
            self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """The program ends in peace: leave nothing behind."""
        self.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            _lock_path(self.path).unlink(missing_ok=True)


def find_recoverable(folder: Path) -> list[Recoverable]:
    """Autosaves of programs that are no more, newest first; damaged ones are passed over."""
    if not folder.is_dir():
        return []
    found = []
    for path in folder.glob(f"autosave-*{SUFFIX}"):
        try:
            lock = take_lock(_lock_path(path))
            if lock is None:
                continue
            lock.close()
            stored = load_session(path)
        except (OSError, SessionError):  # one that is broken hides no other
            continue
        reviews = sum(row.set_aside is not None for row in stored.rows)
        found.append(Recoverable(path, stored.saved_at, stored.origin, len(stored.rows), reviews))
    return sorted(found, key=lambda item: item.saved_at, reverse=True)


def discard_recoverable(item: Recoverable) -> None:
    """Forget an autosave: it was recovered and saved, or is not wanted."""
    item.path.unlink(missing_ok=True)
    _lock_path(item.path).unlink(missing_ok=True)


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + _LOCK)
