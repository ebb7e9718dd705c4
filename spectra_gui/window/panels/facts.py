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

    def set_rows(self, rows: Sequence[tuple[str, str, str]], *, tokens: Sequence[str] = ()) -> None:
        """``tokens`` name the colour of each row's value, by default that of text."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = tuple(rows)
        for index, (subject, value, note) in enumerate(rows):
            token = tokens[index] if index < len(tokens) else "text"
            self._grid.addWidget(Words(subject, token="text_muted"), index, 0)
            said = ElidedWords(value, token=token)
            said.setMinimumWidth(min(said.sizeHint().width(), _MOST_PX))
            self._grid.addWidget(said, index, 1)
            beside = ElidedWords(note, token="text_muted")
            beside.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(beside, index, 2)
        self.setAccessibleDescription(
            ". ".join(" ".join(part for part in row if part) for row in rows)
        )
