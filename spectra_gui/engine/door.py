"""Reading a file from Python: here, or in a child that may die of it."""

from __future__ import annotations

import queue
from pathlib import Path

from spectra_gui.data import Override, ReadError, Reading
from spectra_gui.engine.events import ChildDied, Event, ReadDone, ReadFailed
from spectra_gui.engine.reader_client import ReaderClient


def read(path: str | Path, *, override: Override | None = None, isolated: bool = False) -> Reading:
    """Read the spectra of a file.

    Parameters
    ----------
    path : a local file
    override : what a person knows better than the file
    isolated : read in a child process with limits of memory and time, for files of unknown
        origin; takes about a second longer

    Raises
    ------
    ReadError
        With ``code``, ``reason`` and ``advice``, where the file gives no spectrum.
    """
    if not isolated:
        from spectra_gui import readers

        return readers.read(path, override=override)
    answers: queue.SimpleQueue[Event] = queue.SimpleQueue()
    client = ReaderClient(answers.put)
    try:
        client.read(path, override=override)
        event: Event = ChildDied("reader", True, "")
        while not isinstance(event, ReadDone | ReadFailed):
            event = answers.get()
    finally:
        client.close()
    if isinstance(event, ReadFailed):
        raise event.error
    return event.reading


__all__ = ["ReadError", "read"]
