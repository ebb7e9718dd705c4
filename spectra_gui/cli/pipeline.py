"""Files in, verdicts out, through the same children as the window, in bounded memory.

At most `FILES_AHEAD` files are being read and about `SPECTRA_AHEAD` spectra wait for the engine,
however many files there are.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final

from spectra_gui.data import Override, ReadError, Spectrum, Verdict
from spectra_gui.engine.client import (
    ChildDied,
    EngineClient,
    EngineFailed,
    EngineReady,
    Event,
    Notice,
    ReadDone,
    ReaderClient,
    ReadFailed,
    RequestFailed,
    Typed,
)

FILES_AHEAD: Final = 8
SPECTRA_AHEAD: Final = 64


class PipelineError(Exception):
    """A child that does not work; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one spectrum, or of a file that gave none.

    ``file_number`` counts the files from 0; ``is_last`` is True on the last outcome of its file.
    Either ``verdict`` or ``error`` is there; ``name`` is the spectrum's, else the file's.
    """

    file_number: int
    file: str
    index: int
    name: str
    verdict: Verdict | None
    error: ReadError | str | None
    is_last: bool


@dataclass(slots=True)
class _OpenFile:
    number: int
    path: str
    names: tuple[str, ...] = ()
    left: int = 0


class Pipeline:
    """Both children, as a context manager: leaving it ends them.

    Parameters
    ----------
    bundle, device, threads : of the engine
    memory_limit_mb, time_limit_s : of reading one file
    on_ready, on_notice : called with the engine's facts and with what a person should know
    """

    def __init__(
        self,
        *,
        bundle: str | None,
        device: str,
        threads: int | None,
        memory_limit_mb: int,
        time_limit_s: float,
        on_ready: Callable[[EngineReady], None],
        on_notice: Callable[[str], None],
    ) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._on_ready, self._on_notice = on_ready, on_notice
        self._engine = EngineClient(self._events.put, bundle=bundle, device=device, threads=threads)
        self._engine.start()
        self._reader = ReaderClient(
            self._events.put, memory_limit_mb=memory_limit_mb, time_limit_s=time_limit_s
        )
        self._reading: dict[int, _OpenFile] = {}
        self._typing: dict[str, tuple[_OpenFile, int]] = {}

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()
        self._engine.close()

    def run(self, files: Iterable[str], *, override: Override | None) -> Iterator[Outcome]:
        """Read and type ``files``; outcomes come as they are ready, in no certain order.

        Raises
        ------
        PipelineError
            Where a child does not work at all.
        """
        waiting = enumerate(files)
        upcoming = next(waiting, None)
        while upcoming is not None or self._reading or self._typing:
            while upcoming is not None and self._has_room():
                number, path = upcoming
                ticket = self._reader.read(path, override=override)
                self._reading[ticket] = _OpenFile(number, path)
                upcoming = next(waiting, None)
            yield from self._take(self._events.get())

    def _has_room(self) -> bool:
        return len(self._reading) < FILES_AHEAD and len(self._typing) < SPECTRA_AHEAD

    def _take(self, event: Event) -> Iterator[Outcome]:
        if isinstance(event, ReadDone):
            self._ask(self._reading.pop(event.ticket), event.reading.spectra)
        elif isinstance(event, ReadFailed):
            file = self._reading.pop(event.ticket)
            name = Path(file.path).name
            yield Outcome(file.number, file.path, 0, name, None, event.error, is_last=True)
        elif isinstance(event, Typed):
            yield self._outcome(event.key, event.verdict, None)
        elif isinstance(event, RequestFailed):
            yield self._outcome(event.key, None, event.message)
        elif isinstance(event, EngineReady):
            self._on_ready(event)
        elif isinstance(event, EngineFailed):
            raise PipelineError(event.message)
        elif isinstance(event, ChildDied):
            if not event.restarting:
                raise PipelineError(event.message)
            self._on_notice(event.message)
        elif isinstance(event, Notice):
            self._on_notice(event.message)

    def _ask(self, file: _OpenFile, spectra: tuple[Spectrum, ...]) -> None:
        file.names = tuple(spectrum.name for spectrum in spectra)
        file.left = len(spectra)
        items = []
        for index, spectrum in zip(count(), spectra, strict=False):
            key = f"{file.number}:{index}"
            self._typing[key] = (file, index)
            items.append((key, spectrum))
        self._engine.classify(items, revision=0)

    def _outcome(self, key: str, verdict: Verdict | None, error: str | None) -> Outcome:
        file, index = self._typing.pop(key)
        file.left -= 1
        name = file.names[index] or Path(file.path).name
        return Outcome(file.number, file.path, index, name, verdict, error, is_last=file.left == 0)
