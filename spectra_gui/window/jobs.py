"""What the document still needs, asked of the children: reading, typing, explaining.

The one Qt adapter of the engine's clients. Whatever puts a row into the document (open, redo, an
override, another bundle) only leaves it ``reading`` or ``read``; this module sees that in
`Changes` and asks. Answers arrive on background threads and are taken in on the GUI thread in
slices of a few milliseconds, so that 500 files never stop the window. Knows no panel.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from spectra_gui.data import Override, Spectrum
from spectra_gui.engine.client import (
    ChildDied,
    EngineFailed,
    EngineReady,
    Explained,
    Notice,
    Peeked,
    Progress,
    ReadDone,
    ReadFailed,
    RequestFailed,
    Typed,
)
from spectra_gui.session import Changes, Document, Row
from spectra_gui.window.clients import Engine, EngineState, Listener, Reader
from spectra_gui.window.explaining import Explaining
from spectra_gui.window.hasher import Hashed, Hasher
from spectra_gui.window.inbox import Inbox
from spectra_gui.window.work import Wish, Work, WorkCounter

_log = logging.getLogger(__name__)

READS_AHEAD: Final = 8
TYPES_AHEAD: Final = 64
READ_BEFORE_TYPED: Final = 512
"""Spectra that may wait for the engine: the rest is read when these are typed."""


class Jobs(QObject):
    """Reads, types and explains what a document's rows need.

    ``make_reader`` and ``make_engine`` take a listener and return the client; the engine's child
    is started by `start_engine`, the reader's with the first file.
    """

    notice = Signal(str, str, str)
    """Text, kind (info, caution, error), key."""
    notice_withdrawn = Signal(str)
    engine_changed = Signal()
    work_changed = Signal()
    explanation_failed = Signal(int, str)
    aside = Signal(object)
    """An answer of the reader to what somebody else asked it, as the dialog of columns does."""

    def __init__(
        self,
        document: Document,
        *,
        make_reader: Callable[[Listener], Reader],
        make_engine: Callable[[Listener], Engine],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.engine_state: EngineState = "off"
        self.engine_info: EngineReady | None = None
        self.engine_message = ""
        self._make_reader, self._make_engine = make_reader, make_engine
        self._reader: Reader | None = None
        self._engine: Engine | None = None
        self._inbox = Inbox(self._take_all, self)
        self._closed = False
        # Rows of one file may stand at several revisions, and each waits for a reading of its own.
        self._to_read: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._reads: dict[int, tuple[str, int, Override]] = {}
        self._to_type: OrderedDict[int, int] = OrderedDict()
        self._types: dict[tuple[int, int], int] = {}
        self._explaining = Explaining(document)
        self._counter = WorkCounter()
        self._hasher = Hasher(self._inbox.post)
        self._unsubscribe = document.subscribe(self._follow)
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(100)
        self._told.timeout.connect(self.work_changed)

    # What the window asks for

    @property
    def reader(self) -> Reader:
        """The reading child, started when it is first asked for."""
        if self._reader is None:
            self._reader = self._make_reader(self._inbox.post)
        return self._reader

    def start_engine(self) -> None:
        """Start the engine's child; it warms up in the background."""
        if self._closed or self.engine_state in ("starting", "ready"):
            return
        self._set_engine("starting")
        if self._engine is not None:
            self._engine.restart()
            return
        try:
            engine = self._make_engine(self._inbox.post)
            engine.start()
        except Exception as error:  # whatever it is: files are opened and shown without an engine
            _log.exception("the engine did not start")
            self._lose_engine(EngineFailed(f"Nothing can be typed: {error}"))
        else:
            self._engine = engine

    def restart_engine(self, *, bundle: Path | None = None, device: str | None = None) -> None:
        """Type the whole list again with another bundle or on another device."""
        if self._engine is None:
            self.start_engine()
            return
        for ticket in set(self._types.values()):
            self._engine.cancel(ticket)
        self._types.clear()
        self._explaining.forget_requests(self._engine)
        self._to_type.clear()
        self._set_engine("starting")
        self._engine.restart(bundle, device)
        self.document.forget_verdicts()

    def wish_explanation(self, wish: Wish | None) -> None:
        """Explain this row next and forget the wish before it; None: no panel shows one."""
        self._explaining.wish(wish, self._engine)
        self._explain()

    def need_arrays(self, row_id: int) -> None:
        """The row is shown: get its spectrum and prepared array back if they were let go."""
        self.document.touch(row_id)
        row = self.document.row(row_id)
        if row is None or row.state not in ("read", "typed"):
            return
        if row.spectrum is None:
            self._queue_read(row, first=True)
        elif row.prepared is None and row.state == "typed":
            self._queue_type(row.id, row.revision, first=True)
        self._pump()

    def cancel(self) -> None:
        """Stop reading and typing; rows stay as they are and can be typed again."""
        if self._reader is not None:
            self._reader.cancel_all()
        if self._engine is not None:
            for ticket in set(self._types.values()):
                self._engine.cancel(ticket)
        for waiting in (self._to_read, self._reads, self._to_type, self._types):
            waiting.clear()
        self._reset_count()

    def close(self) -> None:
        """End both children and hear nothing more."""
        if self._closed:
            return
        self._closed = True
        self._inbox.close()
        self._unsubscribe()
        self._hasher.close()
        # Side by side: each may take a second to end.
        closing = [
            threading.Thread(target=client.close)
            for client in (self._reader, self._engine)
            if client is not None
        ]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    @property
    def has_answers(self) -> bool:
        """True while answers wait to be taken in."""
        return not self._inbox.is_empty

    @property
    def is_busy(self) -> bool:
        return bool(self._to_read or self._reads or self._to_type or self._types)

    def is_pending(self, row: Row) -> bool:
        """True while the row waits to be read or typed; False where nothing will come of it."""
        is_asked = (row.path, row.revision) in self._to_read or self._is_being_read(row)
        if is_asked and row.state in ("reading", "read"):
            return True
        if row.state == "reading" or self.engine_state == "failed":
            return False
        return row.id in self._to_type or (row.id, row.revision) in self._types

    def work(self) -> Work:
        """How far the work is, for the status bar."""
        left = len(self._to_read) + len(self._reads) + len(self._to_type) + len(self._types)
        stuck = self.engine_state == "failed" and not (self._to_read or self._reads)
        if left == 0 or stuck:
            return Work()
        waiting = self.engine_state != "ready" and not (self._to_read or self._reads)
        return self._counter.work(left, waiting_for_engine=waiting)

    # What the document needs

    def _follow(self, changes: Changes) -> None:
        if self._closed or not changes.kinds & {"added", "state", "removed", "reading"}:
            return
        if "added" in changes.kinds:
            self._drop_foreign(changes.rows)
        self._take_up(changes.rows)

    def _drop_foreign(self, row_ids: Iterable[int]) -> None:
        """Type again what an undo brought back with a verdict of another bundle."""
        info = self.engine_info
        if info is not None:
            self.document.forget_verdicts(
                row.id
                for row in self.document.rows(row_ids)
                if row.verdict is not None and row.verdict.bundle_sha256 != info.bundle_sha256
            )

    def _take_up(self, row_ids: Iterable[int]) -> None:
        for row in self.document.rows(row_ids):
            if row.state == "reading":
                self._queue_read(row)
            elif row.state == "read" and not row.problem:
                if row.spectrum is None:
                    self._queue_read(row)
                else:
                    self._queue_type(row.id, row.revision)
        self._pump()

    def _queue_read(self, row: Row, *, first: bool = False) -> None:
        if not self._is_being_read(row):
            wanted = row.path, row.revision
            self._to_read.setdefault(wanted)
            if first:
                self._to_read.move_to_end(wanted, last=False)

    def _is_being_read(self, row: Row) -> bool:
        """True while a child reads the row's file in the way that the row asks for."""
        return (row.path, row.revision, row.override) in self._reads.values()

    def _queue_type(self, row_id: int, revision: int, *, first: bool = False) -> None:
        if (row_id, revision) not in self._types:
            self._to_type[row_id] = revision
            if first:
                self._to_type.move_to_end(row_id, last=False)

    def _pump(self) -> None:
        """Hand out as much work as the children should hold."""
        if self._closed:
            return
        while self._to_read and len(self._reads) < READS_AHEAD and not self._is_far_ahead():
            (path, revision), _ = self._to_read.popitem(last=False)
            rows = [row for row in self.document.rows_of(path) if row.revision == revision]
            if not rows:
                continue
            ticket = self.reader.read(path, override=rows[0].override)
            self._reads[ticket] = (path, revision, rows[0].override)
        if self.engine_state == "ready":
            self._type()
        self._tell_soon()

    def _is_far_ahead(self) -> bool:
        waiting = len(self._to_type) + len(self._types)
        if self.engine_state == "failed":
            return False
        return waiting >= READ_BEFORE_TYPED or (waiting > 0 and self.document.is_full)

    def _type(self) -> None:
        assert self._engine is not None
        batches: dict[int, list[tuple[str, Spectrum]]] = {}
        n = len(self._types)
        while self._to_type and n < TYPES_AHEAD:
            row_id, revision = self._to_type.popitem(last=False)
            row = self.document.row(row_id)
            if row is None or row.revision != revision:
                continue
            if row.spectrum is None:
                self._queue_read(row)
                continue
            batches.setdefault(revision, []).append((str(row_id), row.spectrum))
            n += 1
        for revision, items in batches.items():
            ticket = self._engine.classify(items, revision=revision)
            for key, _ in items:
                self._types[int(key), revision] = ticket

    def _explain(self) -> None:
        if self._engine is not None and self.engine_state == "ready":
            self._explaining.ask(self._engine)

    # What arrives

    def _take_all(self, events: Iterable[Any]) -> None:
        with self.document.batch():
            for event in events:
                self._take(event)
        self._explain()
        self._pump()
        if not self.is_busy:
            self._reset_count()

    def _take(self, event: Any) -> None:
        takers: dict[type, Callable[[Any], object]] = {
            Typed: self._take_verdict,
            ReadDone: self._take_reading,
            ReadFailed: self._take_reading,
            Peeked: self.aside.emit,
            Hashed: lambda hashed: self.document.store_hash(hashed.path, hashed.sha256),
            Explained: self._explaining.take,
            RequestFailed: self._take_failure,
            EngineReady: self._take_engine,
            EngineFailed: self._lose_engine,
            ChildDied: self._take_death,
            Notice: lambda n: self.notice.emit(n.message, "caution", f"engine:{n.message}"),
            Progress: lambda _: None,
        }
        takers[type(event)](event)

    def _take_reading(self, event: ReadDone | ReadFailed) -> None:
        known = self._reads.pop(event.ticket, None)
        if known is None:
            self.aside.emit(event)
            return
        path, revision, override = known
        if any(row.override != override for row in self.document.rows_of(path)):
            return  # the answer of another session: the file is asked for anew
        if isinstance(event, ReadFailed):
            self.document.store_read_error(path, event.error, revision=revision)
            self._counter.count(failed=True)
        else:
            self.document.store_reading(path, event.reading, revision=revision)
            self._hasher.ask(path)

    def _take_verdict(self, event: Typed) -> None:
        row_id = int(event.key)
        self._types.pop((row_id, event.revision), None)
        if self.document.store_verdict(
            row_id, event.verdict, event.prepared, revision=event.revision
        ):
            self._counter.count()

    def _take_failure(self, event: RequestFailed) -> None:
        row_id = int(event.key)
        if self._explaining.fail(event):
            self.explanation_failed.emit(row_id, event.message)
            return
        if self._types.pop((row_id, event.revision), None) is None:
            return
        if self.engine_state == "failed":
            # Nothing is wrong with the spectrum: it waits for an engine that works.
            self._to_type[row_id] = event.revision
            return
        if self.document.store_problem(row_id, event.message, revision=event.revision):
            self._counter.count(failed=True)

    def _take_engine(self, event: EngineReady) -> None:
        self.engine_info = event
        # What an undo brought back while this engine started was typed by the one before it.
        self._drop_foreign(self.document.ids)
        self.notice_withdrawn.emit("engine")
        self._set_engine("ready")

    def _lose_engine(self, event: EngineFailed) -> None:
        self.engine_message = event.message
        self._set_engine("failed")
        self.notice.emit(event.message, "error", "engine")

    def _take_death(self, event: ChildDied) -> None:
        if event.child == "engine" and event.restarting:
            self._set_engine("starting")
        kind = "caution" if event.restarting else "error"
        self.notice.emit(event.message, kind, event.child)

    def _set_engine(self, state: EngineState) -> None:
        self.engine_state = state
        self.document.keeps_untyped = state != "failed"
        self.engine_changed.emit()

    def _reset_count(self) -> None:
        self._counter.reset()
        self._tell_soon()

    def _tell_soon(self) -> None:
        if not self._told.isActive():
            self._told.start()
