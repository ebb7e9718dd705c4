"""The program's side of the children: what to read and to type goes in, events come out.

`ReaderClient` reads files, `EngineClient` types and explains spectra; each starts its child by
command line, restarts it when it dies, and ends it when closed. Events reach the listener on a
background thread, in order. Knows no torch, no reader and no Qt.
"""

from __future__ import annotations

from spectra_gui.engine.engine_client import EngineClient
from spectra_gui.engine.events import (
    ChildDied,
    ChildName,
    EngineFailed,
    EngineReady,
    Event,
    Explained,
    Notice,
    Peeked,
    Progress,
    ReadDone,
    ReadFailed,
    RequestFailed,
    Typed,
)
from spectra_gui.engine.reader_client import ReaderClient

__all__ = [
    "ChildDied",
    "ChildName",
    "EngineClient",
    "EngineFailed",
    "EngineReady",
    "Event",
    "Explained",
    "Notice",
    "Peeked",
    "Progress",
    "ReadDone",
    "ReadFailed",
    "ReaderClient",
    "RequestFailed",
    "Typed",
]
