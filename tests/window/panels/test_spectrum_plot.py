"""The spectrum and its strips: what a person sees, moves and hovers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spectra_gui.data import Spectrum
from spectra_gui.window import theme
from spectra_gui.window.plots.evidence_strips import NO_EVIDENCE, EvidenceStrips
from spectra_gui.window.plots.spectrum_plot import NO_PIXELS, SpectrumPlot
from spectra_gui.window.plots.stack import PlotStack, ViewState

Show = Callable[..., Any]


@pytest.fixture
def stack(star: Any, show: Show, light: None) -> PlotStack:
    made = PlotStack()
    made.show_spectrum(star.spectrum, star.prepared, star.spec)
    made.show_verdict(star.verdict, star.templates)
    made.show_explanation(star.explanation)
    show(made, width=900, height=700)
    return made


def colours(pixels: np.ndarray) -> set[tuple[int, int, int]]:
    return {tuple(int(v) for v in c) for c in np.unique(pixels.reshape(-1, 3), axis=0)}


def near(pixels: np.ndarray, name: str, *, within: int = 40) -> int:
    """How many pixels have about this colour."""
    wanted = QColor(name)
    distance = np.abs(pixels.astype(int) - [wanted.red(), wanted.green(), wanted.blue()])
    return int((distance.max(axis=-1) <= within).sum())


def in_widget(stack: PlotStack, view: Any, x: float, y: float) -> QPoint:
    """Where a place of a view is on the widget that holds it."""
    scene = view.mapViewToScene(QPointF(x, y))
    graphics = view.scene().views()[0]
    return graphics.mapFromScene(scene)


def test_curve_template_and_strips_are_painted_in_both_schemes(
    stack: PlotStack, look: Show, qapp: QApplication
) -> None:
    for scheme in ("light", "dark"):
        of = theme.apply(qapp, scheme)  # type: ignore[arg-type]
        pixels = look(stack)
        assert tuple(pixels[2, 2]) == QColor(of.surface).getRgb()[:3]
        assert near(pixels, of.curve) > 1500
        for hue in (of.branch_1, of.branch_2, of.branch_3):
            assert near(pixels, hue, within=12) > 60


def test_names_of_lines_never_overlap_at_any_zoom(stack: PlotStack) -> None:
    plot = stack.spectrum
    for low, high in ((3850, 6900), (3850, 4200), (4280, 4400), (5100, 5300), (6540, 6590)):
        plot.view.setXRange(low, high, padding=0)
        QApplication.processEvents()
        boxes = plot.scene.line_band.label_rects()
        assert boxes
        for place, box in enumerate(boxes):
            assert box.left() >= 0
            assert box.right() <= plot.scene.line_band.geometry().width() + 0.5
            assert not any(box.intersects(other) for other in boxes[place + 1 :])


def test_calcium_h_and_k_are_both_named_in_the_whole_spectrum(stack: PlotStack) -> None:
    texts = {place.text for place, _ in stack.spectrum.scene.line_band.labels()}
    assert {"Ca II K", "Ca II H", "Hβ", "Mg b", "CH G band"} <= texts


def test_lines_that_no_type_hangs_on_are_named_in_a_close_view_only(stack: PlotStack) -> None:
    band = stack.spectrum.scene.line_band
    assert "Ni I" not in {place.text for place, _ in band.labels()}
    stack.go_to(6643.6)
    QApplication.processEvents()
    assert "Ni I 6644" in {place.text for place, _ in band.labels()}


def test_zoomed_in_names_carry_wavelengths(stack: PlotStack) -> None:
    stack.go_to(4383.5)
    QApplication.processEvents()
    texts = {place.text for place, _ in stack.spectrum.scene.line_band.labels()}
    assert "Fe I 4383" in texts


def test_strips_stand_exactly_under_the_spectrum(stack: PlotStack) -> None:
    for low, high in ((3850, 6900), (4200, 4500)):
        stack.spectrum.view.setXRange(low, high, padding=0)
        QApplication.processEvents()
        for wavelength in (low + 10, 0.5 * (low + high), high - 10):
            above = in_widget(stack, stack.spectrum.view, wavelength, 1.0)
            residual = in_widget(stack, stack.spectrum.scene.residual_view, wavelength, 0.0)
            below = in_widget(stack, stack.strips.view, wavelength, 1.0)
            assert abs(above.x() - below.x()) <= 1
            assert abs(above.x() - residual.x()) <= 1


def test_zooming_a_strip_zooms_the_spectrum(stack: PlotStack) -> None:
    stack.strips.view.setXRange(4800, 4900, padding=0)
    assert stack.spectrum.view.viewRange()[0] == pytest.approx([4800, 4900], abs=0.5)


def test_strips_follow_the_spectrum_into_the_observed_frame(stack: PlotStack, star: Any) -> None:
    stack.set_frame("observed")
    factor = stack.spectrum.display.doppler  # type: ignore[union-attr]
    assert factor > 1
    assert stack.strips.notes.doppler == factor


def test_hovering_tells_wavelength_flux_and_line(stack: PlotStack, qtbot: QtBot) -> None:
    scene = stack.spectrum.scene
    told: list[Any] = []
    stack.cursor_moved.connect(told.append)
    at = in_widget(stack, stack.spectrum.view, 4861.3, 0.8)
    qtbot.mouseMove(scene.viewport(), at)
    scene.scene().sigMouseMoved.emit(scene.mapToScene(at))
    assert told[-1].line == "Hβ"
    assert abs(told[-1].wavelength_aa - 4861.3) < 4
    assert scene.cross.isVisible()
    assert stack.strips.cross.isVisible()
    scene.scene().sigMouseMoved.emit(QPointF(1, 1))
    assert told[-1] is None
    assert not scene.cross.isVisible()


def test_hovering_a_strip_names_its_peaks_without_collisions(stack: PlotStack) -> None:
    strips = stack.strips
    at = strips.view.mapViewToScene(QPointF(4304.0, len(strips.strips) - 1.5))
    strips.graphics.scene().sigMouseMoved.emit(at)
    labels = strips.notes.labels()
    assert any(text == "CH G band" and lit for text, _, lit in labels)
    boxes = [box for _, box, _ in labels]
    assert not any(a.intersects(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])
    assert stack.spectrum.scene.cross.isVisible()


def test_clicking_a_strip_tints_the_spectrum_in_its_hue(
    stack: PlotStack, look: Show, qtbot: QtBot
) -> None:
    before = look(stack)
    at = in_widget(stack, stack.strips.view, 6200.0, len(stack.strips.strips) - 2.5)
    with qtbot.waitSignal(stack.strip_selected) as told:
        qtbot.mouseClick(stack.strips.graphics.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.wait(10)
    assert told.args == [2]
    after = look(stack)
    top = stack.spectrum.mapTo(stack, QPoint(0, 0)).y() + 60
    column = stack.spectrum.mapTo(
        stack, in_widget(stack, stack.spectrum.view, 4305.0, 1.0)
    ).x() - 12  # fmt: skip
    assert not np.array_equal(before[top, column], after[top, column])
    red, green, blue = (int(v) for v in after[top, column])
    assert green > red
    assert green > blue
    stack.select_strip(None)
    assert np.array_equal(look(stack)[top, column], before[top, column])


def test_a_strip_without_positive_evidence_says_so(star: Any, show: Show, light: None) -> None:
    strips = EvidenceStrips()
    strips.show_explanation(star.explanation)
    show(strips, width=700, height=240)
    assert strips.notes.absent == {4: NO_EVIDENCE}
    assert NO_EVIDENCE in strips.accessibleDescription()
    assert "CH G band" in strips.accessibleDescription()


def test_keys_choose_strips_zoom_and_go_home(stack: PlotStack, qtbot: QtBot) -> None:
    stack.strips.setFocus()
    qtbot.keyClick(stack.strips, Qt.Key.Key_Down)
    qtbot.keyClick(stack.strips, Qt.Key.Key_Down)
    assert stack.strips.selected == 1
    qtbot.keyClick(stack.strips, Qt.Key.Key_Escape)
    assert stack.strips.selected == -1
    plot = stack.spectrum
    plot.setFocus()
    assert plot.hasFocus()
    home = plot.view.viewRange()[0]
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    zoomed = plot.view.viewRange()[0]
    assert zoomed[1] - zoomed[0] < home[1] - home[0]
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.view.viewRange()[0][0] > zoomed[0]
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.view.viewRange()[0] == pytest.approx(home)


def test_a_double_click_goes_home(stack: PlotStack, qtbot: QtBot) -> None:
    home = stack.spectrum.view.viewRange()
    stack.zoom(5)
    stack.spectrum.view.setYRange(0.9, 0.95)
    viewport = stack.spectrum.scene.viewport()
    at = in_widget(stack, stack.spectrum.view, *stack.spectrum.view.viewRect().center().toTuple())
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()
    assert np.allclose(stack.spectrum.view.viewRange(), home)


def test_home_again_shows_the_spikes_too_and_once_more_leaves_them_out(
    star: Any, show: Show, light: None
) -> None:
    flux = star.spectrum.flux.copy()
    flux[700] = 40.0 * np.median(flux)
    plot = show(SpectrumPlot(), width=900, height=420)
    plot.set_scale("flux")
    plot.show_spectrum(star.spectrum.changed(flux=flux), None)
    home, tip = plot.view.viewRange(), plot._display.flux.max()
    assert home[1][1] < tip
    plot.home()
    assert plot.view.viewRange()[1][1] > tip
    plot.home()
    assert np.allclose(plot.view.viewRange(), home)


def test_the_flux_fits_what_is_in_view(stack: PlotStack) -> None:
    plot = stack.spectrum
    plot.go_to(5600.0, width_aa=60.0)
    before = plot.view.viewRange()
    stack.fit_flux()
    (low, high), (bottom, top) = plot.view.viewRange()
    assert (low, high) == pytest.approx(tuple(before[0]))
    assert top - bottom < before[1][1] - before[1][0]
    display = plot._display
    inside = (display.wavelength_aa >= low) & (display.wavelength_aa <= high)
    seen = display.flux[inside & ~display.bad]
    assert np.mean((seen >= bottom) & (seen <= top)) > 0.98


def test_the_view_cannot_lose_its_spectrum(stack: PlotStack) -> None:
    for _ in range(80):
        stack.pan(1.0)
    low, high = stack.spectrum.view.viewRange()[0]
    assert low < 6900 + 0.5 * 3050
    for _ in range(80):
        stack.zoom(0.5)
    low, high = stack.spectrum.view.viewRange()[0]
    assert high - low <= 2 * 3050 + 1


def test_a_zoom_stays_when_the_same_spectrum_is_typed_and_goes_home_for_another(
    stack: PlotStack, star: Any
) -> None:
    stack.spectrum.view.setXRange(4800, 4900, padding=0)
    stack.show_spectrum(star.spectrum, star.prepared, star.spec)
    assert stack.spectrum.view.viewRange()[0] == pytest.approx([4800, 4900])
    stack.set_scale("flux")
    assert stack.spectrum.view.viewRange()[0] == pytest.approx([4800, 4900])
    stack.show_spectrum(star.spectrum.changed(name="another"), star.prepared, star.spec)
    assert stack.spectrum.view.viewRange()[0][1] > 6000


def test_the_residual_appears_with_the_template_only(stack: PlotStack) -> None:
    scene = stack.spectrum.scene
    assert scene.residual.isVisible()
    stack.set_template_visible(False)
    assert not scene.residual.isVisible()
    stack.set_template_visible(True)
    stack.set_scale("flux")
    assert not scene.residual.isVisible()
    stack.set_scale("normalised")
    assert scene.residual.isVisible()
    assert "G2 V" in scene.residual_left.labelText


def test_masked_pixels_are_faint_and_apart_from_the_curve(stack: PlotStack, star: Any) -> None:
    stack.set_scale("flux")
    scene = stack.spectrum.scene
    bad = star.spectrum.bad
    assert np.isnan(scene.curve.curve[1][bad]).all()
    assert np.isfinite(scene.masked.curve[1][bad]).all()


def test_toggles_tell_what_a_person_chose(stack: PlotStack, qtbot: QtBot) -> None:
    toggle = next(b for key, b in stack._toggles.items() if key == "lines")
    with qtbot.waitSignal(stack.view_changed) as told:
        toggle.click()
    assert told.args == [ViewState(lines=False)]
    assert not stack.spectrum.scene.line_band.labels()


def test_a_curve_of_nothing_but_nan_says_so(show: Show, light: None) -> None:
    plot = SpectrumPlot()
    plot.show_spectrum(Spectrum(np.linspace(4000, 5000, 50), np.full(50, np.nan)))
    show(plot)
    assert plot.note.isVisible()
    assert plot.note.text() == NO_PIXELS
    plot.home()
    plot.show_cursor(4500.0)


@pytest.mark.parametrize("flux", [[1.0, 2.0], [0.0, 0.0], [np.nan, 1.0], [1e300, -1e300]])
def test_two_points_survive(flux: list[float], show: Show, light: None) -> None:
    plot = SpectrumPlot()
    plot.show_spectrum(Spectrum(np.array([4000.0, 5000.0]), np.array(flux)))
    show(plot)
    low, high = plot.view.viewRange()[0]
    assert low == pytest.approx(4000.0)
    assert high == pytest.approx(5000.0)
    plot.show_cursor(4100.0)


def test_a_million_points_are_reduced_to_the_screen(show: Show, light: None) -> None:
    n = 1_000_000
    rng = np.random.default_rng(2)
    wavelength = np.geomspace(3000.0, 10000.0, n)
    plot = SpectrumPlot()
    plot.show_spectrum(Spectrum(wavelength, rng.normal(1, 0.1, n), np.full(n, 0.1)))
    show(plot, width=900, height=400)
    drawn_x, _ = plot.scene.curve.getData()
    assert 500 < drawn_x.size < 4000
    plot.go_to(5000.0, width_aa=0.5)
    drawn_x, _ = plot.scene.curve.getData()
    assert drawn_x.min() <= 4999.75
    assert drawn_x.max() >= 5000.25


def test_a_spike_does_not_flatten_the_spectrum(star: Any, show: Show, light: None) -> None:
    flux = star.spectrum.flux.copy()
    flux[1234] = 1e3
    plot = SpectrumPlot()
    plot.show_spectrum(star.spectrum.changed(flux=flux))
    show(plot)
    low, high = plot.view.viewRange()[1]
    assert high - low < 10


def test_long_names_do_not_widen_the_plot(star: Any, show: Show, light: None) -> None:
    plot = SpectrumPlot()
    plot.show_spectrum(star.spectrum.changed(name="x" * 200, flux_unit="y" * 200))
    show(plot, width=500, height=300)
    assert plot.minimumSizeHint().width() < 500
    assert "x" * 200 in plot.accessibleDescription()


def test_nothing_shown_is_calm(show: Show, light: None, look: Show) -> None:
    made = PlotStack()
    show(made, width=600, height=400)
    made.show_spectrum(None)
    made.show_explaining()
    made.show_explanation(None)
    assert not made.strips.isVisible()
    assert len(colours(look(made, QRectF(150, 100, 300, 200)))) <= 3
    assert made.spectrum.accessibleDescription() == "No spectrum is shown."


def test_until_prepared_there_is_no_choice_of_scale_or_frame(
    star: Any, show: Show, light: None
) -> None:
    made = PlotStack()
    made.show_spectrum(star.spectrum)
    show(made, width=700, height=400)
    assert not made._scale.isEnabled()
    made.show_spectrum(star.spectrum, star.prepared, star.spec)
    assert made._scale.isEnabled()
    assert made._frame.isEnabled()


def test_waiting_keeps_the_place_of_the_strips(stack: PlotStack) -> None:
    before = stack.strips.height()
    stack.show_explaining()
    assert stack.strips.height() == before
    assert stack.strips.notes.absent == {0: "Looking for the evidence…"}
    assert not stack.strips.strips


def test_a_low_plot_gives_the_residual_less_room(stack: PlotStack) -> None:
    stack.resize(900, 420)
    QApplication.processEvents()
    low = stack.spectrum.scene.residual.boundingRect().height()
    stack.resize(900, 1100)
    QApplication.processEvents()
    assert low < stack.spectrum.scene.residual.boundingRect().height() <= 84


def test_the_cross_hair_names_only_lines_of_the_class(stack: PlotStack) -> None:
    told: list[Any] = []
    stack.cursor_moved.connect(told.append)
    stack.spectrum.show_cursor(4634.1)
    assert told[-1].line == ""
    stack.spectrum.set_letter("O")
    stack.spectrum.show_cursor(4634.1)
    assert told[-1].line == "N III 4634"
