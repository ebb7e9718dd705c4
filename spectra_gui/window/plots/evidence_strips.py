"""Evidence strips: one row a branch under the spectrum, on the same wavelength axis.

Takes an `Explanation`, emits which strip was chosen and where the mouse is; knows no network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QVBoxLayout, QWidget

from spectra_gui.data import Explanation, LineMatch, Strip
from spectra_gui.window import theme
from spectra_gui.window.plots.axes import ValueAxis
from spectra_gui.window.plots.items import StripItem
from spectra_gui.window.plots.label_layout import Candidate, place_labels
from spectra_gui.window.plots.view_box import SpectrumViewBox

PAD = 0.1
"""Empty share above each strip."""
NO_EVIDENCE = "no positive evidence"
_NEAR_PX = 12.0
_BOTTOM_AXIS_PX = 40
_FIRST_ROWS = 4
"""Rows that are kept free until the first explanation says how many there are."""


def strip_color_name(explanation: Explanation, index: int) -> str:
    """Token of a strip's hue: branches in their order, then residual members, then occlusion."""
    strip = explanation.strips[index]
    if strip.method == "occlusion":
        return "branch_other"
    if "residual" in strip.name.lower():
        return "branch_residual"
    before = explanation.strips[:index]
    branches = [s for s in before if s.method != "occlusion" and "residual" not in s.name.lower()]
    return f"branch_{len(branches) % 3 + 1}"


def peak_text(peak: LineMatch) -> str:
    """The name of a peak: its line, or its wavelength where no line is near."""
    return peak.line or f"{peak.wavelength_aa:.0f} Å"


class StripAxis(pg.AxisItem):
    """Names of the strips with a swatch of their hue, in the width that plots reserve."""

    def __init__(self) -> None:
        super().__init__("left")
        self.rows: tuple[tuple[str, str], ...] = ()
        self.selected = -1
        self.setStyle(showValues=False, tickLength=0)
        self.setWidth(theme.current().axis_width_px)

    def paint(self, painter: QPainter, *_: Any) -> None:
        if not self.rows:
            return
        size = self.geometry().size()
        height = size.height() / len(self.rows)
        metrics = QFontMetricsF(theme.font("small", bold=True))
        for index, (name, color_name) in enumerate(self.rows):
            chosen = index == self.selected
            box = QRectF(0, index * height, size.width() - 8, height)
            painter.setFont(theme.font("small", bold=chosen))
            painter.setPen(theme.color("text" if chosen else "text_muted"))
            room = box.adjusted(2, 0, -10, 0)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, align, text)
            swatch = QRectF(box.right() - 4, box.center().y() - 6, 3 if not chosen else 4, 12)
            painter.fillRect(swatch, theme.color(color_name))


