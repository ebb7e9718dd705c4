"""Rows of a muted word, what it says, and a short note at the right edge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.section import ElidedWords, Words

_MOST_PX = 120
"""The room that a value may claim; a longer one is shortened and told whole in its tooltip."""


class FactRows(QWidget):
    """Rows of (subject, value, note); where room is short the note gives way, never the value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(of.space_4)
        self._grid.setVerticalSpacing(of.space_1)
        self._grid.setColumnStretch(2, 1)
        self.rows: tuple[tuple[str, str, str], ...] = ()
        self._lines: list[tuple[Words, ElidedWords, ElidedWords]] = []

    def set_rows(
        self, rows: Sequence[tuple[str, str, str]], *, tokens: Sequence[tuple[str, str]] = ()
    ) -> None:
        """``tokens`` name the colours of each row's value and note; text and muted by default."""
        self.rows = tuple(rows)
        while len(self._lines) < len(rows):
            self._add_line()
        for line in self._lines[len(rows) :]:
            for words in line:
                words.hide()
        for index, (subject, value, note) in enumerate(rows):
            named, said, beside = self._lines[index]
            named.setText(subject)
            of_value, of_note = tokens[index] if index < len(tokens) else ("text", "text_muted")
            said.set_token(of_value)
            beside.set_token(of_note)
            said.set_words(value)
            said.setMinimumWidth(min(said.sizeHint().width(), _MOST_PX))
            beside.set_words(note)
            for words in (named, said, beside):
                words.show()
        self.setAccessibleDescription(
            ". ".join(" ".join(part for part in row if part) for row in rows)
        )

    def _add_line(self) -> None:
        line = (
            Words(token="text_muted", parent=self),
            ElidedWords(parent=self),
            ElidedWords(token="text_muted", parent=self),
        )
        line[2].setAlignment(Qt.AlignmentFlag.AlignRight)
        for column, words in enumerate(line):
            self._grid.addWidget(words, len(self._lines), column)
        self._lines.append(line)
