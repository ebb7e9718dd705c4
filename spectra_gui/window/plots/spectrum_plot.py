"""The spectrum: curve, uncertainty, masked pixels, continuum, template with residual, line names.

Takes frozen values, emits where the cross-hair is; knows no document. Wavelengths on its axis are
those of `spectra_gui.window.plots.display.Display`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from spectra_gui.data import PreparationSpec, Prepared, Spectrum
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.plots.axes import Mark
from spectra_gui.window.plots.decimate import full_range, robust_range, visible_slice
from spectra_gui.window.plots.display import AxisFrame, Display, Scale, displayed
from spectra_gui.window.plots.reading_out import cursor_at, marks_for
from spectra_gui.window.plots.spectrum_scene import SpectrumScene

NO_PIXELS = "This spectrum has no usable pixels"
_NONE: NDArray[np.float64] = np.empty(0)
_SMALLEST_REACH = 0.02


class SpectrumPlot(QWidget):
    """The hero of the window. ``cursor_moved`` carries a `Cursor`, or None when it leaves."""

    cursor_moved = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, *, scene: SpectrumScene | None = None
    ) -> None:
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
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Spectrum")
        self.scene = SpectrumScene() if scene is None else scene
        self.view = self.scene.view
        self.note = Words(token="text_muted", parent=self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scene)
        self.note.raise_()
        self.scene.scene().sigMouseMoved.connect(self._hover)
        self.scene.viewport().installEventFilter(self)
        self.view.home_asked.connect(self.home)
        self.scene.residual_view.home_asked.connect(self.home)
        theme.notifier().changed.connect(self._restyle)
        self._draw(keep=False)

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
        self.note.setText(text)
        self.note.setVisible(bool(text))

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
    def is_prepared(self) -> bool:
        """Whether scale and frame can be chosen; until then the file is shown as it is."""
        return self._prepared is not None and self._spec is not None

    @property
    def has_template(self) -> bool:
        """Whether there is a class template that could be overlaid on the present scale."""
        return self._template is not None and self.is_prepared and self._scale == "normalised"

    # -- where one looks -----------------------------------------------------------------------

    def home(self) -> None:
        """The whole spectrum, with a flux range that spikes cannot stretch.

        Where that is shown already, with all flux, to the tip of the highest spike.
        """
        bottom, top = self.view.viewRange()[1]
        if self._is_home() and np.allclose((bottom, top), self._home[2:], rtol=0.0, atol=1e-9):
            self.view.setYRange(*full_range(self._good_flux()), padding=0.0)
        else:
            self._go_home()

    def fit_flux(self) -> None:
        """Scale the flux to the wavelengths in view."""
        now = self._display
        if now is None:
            return
        (low, high), _ = self.view.viewRange()
        part = self._good_flux()[visible_slice(now.wavelength_aa, low, high)]
        if np.isfinite(part).any():
            self.view.setYRange(*robust_range(part), padding=0.0)

    def _go_home(self) -> None:
        low, high, bottom, top = self._home
        self.view.setRange(xRange=(low, high), yRange=(bottom, top), padding=0.0)

    def _good_flux(self) -> NDArray[np.float64]:
        """(n,) as drawn, without masked pixels, or with them where there are no others."""
        now = self._display
        if now is None:
            return _NONE
        good = np.where(now.bad, np.nan, now.flux)
        return good if np.isfinite(good).any() else now.flux

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
            cursor = cursor_at(display, x_aa, aa_per_px=per_px, letter=self._letter)
        if cursor is None:
            self.scene.hide_cross()
            self.scene.line_band.light("")
        else:
            self.scene.show_cross(cursor.wavelength_aa, cursor.flux)
            self.scene.line_band.light(cursor.line)
        self.cursor_moved.emit(cursor)

    def _hover(self, position: QPointF) -> None:
        self.show_cursor(self.scene.wavelength_at(position))

    # -- drawing -------------------------------------------------------------------------------

    def _draw(self, *, keep: bool) -> None:
        """Draw everything; with ``keep`` a zoomed view stays where it was on the spectrum."""
        before, at_home = self._display, self._is_home()
        (low, high), _ = self.view.viewRange()
        now = self._display = displayed(
            self._spectrum, self._prepared, self._spec, scale=self._scale, frame=self._frame
        )
        self.scene.hide_cross()
        self._draw_curve()
        self._draw_sigma()
        self._draw_lines()
        self._draw_template()
        self._draw_evidence()
        self._set_home()
        self._go_home()
        if keep and not at_home and before is not None and now is not None:
            ratio = now.doppler / before.doppler
            self.view.setXRange(low * ratio, high * ratio, padding=0.0)
        self._describe()

    def _is_home(self) -> bool:
        (low, high), _ = self.view.viewRange()
        return bool(np.allclose((low, high), self._home[:2], rtol=0, atol=1e-6 * abs(high)))

    def _set_home(self) -> None:
        now = self._display
        if now is None or now.wavelength_aa.size < 2:
            return
        low, high = float(now.wavelength_aa[0]), float(now.wavelength_aa[-1])
        self._home = (low, high, *robust_range(self._good_flux()))
        for view in (self.view, self.scene.residual_view):
            view.keep_within(low, high)

    def _draw_curve(self) -> None:
        now, scene = self._display, self.scene
        if now is None:
            for item in (scene.curve, scene.masked, scene.continuum):
                item.set_curve(_NONE, _NONE)
            self.show_note("")
            return
        scene.curve.set_curve(now.wavelength_aa, np.where(now.bad, np.nan, now.flux))
        # A masked pixel is joined to its neighbours, or a single one would draw nothing.
        beside = now.bad.copy()
        beside[1:] |= now.bad[:-1]
        beside[:-1] |= now.bad[1:]
        scene.masked.set_curve(now.wavelength_aa, np.where(beside, now.flux, np.nan))
        scene.continuum.set_curve(*(now.continuum or (_NONE, _NONE)))
        self.show_note("" if np.isfinite(now.flux).any() else NO_PIXELS)

    def _draw_sigma(self) -> None:
        now = self._display
        if now is None or now.sigma is None or not self._sigma_visible:
            self.scene.sigma.set_band(_NONE, _NONE, _NONE)
            return
        sigma = np.where(now.bad, np.nan, now.sigma)
        self.scene.sigma.set_band(now.wavelength_aa, now.flux - sigma, now.flux + sigma)

    def _draw_lines(self) -> None:
        marks: tuple[Mark, ...] = ()
        if self._lines_visible and self._display is not None:
            marks = marks_for(self._display, letter=self._letter)
        self.scene.line_band.set_marks(marks)
        strong = tuple(mark.x_aa for mark in marks if mark.rank == 1 and not mark.sky)
        self.scene.guides.set_guides(strong, theme.color("line_mark", alpha=0.55))

    def _draw_template(self) -> None:
        now, scene = self._display, self.scene
        shown = self.has_template and self._template_visible
        scene.show_residual(self._residual_px() if shown else 0)
        if not shown or now is None or self._template is None or self._spec is None:
            scene.template.set_curve(_NONE, _NONE)
            scene.difference.set_curve(_NONE, _NONE)
        else:
            name, flux = self._template
            axis = self._spec.wavelength_aa * now.doppler
            difference = np.where(now.bad, np.nan, now.flux - flux)
            scene.template.set_curve(axis, flux)
            scene.difference.set_curve(axis, difference)
            finite = np.abs(difference[np.isfinite(difference)])
            reach = 1.3 * float(np.percentile(finite, 98)) if finite.size else 0.0
            reach = max(reach, _SMALLEST_REACH)
            scene.residual_view.setYRange(-reach, reach, padding=0)
            scene.residual_left.set_words(f"− {name}")
        self._draw_axes()

    def _residual_px(self) -> int:
        """Height of the residual: smaller where the plot is low, so that the curve keeps most."""
        tallest = theme.current().residual_height_px
        return max(tallest // 2, min(tallest, self.height() // 6))

    def _draw_evidence(self) -> None:
        if self._evidence is None or self._display is None:
            self.scene.tint.clear()
            return
        wavelength, relevance, name = self._evidence
        self.scene.tint.set_evidence(
            wavelength * self._display.doppler, relevance, theme.color(name)
        )

    def _draw_axes(self) -> None:
        now = self._display
        x_words, y_words = ("", "") if now is None else (now.x_label, now.y_label)
        self.scene.name_axes(x_words, y_words, x_visible=self._axis_visible)

    def _describe(self) -> None:
        now = self._display
        if now is None:
            self.setAccessibleDescription("No spectrum is shown.")
            return
        good = now.flux[np.isfinite(now.flux) & ~now.bad]
        flux = f"from {good.min():.3g} to {good.max():.3g}" if good.size else "without good pixels"
        name = self._spectrum.name if self._spectrum is not None else ""
        self.setAccessibleDescription(
            f"Curve of {name or 'the spectrum'}, {now.wavelength_aa[0]:.0f} to "
            f"{now.wavelength_aa[-1]:.0f} Å ({now.x_label}), {now.y_label} {flux}, "
            f"{int(now.bad.sum())} of {now.flux.size} pixels masked."
        )

    # -- Qt ------------------------------------------------------------------------------------

    def _restyle(self) -> None:
        self.scene.restyle()
        self._draw_lines()
        self._draw_evidence()
        self._draw_template()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.view.take_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.show_cursor(None)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.note.setGeometry(self.rect())
        if self.scene.residual.isVisible():
            self.scene.show_residual(self._residual_px())