class StripNotes(QGraphicsItem):
    """Words over the strips, in pixels of the view: hairlines, peaks under the mouse, absences."""

    def __init__(self, view: SpectrumViewBox) -> None:
        super().__init__(view)
        self._view = view
        self.absent: dict[int, str] = {}
        self.n_rows = 1
        self.peaks: tuple[LineMatch, ...] = ()
        self.hovered = -1
        self.doppler = 1.0
        self.lit: LineMatch | None = None
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        view.sigResized.connect(self._resized)

    def _resized(self) -> None:
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return QRectF(self._view.rect())

    def labels(self) -> list[tuple[str, QRectF, bool]]:
        """Text, box and whether it is the one under the mouse, of the peaks of the hovered row."""
        if self.hovered < 0 or not self.peaks:
            return []
        (low, high), _ = self._view.viewRange()
        size = self._view.rect()
        metrics = QFontMetricsF(theme.font("small"))
        row_px = size.height() / self.n_rows
        wishes = []
        for rank, peak in enumerate(self.peaks):
            text = peak_text(peak)
            x = (peak.wavelength_aa * self.doppler - low) / (high - low) * size.width()
            first = 0 if peak is self.lit else rank + 1
            wishes.append(Candidate(text, x, metrics.horizontalAdvance(text) + 8, first))
        lit_text = peak_text(self.lit) if self.lit is not None else ""
        top = self.hovered * row_px + 1
        return [
            (p.text, QRectF(p.left_px, top, p.width_px, metrics.height()), p.text == lit_text)
            for p in place_labels(wishes, span_px=size.width(), rows=1)
        ]

    def paint(self, painter: QPainter, *_: Any) -> None:
        size = self._view.rect()
        row_px = size.height() / max(self.n_rows, 1)
        pen = QPen(theme.color("hairline"))
        pen.setCosmetic(True)
        painter.setFont(theme.font("small"))
        for row in range(self.n_rows):
            painter.setPen(pen)
            y = round((row + 1) * row_px) - 0.5
            painter.drawLine(QPointF(0, y), QPointF(size.width(), y))
            if row in self.absent:
                painter.setPen(theme.color("text_muted"))
                box = QRectF(8, row * row_px, size.width() - 16, row_px)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.absent[row])
        for text, box, lit in self.labels():
            painter.fillRect(box, theme.color("surface", alpha=0.85))
            painter.setPen(theme.color("text" if lit else "text_muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class EvidenceStrips(QWidget):
    """Strips of an explanation. Link it to the spectrum with `link_to`.

    ``strip_selected`` carries the index of the chosen strip (-1 none); ``hovered`` the axis
    wavelength under the mouse, or None.
    """

    strip_selected = Signal(int)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explanation: Explanation | None = None
        self._doppler = 1.0
        self._selected = -1
        self._items: list[StripItem] = []
        self._waiting = ""
        self._rows = _FIRST_ROWS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Evidence strips")
        self._build()
        self.restyle()
        self._draw()
        theme.notifier().changed.connect(self.restyle)

    def _build(self) -> None:
        self.graphics = pg.GraphicsLayoutWidget(self)
        self.graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.graphics.ci.layout.setSpacing(0)
        self.view = SpectrumViewBox(flux_moves=False)
        self.axis, self.bottom = StripAxis(), ValueAxis("bottom")
        self.plot = pg.PlotItem(
            viewBox=self.view, axisItems={"left": self.axis, "bottom": self.bottom}
        )
        self.plot.hideButtons()
        self.plot.showGrid(x=True, y=False, alpha=1.0)
        self.bottom.setZValue(-1000)
        self.graphics.addItem(self.plot, 0, 0)
        self.notes = StripNotes(self.view)
        self.cross = pg.InfiniteLine(angle=90, movable=False)
        self.cross.hide()
        self.plot.addItem(self.cross, ignoreBounds=True)
        self.view.clicked.connect(self._click)
        self.graphics.scene().sigMouseMoved.connect(self._hover)
        self.graphics.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.graphics)

    # -- what it shows -------------------------------------------------------------------------

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Show the strips; None empties the rows and keeps their place."""
        self._explanation, self._waiting = explanation, ""
        count = len(explanation.strips) if explanation is not None else 0
        if self._selected >= count:
            self._selected = -1
        self._draw()

    def show_waiting(self, text: str) -> None:
        """Say in the empty rows what is being done, or why there is nothing."""
        self._explanation, self._waiting = None, text
        self._draw()

    def set_doppler(self, factor: float) -> None:
        """Observed over rest wavelength of the axis that the spectrum is shown on."""
        if factor != self._doppler:
            self._doppler = factor
            self._draw()

    def set_axis_words(self, text: str) -> None:
        """Name of the wavelength axis."""
        self.bottom.set_words(text)

    def link_to(self, view: pg.ViewBox) -> None:
        """Follow and lead the wavelength range of another plot."""
        self.plot.setXLink(view)

    def show_cursor(self, x_aa: float | None) -> None:
        self.cross.setVisible(x_aa is not None)
        if x_aa is not None:
            self.cross.setPos(x_aa)

    def select(self, index: int) -> None:
        """Choose a strip (its evidence tints the spectrum); -1 chooses none."""
        count = len(self.strips)
        index = index if 0 <= index < count else -1
        if index != self._selected:
            self._selected = self.axis.selected = index
            self.axis.update()
            self._describe()
            self.strip_selected.emit(index)

    @property
    def selected(self) -> int:
        return self._selected

    @property
    def strips(self) -> tuple[Strip, ...]:
        return self._explanation.strips if self._explanation is not None else ()

    # -- drawing -------------------------------------------------------------------------------

    def _draw(self) -> None:
        for item in self._items:
            self.plot.removeItem(item)
        self._items = []
        explanation, rows = self._explanation, self._rows
        self.notes.n_rows, self.notes.absent, self.notes.peaks = rows, {}, ()
        self.notes.doppler, self.notes.hovered = self._doppler, -1
        self.axis.rows, self.axis.selected = (), self._selected
        if explanation is not None:
            rows = self._rows = self.notes.n_rows = max(len(self.strips), 1)
            names = [(s.name, strip_color_name(explanation, i)) for i, s in enumerate(self.strips)]
            self.axis.rows = tuple(names)
            axis = explanation.wavelength_aa * self._doppler
            for index, strip in enumerate(self.strips):
                if not strip.positive:
                    self.notes.absent[index] = NO_EVIDENCE
                    continue
                item = StripItem(rows - 1 - index, 1 - PAD)
                item.set_strip(
                    axis,
                    strip.relevance.astype(np.float64),
                    strip.spread.astype(np.float64),
                    theme.color(names[index][1]),
                )
                self.plot.addItem(item, ignoreBounds=True)
                self._items.append(item)
        elif self._waiting:
            self.notes.n_rows, self.notes.absent = 1, {0: self._waiting}
        self.view.setYRange(0, rows, padding=0)
        self.setFixedHeight(rows * theme.current().strip_height_px + _BOTTOM_AXIS_PX)
        self.notes.update()
        self.axis.update()
        self._describe()

    def _describe(self) -> None:
        if self._explanation is None:
            self.setAccessibleDescription(self._waiting or "No evidence is shown.")
            return
        parts = []
        for index, strip in enumerate(self.strips):
            peaks = ", ".join(peak_text(p) for p in strip.peaks[:5]) or "no peaks"
            chosen = " (chosen)" if index == self._selected else ""
            parts.append(f"{strip.name}{chosen}: {peaks if strip.positive else NO_EVIDENCE}")
        self.setAccessibleDescription(
            f"Evidence for {self._explanation.target_text}. " + ". ".join(parts) + "."
        )

    def restyle(self) -> None:
        """Take the colours and fonts of the scheme in force."""
        of = theme.current()
        self.graphics.setBackground(theme.color("surface"))
        self.graphics.ci.layout.setContentsMargins(0, 0, of.right_margin_px, 0)
        self.bottom.restyle()
        self.bottom.setHeight(_BOTTOM_AXIS_PX)
        self.view.restyle()
        self.cross.setPen(pg.mkPen(theme.color("crosshair", alpha=0.7), width=1))
        self.axis.setWidth(of.axis_width_px)
        self._draw()

    # -- what a person does --------------------------------------------------------------------

    def _row_at(self, y: float) -> int:
        rows = len(self.strips)
        index = int(np.floor(rows - y)) if rows else -1
        return index if 0 <= index < rows else -1

    def _click(self, at: QPointF) -> None:
        row = self._row_at(at.y())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.select(-1 if row == self._selected else row)

    def _hover(self, position: QPointF) -> None:
        if not self.view.sceneBoundingRect().contains(position):
            self._leave()
            return
        at = self.view.mapSceneToView(position)
        row = self._row_at(at.y())
        peaks = self.strips[row].peaks if row >= 0 else ()
        (low, high), _ = self.view.viewRange()
        per_px = (high - low) / max(self.view.width(), 1.0)
        near = [
            p for p in peaks if abs(p.wavelength_aa * self._doppler - at.x()) <= _NEAR_PX * per_px
        ]
        self.notes.hovered, self.notes.peaks = row, tuple(peaks)
        self.notes.lit = max(near, key=lambda p: p.strength) if near else None
        self.notes.update()
        self.setToolTip(self.strips[row].name if row >= 0 else "")
        self.hovered.emit(at.x())

    def _leave(self) -> None:
        self.notes.hovered, self.notes.peaks, self.notes.lit = -1, (), None
        self.notes.update()
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in moves and self.strips:
            self.select(min(max(self._selected + moves[key], 0), len(self.strips) - 1))
        elif key == Qt.Key.Key_Escape and self._selected >= 0:
            self.select(-1)
        elif not self.view.take_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._leave()
        return False
