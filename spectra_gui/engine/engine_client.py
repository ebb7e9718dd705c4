"""Typing and explaining in the engine child, which alone owns the networks.

The client keeps what is unanswered and gives the child small batches, so that an explanation
passes a long list of spectra, a cancelled request is never started, and nothing is lost when the
child dies: what it was at is asked again one by one, and what kills it twice fails alone.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from spectra_gui.data import Spectrum
from spectra_gui.data.explanation import Target
from spectra_gui.engine.events import (
    ChildDied,
    EngineFailed,
    EngineReady,
    Event,
    Explained,
    Notice,
    Progress,
    RequestFailed,
    Typed,
)
from spectra_gui.engine.process import Supervisor, child_command, default_threads
from spectra_gui.engine.protocol import Message

MAX_BATCH: Final = 16
_BATCHES_AHEAD: Final = 2
_MAX_DEATHS: Final = 2
_MAX_IDLE_DEATHS: Final = 3


@dataclass(slots=True, eq=False)
class _Item:
    """One spectrum to type, or to explain (``how`` holds target and method)."""

    ticket: int
    key: str
    revision: int
    spectrum: Spectrum
    how: tuple[Target, str] | None = None
    deaths: int = 0


@dataclass(slots=True)
class _Count:
    total: int
    done: int = 0


@dataclass(slots=True)
class _State:
    """What is unanswered."""

    waiting: deque[_Item] = field(default_factory=deque)
    explaining: deque[_Item] = field(default_factory=deque)
    sent: dict[int, list[_Item]] = field(default_factory=dict)
    counts: dict[int, _Count] = field(default_factory=dict)
    batch_size: int = 1

    def unanswered(self) -> Iterator[_Item]:
        for items in self.sent.values():
            yield from items
        yield from self.explaining
        yield from self.waiting


class EngineClient(Supervisor):
    """Types and explains spectra in a child process.

    Parameters
    ----------
    listener : called with the engine's events on a background thread
    bundle : name or folder of the bundle; None takes the default one
    device : ``auto``, ``cpu``, ``cuda`` or ``mps``
    threads : of the child's arithmetic; None takes half of the processors, four at most
    """

    def __init__(
        self,
        listener: Callable[[Event], None],
        *,
        bundle: str | Path | None = None,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self._bundle, self._device = bundle, device
        self._thread_count = threads or default_threads()
        self._state = _State()
        self._requests = count(1)
        self._ready = False
        self._failure: str | None = None
        self._idle_deaths = 0
        super().__init__(listener, name="engine")

    def start(self) -> None:
        """Start the child; `EngineReady` or `EngineFailed` tells how that went."""
        self._post(self._ensure_child)

    def classify(self, items: Sequence[tuple[str, Spectrum]], *, revision: int) -> int:
        """Ask for verdicts; each comes as `Typed` or `RequestFailed`, with `Progress` between.

        ``items`` are (key, spectrum); key and revision come back with the answers.
        """
        ticket = next(self._tickets)
        asked = [_Item(ticket, key, revision, spectrum) for key, spectrum in items]
        self._post(lambda: self._enqueue(asked))
        return ticket

    def explain(
        self,
        key: str,
        spectrum: Spectrum,
        *,
        revision: int,
        target: Target = "joint",
        method: str = "guided_grad_cam",
    ) -> int:
        """Ask for an explanation, ahead of all typing; it comes as `Explained`."""
        item = _Item(next(self._tickets), key, revision, spectrum, how=(target, method))
        self._post(lambda: self._enqueue([item]))
        return item.ticket

    def cancel(self, ticket: int) -> None:
        """Forget a request; nothing more is heard of it."""
        self._post(lambda: self._forget(ticket))

    def restart(self, bundle: str | Path | None = None, device: str | None = None) -> None:
        """Start anew, with another bundle or device where given; what is unanswered is kept."""
        self._post(lambda: self._restart(bundle, device))

    def _command(self) -> list[str]:
        arguments = ["--device", self._device, "--threads", str(self._thread_count)]
        if self._bundle is not None:
            arguments += ["--bundle", os.fspath(self._bundle)]
        return child_command("engine", arguments)

    def _threads(self) -> int:
        return self._thread_count

    def _enqueue(self, items: list[_Item]) -> None:
        if self._failure is not None:
            for item in items:
                self._fail(item, self._failure)
            return
        for item in items:
            if item.how is None:
                self._state.waiting.append(item)
                counted = self._state.counts.setdefault(item.ticket, _Count(0))
                counted.total += 1
            else:
                self._state.explaining.append(item)
        self._ensure_child()
        self._feed()

    def _forget(self, ticket: int) -> None:
        state = self._state
        state.waiting = deque(i for i in state.waiting if i.ticket != ticket)
        state.explaining = deque(i for i in state.explaining if i.ticket != ticket)
        state.counts.pop(ticket, None)
        for request, items in state.sent.items():
            if any(i.ticket == ticket for i in items):
                # Answers come by position, so a cancelled item stays where it is, unheard.
                for item in items:
                    item.ticket = -1 if item.ticket == ticket else item.ticket
                if all(item.ticket == -1 for item in items):
                    self._send("cancel", id=request)

    def _restart(self, bundle: str | Path | None, device: str | None) -> None:
        self._bundle = bundle if bundle is not None else self._bundle
        self._device = device if device is not None else self._device
        self._drop_child()
        self._failure, self._idle_deaths = None, 0
        self._take_back(blame=False)
        self._ensure_child()

    def _ensure_child(self) -> None:
        if self._child is not None or self._failure is not None:
            return
        self._ready = False
        try:
            self._start_child()
        except OSError as error:
            self._give_up(f"The engine does not start: the system starts no process ({error}).")

    def _feed(self) -> None:
        state = self._state
        if not self._ready:
            return
        if not state.sent and not state.waiting:
            state.batch_size = 1
        while state.explaining and not self._must_wait(state.explaining[0]):
            item = state.explaining.popleft()
            target, method = item.how or ("joint", "guided_grad_cam")
            self._ask("explain", [item], spectrum=item.spectrum, target=target, method=method)
        while state.waiting and not self._must_wait(state.waiting[0]):
            batches = sum(items[0].how is None for items in state.sent.values())
            if batches >= _BATCHES_AHEAD:
                break
            batch = self._next_batch()
            self._ask("classify", batch, spectra=[item.spectrum for item in batch])

    def _must_wait(self, item: _Item) -> bool:
        """What was with a child that died goes alone, so that a second death has one culprit."""
        sent = self._state.sent.values()
        return bool(sent) and (item.deaths > 0 or any(i.deaths for items in sent for i in items))

    def _next_batch(self) -> list[_Item]:
        """A growing number of spectra, so that the first verdict comes soon."""
        state = self._state
        batch = [state.waiting.popleft()]
        while (
            state.waiting
            and len(batch) < state.batch_size
            and not batch[0].deaths
            and not state.waiting[0].deaths
        ):
            batch.append(state.waiting.popleft())
        state.batch_size = min(MAX_BATCH, state.batch_size * 4)
        return batch

    def _ask(self, kind: str, items: list[_Item], **values: Any) -> None:
        request = next(self._requests)
        self._state.sent[request] = items
        self._send(kind, id=request, **values)

    def _on_message(self, message: Message) -> None:
        kind = message.kind
        if kind == "ready":
            self._ready = True
            self._emit(
                EngineReady(
                    message["device"], message["bundle"], message["sha256"], message["threads"]
                )
            )
        elif kind == "failed":
            self._drop_child()
            self._give_up(message["message"])
        elif kind == "notice":
            self._emit(Notice(message["message"]))
        elif kind in ("typed", "explained", "request_failed", "cancelled"):
            self._idle_deaths = 0
            self._take(message, self._state.sent.pop(message["id"], []))
        self._feed()

    def _take(self, message: Message, items: list[_Item]) -> None:
        answers = message["answers"] if message.kind == "typed" else ()
        for item, answer in zip(items, answers, strict=False):
            if item.ticket != -1:
                self._take_answer(item, *answer)
        if message.kind == "explained":
            for item in items:
                if item.ticket != -1:
                    explanation = message["explanation"]
                    self._emit(Explained(item.ticket, item.key, item.revision, explanation))
        elif message.kind == "request_failed":
            for item in items:
                self._fail(item, message["message"])
        for ticket in {item.ticket for item in items if item.how is None and item.ticket != -1}:
            self._report_progress(ticket)

    def _take_answer(self, item: _Item, verdict: Any, prepared: Any, failure: str) -> None:
        if verdict is None:
            self._fail(item, failure)
            return
        self._count(item)
        self._emit(Typed(item.ticket, item.key, item.revision, verdict, prepared))

    def _fail(self, item: _Item, message: str) -> None:
        if item.ticket == -1:
            return
        self._count(item)
        self._emit(RequestFailed(item.ticket, item.key, item.revision, message))

    def _count(self, item: _Item) -> None:
        counted = self._state.counts.get(item.ticket)
        if counted is not None:
            counted.done += 1

    def _report_progress(self, ticket: int) -> None:
        counted = self._state.counts.get(ticket)
        if counted is None:
            return
        self._emit(Progress(ticket, counted.done, counted.total))
        if counted.done == counted.total:
            del self._state.counts[ticket]

    def _on_end(self, exit_status: int, last_words: str) -> None:
        told = f" ({last_words})" if last_words else ""
        self._idle_deaths += not self._state.sent
        self._take_back(blame=True)
        if self._idle_deaths >= _MAX_IDLE_DEATHS or (not self._ready and self._idle_deaths > 1):
            self._give_up(f"The engine ended {self._idle_deaths} times before it could work{told}.")
            return
        self._emit(
            ChildDied("engine", True, f"The engine ended by itself and is started again{told}.")
        )
        self._ensure_child()

    def _take_back(self, *, blame: bool) -> None:
        """What the lost child had not answered waits again, in its old order, before the rest."""
        state = self._state
        lost = [item for items in state.sent.values() for item in items if item.ticket != -1]
        state.sent.clear()
        state.batch_size = 1
        again: list[_Item] = []
        for item in lost:
            item.deaths += blame
            if item.deaths < _MAX_DEATHS:
                again.append(item)
                continue
            self._fail(item, "The engine ended twice while it worked on this spectrum.")
            self._report_progress(item.ticket)
        state.explaining.extendleft(i for i in reversed(again) if i.how is not None)
        state.waiting.extendleft(i for i in reversed(again) if i.how is None)

    def _give_up(self, message: str) -> None:
        self._failure = message
        self._emit(EngineFailed(message))
        lost = list(self._state.unanswered())
        tickets = {item.ticket for item in lost if item.how is None}
        for item in lost:
            self._fail(item, message)
        for ticket in tickets:
            self._report_progress(ticket)
        self._state = _State()
