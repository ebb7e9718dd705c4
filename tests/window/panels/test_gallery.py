"""Every panel paints something in both schemes; the pictures are kept for a look.

``pytest tests/window/panels/test_gallery.py --basetemp=FOLDER`` leaves them under FOLDER.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.window import theme
from spectra_gui.window.panels.alternatives import Alternatives
from spectra_gui.window.panels.answer_header import AnswerHeader
from spectra_gui.window.panels.empty_state import EmptyState
from spectra_gui.window.panels.evidence_table import EvidenceTable
from spectra_gui.window.panels.how_read import HowRead
from spectra_gui.window.panels.members import Members
from spectra_gui.window.panels.second_opinion import SecondOpinion
from spectra_gui.window.panels.skeleton import Skeleton
from spectra_gui.window.panels.state_icon import STATE_WORDS, paint_state, state_icon
from spectra_gui.window.plots.mk_map import MKMap
from spectra_gui.window.plots.stack import PlotStack


def filled(star: Any) -> Mapping[str, QWidget]:
    """One of each panel, showing the made-up star."""
    header, stack, mk_map = AnswerHeader(), PlotStack(), MKMap()
    header.show_verdict("HD 10307", star.verdict)
    stack.show_spectrum(star.spectrum, star.prepared, star.spec)
    stack.show_verdict(star.verdict, star.templates)
    stack.show_explanation(star.explanation)
    stack.select_strip(2)
    mk_map.show_verdict(star.verdict)
    alternatives, members, opinion = Alternatives(), Members(), SecondOpinion()
    alternatives.show_verdict(star.verdict)
    members.show_verdict(star.verdict)
    opinion.show_verdict(star.verdict, spectrum=star.spectrum, templates=star.templates)
    how_read, table = HowRead(), EvidenceTable()
    how_read.show_reading(star.reading, star.prepared)
    table.show_explanation(star.explanation)
    return {
        "header": header, "stack": stack, "map": mk_map, "alternatives": alternatives,
        "members": members, "opinion": opinion, "how_read": how_read, "evidence": table,
        "empty": EmptyState(), "skeleton": Skeleton(),
    }  # fmt: skip


def test_every_panel_paints_in_both_schemes(
    star: Any, scheme: str, show: Callable[..., QWidget], look: Callable[..., Any], tmp_path: Path
) -> None:
    for name, panel in filled(star).items():
        show(panel, width=900 if name == "stack" else 360, height=620)
        pixels = look(panel)
        panel.grab().save(str(tmp_path / f"{name}-{scheme}.png"))
        ground = np.array(QColor(theme.current().surface).getRgb()[:3])
        marked = (np.abs(pixels.astype(int) - ground).sum(axis=2) > 40).mean()
        assert marked > 0.004, f"{name} is empty in {scheme}"


@pytest.mark.parametrize("state", list(STATE_WORDS))
def test_states_differ_by_shape_not_only_by_colour(state: str, light: None) -> None:
    shapes = {}
    for other in ("accept", "caution", "refuse", "unreadable", "typing"):
        pixmap = QPixmap(32, 32)
        pixmap.fill(theme.color("surface"))
        painter = QPainter(pixmap)
        paint_state(painter, QRectF(0, 0, 32, 32), other)
        painter.end()
        image = pixmap.toImage()
        grey = [image.pixelColor(x, y).lightnessF() < 0.8 for x in range(32) for y in range(32)]
        shapes[other] = tuple(grey)
    assert len(set(shapes.values())) == len(shapes)
    assert not state_icon(state).isNull()


def test_after_panels_are_gone_a_new_scheme_repaints_those_that_are_left(
    star: Any,
    qapp: QApplication,
    qtbot: QtBot,
    show: Callable[..., QWidget],
    look: Callable[..., Any],
    light: None,
) -> None:
    panels = filled(star)
    gone = [weakref.ref(panel) for panel in panels.values()]
    for panel in panels.values():
        panel.deleteLater()
    del panel, panels
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [one() for one in gone if one() is not None] == []
    left = show(AnswerHeader(), width=300, height=120)
    with qtbot.captureExceptions() as failures:
        theme.apply(qapp, "dark")
        ground = look(left)[-1, -1]
        theme.apply(qapp, "light")
    assert failures == []
    assert QColor(*(int(part) for part in ground)).name() == theme.DARK.surface
