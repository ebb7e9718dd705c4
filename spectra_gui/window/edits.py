"""The Edit menu: undo and redo, removal, copying, selection."""

from __future__ import annotations

from PySide6.QtCore import QObject

from spectra_gui.session import Changes, Document, RemoveRows
from spectra_gui.window.actions import Actions
from spectra_gui.window.exports import copy_rows
from spectra_gui.window.spectra_list import SpectraList


class Edits(QObject):
    """The one Qt adapter of the document's history."""

    def __init__(self, document: Document, spectra: SpectraList) -> None:
        super().__init__(spectra)
        self._document = document
        self._list = spectra

    def undo(self) -> None:
        self._show(self._document.undo())

    def redo(self) -> None:
        self._show(self._document.redo())

    def _show(self, changes: Changes) -> None:
        """Go to the first row that changed, unless one of them is shown already."""
        if self._list.current_id in changes.rows:
            return
        lines = (self._list.model.line_of(row_id) for row_id in changes.rows)
        first = min((line for line in lines if line is not None), default=None)
        row_id = None if first is None else self._list.model.id_at(first)
        if row_id is not None:
            self._list.select([row_id])

    def name_steps(self, actions: Actions) -> None:
        """Say in the menu what would be undone."""
        for action_id, verb, step in (
            ("edit.undo", "Undo", self._document.undo_text),
            ("edit.redo", "Redo", self._document.redo_text),
        ):
            actions[action_id].setText(f"{verb} {step}".strip())

    def remove(self) -> None:
        ids = self._list.selected_ids()
        after = self._list.model.line_of(ids[-1]) if ids else None
        self._document.do(RemoveRows(ids))
        if after is not None and self._list.model.rowCount():
            line = min(after - len(ids) + 1, self._list.model.rowCount() - 1)
            row_id = self._list.model.id_at(max(line, 0))
            if row_id is not None:
                self._list.select([row_id])

    def copy_rows(self) -> None:
        copy_rows(list(self._document.rows(self._list.selected_ids())))

    def select_all(self) -> None:
        self._list.table.selectAll()

    def focus_filter(self) -> None:
        self._list.filter.setFocus()
        self._list.filter.selectAll()
