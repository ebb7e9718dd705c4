"""Axes of the plots: fixed widths so that stacked plots agree, and the band of line names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from spectra_gui.window import theme
from spectra_gui.window.plots.label_layout import Candidate, Placed, place_labels

TICK_PX = 4.0
NAME_RANGE_AA = 900.0
"""Below this width of the view, labels carry wavelengths (``Fe I 4383``)."""

LEAST_RANK = 4
"""Lines of this rank are drawn in such a view only: over the whole range they hide the others."""


class ValueAxis(pg.AxisItem):
    """A left or bottom axis in the scheme's colours; the left one has the same width everywhere."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)
        self.restyle()

    def restyle(self) -> None:
        of = theme.current()
        self.setPen(pg.mkPen(theme.color("hairline"), width=1))
        self.setTickPen(pg.mkPen(theme.color("grid_line"), width=1))
        self.setTextPen(pg.mkPen(theme.color("text_muted")))
        self.setTickFont(theme.font("small"))
        self.setStyle(tickLength=-4, tickTextOffset=6, maxTickLevel=0)
        self.label.setFont(theme.font("small"))
        self.label.setDefaultTextColor(theme.color("text_muted"))
        if self.orientation == "left":
            self.setWidth(of.axis_width_px)

    def set_words(self, text: str) -> None:
        """Name of the axis with its unit, shown as it is (no markup)."""
        of = theme.current()
        size = theme.font("small").pointSizeF()
        self.setLabel(
            text.replace("&", "&amp;").replace("<", "&lt;"),
            **{"color": of.text_muted, "font-size": f"{size:g}pt"},
        )

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        strings = super().tickStrings(values, scale, spacing)
        return [str(s).replace("-", "\N{MINUS SIGN}") for s in strings]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line on the axis as it is drawn: position, extent of a band, both texts, importance."""

    x_aa: float
    low_aa: float
    high_aa: float
    label: str
    name: str
    rank: int
    sky: bool


class LineMarkAxis(pg.AxisItem):
    """The reserved band above a plot in which lines are named without ever colliding."""

    def __init__(self) -> None:
        super().__init__("top")
        self._marks: tuple[Mark, ...] = ()
        self._lit = ""
        self.setStyle(showValues=False, tickLength=0)
        self.restyle()

    def restyle(self) -> None:
        metrics = QFontMetricsF(theme.font("small"))
        self._row_px = metrics.height()
        self.setHeight(2 * self._row_px + 2 * TICK_PX)
        self.update()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        self._marks = marks
        self.update()

    def light(self, name: str) -> None:
        """Draw one line's name in full text colour (the one under the cross-hair)."""
        if name != self._lit:
            self._lit = name
            self.update()

    def _to_px(self) -> tuple[Callable[[float], float], float, float]:
        (low, high), _ = self.linkedView().viewRange()
        width = self.geometry().width()
        return (lambda x: (x - low) / (high - low) * width), low, high

    def labels(self) -> list[tuple[Placed, Mark]]:
        """The labels that the present view has room for, with their places in pixels."""
        if not self._marks or self.linkedView() is None:
            return []
        to_px, low, high = self._to_px()
        metrics = QFontMetricsF(theme.font("small"))
        named = high - low < NAME_RANGE_AA
        seen = [m for m in self._in_detail() if low <= m.x_aa <= high]
        by_wish = {}
        for mark in seen:
            text = mark.name if named else mark.label
            wish = Candidate(text, to_px(mark.x_aa), metrics.horizontalAdvance(text), mark.rank)
            by_wish[(wish.text, wish.x_px)] = (wish, mark)
        placed = place_labels([w for w, _ in by_wish.values()], span_px=self.geometry().width())
        return [(p, by_wish[(p.text, p.x_px)][1]) for p in placed]

    def _in_detail(self) -> list[Mark]:
        """All marks where the view is narrow; those that types hang on where it is wide."""
        _, low, high = self._to_px()
        if high - low < NAME_RANGE_AA:
            return list(self._marks)
        return [mark for mark in self._marks if mark.rank < LEAST_RANK]

    def label_rects(self) -> list[QRectF]:
        """Boxes of the drawn names in this item's pixels."""
        return [self._box(place) for place, _ in self.labels()]

    def _box(self, place: Placed) -> QRectF:
        bottom = self.geometry().height() - 2 * TICK_PX - place.row * self._row_px
        return QRectF(place.left_px, bottom - self._row_px, place.width_px, self._row_px)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self.geometry().width(), self.geometry().height())

    def paint(self, painter: QPainter, *_: Any) -> None:
        if self.linkedView() is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font("small"))
        placed = self.labels()
        self._paint_ticks(painter, {mark.name for _, mark in placed})
        floor = self.geometry().height() - 2 * TICK_PX
        for place, mark in placed:
            lit = mark.name == self._lit
            box = self._box(place)
            painter.setPen(theme.color("text" if lit else "text_muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, place.text)
            if place.leader:
                painter.setPen(_thin(theme.color("line_mark", alpha=0.6)))
                painter.drawLine(QPointF(place.x_px, box.bottom()), QPointF(place.x_px, floor))

    def _paint_ticks(self, painter: QPainter, named: set[str]) -> None:
        to_px, low, high = self._to_px()
        height = self.geometry().height()
        for mark in self._in_detail():
            if mark.high_aa < low or mark.low_aa > high:
                continue
            strength = 1.0 if mark.name in named else 0.45
            hue = theme.color("line_mark", alpha=strength)
            painter.setPen(_thin(hue))
            if mark.high_aa > mark.low_aa:
                left = max(to_px(mark.low_aa), 0.0)
                right = min(to_px(mark.high_aa), self.geometry().width())
                pen = _thin(hue)
                if mark.sky:
                    pen.setDashPattern([2.0, 2.0])
                painter.setPen(pen)
                painter.drawLine(QPointF(left, height - 2), QPointF(right, height - 2))
                painter.setPen(_thin(hue))
            if low <= mark.x_aa <= high:
                x = to_px(mark.x_aa)
                painter.drawLine(QPointF(x, height - 2 * TICK_PX), QPointF(x, height - 1))


def _thin(color: QColor) -> QPen:
    pen = QPen(color)
    pen.setCosmetic(True)
    return pen
