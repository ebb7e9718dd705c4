"""The table of evidence: peaks, the lines that they lie on, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from spectra_gui.data import LineMatch
from spectra_gui.window.panels.evidence_table import EvidenceTable

Show = Callable[..., Any]


def cells(panel: EvidenceTable) -> list[list[str]]:
    model = panel.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_peaks_on_one_line_stand_in_one_row(star: Any, show: Show, light: None) -> None:
    panel = show(EvidenceTable(), width=360, height=400)
    panel.show_explanation(star.explanation)
    lines = [row[0] for row in cells(panel)]
    assert lines.count("CH G band") == 1
    assert lines[0] == "CH G band"
    assert cells(panel)[0][1].strip() == "4305"
    assert cells(panel)[0][3] == "strong"
    assert len(panel.model.rows[0].strips) == 3


def test_a_peak_on_no_line_says_so_beside_its_wavelength(
    star: Any, show: Show, light: None
) -> None:
    peak = LineMatch(4344.2, 0.9, "", float("nan"))
    strip = replace(star.explanation.strips[0], peaks=(peak,))
    panel = show(EvidenceTable(), width=360, height=200)
    panel.show_explanation(replace(star.explanation, strips=(strip,)))
    row = cells(panel)[0]
    assert [row[0], row[1].strip()] == ["no line listed", "4344"]
    tip = panel.model.data(panel.model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "4344.2 Å; the line list has nothing there" in tip


def test_the_columns_of_the_evidence_stay_together_on_a_wide_window(
    star: Any, show: Show, light: None
) -> None:
    panel = show(EvidenceTable(), width=1100, height=400)
    panel.show_explanation(star.explanation)
    assert panel.table.columnViewportPosition(3) < 380


def test_choosing_a_peak_goes_to_its_wavelength_and_strip(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(EvidenceTable(), width=360, height=400)
    panel.show_explanation(star.explanation)
    row = next(i for i, cell in enumerate(cells(panel)) if cell[0] == "Hβ")
    at = panel.table.visualRect(panel.model.index(row, 0)).center()
    went: list[float] = []
    chosen: list[int] = []
    panel.peak_activated.connect(went.append)
    panel.strip_selected.connect(chosen.append)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert went == [pytest.approx(4861.7, abs=0.1)]
    assert chosen == [0]


def test_without_peaks_the_table_says_so(star: Any, show: Show, light: None) -> None:
    panel = show(EvidenceTable(), width=360, height=200)
    panel.show_explanation(replace(star.explanation, strips=star.explanation.strips[-1:]))
    assert panel.note.text() == "No positive evidence"
    assert not panel.table.isVisible()
    panel.show_waiting("Looking for the evidence…")
    assert panel.note.isVisible()
    panel.show_explanation(star.explanation)
    assert panel.table.isVisible()
    assert "only peaks that the networks share are listed" in panel.note.text()


def test_the_heading_says_what_was_asked(star: Any, show: Show, light: None) -> None:
    panel = show(EvidenceTable(), width=360, height=400)
    panel.show_explanation(replace(star.explanation, target_text="luminosity class V"))
    assert panel.heading.text() == "Evidence for luminosity class V"
    panel.show_waiting("Waiting for the model")
    assert panel.heading.text() == "Evidence"
