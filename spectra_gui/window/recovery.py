"""Offers what a crash left behind, newest first, until it is recovered or thrown away.

Knows autosaves and notices; `Files` shows a recovered session.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from spectra_gui.session import Recoverable, discard_recoverable, find_recoverable
from spectra_gui.session.commands import count_text
from spectra_gui.window.notices import Notices

KEY: Final = "recover"


class Recovery(QObject):
    """``recover`` shows an autosaved session and says whether it did."""

    _found = Signal(object)

    def __init__(
        self,
        parent: QObject,
        notices: Notices,
        folder: Path,
        *,
        recover: Callable[[Recoverable], bool],
    ) -> None:
        super().__init__(parent)
        self._notices, self._folder, self._recover = notices, folder, recover
        self._items: list[Recoverable] = []
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def offer(self) -> None:
        """Look for autosaves on a thread, since sessions may be large, and tell of the newest."""

        def look() -> None:
            try:
                found = find_recoverable(self._folder)
            except OSError:  # a folder that cannot be looked into holds nothing to offer
                return
            with contextlib.suppress(RuntimeError):  # the window closed meanwhile
                self._found.emit(found)

        threading.Thread(target=look, name="recovery", daemon=True).start()

    def _take(self, found: list[Recoverable]) -> None:
        self._items = found
        self._offer_first()

    def _offer_first(self) -> None:
        if self._items:
            self._notices.tell(
                offer_words(self._items[0], len(self._items) - 1),
                kind="caution",
                key=KEY,
                action="Recover",
                call=self._recover_first,
            )

    def _recover_first(self) -> None:
        if not self._items:
            return
        item = self._items[0]
        if self._recover(item):
            # The next one is offered at the next start: it would replace what was just recovered.
            self._items = []
        else:
            self._offer_first()

    def hear_dismissed(self, key: str) -> None:
        """A notice was dismissed; if it was the offer, nothing is lost by that, which is told."""
        if key != KEY or not self._items:
            return
        item = self._items[0]
        self._notices.tell(
            f"The autosave of {clock(item.saved_at)} stays and is offered again at the next start.",
            key="recover.kept",
            action="Delete it",
            call=lambda: self._delete(item),
        )

    def _delete(self, item: Recoverable) -> None:
        try:
            discard_recoverable(item)
        except OSError as error:
            self._notices.tell(
                f"{item.path} cannot be deleted ({error.strerror or error}).", kind="error"
            )
            return
        self._items = [other for other in self._items if other != item]
        self._offer_first()


def offer_words(item: Recoverable, n_older: int) -> str:
    """What is there, from when, and what becomes of the list."""
    spectra = count_text(item.n_rows, "spectrum", "spectra")
    corrected = f", {item.n_reviews} of them corrected" if item.n_reviews else ""
    name = f" of {Path(item.origin).name}" if item.origin else ""
    older = (
        f" {count_text(n_older, 'older one is', 'older ones are')} there too." if n_older else ""
    )
    return (
        f"Spectra ended unexpectedly; an autosave{name} from {clock(item.saved_at)} with {spectra}"
        f"{corrected} is there. It takes the place of the present list.{older}"
    )


def clock(iso: str) -> str:
    """``2026-11-21T14:02:11+00:00`` as local day and time."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%d %B, %H:%M")
    except ValueError:
        return iso
