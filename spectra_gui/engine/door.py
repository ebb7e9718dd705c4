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
    answer = _in_child(path, None, override, mappings)
    if isinstance(answer, ReadFailed):
        raise answer.error
    return answer.reading


def read_part(
    path: str | Path,
    window: tuple[int, int],
    *,
    override: Override | None = None,
    mappings: Sequence[FileMapping] = (),
) -> tuple[Reading, int]:
    """Some of the spectra of a file, as `readers.read_rows` gives them, read in a child process.

    Raises `ReadError`, also where the file ends before the window begins.
    """
    answer = _in_child(path, window, override, mappings)
    if isinstance(answer, ReadDone):
        return answer.reading, answer.total_rows
    if 0 < answer.total_rows <= window[0]:
        reason = f"There is no spectrum {window[0]}; the file has the numbers 0 to"
        reason = f"{reason} {answer.total_rows - 1}."
        raise ReadError("bad_override", reason, "Choose one of these.", str(path))
    raise answer.error


def _in_child(
    path: str | Path,
    window: tuple[int, int] | None,
    override: Override | None,
    mappings: Sequence[FileMapping],
) -> ReadDone | ReadFailed:
    answers: queue.SimpleQueue[Event] = queue.SimpleQueue()
    client = ReaderClient(answers.put, mappings=mappings)
    try:
        client.read(path, override=override, window=window)
        event: Event = ChildDied("reader", True, "")
        while not isinstance(event, ReadDone | ReadFailed):
            event = answers.get()
    finally:
        client.close()
    return event


__all__ = ["ReadError", "read", "read_part"]
