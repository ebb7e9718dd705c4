"""The middle of the window: toggles, the spectrum, and its evidence strips on one axis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from spectra_gui.data import Explanation, PreparationSpec, Prepared, Spectrum, Templates, Verdict
from spectra_gui.window import theme
from spectra_gui.window.panels.absence import Absence
from spectra_gui.window.panels.segmented import Segmented
from spectra_gui.window.plots.display import AxisFrame, Scale
from spectra_gui.window.plots.evidence_strips import EvidenceStrips, strip_color_name
from spectra_gui.window.plots.reading_out import Cursor
from spectra_gui.window.plots.spectrum_plot import SpectrumPlot

EXPLAINING = "Looking for the evidence…"


@dataclass(frozen=True, slots=True)
class ViewState:
    """What of a spectrum is shown, as a person chose it."""

    scale: Scale = "normalised"
    frame: AxisFrame = "rest"
    sigma: bool = True
    lines: bool = True
    template: bool = True


class PlotStack(QWidget):
    """Spectrum and strips, linked and aligned.

    ``cursor_moved`` carries a `Cursor` or None, ``view_changed`` a `ViewState` after a person
    used the toggles, ``strip_selected`` the strip's index (-1 none). Both plots may be made before,
    one a turn of the event loop.
    """

    cursor_moved = Signal(object)
    view_changed = Signal(object)
    strip_selected = Signal(int)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spectrum: SpectrumPlot | None = None,
        strips: EvidenceStrips | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = ViewState()
        self._explanation: Explanation | None = None
        self.spectrum = SpectrumPlot() if spectrum is None else spectrum
        self.strips = EvidenceStrips() if strips is None else strips
        self.absence = Absence(self)
        self.absence.hide()
        self.strips.link_to(self.spectrum.view)
        self._build_toggles()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self.spectrum, 1)
        layout.addWidget(self.absence, 1)
        layout.addWidget(self.strips)
        self.strips.hide()
        self.spectrum.cursor_moved.connect(self._follow_cursor)
        self.strips.hovered.connect(self.spectrum.show_cursor)
        self.strips.strip_selected.connect(self._tint)
        self.strips.view.home_asked.connect(self.spectrum.home)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build_toggles(self) -> None:
        of = theme.current()
        self._scale = Segmented(
            [
                ("normalised", "normalised", "Flux over continuum, as the model sees it"),
                ("flux", "flux", "Flux as in the file, with the continuum that was found"),
            ],
            name="Flux scale",
        )
        self._frame = Segmented(
            [
                ("rest", "rest", "Wavelengths at rest"),
                ("observed", "observed", "Wavelengths as observed"),
            ],
            name="Wavelength frame",
        )
        self._scale.chosen.connect(self._choose_scale)
        self._frame.chosen.connect(self._choose_frame)
        self._bar = QHBoxLayout()
        # The buttons' own padding brings their pictures under the headline.
        self._bar.setContentsMargins(of.space_2, 0, of.right_margin_px, of.space_1)
        self._bar.setSpacing(of.space_1)
        self._toggles: dict[str, QToolButton] = {}
        for key, word, tip in (
            ("lines", "lines", "Names of lines above the spectrum"),
            ("sigma", "uncertainty", "One standard deviation, where the file gives it"),
            ("template", "template", "Class template over the spectrum, difference below"),
        ):
            button = QToolButton(self)
            button.setText(word)
            button.setToolTip(tip)
            button.setAccessibleName(f"Show {word}")
            button.setCheckable(True)
            button.setChecked(True)
            button.setProperty("quiet", True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(self._toggle)
            self._toggles[key] = button
            self._bar.addWidget(button)
        self._bar.addStretch(1)
        self._bar.addWidget(self._frame)
        self._bar.addSpacing(of.space_3)
        self._bar.addWidget(self._scale)

    # -- what it shows -------------------------------------------------------------------------

    def show_spectrum(
        self,
        spectrum: Spectrum | None,
        prepared: Prepared | None = None,
        spec: PreparationSpec | None = None,
    ) -> None:
        """Show a spectrum, normalised once it is prepared; None leaves the place empty."""
        self.spectrum.show_spectrum(spectrum, prepared, spec)
        self.spectrum.setVisible(spectrum is not None)
        self.absence.hide()
        if spectrum is None:
            self.show_explanation(None)
        self._agree()

    def show_nothing(self, reason: str, advice: str, *, has_columns: bool = False) -> None:
        """Say in the place of the plots why there is no spectrum, and what to do."""
        self.show_spectrum(None)
        self.absence.show_words(reason, advice, has_columns=has_columns)
        self.absence.show()

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Show the strips of an explanation; None takes the strips away."""
        self._explanation = explanation
        self.strips.show_explanation(explanation)
        self._show_strips(explanation is not None)
        self._tint(self.strips.selected)

    def show_explaining(self, text: str = EXPLAINING) -> None:
        """Keep the strips' place and say what is being done."""
        self._explanation = None
        self.strips.show_waiting(text)
        self._show_strips(True)
        self._tint(-1)

    def show_no_evidence(self, text: str) -> None:
        """Say why there are no strips, e.g. that the spectrum was refused."""
        self.show_explaining(text)

    def show_verdict(self, verdict: Verdict | None, templates: Templates | None = None) -> None:
        """Name the lines of the verdict's class and overlay its template; a refusal shows none."""
        if verdict is None or verdict.state == "refuse":
            self.spectrum.set_letter("")
            self.show_template("", None)
            return
        self.spectrum.set_letter(verdict.letter)
        if templates is None or verdict.template not in templates.names:
            self.show_template("", None)
        else:
            index = templates.names.index(verdict.template)
            self.show_template(verdict.template, templates.flux[index])

    def show_template(self, name: str, flux: NDArray[np.floating] | None) -> None:
        """Overlay a class template on the bundle's grid, with its residual below; None ends it."""
        self.spectrum.show_template(name, flux)
        words = f"template {name}" if flux is not None and name else "template"
        self._toggles["template"].setText(words)
        self._agree()

    # -- how it shows it -----------------------------------------------------------------------

    @property
    def state(self) -> ViewState:
        return self._state

    def set_scale(self, scale: Scale) -> None:
        self._set(replace(self._state, scale=scale))

    def set_frame(self, frame: AxisFrame) -> None:
        self._set(replace(self._state, frame=frame))

    def set_sigma_visible(self, visible: bool) -> None:
        self._set(replace(self._state, sigma=visible))

    def set_lines_visible(self, visible: bool) -> None:
        self._set(replace(self._state, lines=visible))

    def set_template_visible(self, visible: bool) -> None:
        self._set(replace(self._state, template=visible))

    def set_strips_visible(self, visible: bool) -> None:
        """Show or hide the strips, whatever they hold."""
        self._show_strips(visible)

    def home(self) -> None:
        """Show the whole spectrum; where it is shown, with its spikes."""
        self.spectrum.home()

    def fit_flux(self) -> None:
        """Scale the flux to the wavelengths in view."""
        self.spectrum.fit_flux()

    def zoom(self, factor: float) -> None:
        """Zoom in wavelength around the middle; above 1 shows less."""
        self.spectrum.view.zoom(factor)

    def pan(self, share: float) -> None:
        """Move by a share of the view; positive to the red."""
        self.spectrum.view.pan(share)

    def go_to(self, wavelength_aa: float) -> None:
        """Centre on a rest wavelength (such as a peak's) and mark it with the cross-hair."""
        display = self.spectrum.display
        factor = display.doppler if display is not None else 1.0
        self.spectrum.go_to(wavelength_aa * factor)
        self.spectrum.show_cursor(wavelength_aa * factor)

    def select_strip(self, index: int | None) -> None:
        """Choose the strip whose evidence tints the spectrum; None chooses none."""
        self.strips.select(-1 if index is None else index)

    def picture(self) -> QPixmap:
        """Spectrum and strips as they stand, for saving."""
        return self.grab()

    # -- keeping the parts in agreement --------------------------------------------------------

    def _choose_scale(self, key: str) -> None:
        self._take(replace(self._state, scale="flux" if key == "flux" else "normalised"))

    def _choose_frame(self, key: str) -> None:
        self._take(replace(self._state, frame="observed" if key == "observed" else "rest"))

    def _toggle(self) -> None:
        on = {key: button.isChecked() for key, button in self._toggles.items()}
        self._take(
            replace(self._state, lines=on["lines"], sigma=on["sigma"], template=on["template"])
        )

    def _take(self, state: ViewState) -> None:
        """What a person chose, to be shown and told."""
        self._set(state)
        self.view_changed.emit(state)

    def _set(self, state: ViewState) -> None:
        before, self._state = self._state, state
        if state.scale != before.scale:
            self.spectrum.set_scale(state.scale)
        if state.frame != before.frame:
            self.spectrum.set_frame(state.frame)
        if state.sigma != before.sigma:
            self.spectrum.set_sigma_visible(state.sigma)
        if state.lines != before.lines:
            self.spectrum.set_lines_visible(state.lines)
        if state.template != before.template:
            self.spectrum.set_template_visible(state.template)
        self._scale.choose(state.scale)
        self._frame.choose(state.frame)
        for key, button in self._toggles.items():
            button.setChecked(getattr(state, key))
        self._agree()

    def _agree(self) -> None:
        display = self.spectrum.display
        if display is not None:
            self.strips.set_doppler(display.doppler)
            self.strips.set_axis_words(display.x_label)
        has_sigma = display is not None and display.sigma is not None
        self._toggles["sigma"].setEnabled(has_sigma)
        self._toggles["template"].setEnabled(self.spectrum.has_template)
        for choice in (self._scale, self._frame):
            choice.setEnabled(self.spectrum.is_prepared)
        for part in (*self._toggles.values(), self._scale, self._frame):
            part.setVisible(display is not None)

    def _show_strips(self, visible: bool) -> None:
        self.strips.setVisible(visible)
        self.spectrum.set_axis_visible(not visible)

    def _tint(self, index: int) -> None:
        explanation = self._explanation
        if explanation is None or not 0 <= index < len(explanation.strips):
            self.spectrum.show_evidence(None)
        else:
            strip = explanation.strips[index]
            self.spectrum.show_evidence(
                explanation.wavelength_aa, strip.relevance, strip_color_name(explanation, index)
            )
        self.strip_selected.emit(index)

    def _follow_cursor(self, cursor: Cursor | None) -> None:
        self.strips.show_cursor(None if cursor is None else cursor.wavelength_aa)
        self.cursor_moved.emit(cursor)

    def _restyle(self) -> None:
        hues = {"lines": "line_mark", "sigma": "sigma", "template": "template"}
        for key, button in self._toggles.items():
            button.setFont(theme.font("small"))
            button.setIcon(_swatch(hues[key], thick=key == "sigma"))


def _swatch(color_name: str, *, thick: bool) -> QIcon:
    """A short piece of a curve in its hue: the legend, inside the toggle that shows it."""
    icon = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(16 * ratio, 16 * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(theme.color("surface", alpha=0.0))
        painter = QPainter(pixmap)
        height = 8 if thick else 2
        painter.fillRect(1, 8 - height // 2, 14, height, theme.color(color_name))
        painter.end()
        icon.addPixmap(pixmap)
    return icon
