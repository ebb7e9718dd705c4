"""Several commands as one step of the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectra_gui.session.changes import Changes
from spectra_gui.session.history import Command
from spectra_gui.session.rows import Review, RowList


@dataclass
class Together:
    """Commands that are done in order and taken back in reverse, as one thing a person did."""

    commands: Sequence[Command]
    text: str

    def do(self, rows: RowList) -> Changes:
        changes = Changes()
        for command in self.commands:
            changes |= command.do(rows)
        return changes

    def undo(self, rows: RowList) -> Changes:
        changes = Changes()
        for command in reversed(self.commands):
            changes |= command.undo(rows)
        return changes

    def followed_by(self, later: Command) -> Command | None:
        """It joins no other."""
        return None

    def stand_on(self, row_id: int, review: Review) -> None:
        for command in self.commands:
            command.stand_on(row_id, review)
