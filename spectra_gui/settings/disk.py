"""Writing a small file of the user's in one step: it is the old one or the new one, never half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_in_one_step(path: Path, text: str) -> None:
    """Put ``text`` into ``path``, whose folder is made; raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be understood, so that it is not written over; its new name."""
    n = 1
    aside = path.with_name(path.name + ".unread")
    while aside.exists():
        n += 1
        aside = path.with_name(f"{path.name}.unread-{n}")
    path.replace(aside)
    return aside
