"""Things drawn inside a plot: curves, bands, evidence, line guides. Data in, pixels out.

Each keeps its full data and draws only what the view can show, so that 10⁶ points stay fluid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from spectra_gui.window.plots.decimate import (
    decimate_band,
    decimate_curve,
    runs,
    sample_columns,
    visible_slice,
)

Array = NDArray[np.float64]
_EMPTY: Array = np.empty(0)

POINTS_PER_PIECE = 32

TINT_ALPHA = 0.32
"""Opacity of a tint at relevance 1."""


class CurveItem(pg.PlotCurveItem):
    """A thin curve with gaps at NaN that is reduced to the view."""

    def __init__(self) -> None:
        super().__init__(antialias=True, connect="finite")
        self.setSegmentedLineMode("on")
        self._x, self._y = _EMPTY, _EMPTY
        self._shown_for: tuple[object, ...] = ()

    def set_curve(self, x: Array, y: Array) -> None:
        """``x`` (n,) increasing, ``y`` (n,) with NaN for gaps."""
        self._x, self._y = x, y
        self._shown_for = ()
        self._reduce()

    @property
    def curve(self) -> tuple[Array, Array]:
        """The whole curve, not what the view shows of it."""
        return self._x, self._y

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return QRectF() if view is None else QRectF(view.viewRect())

    def viewRangeChanged(self, *_: Any) -> None:
        self._reduce()

    def viewTransformChanged(self) -> None:
        super().viewTransformChanged()
        self._reduce()

    def _reduce(self) -> None:
        view = self.getViewBox()
        if view is None or not self._x.size:
            self.setData(_EMPTY, _EMPTY)
            return
        (low, high), (bottom, top) = view.viewRange()
        columns = max(int(view.width()), 64)
        shown_for = (low, high, bottom, top, columns)
        if shown_for == self._shown_for:
            return
        self._shown_for = shown_for
        x, y = decimate_curve(self._x, self._y, low=low, high=high, n_columns=columns)
        # Far outside the view Qt's rasteriser loses precision; the line still leaves the view.
        reach = 4 * (top - bottom)
        with np.errstate(invalid="ignore"):
            self.setData(x, np.clip(y, bottom - reach, top + reach))

    def dataBounds(self, ax: int, frac: float = 1.0, orthoRange: Any = None) -> list[float | None]:  # noqa: N803
        return [None, None]


class ViewItem(pg.GraphicsObject):
    """Something that covers the view and is painted anew when the view moves."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return QRectF() if view is None else QRectF(view.viewRect())

    def viewRangeChanged(self, *_: Any) -> None:
        self.prepareGeometryChange()
        self.update()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def dataBounds(self, ax: int, frac: float = 1.0, orthoRange: Any = None) -> list[float | None]:  # noqa: N803
        return [None, None]

    def _columns(self) -> tuple[float, float, int]:
        """Left and right of the view in Å, and its width in screen columns."""
        view = self.getViewBox()
        (low, high), _ = view.viewRange()
        return low, high, max(int(view.width() * self._pixel_ratio()), 16)

    def _pixel_ratio(self) -> float:
        scene = self.scene()
        views = scene.views() if scene is not None else []
        return float(views[0].devicePixelRatioF()) if views else 1.0


class BandItem(ViewItem):
    """The area between two curves, without an outline."""

    def __init__(self) -> None:
        super().__init__()
        self._x, self._lower, self._upper = _EMPTY, _EMPTY, _EMPTY
        self._brush = QBrush()

    def set_band(self, x: Array, lower: Array, upper: Array) -> None:
        self._x, self._lower, self._upper = x, lower, upper
        self.update()

    def set_color(self, color: QColor) -> None:
        self._brush = QBrush(color)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        if not self._x.size:
            return
        low, high, columns = self._columns()
        x, lower, upper = decimate_band(
            self._x, self._lower, self._upper, low=low, high=high, n_columns=columns
        )
        if x.size < self._x[visible_slice(self._x, low, high)].size:
            column = np.clip((x - low) / (high - low) * columns, 0, columns - 1).astype(np.intp)
            self._paint_dense(painter, column, lower, upper, n_columns=columns)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush)
        to_device = painter.deviceTransform()
        for run in runs(np.isfinite(lower) & np.isfinite(upper)):
            for piece in band_pieces(
                x[run], lower[run], upper[run], scale=to_device.m11(), offset=to_device.dx()
            ):
                painter.drawPolygon(band_polygon(*piece))

    def _paint_dense(
        self,
        painter: QPainter,
        column: NDArray[np.intp],
        lower: Array,
        upper: Array,
        *,
        n_columns: int,
    ) -> None:
        """A picture of the band, which Qt draws ten times faster than its ragged polygon."""
        view = self.boundingRect()
        rows = max(int(self.getViewBox().height() * self._pixel_ratio()), 1)
        ends = np.full((2, n_columns), np.nan)
        ends[:, column] = (np.stack((lower, upper)) - view.top()) / view.height() * rows
        middle = np.arange(rows)[:, None] + 0.5
        inside = (middle >= ends[0]) & (middle <= ends[1])
        painter.drawImage(view, mask_image(inside, self._brush.color()))


def mask_image(inside: NDArray[np.bool_], color: QColor) -> QImage:
    """(rows, columns) True in one colour, the rest transparent."""
    alpha = color.alphaF()
    parts = (alpha, *(alpha * p for p in (color.redF(), color.greenF(), color.blueF())))
    value = 0
    for part in parts:
        value = (value << 8) | round(255 * part)
    pixels = inside * np.uint32(value)
    rows, columns = inside.shape
    image = QImage(
        pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied
    )
    return image.copy()


