"""Files and folders on their way into the list: looked for on a thread, added in slices.

Ten thousand files that are dropped at once stop the window for no longer than one does. All of a
drop is one step of undo, and its files stand in the order in which they were found. Knows the
document and the names of files; opens none.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from spectra_gui.session import AddSpectra, Document
from spectra_gui.session.commands import absolute_text, count_text
from spectra_gui.session.folders import ending, files_in
from spectra_gui.window.inbox import Events, Inbox
from spectra_gui.window.notices import Notices
from spectra_gui.window.places import is_folder

MAX_FILES: Final = 200_000
FEW: Final = 64
"""So many files are added at once, if no folder is among them."""
_PART: Final = 100
"""Files that are handed over together."""
_SLICE: Final = 400
"""Files that one turn of the event loop adds at most."""
_REST_S: Final = 0.002
"""The search leaves the interpreter to the window for so long after each part."""
_ENDINGS_TOLD: Final = 4


@dataclass(eq=False)
class _Drop:
    """What was dropped together, and how far it is."""

    wanted: Sequence[str | Path]
    command: AddSpectra | None = None
    n_added: int = 0
    ended: bool = False
    empty: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    closed: list[OSError] = field(default_factory=list)
    """Folders that could not be looked into."""
    last: str = ""
    """The last file that was taken, where there are more than may be."""


class Adding(QObject):
    """``started(object)``: the path of the first file of a drop, which is in the list now;
    ``changed()``: whether files are being looked for, or how many were found."""

    started = Signal(object)
    changed = Signal()

    def __init__(self, document: Document, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._notices = notices
        self._drops: list[_Drop] = []
        self._inbox = Inbox(self._take, self)

    @property
    def is_busy(self) -> bool:
        """True while files are being looked for or added."""
        return bool(self._drops)

    @property
    def n_found(self) -> int:
        """Files of the present drops that are in the list by now."""
        return sum(drop.n_added for drop in self._drops)

    def add(self, paths: Sequence[str | Path]) -> None:
        """Add files, and the files in folders; those that are there already are passed over."""
        drop = _Drop(paths)
        if len(paths) <= FEW and not any(is_folder(path) for path in paths):
            self._add(drop, [absolute_text(path) for path in paths])
            self.started.emit(absolute_text(paths[0]))
            return
        self._drops.append(drop)
        self.changed.emit()
        # A folder may be large or on a slow disk.
        threading.Thread(target=self._search, args=(drop,), daemon=True, name="search").start()

    def cancel(self) -> None:
        """Look no further; what is in the list stays there."""
        if self._drops:
            n = count_text(self.n_found, "file", "files")
            self._notices.tell(f"Stopped: {n} were added, the others were not.", key="open")
            self.forget()

    def forget(self) -> None:
        """Another list is shown: what is still looked for was dropped on the one before."""
        drops, self._drops = self._drops, []
        for drop in drops:
            drop.ended = True
        if drops:
            self.changed.emit()

    def close(self) -> None:
        """The window closes: add nothing more."""
        self.forget()
        self._inbox.close()

    # On the thread

    def _search(self, drop: _Drop) -> None:
        part: list[str] = []
        last = ""
        n = 0
        for n_looked, (path, may_be) in enumerate(_files_of(drop), start=1):
            if drop.ended:
                return
            if may_be and n == MAX_FILES:
                drop.last = last
                break
            if may_be:
                n, last = n + 1, path
                part.append(path)
            if n_looked % _PART == 0:
                self._inbox.post((drop, tuple(part)))
                part = []
                time.sleep(_REST_S)
        self._inbox.post((drop, tuple(part)))
        self._inbox.post((drop, None))

    # On the GUI thread

    def _take(self, events: Events) -> None:
        n = 0
        begun: list[str] = []
        with self._document.batch():
            for drop, part in events:
                if drop.ended:
                    continue
                if part is None:
                    self._end(drop)
                    continue
                if part and drop.n_added == 0:
                    begun.append(part[0])
                self._add(drop, part)
                n += len(part)
                if n >= _SLICE:
                    break
        for path in begun:
            self.started.emit(path)
        self.changed.emit()

    def _add(self, drop: _Drop, paths: Sequence[str]) -> None:
        if drop.command is None:
            command = AddSpectra(paths)
            if self._document.do(command):
                drop.command = command
        elif not self._document.add_more(drop.command, paths):
            self._end(drop)  # it was undone, or another session was opened
            return
        drop.n_added += len(paths)

    def _end(self, drop: _Drop) -> None:
        drop.ended = True
        if drop in self._drops:
            self._drops.remove(drop)
        if drop.empty:
            self._notices.tell(_empty_text(drop), kind="caution", key="empty")
        if drop.closed:
            self._notices.tell(_closed_text(drop.closed), kind="caution", key="closed")
        if drop.last:
            self._notices.tell(
                f"There are more than {count_text(MAX_FILES, 'file', 'files')} in that "
                f"folder; those after {drop.last} were not opened. Open its folders one "
                "by one, or use spectra-gui classify, which takes any number.",
                kind="caution",
                key="open",
            )


def _files_of(drop: _Drop) -> Iterator[tuple[str, bool]]:
    """Absolute paths of what was dropped and of the files in its folders, and whether each may
    be spectra. Folders without any are noted."""
    for wanted in drop.wanted:
        path = Path(absolute_text(wanted))
        if not is_folder(path):
            yield str(path), True
            continue
        passed_over: Counter[str] = Counter()
        n = 0
        n_closed = len(drop.closed)
        for found, may_be in files_in(path, drop.closed.append):
            if may_be:
                n += 1
            else:
                passed_over[ending(found)] += 1
            yield str(found), may_be
        if n == 0 and len(drop.closed) == n_closed:
            drop.empty.append(path.name or str(path))
            drop.passed_over += passed_over


def _closed_text(errors: Sequence[OSError]) -> str:
    """Which folders were not looked into, and why."""
    first = errors[0]
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return (
        f"{first.filename}{more} cannot be looked into ({first.strerror}), so nothing in there was "
        "opened. Check the rights of the folder."
    )


def _empty_text(drop: _Drop) -> str:
    """What was looked at in folders without spectra, and what would have been opened."""
    names = ", ".join(drop.empty[:3])
    more = f" and {len(drop.empty) - 3} more" if len(drop.empty) > 3 else ""
    text = f"There are no spectra in {names}{more}"
    n = drop.passed_over.total()
    if n == 0:
        return f"{text}: no files are in there."
    kinds = [ending for ending, _ in drop.passed_over.most_common() if ending]
    told = ", ".join(kinds[:_ENDINGS_TOLD]) + (" …" if len(kinds) > _ENDINGS_TOLD else "")
    of_kinds = f" ({told})" if told else ""
    looked = f"{count_text(n, 'file was', 'files were')} looked at{of_kinds}"
    return (
        f"{text}: {looked}, none of a kind that holds any. FITS, text, tables and files of any "
        "other ending are opened."
    )
