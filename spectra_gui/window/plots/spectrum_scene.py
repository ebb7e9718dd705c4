"""The drawn parts of the spectrum plot, laid out and coloured; knows no spectrum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from spectra_gui.window import theme
from spectra_gui.window.plots.axes import LineMarkAxis, ValueAxis
from spectra_gui.window.plots.items import BandItem, CurveItem, LineGuides, TintItem
from spectra_gui.window.plots.view_box import SpectrumViewBox

_Z_GRID = -1000
_HIDDEN_AXIS_PX = 1


def residual_plot() -> pg.PlotItem:
    """The plot for the residual: apart, since making it takes as long as the rest of the scene."""
    axes = {"left": ValueAxis("left"), "bottom": ValueAxis("bottom")}
    return pg.PlotItem(viewBox=SpectrumViewBox(flux_moves=False), axisItems=axes)


class SpectrumScene(pg.GraphicsLayoutWidget):
    """Line names over the main plot over the residual, all on one wavelength axis."""

    def __init__(
        self, parent: QWidget | None = None, *, residual: pg.PlotItem | None = None
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setSpacing(0)
        self.view = SpectrumViewBox()
        self.left, self.bottom, self.line_band = (
            ValueAxis("left"),
            ValueAxis("bottom"),
            LineMarkAxis(),
        )
        self.plot = pg.PlotItem(
            viewBox=self.view,
            axisItems={"left": self.left, "bottom": self.bottom, "top": self.line_band},
        )
        self.residual = residual_plot() if residual is None else residual
        self.residual_view: SpectrumViewBox = self.residual.vb
        self.residual_left: ValueAxis = self.residual.getAxis("left")
        self.residual_bottom: ValueAxis = self.residual.getAxis("bottom")
        for row, plot in enumerate((self.plot, self.residual)):
            plot.hideButtons()
            plot.showGrid(x=True, y=True, alpha=1.0)
            for side in ("left", "bottom"):
                plot.getAxis(side).setZValue(_Z_GRID)
            self.addItem(plot, row, 0)
        self.plot.showAxis("top")
        self.residual.setXLink(self.plot)
        self._add_items()
        self.restyle()

    def _add_items(self) -> None:
        self.tint, self.guides, self.sigma = TintItem(), LineGuides(), BandItem()
        self.masked, self.template, self.continuum = CurveItem(), CurveItem(), CurveItem()
        self.curve, self.difference = CurveItem(), CurveItem()
        self.cross = pg.InfiniteLine(angle=90, movable=False)
        self.residual_cross = pg.InfiniteLine(angle=90, movable=False)
        self.zero = pg.InfiniteLine(angle=0, pos=0.0, movable=False)
        self.spot = pg.ScatterPlotItem(size=7, pxMode=True)
        self.sigma.setZValue(-5)
        behind = (self.tint, self.guides, self.sigma, self.masked, self.continuum, self.template)
        for item in (*behind, self.curve, self.cross, self.spot):
            self.plot.addItem(item, ignoreBounds=True)
        for item in (self.zero, self.difference, self.residual_cross):
            self.residual.addItem(item, ignoreBounds=True)
        self.hide_cross()

    def axes(self) -> Iterator[ValueAxis]:
        yield from (self.left, self.bottom, self.residual_left, self.residual_bottom)

    def restyle(self) -> None:
        """Take the colours and fonts of the scheme in force."""
        self.setBackground(theme.color("surface"))
        self.ci.layout.setContentsMargins(0, 0, theme.current().right_margin_px, 0)
        for axis in self.axes():
            axis.restyle()
        self.line_band.restyle()
        for view in (self.view, self.residual_view):
            view.restyle()
        for item, token in (
            (self.curve, "curve"),
            (self.difference, "text_muted"),
            (self.masked, "curve_masked"),
            (self.template, "template"),
            (self.continuum, "continuum"),
        ):
            item.setPen(pg.mkPen(theme.color(token), width=1, cosmetic=True))
        self.sigma.set_color(theme.color("sigma", alpha=0.8))
        for line in (self.cross, self.residual_cross):
            line.setPen(pg.mkPen(theme.color("crosshair", alpha=0.7), width=1))
        self.zero.setPen(pg.mkPen(theme.color("hairline"), width=1))
        self.spot.setPen(pg.mkPen(theme.color("surface"), width=1))
        self.spot.setBrush(pg.mkBrush(theme.color("accent")))

    def show_residual(self, height_px: int) -> None:
        """Give the residual a row of some height; 0 takes it."""
        self.residual.setVisible(height_px > 0)
        self.ci.layout.setRowFixedHeight(1, height_px)

    def name_axes(self, x_words: str, y_words: str, *, x_visible: bool) -> None:
        """Words of the axes; "" empties one. The wavelength axis stands under the lowest plot."""
        with_residual = self.residual.isVisible()
        for axis, last in ((self.bottom, not with_residual), (self.residual_bottom, with_residual)):
            named = last and x_visible and bool(x_words)
            axis.setStyle(showValues=named)
            axis.showLabel(named)
            axis.setHeight(None if named else _HIDDEN_AXIS_PX)
            if named:
                axis.set_words(x_words)
        self.left.set_words(y_words)
        self.left.setStyle(showValues=bool(y_words))

    def show_cross(self, x: float, y: float) -> None:
        """The cross-hair at a place; no spot where ``y`` is not finite."""
        for line in (self.cross, self.residual_cross):
            line.setPos(x)
            line.show()
        self.spot.setData([x], [y])
        self.spot.setVisible(bool(np.isfinite(y)))

    def hide_cross(self) -> None:
        for item in (self.cross, self.residual_cross, self.spot):
            item.hide()

    def wavelength_at(self, position: QPointF) -> float | None:
        """Axis wavelength at a place of the scene; None outside the plots."""
        for view in (self.view, self.residual_view):
            if view.isVisible() and view.sceneBoundingRect().contains(position):
                return float(view.mapSceneToView(position).x())
        return None
