"""A lock beside what one running program works on; the system lets it go when the program ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO


def take_lock(path: Path) -> IO[bytes] | None:
    """An exclusive lock, held until the stream is closed; None where another program holds it.

    Raises ``OSError`` where the file cannot be made.
    """
    stream = path.open("ab")
    try:
        _lock(stream)
    except OSError:
        stream.close()
        return None
    return stream


if sys.platform == "win32":

    def _lock(stream: IO[bytes]) -> None:
        import msvcrt

        stream.seek(0, os.SEEK_SET)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(stream: IO[bytes]) -> None:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
