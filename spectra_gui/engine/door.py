"""Reading a file from Python: here, or in a child that may die of it."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from pathlib import Path

from spectra_gui.data import FileMapping, Override, ReadError, Reading
from spectra_gui.engine.events import ChildDied, Event, ReadDone, ReadFailed
from spectra_gui.engine.reader_client import ReaderClient
from spectra_gui.settings import MappingError, load_mappings


def read(
    path: str | Path,
    *,
    override: Override | None = None,
    mappings: Sequence[FileMapping] = (),
    mapping: str | None = None,
    isolated: bool = False,
) -> Reading:
    """Read the spectra of a file.

    Parameters
    ----------
    path : a local file
    override : what a person knows better than the file
    mappings : mappings of columns for tables that no reader knows for certain, such as
        ``load_mappings()``; one that is used stands among the decisions
    mapping : name of the user's mapping to read with, whatever the file is
    isolated : read in a child process with limits of memory and time, for files of unknown
        origin; takes about a second longer

    Raises
    ------
    ReadError
        With ``code``, ``reason`` and ``advice``, where the file gives no spectrum.
    """
    if mapping is not None:
        try:
            mappings = [load_mappings().asked_for(mapping)]
        except MappingError as error:
            advice = "Name another, or none."
            raise ReadError("bad_override", str(error), advice, str(path)) from None
    if not isolated:
        from spectra_gui import readers

        return readers.read(path, override=override, mappings=mappings)
    answers: queue.SimpleQueue[Event] = queue.SimpleQueue()
    client = ReaderClient(answers.put, mappings=mappings)
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
