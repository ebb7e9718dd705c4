"""One explanation at a time: the one that the visible panel wishes for."""

from __future__ import annotations

from spectra_gui.engine.client import Explained, RequestFailed
from spectra_gui.session import Document
from spectra_gui.window.clients import Engine
from spectra_gui.window.work import Wish


class Explaining:
    """Remembers the wish, asks the engine for it, and keeps what comes back if it still counts."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._wish: Wish | None = None
        self._asked: dict[int, tuple[Wish, int]] = {}
        self._refused: tuple[Wish, int] | None = None

    def wish(self, wish: Wish | None, engine: Engine | None) -> None:
        """Forget the wish before; a request that nobody waits for any more is cancelled."""
        if wish != self._wish:
            self._refused = None
        self._wish = wish
        for ticket, (asked, _) in list(self._asked.items()):
            if asked != wish and engine is not None:
                engine.cancel(ticket)
                del self._asked[ticket]

    def ask(self, engine: Engine) -> None:
        """Ask for the wish, if its row is typed and there is no answer and no request yet."""
        wish = self._wish
        row = None if wish is None else self._document.row(wish.row_id)
        if wish is None or row is None or row.spectrum is None or row.state != "typed":
            return
        this = (wish, row.revision)
        if this in self._asked.values() or this == self._refused:
            return
        if self._document.explanation(row.id, (wish.target, wish.method)) is not None:
            return
        ticket = engine.explain(
            str(row.id),
            row.spectrum,
            revision=row.revision,
            target=wish.target,
            method=wish.method,
        )
        self._asked[ticket] = this

    def take(self, event: Explained) -> None:
        """Keep an explanation that was asked for."""
        asked = self._asked.pop(event.ticket, None)
        if asked is not None:
            wish, revision = asked
            self._document.store_explanation(
                wish.row_id, (wish.target, wish.method), event.explanation, revision=revision
            )

    def fail(self, event: RequestFailed) -> bool:
        """True where a request for an explanation failed; it is not asked for again by itself."""
        asked = self._asked.pop(event.ticket, None)
        if asked is not None:
            self._refused = asked
        return asked is not None

    def forget_requests(self, engine: Engine) -> None:
        """The engine starts anew."""
        for ticket in self._asked:
            engine.cancel(ticket)
        self._asked.clear()
        self._refused = None