def band_pieces(
    x: Array, lower: Array, upper: Array, *, scale: float, offset: float
) -> Iterator[tuple[Array, Array, Array]]:
    """The band in pieces of about `POINTS_PER_PIECE`: Qt fills many small polygons ten times
    faster than a ragged large one.

    Pieces meet on whole device pixels (``scale * x + offset``), so that no seam shows.
    """
    first_px, last_px = np.sort(scale * x[[0, -1]] + offset)
    n_pieces = max(x.size // POINTS_PER_PIECE, 1)
    step_px = max(round((last_px - first_px) / n_pieces), 1)
    meets = (np.arange(np.floor(first_px) + step_px, last_px, step_px) - offset) / scale
    meets = np.sort(meets[(meets > x[0]) & (meets < x[-1])])
    ends = np.concatenate((x[:1], meets, x[-1:]))
    at_ends = [np.interp(ends, x, side) for side in (lower, upper)]
    after, before = np.searchsorted(x, ends, side="right"), np.searchsorted(x, ends, side="left")
    for k in range(ends.size - 1):
        inside = slice(after[k], before[k + 1])
        low, high = (
            np.concatenate((side_ends[k : k + 1], side[inside], side_ends[k + 1 : k + 2]))
            for side, side_ends in zip((lower, upper), at_ends, strict=True)
        )
        yield np.concatenate((ends[k : k + 1], x[inside], ends[k + 1 : k + 2])), low, high


def band_polygon(x: Array, lower: Array, upper: Array) -> QPolygonF:
    """The closed outline along ``upper`` and back along ``lower``."""
    polygon: QPolygonF = pg.functions.arrayToQPolygonF(
        np.concatenate((x, x[::-1])), np.concatenate((upper, lower[::-1]))
    )
    return polygon


def evidence_image(relevance: Array, color: QColor, *, full: float = 1.0) -> QImage:
    """One row of pixels in one hue, as opaque as the relevance (0–1) of its column is high.

    Strips and tint both take their colours from here: zero is the background.
    """
    alpha = np.clip(np.nan_to_num(relevance), 0.0, 1.0) * full
    pixels = np.empty((1, alpha.size, 4), np.uint8)
    for channel, part in enumerate((color.blueF(), color.greenF(), color.redF(), 1.0)):
        pixels[0, :, channel] = np.round(255 * part * alpha)
    image = QImage(
        pixels.data, alpha.size, 1, 4 * alpha.size, QImage.Format.Format_ARGB32_Premultiplied
    )
    return image.copy()


class TintItem(ViewItem):
    """The background of a plot tinted by the evidence of one branch."""

    def __init__(self) -> None:
        super().__init__()
        self._x, self._relevance = _EMPTY, _EMPTY
        self._color = QColor()
        self.setZValue(-20)

    def set_evidence(self, x: Array, relevance: Array, color: QColor) -> None:
        self._x, self._relevance, self._color = x, relevance, color
        self.update()

    def clear(self) -> None:
        self._x, self._relevance = _EMPTY, _EMPTY
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        if not self._x.size:
            return
        low, high, columns = self._columns()
        values = sample_columns(self._x, self._relevance, low=low, high=high, n_columns=columns)
        painter.drawImage(self.boundingRect(), evidence_image(values, self._color, full=TINT_ALPHA))


class StripItem(ViewItem):
    """One evidence strip between ``base`` and ``base + height``: filled curve, spread, outline."""

    def __init__(self, base: float, height: float) -> None:
        super().__init__()
        self._base, self._height = base, height
        self._x, self._relevance, self._spread = _EMPTY, _EMPTY, _EMPTY
        self._color = QColor()

    def set_strip(self, x: Array, relevance: Array, spread: Array, color: QColor) -> None:
        self._x, self._relevance, self._spread, self._color = x, relevance, spread, color
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        if not self._x.size:
            return
        low, high, columns = self._columns()
        values, spread = (
            sample_columns(self._x, y, low=low, high=high, n_columns=columns)
            for y in (self._relevance, self._spread)
        )
        x = np.linspace(low, high, columns)
        base = np.full(columns, self._base)
        top = base + self._height * np.clip(values, 0.0, 1.0)
        upper = base + self._height * np.clip(values + spread, 0.0, 1.0)
        lower = base + self._height * np.clip(values - spread, 0.0, 1.0)
        rect = QRectF(low, self._base, high - low, self._height)
        painter.setPen(Qt.PenStyle.NoPen)
        shade = QColor(self._color)
        shade.setAlphaF(0.28)
        painter.setBrush(shade)
        painter.drawPolygon(band_polygon(x, lower, upper))
        painter.save()
        path = QPainterPath()
        path.addPolygon(band_polygon(x, base, top))
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.drawImage(rect, evidence_image(0.35 + 0.65 * values, self._color))
        painter.restore()
        self._outline(painter, x, top, values > 0.01)

    def _outline(self, painter: QPainter, x: Array, top: Array, raised: NDArray[np.bool_]) -> None:
        pen = QPen(self._color)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for run in runs(raised):
            painter.drawPolyline(pg.functions.arrayToQPolygonF(x[run], top[run]))


class LineGuides(ViewItem):
    """Thin dotted verticals at the marked lines, behind the curve."""

    def __init__(self) -> None:
        super().__init__()
        self._positions: tuple[float, ...] = ()
        self._pen = QPen()
        self.setZValue(-10)

    def set_guides(self, positions_aa: tuple[float, ...], color: QColor) -> None:
        self._positions = positions_aa
        self._pen = QPen(color)
        self._pen.setCosmetic(True)
        self._pen.setDashPattern([1.0, 3.0])
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        rect = self.boundingRect()
        painter.setPen(self._pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for x in self._positions:
            if rect.left() <= x <= rect.right():
                painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
