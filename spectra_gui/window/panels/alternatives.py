"""The answer and its rivals as bars: letter + class with their probabilities."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from spectra_gui.data import Alternative, Verdict
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Section
from spectra_gui.window.panels.words import percent

MAX_ROWS = 6
_BAR_PX = 10.0


class BarRows(QWidget):
    """Painted rows: type, bar, number at the right edge. Arrow keys and mouse choose one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Alternative, ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Alternatives")
        theme.notifier().changed.connect(self.update)

    def set_rows(self, rows: tuple[Alternative, ...]) -> None:
        self.rows = rows[:MAX_ROWS]
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if rows else Qt.FocusPolicy.NoFocus)
        words = ", ".join(f"{row.type} {percent(row.probability)}" for row in self.rows)
        self.setAccessibleDescription(words or "No alternatives.")
        self.updateGeometry()
        self.update()

    @property
    def row_px(self) -> float:
        return QFontMetricsF(theme.font("body")).height() + 8

    def sizeHint(self) -> QSize:
        return QSize(280, round(self.row_px * max(len(self.rows), 1)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(theme.font("body"))
        if not self.rows:
            return
        name_px = max(metrics.horizontalAdvance(row.type) for row in self.rows)
        name_px = min(max(name_px, 56.0), 0.4 * self.width()) + 12
        number_px = metrics.horizontalAdvance("> 99 %") + 8
        for index, row in enumerate(self.rows):
            box = QRectF(0, index * self.row_px, self.width(), self.row_px)
            if index == self._at:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("selection" if self.hasFocus() else "hover"))
                painter.drawRoundedRect(box.adjusted(-4, 0, 4, 0), 4, 4)
            self._paint_row(painter, box, row, name_px, number_px, first=index == 0)

    def _paint_row(
        self,
        painter: QPainter,
        box: QRectF,
        row: Alternative,
        name_px: float,
        number_px: float,
        *,
        first: bool,
    ) -> None:
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("body", bold=first))
        painter.setPen(theme.color("text"))
        name = QRectF(0, box.top(), name_px - 8, box.height())
        text = QFontMetricsF(painter.font()).elidedText(
            row.type, Qt.TextElideMode.ElideRight, name.width()
        )
        painter.drawText(name, centre | Qt.AlignmentFlag.AlignLeft, text)
        room = box.width() - name_px - number_px
        bar = QRectF(name_px, box.center().y() - _BAR_PX / 2, room, _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("skeleton"))
        painter.drawRoundedRect(bar, 2, 2)
        bar.setWidth(max(room * row.probability, 2.0))
        painter.setBrush(theme.color("accent" if first else "line_mark"))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text" if first else "text_muted"))
        number = QRectF(box.right() - number_px, box.top(), number_px, box.height())
        painter.drawText(number, centre | Qt.AlignmentFlag.AlignRight, percent(row.probability))

    def _row_at(self, y: float) -> int:
        index = int(y // self.row_px)
        return index if 0 <= index < len(self.rows) else -1

    def _go(self, index: int) -> None:
        if index != self._at:
            self._at = index
            self.setToolTip("Double-click or press Enter to give this type" if index >= 0 else "")
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self._row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._go(-1)

    def focusOutEvent(self, event: object) -> None:
        self._go(-1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position().y())
        if index >= 0:
            self.chosen.emit(self.rows[index].type)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down:
            self._go(min(self._at + 1, len(self.rows) - 1))
        elif key == Qt.Key.Key_Up:
            self._go(max(self._at - 1, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self.chosen.emit(self.rows[self._at].type)
        else:
            super().keyPressEvent(event)


class Alternatives(Section):
    """``alternative_chosen`` carries the type that a person takes for their answer."""

    alternative_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Alternatives", parent=parent)
        self.bars = BarRows()
        self.body.addWidget(self.bars)
        self.bars.chosen.connect(self.alternative_chosen)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """The answer first, then its rivals; nothing for a refused spectrum."""
        if verdict is None or verdict.state == "refuse":
            self.bars.set_rows(())
        else:
            answer = Alternative(verdict.type, verdict.probability)
            self.bars.set_rows((answer, *verdict.alternatives))

    @property
    def is_empty(self) -> bool:
        return not self.bars.rows
