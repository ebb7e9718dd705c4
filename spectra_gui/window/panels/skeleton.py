"""Grey bars where rows or a curve will stand, while they are on their way."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from spectra_gui.window import theme

_ROW_PX = 24
_WIDTHS = (0.82, 0.64, 0.74, 0.52, 0.68, 0.58)


class Skeleton(QWidget):
    """A number of rows to come."""

    def __init__(self, rows: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setAccessibleName("Loading")
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, self._rows * _ROW_PX)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("skeleton"))
        for row in range(self._rows):
            width = _WIDTHS[row % len(_WIDTHS)] * self.width()
            painter.drawRoundedRect(QRectF(0, row * _ROW_PX + 7, width, 10), 5, 5)
