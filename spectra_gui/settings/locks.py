"""A lock beside what one running program works on; the system lets it go when the program ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

WAIT_S: Final = 5.0
_AGAIN_S: Final = 0.02


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


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """While this runs, no other program is in it for the same ``path``, whose folder is made.

    The lock is a file of its own beside ``path``, which itself may be replaced meanwhile.

    Raises
    ------
    TimeoutError
        Where another program holds it for longer than `WAIT_S`.
    OSError
        Where the folder or the lock's file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock, until = path.with_name(f".{path.name}.lock"), time.monotonic() + WAIT_S
    while (stream := take_lock(lock)) is None:
        if time.monotonic() > until:
            raise TimeoutError(f"another program has held {lock} for {WAIT_S:.0f} s")
        time.sleep(_AGAIN_S)
    with stream:
        yield


if sys.platform == "win32":

    def _lock(stream: IO[bytes]) -> None:
        import msvcrt

        stream.seek(0, os.SEEK_SET)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(stream: IO[bytes]) -> None:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
