"""The MK map: the ring stands on the answer, hover names boxes, refusal shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spectra_gui.window import theme
from spectra_gui.window.plots.contours import segments, smooth_segments
from spectra_gui.window.plots.mk_map import MKMap
from spectra_gui.window.plots.probability_map import nice_ceiling, probability_image

Show = Callable[..., Any]


@pytest.fixture
def mk_map(star: Any, show: Show, light: None) -> MKMap:
    made = MKMap()
    made.show_verdict(star.verdict)
    show(made, width=360, height=330)
    return made


@pytest.mark.parametrize("view", ["letters", "subtypes"])
def test_the_ring_stands_in_the_box_of_the_answer(mk_map: MKMap, view: Any, star: Any) -> None:
    mk_map.set_view(view)
    centre = mk_map.canvas.ring_centre()
    assert centre is not None
    row, column = (4, 4) if view == "letters" else (42, 4)
    assert mk_map.canvas.cell_rect(row, column).contains(centre)
    assert mk_map.canvas.cell_at(centre) == (row, column)
    assert star.verdict.type == "G2 V"


def test_o_is_left_of_m_and_class_one_above_five(mk_map: MKMap) -> None:
    canvas = mk_map.canvas
    assert canvas.cell_rect(0, 0).left() < canvas.cell_rect(6, 0).left()
    assert canvas.cell_rect(0, 0).top() < canvas.cell_rect(0, 4).top()


def test_letters_add_up_the_subtypes(mk_map: MKMap, star: Any) -> None:
    letters = mk_map.canvas.grid
    assert letters.shape == (7, 6)
    assert letters.sum() == pytest.approx(1.0, abs=1e-5)
    mk_map.set_view("subtypes")
    assert np.allclose(mk_map.canvas.grid, star.verdict.probabilities)


def test_hover_says_type_and_probability(mk_map: MKMap, qtbot: QtBot) -> None:
    canvas = mk_map.canvas
    qtbot.mouseMove(canvas, canvas.cell_rect(4, 4).center().toPoint())
    assert canvas.toolTip() == canvas.cell_words(4, 4)
    assert canvas.toolTip().startswith("G V · 8")
    mk_map.set_view("subtypes")
    assert canvas.cell_words(42, 4).startswith("G2 V · ")


def test_unused_and_untrained_boxes_are_hatched_and_explained(mk_map: MKMap) -> None:
    trained = np.ones((70, 6), bool)
    trained[30:40, 5] = False
    mk_map.set_trained_cells(trained)
    mk_map.set_view("subtypes")
    hatched = mk_map.canvas.hatched()
    assert hatched[[0, 1, 58, 59]].all()
    assert hatched[30:40, 5].all()
    assert not hatched[42, 4]
    assert "does not use K8" in mk_map.canvas.cell_words(58, 4)
    assert "no training stars" in mk_map.canvas.cell_words(33, 5)
    mk_map.set_view("letters")
    assert mk_map.canvas.hatched()[3, 5]
    assert not mk_map.canvas.hatched()[5].any()


def test_a_click_names_a_box_of_the_fine_grid(mk_map: MKMap, qtbot: QtBot) -> None:
    canvas = mk_map.canvas
    with qtbot.waitSignal(mk_map.cell_clicked) as told:
        at = canvas.cell_rect(4, 4).center().toPoint()
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert told.args == [42, 4]


def test_keys_walk_the_boxes(mk_map: MKMap, qtbot: QtBot) -> None:
    canvas = mk_map.canvas
    canvas.setFocus()
    assert canvas.hasFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    with qtbot.waitSignal(mk_map.cell_clicked) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args is not None
    assert told.args[0] // 10 == 5
    assert told.args[1] == 3


def test_a_refused_spectrum_shows_no_probabilities(mk_map: MKMap, refused: Any) -> None:
    mk_map.show_verdict(refused)
    assert mk_map.canvas.told is None
    assert mk_map.canvas.ring_centre() is None
    assert not mk_map.canvas.grid.any()
    assert "No type" in mk_map.canvas.accessibleDescription()


def test_the_map_can_be_read_without_seeing_it(mk_map: MKMap) -> None:
    words = mk_map.canvas.accessibleDescription()
    assert words.startswith("Answer G2 V. Most probable boxes: G V 8")


def test_zero_is_the_background_and_the_answer_stands_out_in_both_schemes(
    mk_map: MKMap, look: Show, qapp: QApplication
) -> None:
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme)  # type: ignore[arg-type]
        pixels = look(mk_map.canvas).astype(int)
        ground = theme.color("surface")
        empty, full = (
            mk_map.canvas.cell_rect(*cell).topLeft().toPoint() for cell in ((1, 1), (4, 4))
        )
        at_empty = pixels[empty.y() + 6, empty.x() + 6]
        at_full = pixels[full.y() + 4, full.x() + 4]
        assert at_empty.tolist() == [ground.red(), ground.green(), ground.blue()]
        assert np.abs(at_full - at_empty).sum() > 200


def test_the_map_fades_from_transparent_evenly() -> None:
    ramp = np.linspace(0, 1, 50)[:, None] ** 2
    image = probability_image(ramp, top=1.0)
    alphas = [image.pixelColor(x, 0).alphaF() for x in range(50)]
    assert alphas[0] == 0
    assert alphas[-1] == 1
    assert alphas == sorted(alphas)


@pytest.mark.parametrize(("peak", "top"), [(0.013, 0.02), (0.18, 0.2), (0.31, 0.5), (0.93, 1.0)])
def test_the_colour_bar_ends_at_a_round_number(peak: float, top: float) -> None:
    assert nice_ceiling(peak) == top


def test_a_contour_of_a_cone_is_a_circle() -> None:
    x, y = np.mgrid[0:41, 0:41]
    found = segments(20.0 - np.hypot(x - 20, y - 20), 10.0)
    radius = np.hypot(found[:, [0, 2]] - 20, found[:, [1, 3]] - 20)
    assert np.allclose(radius, 10.0, atol=0.15)
    length = np.hypot(found[:, 0] - found[:, 2], found[:, 1] - found[:, 3]).sum()
    assert length == pytest.approx(2 * np.pi * 10, rel=0.02)


def test_contours_enclose_the_box_that_they_are_of() -> None:
    grid = np.zeros((7, 6))
    grid[4, 4] = 1.0
    (line,) = smooth_segments(grid, shares=(0.4,))
    assert line[:, [0, 2]].mean() == pytest.approx(4.5, abs=0.05)
    assert line[:, [1, 3]].mean() == pytest.approx(4.5, abs=0.05)
    assert smooth_segments(np.zeros((7, 6)), shares=(0.1,))[0].shape == (0, 4)
