"""What stands in the place of the plots where a file gave no spectrum: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.panels.state_icon import paint_state

_WIDTH_PX = 460
_SIGN_PX = 40


class Absence(QWidget):
    """A sign, a reason and an advice in the middle, and what can be done at once.

    ``map_columns`` is a button; it is there where the file has columns to choose from.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self.reason = Words(wrap=True, bold=True)
        self.advice = Words(wrap=True, token="text_muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(of.space_5, of.space_5, of.space_5, of.space_5)
        column.setSpacing(of.space_2)
        column.addStretch(2)
        column.addSpacing(_SIGN_PX + of.space_3)
        for words in (self.reason, self.advice):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            words.setFixedWidth(_WIDTH_PX)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        self.map_columns = QPushButton("Map columns…")
        self.map_columns.setToolTip("Say which columns are wavelength, flux and uncertainty")
        column.addSpacing(of.space_2)
        column.addWidget(self.map_columns, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme.notifier().changed.connect(self.update)

    def show_words(self, reason: str, advice: str, *, has_columns: bool = False) -> None:
        """Say why there is nothing, and what to do."""
        self.map_columns.setVisible(has_columns)
        self.reason.setText(reason)
        self.advice.setText(advice)
        for words in (self.reason, self.advice):
            words.setFixedHeight(max(words.heightForWidth(_WIDTH_PX), 0))
        self.setAccessibleName(reason)
        self.setAccessibleDescription(advice)

    def paintEvent(self, event: object) -> None:
        top = self.reason.y() - _SIGN_PX - theme.current().space_3
        box = QRectF(self.width() / 2 - _SIGN_PX / 2, top, _SIGN_PX, _SIGN_PX)
        paint_state(QPainter(self), box, "unreadable")
