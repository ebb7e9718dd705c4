"""Files in, verdicts out, through the same children as the window, in bounded memory.

At most `FILES_AHEAD` files are being read and about `SPECTRA_AHEAD` spectra wait for the engine,
however many files there are. A table of many spectra is taken `ROWS_AT_ONCE` rows at a time.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from spectra_gui.data import (
    FileMapping,
    Override,
    ReadError,
    Reading,
    Spectrum,
    Verdict,
    mapping_in,
    number_in_file,
)
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
ROWS_AT_ONCE: Final = 250


class PipelineError(Exception):
    """A child that does not work; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be typed.

    ``number`` tells it from the others. ``shown`` is what it is called where that is not its
    path. Of an earlier run, the spectra before ``first`` are done, and those in ``done``.
    """

    number: int
    path: str
    shown: str = ""
    first: int = 0
    done: Container[int] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one spectrum, or of a file that gave none.

    Either ``verdict`` or ``error`` is there; ``name`` is the spectrum's, else the file's.
    ``index`` is the place of the spectrum in the file and ``number`` what it is called by;
    ``mapping`` names the mapping of columns that the file was read by.
    """

    file_number: int
    file: str
    index: int
    number: int
    name: str
    verdict: Verdict | None
    error: ReadError | str | None
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class PartDone:
    """All outcomes of the spectra from ``first`` to before ``end`` have come.

    ``total`` is how many there are in the file, of which those before ``begun`` were done by an
    earlier run. Parts of a file may be done in any order.
    """

    file_number: int
    first: int
    end: int
    total: int
    begun: int

    @property
    def is_last(self) -> bool:
        """Whether no part of the file comes behind this one."""
        return self.end >= self.total


def is_unmerged(reading: Reading) -> bool:
    """Whether a file of one spectrum was to be merged, which is done within a file."""
    if reading.override.merge != "merged" or len(reading.spectra) != 1:
        return False
    return not any(choice.key == "merge" for choice in reading.choices)


def unmerged_text(n: int, n_files: int) -> str:
    """What to tell a person of ``n`` such files."""
    held = "The file holds" if n_files == 1 else f"{n} of {n_files} files hold"
    return (
        f"--merge merged brings together what is in one file. {held} one spectrum, which stayed as "
        "it is; orders in files of their own have to be put into one file first."
    )


@dataclass(slots=True)
class _Part:
    """Some spectra of a file, from ``first``; ``left`` of them are not typed yet.

    ``called`` has the number and the name of each.
    """

    source: Source
    first: int
    called: dict[int, tuple[int, str]] = field(default_factory=dict)
    left: int = 0
    end: int = 0
    total: int = 0
    mapping: str = ""

    @property
    def file(self) -> str:
        return self.source.shown or self.source.path

    def done(self) -> PartDone:
        return PartDone(self.source.number, self.first, self.end, self.total, self.source.first)


