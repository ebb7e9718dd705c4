"""A thread that hashes files which were read, so that labels can be tied to their content."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from spectra_gui.session import hash_file

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hashed:
    """The content of a file is known."""

    path: str
    sha256: str


class Hasher:
    """Hashes one file after the other; ``post`` gets a `Hashed`, on the hasher's thread."""

    def __init__(self, post: Callable[[Hashed], None]) -> None:
        self._post = post
        self._paths: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, path: str) -> None:
        """Hash a file soon; only files that a reader accepted, never a pipe or a device."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hasher", daemon=True)
            self._thread.start()
        self._paths.put(path)

    def close(self) -> None:
        """Hash no more; the thread ends by itself."""
        self._paths.put(None)

    def _run(self) -> None:
        while (path := self._paths.get()) is not None:
            try:
                self._post(Hashed(path, hash_file(path)))
            except OSError as error:
                _log.info("%s was not hashed: %s", path, error)
