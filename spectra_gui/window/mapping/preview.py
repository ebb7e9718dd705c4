"""The curve that would be read, and below it what would be read in words, or why nothing is."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from spectra_gui.data import ReadError, Reading
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.plots.axes import ValueAxis
from spectra_gui.window.plots.decimate import robust_range


class Preview(QWidget):
    """A small plot to look at, and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Preview")
        self._axes = {"left": ValueAxis("left"), "bottom": ValueAxis("bottom")}
        self.plot = pg.PlotWidget(axisItems=self._axes)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumHeight(120)
        self.curve = self.plot.plot(antialias=True)
        self.curve.setDownsampling(auto=True, method="peak")
        self.sentence = Words(wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space_1)
        column.addWidget(self.plot, 1)
        column.addWidget(self.sentence)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def show_reading(self, reading: Reading) -> None:
        """The first spectrum, and what is known of it."""
        spectrum = reading.spectra[0]
        self._show_values(True)
        self.curve.setData(spectrum.wavelength_aa, spectrum.flux, connect="finite")
        good = spectrum.flux[~spectrum.bad]
        low, high = robust_range(good if good.size else spectrum.flux)
        self.plot.setYRange(low, high, padding=0.05)
        self.plot.setXRange(
            float(spectrum.wavelength_aa[0]), float(spectrum.wavelength_aa[-1]), padding=0.01
        )
        self._say(reading_words(reading), "text")

    def show_error(self, error: ReadError) -> None:
        self._clear(f"{error.reason} {error.advice}".strip(), "refuse")

    def show_words(self, text: str) -> None:
        """Nothing to show yet."""
        self._clear(text, "text_muted")

    def _clear(self, text: str, token: str) -> None:
        self.curve.setData([], [])
        self._show_values(False)
        self._say(text, token)

    def _show_values(self, shown: bool) -> None:
        """Numbers at the axes only where there is a curve."""
        for axis in self._axes.values():
            axis.setStyle(showValues=shown)

    def _say(self, text: str, token: str) -> None:
        self.sentence.set_token(token)
        self.sentence.setText(text)
        self.setAccessibleDescription(text)

    def _restyle(self) -> None:
        self.plot.setBackground(theme.color("surface"))
        for axis in self._axes.values():
            axis.restyle()
        self._axes["left"].setWidth(64)
        self._axes["left"].set_words("flux")
        self._axes["bottom"].set_words("wavelength (Å)")
        self.curve.setPen(pg.mkPen(theme.color("curve"), width=1))


def reading_words(reading: Reading) -> str:
    """``600 points from 3850.0 to 6900.0 Å. Unit nm; medium unknown; uncertainty sigma.``"""
    spectrum, n = reading.spectra[0], len(reading.spectra)
    first, last = spectrum.wavelength_aa[0], spectrum.wavelength_aa[-1]
    span = f"{len(spectrum):,} points from {first:.1f} to {last:.1f} Å"
    span = span.replace(",", "\N{NARROW NO-BREAK SPACE}")
    what = f"{n} spectra; the first has {span}." if n > 1 else f"{span}."
    told = {decision.subject: decision for decision in reading.decisions}
    points = []
    for subject, word in (
        ("Wavelength unit", "unit"),
        ("Medium", "medium"),
        ("Frame", "frame"),
        ("Uncertainty", "uncertainty"),
    ):
        if (decision := told.get(subject)) is not None:
            points.append(f"{word} {decision.value}{' (assumed)' if decision.assumed else ''}")
    words = "; ".join(points)
    return f"{what} {words[0].upper()}{words[1:]}." if words else what
