"""The first lines of a text as they stand in the file, those that are skipped in grey."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from spectra_gui.window import theme


class LinesView(QPlainTextEdit):
    """Numbered lines to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName("First lines of the file")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._skipped = 0
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        width = len(str(len(lines)))
        self.setPlainText("\n".join(f"{i:>{width}}  {line}" for i, line in enumerate(lines, 1)))
        self.show_skipped(self._skipped)

    def show_skipped(self, n: int) -> None:
        """Grey the first ``n`` lines."""
        self._skipped = n
        grey = QTextCharFormat()
        grey.setForeground(theme.color("text_disabled"))
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor, n)
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = cursor, grey
        self.setExtraSelections([selection] if n else [])

    def _restyle(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(theme.font("small").pointSizeF())
        self.setFont(font)
        self.show_skipped(self._skipped)
