"""Reading files in a child, one after the other; a file that kills the child is one failed file.

Two requests are with the child at a time, so that it never waits; it answers in order, so the
older one is to blame for a death or a silence.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from spectra_gui.data import FileMapping, Override, ReadError
from spectra_gui.engine.events import ChildDied, Event, Peeked, ReadDone, ReadFailed
from spectra_gui.engine.process import Supervisor, child_command
from spectra_gui.engine.protocol import Message

DEFAULT_MEMORY_MB: Final = 1024
DEFAULT_TIME_S: Final = 5.0
_PATIENCE: Final = 4.0
"""Seconds on the clock for each of processor time: other programs want the processor, too."""

_START_TIME_S: Final = 60.0
_CANCELLED_S: Final = 2.0
"""A file that nobody waits for any more may hold up the others for so long."""

_AHEAD: Final = 2
_MAX_FAILED_STARTS: Final = 2
_EXIT_FRESH: Final = 75
_EXIT_MEMORY: Final = 77
_SIGXCPU: Final = 24


@dataclass(frozen=True, slots=True)
class _Request:
    ticket: int
    path: str
    override: Override | None
    window: tuple[int, int] | None = None
    kind: str = "read"
    skip_rows: int = 0
    cancelled: bool = False


class ReaderClient(Supervisor):
    """Reads files in a child process.

    Parameters
    ----------
    listener : called with `ReadDone`, `ReadFailed`, `Peeked` and `ChildDied` on a background
        thread
    memory_limit_mb : MiB that one file may take beyond the idle child
    time_limit_s : seconds of processor time that one file may take; on the clock four times as
        many, since the machine or the disk may be busy
    mappings : what was said of tables of a shape; see `readers.read`
    """

    def __init__(
        self,
        listener: Callable[[Event], None],
        *,
        memory_limit_mb: int = DEFAULT_MEMORY_MB,
        time_limit_s: float = DEFAULT_TIME_S,
        mappings: Sequence[FileMapping] = (),
    ) -> None:
        self._memory_limit_mb = memory_limit_mb
        self._time_limit_s = time_limit_s
        self._mappings = tuple(mappings)
        self._waiting: deque[_Request] = deque()
        self._sent: deque[_Request] = deque()
        self._ready = False
        self._failed_starts = 0
        self._since = time.monotonic()
        super().__init__(listener, name="reader")
        self._post(self._ensure_child)

    def read(
        self,
        path: str | Path,
        *,
        override: Override | None = None,
        window: tuple[int, int] | None = None,
    ) -> int:
        """Ask for a file; the ticket comes back in its `ReadDone` or `ReadFailed`.

        ``window`` is (first, count) of the rows that are wanted where each row of a table is a
        spectrum; without it all that the file has are read, or it is declined as too large.
        """
        request = _Request(next(self._tickets), os.fspath(path), override, window)
        self._post(lambda: self._enqueue(request))
        return request.ticket

    def peek(self, path: str | Path, *, skip_rows: int = 0) -> int:
        """Ask for the tables of a file; the ticket comes back in its `Peeked` or `ReadFailed`."""
        request = _Request(
            next(self._tickets), os.fspath(path), None, kind="peek", skip_rows=skip_rows
        )
        self._post(lambda: self._enqueue(request))
        return request.ticket

    def use_mappings(self, mappings: Sequence[FileMapping]) -> None:
        """Read with these mappings from the next file on."""

        def take() -> None:
            self._mappings = tuple(mappings)
            if self._ready:
                self._send("mappings", mappings=self._mappings)

        self._post(take)

    def cancel(self, ticket: int) -> None:
        """Forget a request; nothing more is heard of it."""
        self._post(lambda: self._forget(lambda r: r.ticket == ticket))

    def cancel_all(self) -> None:
        """Forget every request so far."""
        self._post(lambda: self._forget(lambda _: True))

    def _command(self) -> list[str]:
        limits = ["--memory-mb", str(self._memory_limit_mb), "--time-s", str(self._time_limit_s)]
        return child_command("reader", limits)

    def _threads(self) -> int:
        return 1

    def _enqueue(self, request: _Request) -> None:
        self._waiting.append(request)
        self._ensure_child()
        self._feed()

    def _forget(self, chosen: Callable[[_Request], bool]) -> None:
        self._waiting = deque(r for r in self._waiting if not chosen(r))
        self._sent = deque(replace(r, cancelled=True) if chosen(r) else r for r in self._sent)

    def _ensure_child(self) -> None:
        if self._child is not None:
            return
        self._ready = False
        self._since = time.monotonic()
        try:
            self._start_child()
        except OSError as error:
            self._give_up(f"the operating system starts no process: {error}")

    def _feed(self) -> None:
        while self._ready and self._waiting and len(self._sent) < _AHEAD:
            request = self._waiting.popleft()
            if not self._sent:
                self._since = time.monotonic()
            self._sent.append(request)
            self._send(
                request.kind,
                id=request.ticket,
                path=request.path,
                override=request.override,
                window=request.window,
                skip_rows=request.skip_rows,
            )

    def _on_message(self, message: Message) -> None:
        if message.kind == "ready":
            self._ready, self._failed_starts = True, 0
            if self._mappings:
                self._send("mappings", mappings=self._mappings)
        elif message.kind in ("read", "head", "unreadable"):
            self._take(message)
        self._feed()

    def _take(self, message: Message) -> None:
        if not self._sent or self._sent[0].ticket != message["id"]:
            return
        request = self._sent.popleft()
        self._since = time.monotonic()
        if request.cancelled:
            return
        if message.kind == "read":
            self._emit(
                ReadDone(request.ticket, request.path, message["reading"], message["total_rows"])
            )
        elif message.kind == "head":
            self._emit(Peeked(request.ticket, request.path, message["head"]))
        else:
            self._emit(
                ReadFailed(request.ticket, request.path, message["error"], message["total_rows"])
            )

    def _deadline(self) -> float | None:
        if self._child is None or (self._ready and not self._sent):
            return None
        return self._since + (self._limit_s() if self._ready else _START_TIME_S)

    def _limit_s(self) -> float:
        return min(
            _PATIENCE * self._time_limit_s, _CANCELLED_S if self._sent[0].cancelled else math.inf
        )

    def _on_deadline(self) -> None:
        self._drop_child()
        if self._ready and self._sent[0].cancelled:
            self._sent.popleft()
            self._go_on(None)
            return
        if self._ready:
            self._blame(_slow_error(self._sent[0].path, _PATIENCE * self._time_limit_s))
        else:
            self._failed_starts += 1
        self._go_on("The reading process did not answer in time and was ended.")

    def _on_end(self, exit_status: int, last_words: str) -> None:
        if not self._ready:
            self._failed_starts += 1
            self._go_on(f"The reading process ended while it started. {last_words}".strip())
            return
        if exit_status == _EXIT_FRESH:
            self._go_on(None)
            return
        if self._sent:
            self._blame(_death_error(self._sent[0].path, exit_status, self._time_limit_s))
        self._go_on("The reading process ended by itself and was started again.")

    def _blame(self, error: ReadError) -> None:
        culprit = self._sent.popleft()
        if not culprit.cancelled:
            self._emit(ReadFailed(culprit.ticket, culprit.path, error))

    def _go_on(self, message: str | None) -> None:
        """Put back what the lost child had not answered, and start another."""
        self._waiting.extendleft(r for r in reversed(self._sent) if not r.cancelled)
        self._sent.clear()
        if self._failed_starts >= _MAX_FAILED_STARTS:
            self._give_up(message or "")
            return
        if message is not None:
            self._emit(ChildDied("reader", True, message))
        self._ensure_child()

    def _give_up(self, message: str) -> None:
        """Fail what waits; the next request tries to start a child once more."""
        self._emit(ChildDied("reader", False, message))
        self._failed_starts = 0
        waiting, self._waiting = self._waiting, deque()
        for request in waiting:
            reason = f"The process that reads files does not start. {message}"
            advice = "Run `spectra-gui selftest` to see what is missing."
            error = ReadError("crashed", reason.strip(), advice, request.path)
            self._emit(ReadFailed(request.ticket, request.path, error))


def _slow_error(path: str, limit_s: float) -> ReadError:
    """The failure of a file that was waited for; what it waited for is not known."""
    return ReadError(
        "timeout",
        f"Reading {Path(path).name} was not done after {limit_s:g} s and was stopped.",
        "The disk, the network or other programs may keep the machine busy: try again when it is "
        "idle. What is no spectrum may take as long, too.",
        path,
    )


def _laborious_error(path: str, limit_s: float) -> ReadError:
    return ReadError(
        "timeout",
        f"Reading {Path(path).name} took more than {limit_s:g} s of work and was stopped; a "
        "spectrum takes far less.",
        "Check that it is the right file, and whole; if so, cut out the spectra of interest.",
        path,
    )


def _death_error(path: str, exit_status: int, limit_s: float) -> ReadError:
    """The failure of the file that a dead child was at."""
    if exit_status == -_SIGXCPU:
        return _laborious_error(path, limit_s)
    name = Path(path).name
    if exit_status == _EXIT_MEMORY:
        return ReadError(
            "too_large",
            f"Reading {name} takes more memory than a file may use.",
            "If the file is sound, raise the memory limit of reading in the settings.",
            path,
        )
    return ReadError(
        "crashed",
        f"Reading {name} ended the reading process.",
        "The file is probably damaged; the other files are not affected.",
        path,
    )
