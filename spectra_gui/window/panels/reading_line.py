"""One line of "How it was read": a subject, its value or its field, and what that rests on.

A line is made once and shows one `Line` after the other; its fields are made when first needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.window import theme
from spectra_gui.window.panels.choice_field import FIELD_FRAME_PX, ChoiceField
from spectra_gui.window.panels.section import ElidedWords, Words

_SUBJECT_PX = 112
_MARKS = {
    "yours": ("accent", ""),
    "assumed": ("caution", "The file does not say; this was taken by habit or by its numbers"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    ``subject`` tells lines apart and is what they begin with, unless there is a ``label``.
    ``value`` is shown where there is no ``choice``, on one line or with ``wrap`` on several;
    ``hint`` stands in an empty field; ``mark`` is "yours", "assumed" or nothing.
    """

    subject: str
    value: str = ""
    label: str = ""
    choice: OverrideChoice | None = None
    hint: str = ""
    wrap: bool = False
    mark: str = ""
    evidence: str = ""


class ReadingLine(QWidget):
    """``taken`` carries the key and the text of a choice that a person made."""

    taken = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        of = theme.current()
        self._subject = Words(token="text_muted", wrap=True)
        self._subject.setFixedWidth(_SUBJECT_PX)
        self._value = ElidedWords()
        self._wrapped: Words | None = None
        self._fields: dict[bool, ChoiceField] = {}
        self._mark, self._marked = Words(size="small"), ""
        self._mark.hide()
        self._evidence = ElidedWords(size="small", token="text_muted")
        # A widget: an empty layout would take all width from what stands above it.
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(of.space_1)
        below.addWidget(self._mark)
        below.addWidget(self._evidence, 1)
        self._told = QVBoxLayout()
        self._told.setSpacing(1)
        self._told.addWidget(self._value)
        self._told.addWidget(self._below)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(of.space_4)
        whole.addWidget(self._subject, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(self._told, 1)

    def show_line(self, line: Line, override: Override, *, keep: bool) -> ChoiceField | None:
        """Fill the line; its field where it has one. ``keep`` leaves what is being written."""
        self._subject.setText(line.label or line.subject)
        # On one line with the text inside the field's frame.
        top = FIELD_FRAME_PX if line.choice is not None else 0
        self._subject.setContentsMargins(0, top, 0, 0)
        field = (
            None if line.choice is None else self.make_field(with_options=bool(line.choice.options))
        )
        for kept in self._fields.values():
            kept.setVisible(kept is field)
        if field is not None and line.choice is not None:
            field.show_choice(line.choice, override, hint=line.hint, keep=keep)
        self._show_value("" if line.choice is not None else line.value, wrap=line.wrap)
        self._show_mark(line.mark)
        self._below.setVisible(bool(line.evidence))
        self._evidence.set_words(line.evidence)
        return field

    def make_field(self, *, with_options: bool) -> ChoiceField:
        """The line's field of one kind, made where it is not there yet."""
        field = self._fields.get(with_options)
        if field is None:
            field = self._fields[with_options] = ChoiceField(with_options=with_options)
            field.taken.connect(self.taken)
            field.hide()
            self._told.insertWidget(0, field)
        return field

    def _show_value(self, text: str, *, wrap: bool) -> None:
        self._value.setVisible(bool(text) and not wrap)
        if wrap and self._wrapped is None:
            self._wrapped = Words(wrap=True)
            self._told.insertWidget(0, self._wrapped)
        if self._wrapped is not None:
            self._wrapped.setVisible(bool(text) and wrap)
        if wrap and self._wrapped is not None:
            self._wrapped.setText(text)
        elif text:
            self._value.set_words(text)

    def _show_mark(self, mark: str) -> None:
        if mark != self._marked:
            self._marked = mark
            token, tip = _MARKS.get(mark, ("text_muted", ""))
            self._mark.setText(mark)
            self._mark.set_token(token)
            self._mark.setToolTip(tip)
        self._mark.setVisible(bool(mark))