class Pipeline:
    """Both children, as a context manager: leaving it ends them.

    Parameters
    ----------
    bundle, device, threads : of the engine
    memory_limit_mb, time_limit_s : of reading one file
    mappings : what was said of tables of a shape
    on_ready, on_notice : called with the engine's facts and with what a person should know

    Attributes
    ----------
    n_unmerged : files of one spectrum that were to be merged, which is done within a file
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
        mappings: Sequence[FileMapping] = (),
    ) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._on_ready, self._on_notice = on_ready, on_notice
        self._engine = EngineClient(self._events.put, bundle=bundle, device=device, threads=threads)
        self._engine.start()
        self._reader = ReaderClient(
            self._events.put,
            memory_limit_mb=memory_limit_mb,
            time_limit_s=time_limit_s,
            mappings=mappings,
        )
        self.n_unmerged = 0
        self._told_mappings: set[str] = set()
        self._reading: dict[int, _Part] = {}
        self._typing: dict[str, tuple[_Part, int]] = {}
        self._continued: deque[tuple[Source, int, int]] = deque()

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

    def run(
        self, sources: Iterable[Source], *, override: Override | None
    ) -> Iterator[Outcome | PartDone]:
        """Read and type ``sources``; outcomes come as they are ready, in no certain order.

        Raises
        ------
        PipelineError
            Where a child does not work at all.
        """
        waiting = iter(sources)
        upcoming = next(waiting, None)
        by_parts = override is None or override.rows is None
        while upcoming is not None or self._reading or self._typing or self._continued:
            while (upcoming is not None or self._continued) and self._has_room():
                if self._continued:
                    source, first, total = self._continued.popleft()
                else:
                    assert upcoming is not None
                    source, first, total = upcoming, upcoming.first, 0
                    upcoming = next(waiting, None)
                window = (first, ROWS_AT_ONCE) if by_parts else None
                ticket = self._reader.read(source.path, override=override, window=window)
                self._reading[ticket] = _Part(source, first, total=total)
            if self._reading or self._typing:
                yield from self._take(self._events.get())

    def _has_room(self) -> bool:
        return len(self._reading) < FILES_AHEAD and len(self._typing) < SPECTRA_AHEAD

    def _take(self, event: Event) -> Iterator[Outcome | PartDone]:
        if isinstance(event, ReadDone):
            part = self._reading.pop(event.ticket)
            self._note_mapping(part, event.reading)
            if not event.total_rows:
                self.n_unmerged += is_unmerged(event.reading)
            yield from self._ask(part, event.reading.spectra, event.total_rows)
        elif isinstance(event, ReadFailed):
            yield from self._fail(self._reading.pop(event.ticket), event)
        elif isinstance(event, Typed):
            yield from self._outcome(event.key, event.verdict, None)
        elif isinstance(event, RequestFailed):
            yield from self._outcome(event.key, None, event.message)
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

    def _note_mapping(self, part: _Part, reading: Reading) -> None:
        """Say which mapping a file was read by; of the files after it the table tells."""
        by = mapping_in(reading.decisions)
        if by is None:
            return
        part.mapping = by.value
        if by.value not in self._told_mappings:
            self._told_mappings.add(by.value)
            self._on_notice(
                f"{part.file} is read by the mapping “{by.value}” ({by.evidence}), and so are "
                "other files where the column “mapping” says so."
            )

    def _ask(
        self, part: _Part, spectra: tuple[Spectrum, ...], total_rows: int
    ) -> Iterator[PartDone]:
        """Hand the spectra of a part to the engine, but for those that are done."""
        # Without windows a file that was half done is read from its beginning.
        base = part.first if total_rows else 0
        self._end_part(part, total_rows or len(spectra), by_rows=bool(total_rows))
        items = []
        for index, spectrum in enumerate(spectra, base):
            if index < part.first or index in part.source.done:
                continue
            key = f"{part.source.number}:{index}"
            part.called[index] = (number_in_file(spectrum, index), spectrum.name)
            self._typing[key] = (part, index)
            items.append((key, spectrum))
        part.left = len(items)
        if items:
            self._engine.classify(items, revision=0)
        else:
            yield part.done()

    def _fail(self, part: _Part, event: ReadFailed) -> Iterator[Outcome | PartDone]:
        """A file, or some rows of it, that cannot be read; its other rows may be sound."""
        total = event.total_rows or part.total
        self._end_part(part, total or part.first + 1, by_rows=bool(total))
        name = Path(part.file).name
        if total > ROWS_AT_ONCE:
            name += f", rows {part.first} to {part.end - 1}"
        at = part.first
        yield Outcome(part.source.number, part.file, at, at, name, None, event.error)
        yield part.done()

    def _end_part(self, part: _Part, total: int, *, by_rows: bool) -> None:
        """Note where a part ends, and what comes behind it."""
        part.total = total
        part.end = min(part.first + ROWS_AT_ONCE, total) if by_rows else total
        if part.end < total:
            self._continued.append((part.source, part.end, total))

    def _outcome(
        self, key: str, verdict: Verdict | None, error: str | None
    ) -> Iterator[Outcome | PartDone]:
        part, index = self._typing.pop(key)
        part.left -= 1
        number, name = part.called.pop(index)
        yield Outcome(
            part.source.number, part.file, index, number, name, verdict, error, part.mapping
        )
        if not part.left:
            yield part.done()
