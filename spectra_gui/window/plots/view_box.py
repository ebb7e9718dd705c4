"""Zoom, pan and keys of the spectrum plots, the same in each.

Wheel and pinch zoom in wavelength (with Ctrl, or over the left axis, in flux); dragging pans;
dragging with Shift zooms to a box; a double click goes home.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from spectra_gui.window import theme

WHEEL_STEP = 1.0015
KEY_ZOOM = 1.25
KEY_PAN = 0.1


class SpectrumViewBox(pg.ViewBox):
    """A view that never loses its spectrum: it cannot leave the range it was given."""

    home_asked = Signal()
    clicked = Signal(QPointF)

    def __init__(self, *, flux_moves: bool = True) -> None:
        super().__init__(enableMenu=False, border=None)
        self._flux_moves = flux_moves
        self.setMouseEnabled(x=True, y=flux_moves)
        self.setDefaultPadding(0.0)
        self.disableAutoRange()
        self.restyle()

    def restyle(self) -> None:
        self.rbScaleBox.setPen(pg.mkPen(theme.color("accent"), width=1))
        self.rbScaleBox.setBrush(pg.mkBrush(theme.color("accent", alpha=0.15)))

    def keep_within(self, low: float, high: float) -> None:
        """Stay near [low, high] Å and never closer than a few hundredths of an Å."""
        margin = 0.5 * (high - low)
        self.setLimits(
            xMin=low - margin,
            xMax=high + margin,
            minXRange=max((high - low) * 1e-5, 1e-3),
            maxXRange=2 * (high - low),
        )

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        if axis is None:
            ctrl = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier)
            axis = 1 if ctrl and self._flux_moves else 0
        if axis == 1 and not self._flux_moves:
            ev.ignore()
            return
        factor = WHEEL_STEP ** -ev.delta()
        at = self.childGroup.mapFromParent(ev.pos())
        self.scaleBy(**{"x" if axis == 0 else "y": factor}, center=at)
        ev.accept()
        self.sigRangeChangedManually.emit([axis == 0, axis == 1])

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            ev.ignore()
            return
        box = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier) and self._flux_moves
        self.state["mouseMode"] = pg.ViewBox.RectMode if box else pg.ViewBox.PanMode
        super().mouseDragEvent(ev, axis=axis)

    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            return
        ev.accept()
        if ev.double():
            self.home_asked.emit()
        else:
            self.clicked.emit(self.mapToView(ev.pos()))

    def zoom(self, factor: float) -> None:
        """Zoom in wavelength around the middle; above 1 shows less."""
        self.scaleBy(x=1.0 / factor)

    def pan(self, share: float) -> None:
        """Move by a share of the view's width; positive to the red."""
        (low, high), _ = self.viewRange()
        self.translateBy(x=share * (high - low))

    def take_key(self, event: QKeyEvent) -> bool:
        """Zoom and pan from the keyboard; True where the key was one of ours."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -KEY_PAN, Qt.Key.Key_Right: KEY_PAN}
        zooms = {
            Qt.Key.Key_Plus: KEY_ZOOM,
            Qt.Key.Key_Equal: KEY_ZOOM,
            Qt.Key.Key_Minus: 1 / KEY_ZOOM,
        }
        if key in steps:
            self.pan(steps[key])
        elif key in zooms:
            self.zoom(zooms[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            self.home_asked.emit()
        else:
            return False
        return True
