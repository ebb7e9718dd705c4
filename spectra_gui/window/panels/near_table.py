"""The spectra most like one: a name, a type or a count, and how far; as narrow as a side panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.section import ElidedWords, Words

NearRow = tuple[str, str, float]
"""Name, what is said of it, distance."""

_TYPE_PX = 104
"""The room that a catalogue's type may claim; a longer one is told whole in its tooltip."""

DISTANCE_HINT = "1.0 is how far the spectra of two stars of one type usually lie apart"


class NearTable(QWidget):
    """Rows under a small heading; names give way in their middle, numbers stand right."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self.rows: tuple[NearRow, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(of.space_3)
        self._grid.setVerticalSpacing(of.space_1)
        self._grid.setColumnStretch(0, 1)
        self._heading = Words(heading, size="small", token="text_muted")
        self._grid.addWidget(self._heading, 0, 0, 1, 2)
        distance = Words("distance", size="small", token="text_muted")
        distance.setToolTip(DISTANCE_HINT)
        self._grid.addWidget(distance, 0, 2, Qt.AlignmentFlag.AlignRight)
        self._lines: list[tuple[ElidedWords, ElidedWords, Words]] = []

    def set_rows(self, rows: Sequence[NearRow]) -> None:
        """Show these rows; none hides the table with its heading."""
        self.rows = tuple(rows)
        while len(self._lines) < len(rows):
            self._add_line()
        for index, (name, said, far) in enumerate(self._lines):
            shown = index < len(rows)
            for words in (name, said, far):
                words.setVisible(shown)
            if shown:
                star, kind, distance = rows[index]
                name.set_words(star)
                said.set_words(kind)
                said.setFixedWidth(min(max(said.sizeHint().width(), 24), _TYPE_PX))
                far.setText(f"{distance:.1f}")
        self._align()
        self.setVisible(bool(rows))
        self.setAccessibleDescription(
            f"{self._heading.text()}: "
            + ", ".join(f"{star} {kind}, distance {far:.1f}" for star, kind, far in rows)
        )

    def _align(self) -> None:
        """One width for the second column, so that its texts begin below each other."""
        widths = [said.width() for _, said, _ in self._lines[: len(self.rows)]]
        for _, said, _ in self._lines[: len(self.rows)]:
            said.setFixedWidth(max(widths))

    def _add_line(self) -> None:
        line = (
            ElidedWords(middle=True, parent=self),
            ElidedWords(parent=self),
            Words(token="text_muted", parent=self),
        )
        line[2].setAlignment(Qt.AlignmentFlag.AlignRight)
        line[2].setToolTip(DISTANCE_HINT)
        for column, words in enumerate(line):
            self._grid.addWidget(words, 1 + len(self._lines), column)
        self._lines.append(line)
