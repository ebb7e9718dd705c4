"""The Review menu: accept, edit, skip and grade, on the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QObject

from spectra_gui.session import (
    AttachSetAside,
    Command,
    Document,
    Review,
    Row,
    SetReview,
    accept_verdicts,
    set_comment,
    set_label,
    set_quality,
)
from spectra_gui.window.spectra_list import SpectraList
from spectra_gui.window.your_answer import YourAnswer


class Reviews(QObject):
    """Turns keys and the answer field into commands on the selected rows."""

    def __init__(self, document: Document, spectra: SpectraList, answer: YourAnswer) -> None:
        super().__init__(spectra)
        self._document = document
        self._list = spectra
        self._answer = answer
        answer.label_given.connect(self.give_label)
        answer.comment_typed.connect(self._type_comment)
        answer.finished.connect(spectra.table.setFocus)

    def accept(self) -> None:
        """Take the verdict of the selected rows; of a single one go on to the next open one."""
        rows = self._selected()
        self._do(accept_verdicts(rows))
        if len(rows) == 1:
            self.skip()

    def edit(self) -> None:
        self._answer.edit()

    def comment(self) -> None:
        self._answer.edit_comment()

    def skip(self) -> None:
        """Go to the next row that is not reviewed, from the top again behind the last one."""
        ids = self._list.model.visible_ids
        current = self._list.current_id
        at = ids.index(current) + 1 if current in ids else 0
        for row in self._document.rows((*ids[at:], *ids[: max(at - 1, 0)])):
            if not row.reviewed and row.state != "unreadable":
                self._list.select([row.id])
                return

    def set_quality(self, grade: int) -> None:
        self._do(set_quality(self._selected(), grade))

    def clear_quality(self) -> None:
        self._do(set_quality(self._selected(), None))

    def clear(self) -> None:
        """Take type, review and grade of the selected rows back; the comment stays."""
        reviews = {row.id: Review(comment=row.comment) for row in self._selected()}
        self._do(SetReview(reviews, "take the review back"))

    def attach(self) -> None:
        self._do(AttachSetAside(self._list.selected_ids()))

    def next(self) -> None:
        self._list.step(1)

    def previous(self) -> None:
        self._list.step(-1)

    def give_label(self, label: str) -> None:
        """The current row's type, as a person wrote or chose it."""
        self._do(set_label(self._current(), label))

    def _type_comment(self, text: str, visit: int) -> None:
        self._do(set_comment(self._current(), text, typing=visit))

    def _selected(self) -> tuple[Row, ...]:
        return self._document.rows(self._list.selected_ids()) or self._current()

    def _current(self) -> tuple[Row, ...]:
        current = self._list.current_id
        return () if current is None else self._document.rows([current])

    def _do(self, command: Command) -> None:
        self._document.do(command)
