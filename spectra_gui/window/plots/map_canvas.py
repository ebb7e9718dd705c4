"""The painted MK grid: O left, M right, class I on top, the answer ringed, its set outlined.

Takes a `Verdict` and which boxes had training stars; emits the box that a person clicked.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, Verdict
from spectra_gui.data.mk import letter_index, subtype_name, used_subtypes
from spectra_gui.window import theme
from spectra_gui.window.panels.words import percent
from spectra_gui.window.plots.contours import smooth_segments
from spectra_gui.window.plots.probability_map import nice_ceiling, probability_image

MapView = Literal["letters", "subtypes"]

CONTOUR_SHARES = (0.1, 0.4)
"""Of the peak."""
LEGEND = "○ answer   □ 90 % set   contours: 10, 40 %"
_TIP = (
    "Ring: the answer. Outline: the smallest set of boxes that holds 90 % of the probability. "
    "Contours: 10 and 40 % of the highest box. Hatched: no training stars."
)
_RING_PX = 6.5
_LEFT_PX, _RIGHT_PX = 28.0, 2.0


class MapCanvas(QWidget):
    """The painted grid. Rows of its data are temperatures, columns luminosity classes."""

    cell_clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict: Verdict | None = None
        self._trained: NDArray[np.bool_] | None = None
        self._view: MapView = "letters"
        self._cell: tuple[int, int] | None = None
        self._contours: list[NDArray[np.float64]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probabilities on the MK grid")
        theme.notifier().changed.connect(self.update)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(320, 284)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 284)

    # -- values --------------------------------------------------------------------------------

    def show_verdict(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        self._refresh()

    def set_trained(self, mask: NDArray[np.bool_] | None) -> None:
        self._trained = None if mask is None else np.asarray(mask, bool)
        self._refresh()

    def set_view(self, view: MapView) -> None:
        self._view, self._cell = view, None
        self._refresh()

    @property
    def told(self) -> Verdict | None:
        """The verdict whose probabilities are shown; None for a refused one."""
        if self._verdict is None or self._verdict.state == "refuse":
            return None
        return self._verdict

    @property
    def grid(self) -> NDArray[np.float64]:
        """(7 or 70, 6) probabilities of the boxes of the present view."""
        verdict = self.told
        cells = np.zeros((70, 6)) if verdict is None else verdict.probabilities.astype(np.float64)
        return cells if self._view == "subtypes" else cells.reshape(7, 10, 6).sum(axis=1)

    @property
    def top(self) -> float:
        """Probability at the end of the colour bar."""
        return 1.0 if self._view == "letters" else nice_ceiling(float(self.grid.max()))

    def hatched(self) -> NDArray[np.bool_]:
        """Boxes of the present view that the MK system does not use or that had no stars."""
        usable = np.repeat(used_subtypes()[:, None], 6, axis=1)
        if self._trained is not None:
            usable &= self._trained
        if self._view == "letters":
            usable = np.logical_or.reduce(usable.reshape(7, 10, 6), axis=1)
        return ~usable

    def _refresh(self) -> None:
        verdict = self.told
        self._contours = (
            [] if verdict is None else smooth_segments(self.grid, shares=CONTOUR_SHARES)
        )
        self._describe()
        self.update()

    def _describe(self) -> None:
        if self.told is None:
            refused = self._verdict is not None
            self.setAccessibleDescription(
                "No type is given for this spectrum." if refused else "No verdict yet."
            )
            return
        grid = self.grid
        order = np.argsort(grid.ravel())[::-1][:5]
        cells = [divmod(int(i), 6) for i in order if grid.ravel()[i] >= 5e-4]
        named = ", ".join(f"{self._cell_name(r, c)} {percent(grid[r, c])}" for r, c in cells)
        self.setAccessibleDescription(f"Answer {self.told.type}. Most probable boxes: {named}.")

    # -- geometry ------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the boxes are, in pixels of this widget."""
        line = QFontMetricsF(theme.font("small")).height()
        ticks = line + 2 if self._view == "subtypes" else 0.0
        top, bottom = line + 4, self.height() - 2 * line - 26 - ticks
        return QRectF(_LEFT_PX, top, self.width() - _LEFT_PX - _RIGHT_PX, bottom - top)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """A box of the present view in pixels."""
        area, n_rows = self.area(), self.grid.shape[0]
        width, height = area.width() / n_rows, area.height() / 6
        return QRectF(area.left() + row * width, area.top() + column * height, width, height)

    def ring_centre(self) -> QPointF | None:
        """Centre of the ring: the answer's subtype and class, in pixels."""
        verdict = self.told
        if verdict is None:
            return None
        code = 10 * letter_index(verdict.letter) + verdict.subtype
        column = LUMINOSITY_NAMES.index(verdict.luminosity)
        area = self.area()
        x = area.left() + (code + 0.5) / 70 * area.width()
        return QPointF(x, area.top() + (column + 0.5) / 6 * area.height())

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the box at a place, or None outside."""
        area = self.area()
        if not area.contains(at):
            return None
        row = int((at.x() - area.left()) / area.width() * self.grid.shape[0])
        column = int((at.y() - area.top()) / area.height() * 6)
        return min(row, self.grid.shape[0] - 1), min(column, 5)

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        self._paint_hatch(painter)
        if self.told is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(area, probability_image(self.grid, top=self.top))
        self._paint_raster(painter, area)
        if self.told is not None:
            self._paint_contours(painter, area)
            self._paint_credible(painter)
            self._paint_ring(painter)
        self._paint_words(painter, area)
        self._paint_bar(painter, area)
        if self._cell is not None and self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(*self._cell))
        painter.end()

    def _paint_hatch(self, painter: QPainter) -> None:
        brush = QBrush(theme.color("hatch"), Qt.BrushStyle.BDiagPattern)
        mask = self.hatched()
        for column in range(6):
            edges = np.flatnonzero(np.diff(np.pad(mask[:, column].astype(np.int8), 1)))
            for first, last in zip(edges[::2], edges[1::2], strict=True):
                box = self.cell_rect(int(first), column)
                box.setRight(self.cell_rect(int(last) - 1, column).right())
                painter.fillRect(box, brush)

    def _paint_raster(self, painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for k in range(8):
            x = area.left() + k / 7 * area.width()
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        for k in range(7):
            y = area.top() + k / 6 * area.height()
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_contours(self, painter: QPainter, area: QRectF) -> None:
        n_rows = self.grid.shape[0]
        scale = np.array([area.width() / n_rows, area.height() / 6] * 2)
        offset = np.array([area.left(), area.top()] * 2)
        painter.save()
        painter.setClipRect(area)
        for share, found in zip(CONTOUR_SHARES, self._contours, strict=True):
            painter.setPen(QPen(theme.color("text", alpha=0.35 + share), 1))
            painter.drawLines([QLineF(*line) for line in (found * scale + offset).tolist()])
        painter.restore()

    def _paint_credible(self, painter: QPainter) -> None:
        verdict = self.told
        if verdict is None:
            return
        inside = np.zeros((70, 6), bool)
        for row, column in verdict.credible_set:
            inside[row, column] = True
        if self._view == "letters":
            inside = np.logical_or.reduce(inside.reshape(7, 10, 6), axis=1)
        padded = np.pad(inside, 1)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        for row, column in zip(*np.nonzero(inside), strict=True):
            box = self.cell_rect(int(row), int(column))
            r, c = int(row) + 1, int(column) + 1
            if not padded[r - 1, c]:
                painter.drawLine(box.topLeft(), box.bottomLeft())
            if not padded[r + 1, c]:
                painter.drawLine(box.topRight(), box.bottomRight())
            if not padded[r, c - 1]:
                painter.drawLine(box.topLeft(), box.topRight())
            if not padded[r, c + 1]:
                painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _paint_ring(self, painter: QPainter) -> None:
        centre = self.ring_centre()
        if centre is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("surface"), 4.5))
        painter.drawEllipse(centre, _RING_PX, _RING_PX)
        painter.setPen(QPen(theme.color("text"), 2))
        painter.drawEllipse(centre, _RING_PX, _RING_PX)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        small = theme.font("small")
        line = QFontMetricsF(small).height()
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.color("text"))
        for k, letter in enumerate(LETTERS):
            left = area.left() + k / 7 * area.width()
            painter.drawText(QRectF(left, 0, area.width() / 7, line), middle, letter)
        painter.setFont(small)
        painter.setPen(theme.color("text_muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, name in enumerate(LUMINOSITY_NAMES):
            top = area.top() + column / 6 * area.height()
            painter.drawText(QRectF(0, top, _LEFT_PX - 6, area.height() / 6), right, name)
        if self._view == "subtypes":
            for row in range(0, 70, 5):
                x = area.left() + (row + 0.5) / 70 * area.width()
                box = QRectF(x - 10, area.bottom() + 2, 20, line)
                painter.drawText(box, middle, str(row % 10))

    def _paint_bar(self, painter: QPainter, area: QRectF) -> None:
        """The colour bar with its numbers, and what ring, outline and contours mean."""
        small = theme.font("small")
        metrics = QFontMetricsF(small)
        line = metrics.height()
        top = self.height() - 2 * line - 16
        words = "probability, √ scale"
        width = area.right() - metrics.horizontalAdvance(words) - 12
        bar = QRectF(1, top, width, 7)
        ramp = np.linspace(0.0, 1.0, 128)[:, None] ** 2 * self.top
        painter.drawImage(bar, probability_image(ramp, top=self.top))
        painter.setPen(theme.color("hairline"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setPen(theme.color("text_muted"))
        painter.setFont(small)
        beside = QRectF(bar.right(), top - line / 2 + 3.5, area.right() - bar.right(), line)
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight, words)
        for share in (0.0, 0.25, 1.0):
            text = f"{100 * share * self.top:g} %" if share else "0"
            x = bar.left() + np.sqrt(share) * bar.width()
            wide = metrics.horizontalAdvance(text) + 2
            left = min(max(x - wide / 2, bar.left()), bar.right() - wide)
            painter.drawText(QRectF(left, top + 9, wide, line), Qt.AlignmentFlag.AlignHCenter, text)
        room = QRectF(0, self.height() - line, self.width(), line)
        legend = metrics.elidedText(LEGEND, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, legend)

    # -- what a person does --------------------------------------------------------------------

    def _cell_name(self, row: int, column: int) -> str:
        first = LETTERS[row] if self._view == "letters" else subtype_name(row)
        return f"{first} {LUMINOSITY_NAMES[column]}"

    def cell_words(self, row: int, column: int) -> str:
        """Type and probability of a box, and why it is hatched where it is."""
        words = self._cell_name(row, column)
        if self.told is not None:
            words += f" · {percent(self.grid[row, column])}"
        if self._view == "subtypes" and not used_subtypes()[row]:
            return f"{words}\nThe MK system does not use {subtype_name(row)}"
        if self.hatched()[row, column]:
            return f"{words}\nno training stars"
        return words

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is None:
            QToolTip.hideText()
            self.setToolTip(_TIP if event.position().y() > self.area().bottom() else "")
            return
        self.setToolTip(self.cell_words(*cell))
        QToolTip.showText(event.globalPosition().toPoint(), self.toolTip(), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cell = cell
            self.update()
            self._tell(*cell)

    def _tell(self, row: int, column: int) -> None:
        """Emit a box of the fine grid: in the letters view the most probable of the letter."""
        if self._view == "letters":
            cells = np.zeros(10) if self.told is None else (
                self.told.probabilities[10 * row : 10 * row + 10, column]
            )  # fmt: skip
            row = 10 * row + (int(np.argmax(cells)) if cells.any() else 5)
        self.cell_clicked.emit(row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            row, column = self._cell or self._start_cell()
            row = min(max(row + steps[key][0], 0), self.grid.shape[0] - 1)
            column = min(max(column + steps[key][1], 0), 5)
            self._cell = (row, column)
            self.setToolTip(self.cell_words(row, column))
            at = self.cell_rect(row, column).bottomRight().toPoint()
            QToolTip.showText(self.mapToGlobal(at), self.toolTip(), self)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell:
            self._tell(*self._cell)
        else:
            super().keyPressEvent(event)

    def _start_cell(self) -> tuple[int, int]:
        grid = self.grid
        row, column = divmod(int(np.argmax(grid)), 6)
        return row, column

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.update()
