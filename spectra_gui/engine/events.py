"""What the children report, as frozen values. Knows no process and no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spectra_gui.data import Explanation, FileHead, Prepared, ReadError, Reading, Verdict

ChildName = Literal["reader", "engine"]


@dataclass(frozen=True, slots=True)
class ReadDone:
    """A file was read; it holds at least one spectrum.

    ``total_rows`` is how many it has where only some rows were asked for, and 0 where the
    reading holds them all.
    """

    ticket: int
    path: str
    reading: Reading
    total_rows: int = 0


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A file gives no spectrum, or no row that was asked for; the error says why."""

    ticket: int
    path: str
    error: ReadError
    total_rows: int = 0


@dataclass(frozen=True, slots=True)
class Peeked:
    """The tables of a file, asked for with `ReaderClient.peek`; `ReadFailed` where it has none."""

    ticket: int
    path: str
    head: FileHead


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine has its bundle and is warm. Comes again after every restart."""

    device: str
    bundle_name: str
    bundle_sha256: str
    threads: int


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The engine gives up until `EngineClient.restart`; the sentence is for the notice bar."""

    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A verdict. ``prepared`` is None where the spectrum could not be prepared (then *refuse*)."""

    ticket: int
    key: str
    revision: int
    verdict: Verdict
    prepared: Prepared | None


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation for the panel that asked for it."""

    ticket: int
    key: str
    revision: int
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """One spectrum could not be typed or explained; the others go on."""

    ticket: int
    key: str
    revision: int
    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know and need not act on (fell back to the CPU, …)."""

    message: str


@dataclass(frozen=True, slots=True)
class ChildDied:
    """A child ended on its own."""

    child: ChildName
    restarting: bool
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many spectra of a classify request have an answer, failed ones included."""

    ticket: int
    done: int
    total: int


Event = (
    ReadDone
    | ReadFailed
    | Peeked
    | EngineReady
    | EngineFailed
    | Typed
    | Explained
    | RequestFailed
    | Notice
    | ChildDied
    | Progress
)

__all__ = [
    "ChildDied",
    "ChildName",
    "EngineFailed",
    "EngineReady",
    "Event",
    "Explained",
    "Notice",
    "Peeked",
    "Progress",
    "ReadDone",
    "ReadFailed",
    "RequestFailed",
    "Typed",
]
