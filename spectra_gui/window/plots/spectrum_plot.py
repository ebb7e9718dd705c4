"""The spectrum: curve, uncertainty, masked pixels, continuum, template with residual, line names.

Takes frozen values, emits where the cross-hair is; knows no document. Wavelengths on its axis are
those of `spectra_gui.window.plots.display.Display`.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from spectra_gui.data import PreparationSpec, Prepared, Spectrum
from spectra_gui.window import theme
from spectra_gui.window.plots.axes import LineMarkAxis, Mark, ValueAxis
from spectra_gui.window.plots.decimate import robust_range
from spectra_gui.window.plots.display import AxisFrame, Display, Scale, displayed
from spectra_gui.window.plots.items import BandItem, CurveItem, LineGuides, TintItem
from spectra_gui.window.plots.reading_out import cursor_at, marks_for
from spectra_gui.window.plots.view_box import SpectrumViewBox

_NO_PIXELS = "This spectrum has no usable pixels"


class SpectrumPlot(QWidget):
    """The hero of the window. ``cursor_moved`` carries a `Cursor`, or None when it leaves."""

    cursor_moved = Signal(object)
    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spectrum: Spectrum | None = None
        self._prepared: Prepared | None = None
        self._spec: PreparationSpec | None = None
        self._display: Display | None = None
        self._template: tuple[str, NDArray[np.float64]] | None = None
        self._evidence: tuple[NDArray[np.float64], NDArray[np.float64], str] | None = None
        self._letter = ""
        self._scale: Scale = "normalised"
        self._frame: AxisFrame = "rest"
        self._sigma_visible, self._lines_visible, self._template_visible = True, True, True
        self._axis_visible = True
        self._home: tuple[float, float, float, float] = (3850.0, 6900.0, 0.0, 1.2)
        self._build()
        self._connect()
        self.restyle()
        self._draw(keep=False)

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Spectrum")
        self.graphics = pg.GraphicsLayoutWidget(self)
        self.graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.graphics.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        grid = self.graphics.ci.layout
        grid.setSpacing(0)
        self.view = SpectrumViewBox()
        self.left = ValueAxis("left")
        self.bottom = ValueAxis("bottom")
        self.line_band = LineMarkAxis()
        self.plot = pg.PlotItem(
            viewBox=self.view,
            axisItems={"left": self.left, "bottom": self.bottom, "top": self.line_band},
        )
        self.residual_view = SpectrumViewBox(flux_moves=False)
        self.residual_left = ValueAxis("left")
        self.residual_bottom = ValueAxis("bottom")
        self.residual = pg.PlotItem(
            viewBox=self.residual_view,
            axisItems={"left": self.residual_left, "bottom": self.residual_bottom},
        )
        for plot in (self.plot, self.residual):
            plot.hideButtons()
            plot.showGrid(x=True, y=True, alpha=1.0)
            for side in ("left", "bottom"):
                plot.getAxis(side).setZValue(-1000)
        self.plot.showAxis("top")
        self.residual.setXLink(self.plot)
        self.residual_left.setStyle(maxTickLevel=0)
        self.graphics.addItem(self.plot, 0, 0)
        self.graphics.addItem(self.residual, 1, 0)
        self._add_items()
        self._note = QLabel(self)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.graphics)

    def _add_items(self) -> None:
        self.tint, self.guides, self.sigma = TintItem(), LineGuides(), BandItem()
        self.masked, self.template, self.continuum = CurveItem(), CurveItem(), CurveItem()
        self.curve, self.difference = CurveItem(), CurveItem()
        self.cross = pg.InfiniteLine(angle=90, movable=False)
        self.residual_cross = pg.InfiniteLine(angle=90, movable=False)
        self.zero = pg.InfiniteLine(angle=0, pos=0.0, movable=False)
        self.spot = pg.ScatterPlotItem(size=7, pxMode=True)
        self.sigma.setZValue(-5)
        everything = (self.tint, self.guides, self.sigma, self.masked, self.continuum)
        for item in (*everything, self.template, self.curve, self.cross, self.spot):
            self.plot.addItem(item, ignoreBounds=True)
        for item in (self.zero, self.difference, self.residual_cross):
            self.residual.addItem(item, ignoreBounds=True)
        self._hide_cross()

    def _connect(self) -> None:
        self.graphics.scene().sigMouseMoved.connect(self._hover)
        self.view.home_asked.connect(self.home)
        self.residual_view.home_asked.connect(self.home)
        self.view.sigXRangeChanged.connect(self._tell_range)
        theme.notifier().changed.connect(self.restyle)
        self.graphics.viewport().installEventFilter(self)

    # -- what it shows -------------------------------------------------------------------------

    def show_spectrum(
        self,
        spectrum: Spectrum | None,
        prepared: Prepared | None = None,
        spec: PreparationSpec | None = None,
    ) -> None:
        """Show a spectrum; once prepared, normalised on the bundle's grid. None clears.

        The view goes home for another spectrum and stays for the same one.
        """
        same = spectrum is not None and spectrum is self._spectrum
        self._spectrum, self._prepared, self._spec = spectrum, prepared, spec
        if not same:
            self._evidence, self._template, self._letter = None, None, ""
        self._draw(keep=same)

    def show_template(self, name: str, flux: NDArray[np.floating] | None) -> None:
        """Overlay a class template on the bundle's grid (n_pixels,), residual below; None ends."""
        self._template = None if flux is None else (name, np.asarray(flux, dtype=np.float64))
        self._draw_template()

    def show_evidence(
        self,
        wavelength_aa: NDArray[np.float64] | None,
        relevance: NDArray[np.floating] | None = None,
        color_name: str = "branch_1",
    ) -> None:
        """Tint the background by the evidence (0–1) of one strip at rest; None ends the tint."""
        if wavelength_aa is None or relevance is None:
            self._evidence = None
        else:
            self._evidence = (wavelength_aa, np.asarray(relevance, np.float64), color_name)
        self._draw_evidence()

    def set_letter(self, letter: str) -> None:
        """Name only lines that are seen in this spectral class; "" names those of all."""
        self._letter = letter
        self._draw_lines()

    def show_note(self, text: str) -> None:
        """A sentence in the middle of the plot; "" takes it away."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_scale(self, scale: Scale) -> None:
        self._scale = scale
        self._draw(keep=True)

    def set_frame(self, frame: AxisFrame) -> None:
        self._frame = frame
        self._draw(keep=True)

    def set_sigma_visible(self, visible: bool) -> None:
        self._sigma_visible = visible
        self._draw_sigma()

    def set_lines_visible(self, visible: bool) -> None:
        self._lines_visible = visible
        self._draw_lines()

    def set_template_visible(self, visible: bool) -> None:
        self._template_visible = visible
        self._draw_template()

    def set_axis_visible(self, visible: bool) -> None:
        """Whether the wavelength axis is drawn here or by a plot below."""
        self._axis_visible = visible
        self._draw_axes()

    @property
    def display(self) -> Display | None:
        """What is drawn at the moment."""
        return self._display

    @property
    def has_template(self) -> bool:
        """Whether there is a class template that could be overlaid."""
        return self._template is not None and self._prepared is not None

    # -- where one looks -----------------------------------------------------------------------

    def home(self) -> None:
        """The whole spectrum, with a flux range that spikes cannot stretch."""
        low, high, bottom, top = self._home
        self.view.setRange(xRange=(low, high), yRange=(bottom, top), padding=0.0)

    def go_to(self, wavelength_aa: float, *, width_aa: float = 200.0) -> None:
        """Centre on a wavelength of the present axis and show at most ``width_aa`` around it."""
        (low, high), _ = self.view.viewRange()
        half = 0.5 * min(high - low, width_aa)
        self.view.setXRange(wavelength_aa - half, wavelength_aa + half, padding=0.0)

    def show_cursor(self, x_aa: float | None) -> None:
        """Put the cross-hair at a wavelength of the axis and tell of it; None takes it away."""
        display = self._display
        cursor = None
        if x_aa is not None and display is not None:
            (low, high), _ = self.view.viewRange()
            per_px = (high - low) / max(self.view.width(), 1.0)
            cursor = cursor_at(display, x_aa, aa_per_px=per_px)
        if cursor is None:
            self._hide_cross()
            self.cursor_moved.emit(None)
            return
        for line in (self.cross, self.residual_cross):
            line.setPos(cursor.wavelength_aa)
            line.show()
        self.spot.setData([cursor.wavelength_aa], [cursor.flux])
        self.spot.setVisible(bool(np.isfinite(cursor.flux)))
        self.line_band.light(cursor.line)
        self.cursor_moved.emit(cursor)

    def _hide_cross(self) -> None:
        for item in (self.cross, self.residual_cross, self.spot):
            item.hide()
        self.line_band.light("")

    def _hover(self, position: QPointF) -> None:
        for view in (self.view, self.residual_view):
            if view.isVisible() and view.sceneBoundingRect().contains(position):
                self.show_cursor(view.mapSceneToView(position).x())
                return
        self.show_cursor(None)

    def _tell_range(self) -> None:
        (low, high), _ = self.view.viewRange()
        self.range_changed.emit(low, high)

    # -- drawing -------------------------------------------------------------------------------

    def _draw(self, *, keep: bool) -> None:
        before = self._display
        at_home = self._is_home()
        now = displayed(
            self._spectrum, self._prepared, self._spec, scale=self._scale, frame=self._frame
        )
        self._display = now
        (low, high), _ = self.view.viewRange()
        self._hide_cross()
        self._draw_curve()
        self._draw_sigma()
        self._draw_lines()
        self._draw_template()
        self._draw_evidence()
        self._draw_axes()
        self._set_home()
        self.home()
        if keep and not at_home and before is not None and now is not None:
            ratio = now.doppler / before.doppler
            self.view.setXRange(low * ratio, high * ratio, padding=0.0)
        self._describe()

    def _is_home(self) -> bool:
        (low, high), _ = self.view.viewRange()
        return bool(np.allclose((low, high), self._home[:2], rtol=0, atol=1e-6 * high))

    def _set_home(self) -> None:
        now = self._display
        if now is None or now.wavelength_aa.size < 2:
            return
        good = np.where(now.bad, np.nan, now.flux)
        if not np.isfinite(good).any():
            good = now.flux
        low, high = float(now.wavelength_aa[0]), float(now.wavelength_aa[-1])
        self._home = (low, high, *robust_range(good))
        for view in (self.view, self.residual_view):
            view.keep_within(low, high)

    def _draw_curve(self) -> None:
        now = self._display
        if now is None:
            for item in (self.curve, self.masked, self.continuum):
                item.set_curve(np.empty(0), np.empty(0))
            self.show_note("")
            return
        finite = np.isfinite(now.flux)
        self.curve.set_curve(now.wavelength_aa, np.where(now.bad, np.nan, now.flux))
        # A masked pixel is joined to its neighbours, or a single one would draw nothing.
        beside = now.bad.copy()
        beside[1:] |= now.bad[:-1]
        beside[:-1] |= now.bad[1:]
        self.masked.set_curve(now.wavelength_aa, np.where(beside, now.flux, np.nan))
        self.continuum.set_curve(*(now.continuum or (np.empty(0), np.empty(0))))
        self.show_note("" if finite.any() else _NO_PIXELS)

    def _draw_sigma(self) -> None:
        now = self._display
        if now is None or now.sigma is None or not self._sigma_visible:
            self.sigma.set_band(np.empty(0), np.empty(0), np.empty(0))
            return
        sigma = np.where(now.bad, np.nan, now.sigma)
        self.sigma.set_band(now.wavelength_aa, now.flux - sigma, now.flux + sigma)

    def _draw_lines(self) -> None:
        shown = self._display is not None and self._lines_visible
        marks: tuple[Mark, ...] = ()
        if shown and self._display is not None:
            marks = marks_for(self._display, letter=self._letter)
        self.line_band.set_marks(marks)
        self.guides.set_guides(
            tuple(m.x_aa for m in marks if m.rank == 1 and not m.sky),
            theme.color("line_mark", alpha=0.55),
        )

    def _draw_template(self) -> None:
        now, spec = self._display, self._spec
        shown = (
            self._template is not None
            and self._template_visible
            and self._scale == "normalised"
            and self._prepared is not None
            and spec is not None
            and now is not None
        )
        self.residual.setVisible(shown)
        height = theme.current().residual_height_px if shown else 0
        self.graphics.ci.layout.setRowFixedHeight(1, height)
        empty = np.empty(0)
        if not shown or self._template is None or now is None or spec is None:
            self.template.set_curve(empty, empty)
            self.difference.set_curve(empty, empty)
        else:
            name, flux = self._template
            axis = spec.wavelength_aa * now.doppler
            self.template.set_curve(axis, flux)
            difference = np.where(now.bad, np.nan, now.flux - flux)
            self.difference.set_curve(axis, difference)
            finite = np.abs(difference[np.isfinite(difference)])
            reach = float(np.percentile(finite, 98)) * 1.3 if finite.size else 0.1
            self.residual_view.setYRange(-max(reach, 0.02), max(reach, 0.02), padding=0)
            self.residual_left.set_words(f"− {name}")
        self._draw_axes()

    def _draw_evidence(self) -> None:
        if self._evidence is None or self._display is None:
            self.tint.clear()
            return
        wavelength, relevance, name = self._evidence
        self.tint.set_evidence(wavelength * self._display.doppler, relevance, theme.color(name))

    def _draw_axes(self) -> None:
        now = self._display
        with_residual = self.residual.isVisible()
        for axis, last in ((self.bottom, not with_residual), (self.residual_bottom, with_residual)):
            named = last and self._axis_visible
            axis.setStyle(showValues=named)
            axis.showLabel(named and now is not None)
            axis.setHeight(None if named else 1)
            if named and now is not None:
                axis.set_words(now.x_label)
        self.left.set_words(now.y_label if now is not None else "")
        for axis in (self.left, self.bottom):
            axis.setStyle(
                showValues=now is not None
                and (axis is self.left or (not with_residual and self._axis_visible))
            )

    def _describe(self) -> None:
        now = self._display
        if now is None:
            self.setAccessibleDescription("No spectrum is shown.")
            return
        good = now.flux[np.isfinite(now.flux) & ~now.bad]
        flux = (
            f"from {good.min():.3g} to {good.max():.3g}" if good.size else "without usable pixels"
        )
        name = self._spectrum.name if self._spectrum is not None else ""
        self.setAccessibleDescription(
            f"Curve of {name or 'the spectrum'}, {now.wavelength_aa[0]:.0f} to "
            f"{now.wavelength_aa[-1]:.0f} Å ({now.x_label}), {now.y_label} {flux}, "
            f"{int(now.bad.sum())} of {now.flux.size} pixels masked."
        )

    # -- Qt ------------------------------------------------------------------------------------

    def restyle(self) -> None:
        """Take the colours and fonts of the scheme in force."""
        of = theme.current()
        self.graphics.setBackground(theme.color("surface"))
        self.graphics.ci.layout.setContentsMargins(0, 0, of.right_margin_px, 0)
        for axis in (self.left, self.bottom, self.residual_left, self.residual_bottom):
            axis.restyle()
        self.line_band.restyle()
        for view in (self.view, self.residual_view):
            view.restyle()
        thin = {"width": 1, "cosmetic": True}
        self.curve.setPen(pg.mkPen(theme.color("curve"), **thin))
        self.difference.setPen(pg.mkPen(theme.color("text_muted"), **thin))
        self.masked.setPen(pg.mkPen(theme.color("curve_masked"), **thin))
        self.template.setPen(pg.mkPen(theme.color("template"), **thin))
        self.continuum.setPen(pg.mkPen(theme.color("continuum"), **thin))
        self.sigma.set_color(theme.color("sigma", alpha=0.8))
        for line in (self.cross, self.residual_cross):
            line.setPen(pg.mkPen(theme.color("crosshair", alpha=0.7), width=1))
        self.zero.setPen(pg.mkPen(theme.color("hairline"), width=1))
        self.spot.setPen(pg.mkPen(theme.color("surface"), width=1))
        self.spot.setBrush(pg.mkBrush(theme.color("accent")))
        self._note.setFont(theme.font("body"))
        self._note.setForegroundRole(self._note.foregroundRole())
        self._draw_lines()
        self._draw_evidence()
        self._draw_axes()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.view.take_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.show_cursor(None)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return False

    def resizeEvent(self, event: object) -> None:
        self._note.setGeometry(self.rect())
