"""Wheel, drag and Shift-drag move the spectrum the way that plots of spectra do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from spectra_gui.window.plots.spectrum_plot import SpectrumPlot

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def plot(star: Any, show: Callable[..., Any], light: None) -> SpectrumPlot:
    made = SpectrumPlot()
    made.show_spectrum(star.spectrum, star.prepared, star.spec)
    show(made, width=900, height=420)
    return made


def place(plot: SpectrumPlot, x: float, y: float) -> QPoint:
    return plot.scene.mapFromScene(plot.view.mapViewToScene(QPointF(x, y)))


def wheel(target: QWidget, at: QPoint, steps: int, keys: Qt.KeyboardModifier = PLAIN) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(target.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps), NONE, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, event)


def drag(target: QWidget, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = PLAIN) -> None:
    def send(kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        where = QPointF(at)
        glob = QPointF(target.mapToGlobal(at))
        QApplication.sendEvent(target, QMouseEvent(kind, where, glob, button, held, keys))

    send(QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    for step in range(1, 6):
        send(QEvent.Type.MouseMove, start + (end - start) * step / 5, NONE, LEFT)
    send(QEvent.Type.MouseButtonRelease, end, LEFT, NONE)


def test_the_wheel_zooms_in_wavelength_around_the_mouse(plot: SpectrumPlot) -> None:
    (low, high), flux = plot.view.viewRange()
    wheel(plot.scene.viewport(), place(plot, 4500.0, 0.9), 2)
    (new_low, new_high), new_flux = plot.view.viewRange()
    assert new_high - new_low < high - low
    assert new_flux == flux
    share = (4500 - low) / (high - low)
    assert (4500 - new_low) / (new_high - new_low) == pytest.approx(share, abs=0.01)


def test_the_wheel_with_ctrl_zooms_in_flux(plot: SpectrumPlot) -> None:
    wavelengths, (low, high) = plot.view.viewRange()
    at = place(plot, 5000.0, 0.8)
    wheel(plot.scene.viewport(), at, 2, Qt.KeyboardModifier.ControlModifier)
    assert plot.view.viewRange()[0] == wavelengths
    assert plot.view.viewRange()[1][1] - plot.view.viewRange()[1][0] < high - low


def test_dragging_pans(plot: SpectrumPlot) -> None:
    plot.go_to(5000.0, width_aa=400)
    start, end = place(plot, 5000.0, 0.9), place(plot, 4900.0, 0.9)
    drag(plot.scene.viewport(), start, end)
    low, high = plot.view.viewRange()[0]
    assert 0.5 * (low + high) == pytest.approx(5100.0, abs=5)


def test_dragging_with_shift_zooms_to_the_box(plot: SpectrumPlot) -> None:
    start, end = place(plot, 4800.0, 1.02), place(plot, 4950.0, 0.6)
    drag(plot.scene.viewport(), start, end, Qt.KeyboardModifier.ShiftModifier)
    low, high = plot.view.viewRange()[0]
    assert low == pytest.approx(4800.0, abs=6)
    assert high == pytest.approx(4950.0, abs=6)
    bottom, top = plot.view.viewRange()[1]
    assert bottom == pytest.approx(0.6, abs=0.02)
    assert top == pytest.approx(1.02, abs=0.02)


def test_over_the_residual_the_wheel_moves_wavelengths_only(plot: SpectrumPlot, star: Any) -> None:
    plot.show_template("G2 V", star.templates.flux[0])
    QApplication.processEvents()
    view = plot.scene.residual_view
    flux = view.viewRange()[1]
    at = plot.scene.mapFromScene(view.mapViewToScene(QPointF(5000.0, 0.0)))
    wheel(plot.scene.viewport(), at, 2, Qt.KeyboardModifier.ControlModifier)
    assert view.viewRange()[1] == flux
    assert plot.view.viewRange()[0][1] - plot.view.viewRange()[0][0] < 3050
