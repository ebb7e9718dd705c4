"""The reading child: reads one file after the other within its limits, and answers.

Knows the readers, and nothing of documents, bundles or windows.
"""

from __future__ import annotations

import argparse
import gc
import os
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from spectra_gui.data import FileMapping, ReadError, Reading
from spectra_gui.engine import limits
from spectra_gui.engine.channel import Channel
from spectra_gui.engine.protocol import Message, ProtocolError

Read = Callable[..., Reading]

EXIT_FRESH: Final = 75
"""Exit status that asks the client for a fresh child, with nobody to blame."""


def main(arguments: Sequence[str]) -> int:
    """Serve ``read`` and ``peek`` until the parent goes; the process's entry (``--child reader``).

    ``mappings`` messages tell what `readers.read` is to use from then on.
    """
    parser = argparse.ArgumentParser(prog="spectra-gui --child reader")
    parser.add_argument("--memory-mb", type=int, required=True)
    parser.add_argument("--time-s", type=float, required=True)
    options = parser.parse_args(arguments)
    channel = Channel()
    limits.give_way()
    limits.forbid_core_dumps()
    limits.forbid_network()
    read = _warm()
    limits.limit_memory(options.memory_mb)
    channel.send("ready")
    mappings: tuple[FileMapping, ...] = ()
    while True:
        message = channel.receive()
        if message is not None and message.kind == "mappings":
            mappings = message["mappings"]
        if message is None or message.kind not in ("read", "peek"):
            continue
        # What the file before left in cycles would count as this one's.
        gc.collect()
        limits.limit_processor_time(options.time_s)
        if not _answer(channel, read, message, mappings):
            # Memory that a hostile file took may be held by C libraries for good.
            return EXIT_FRESH


def _warm() -> Read:
    """Import what reading needs, so that the first file does not wait for it."""
    warnings.simplefilter("ignore")
    from astropy.utils import iers
    from astropy.utils.data import conf

    conf.allow_internet = False
    iers.conf.auto_download = False
    for module in ("astropy.io.fits", "astropy.table"):
        import_module(module)
    from spectra_gui.readers import read
    from spectra_gui.readers.registry import families

    families()
    # What stays for good is not searched again for garbage before each file.
    gc.collect()
    gc.freeze()
    return read


def _answer(
    channel: Channel, read: Read, message: Message, mappings: tuple[FileMapping, ...]
) -> bool:
    """Read one file and send the answer; False where this process should not go on."""
    request, path = int(message["id"]), str(message["path"])
    out_of_memory = False
    failure: ReadError | None = None
    total_rows = 0
    try:
        if message.kind == "peek":
            from spectra_gui.readers import peek

            channel.send("head", id=request, head=peek(path, skip_rows=message["skip_rows"]))
        else:
            reading, total_rows = _read(read, path, message, mappings)
            channel.send("read", id=request, reading=reading, total_rows=total_rows)
    except ReadError as error:
        out_of_memory = isinstance(error.__context__, MemoryError)
        total_rows = getattr(error, "total_rows", 0)
        failure = ReadError(
            error.code, error.reason, error.advice, error.path, has_columns=error.has_columns
        )
    except ProtocolError as error:
        reason = f"The file holds more than can be taken over ({error})."
        advice = "Split it, or choose fewer rows of it."
        failure = ReadError("too_large", reason, advice, path)
    except MemoryError:
        out_of_memory = True
    except Exception as error:  # the process's edge: a reader's own fault must stay one row
        reason = f"The reader stopped at something unforeseen ({type(error).__name__}: {error})."
        advice = "If the file opens elsewhere, a report with the file attached would help."
        failure = ReadError("damaged", reason, advice, path)
    # Only here, past the handlers, are the frames gone that held the memory.
    if out_of_memory:
        failure = memory_error(path)
    if failure is not None:
        channel.send("unreadable", id=request, error=failure, total_rows=total_rows)
    return not out_of_memory


def _read(
    read: Read, path: str, message: Message, mappings: tuple[FileMapping, ...]
) -> tuple[Reading, int]:
    """The reading, and how many rows there are where it holds only some."""
    override, window = message["override"], message["window"]
    if window is None:
        return read(path, override=override, mappings=mappings), 0
    from spectra_gui.readers import read_rows

    return read_rows(path, window, override=override, mappings=mappings)


def memory_error(path: str) -> ReadError:
    """What a person is told of a file that wants more memory than it may have."""
    name = os.path.basename(path)  # noqa: PTH119 - the text of any path, valid here or not
    return ReadError(
        "too_large",
        f"Reading {name} takes more memory than a file may use.",
        "If the file is sound, raise the memory limit of reading in the settings.",
        path,
    )
