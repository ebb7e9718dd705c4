"""Undo and redo of what a person changes. Knows commands by their two verbs only."""

from __future__ import annotations

from typing import Protocol

from spectra_gui.session.changes import Changes
from spectra_gui.session.rows import Review, RowList


class Command(Protocol):
    """One thing that a person did.

    ``text`` continues the words "Undo" and "Redo"; `followed_by` returns the command that stands
    for this one and the next together (a word that is being typed), or None. `stand_on` tells of a
    review that the row had before the command, as became known later.
    """

    @property
    def text(self) -> str: ...

    def do(self, rows: RowList) -> Changes: ...

    def undo(self, rows: RowList) -> Changes: ...

    def followed_by(self, later: Command) -> Command | None: ...

    def stand_on(self, row_id: int, review: Review) -> None: ...


class History:
    """Two stacks of commands. A command that changes nothing is not kept."""

    def __init__(self) -> None:
        self._done: list[Command] = []
        self._undone: list[Command] = []

    def do(self, command: Command, rows: RowList) -> Changes:
        changes = command.do(rows)
        if not changes:
            return changes
        self._undone.clear()
        joined = self._done[-1].followed_by(command) if self._done else None
        if joined is None:
            self._done.append(command)
        else:
            self._done[-1] = joined
        return changes | Changes.of((), "history")

    def undo(self, rows: RowList) -> Changes:
        if not self._done:
            return Changes()
        command = self._done.pop()
        self._undone.append(command)
        return command.undo(rows) | Changes.of((), "history")

    def redo(self, rows: RowList) -> Changes:
        if not self._undone:
            return Changes()
        command = self._undone.pop()
        self._done.append(command)
        return command.do(rows) | Changes.of((), "history")

    def holds(self, command: Command) -> bool:
        """True where the command was done and is not undone."""
        return any(done is command for done in reversed(self._done))

    def stand_on(self, row_id: int, review: Review) -> None:
        """Let all commands take this review for one that stood before the first of them."""
        for command in (*self._done, *self._undone):
            command.stand_on(row_id, review)

    @property
    def undo_text(self) -> str:
        """What would be undone, "" where nothing can be."""
        return self._done[-1].text if self._done else ""

    @property
    def redo_text(self) -> str:
        return self._undone[-1].text if self._undone else ""

    def clear(self) -> None:
        self._done.clear()
        self._undone.clear()
