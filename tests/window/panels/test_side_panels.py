"""The panels beside the plots: what they say, what a person can do, and that long words fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from spectra_gui.data import Alternative, LineMatch, MemberOpinion, Override, ReadError
from spectra_gui.window import theme
from spectra_gui.window.panels.alternatives import Alternatives
from spectra_gui.window.panels.answer_header import AnswerHeader
from spectra_gui.window.panels.choices import BadChoiceError, with_choice
from spectra_gui.window.panels.empty_state import EmptyState
from spectra_gui.window.panels.evidence_table import EvidenceTable
from spectra_gui.window.panels.how_read import HowRead
from spectra_gui.window.panels.members import Members, same_box
from spectra_gui.window.panels.notice_bar import NoticeBar
from spectra_gui.window.panels.second_opinion import SecondOpinion
from spectra_gui.window.panels.section import ElidedWords
from spectra_gui.window.panels.words import fact_words, percent, velocity_words
from spectra_gui.window.plots.stack import PlotStack

Show = Callable[..., Any]


def said(widget: QWidget) -> str:
    """Everything that a panel shows as words."""
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


# -- the answer ------------------------------------------------------------------------------------


def pieces(header: AnswerHeader) -> list[str]:
    return [piece.text for piece in header.line.pieces]


def test_the_answer_is_said_in_one_line(star: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", star.verdict)
    assert pieces(header) == ["G2 V", "92 %", "G0–G4, IV–V"]
    assert header.state_word.text() == "accept"
    assert "HD 10307" in header.facts.toolTip() or "HD 10307" in header.facts.text()
    assert not header.reasons.isVisible()


def test_caution_says_why(doubted: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", doubted)
    assert header.state_word.text() == "caution"
    assert "S/N 11 is low" in header.reasons.text()
    assert header.reasons.isVisible()


def test_a_refused_type_is_withheld(refused: Any, show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_verdict("cut.fits", refused)
    assert not any("G2" in piece or "%" in piece for piece in pieces(header))
    assert "blue end" in header.reasons.text()
    assert "G2" not in header.accessibleDescription()


def test_what_a_person_says_stands_beside_the_answer(
    star: Any, refused: Any, show: Show, light: None
) -> None:
    header = show(AnswerHeader())
    header.show_verdict("HD 10307", star.verdict, label="G3 V")
    assert "you say G3 V" in pieces(header)
    header.show_verdict("HD 10307", refused, label="G3 V")
    assert "you say G3 V" in pieces(header)


def test_an_unreadable_file_says_so_and_why_to_a_screen_reader(show: Show, light: None) -> None:
    header = show(AnswerHeader())
    header.show_unreadable(
        "broken.fits", ReadError("truncated", "The file ends early.", "Copy it again.")
    )
    assert pieces(header) == ["Not read"]
    assert header.state_word.text() == "unreadable"
    assert "The file ends early. Copy it again." in header.accessibleDescription()


def test_in_the_place_of_the_plots_the_reason_is_told_whole(
    star: Any, show: Show, look: Show, light: None
) -> None:
    stack = show(PlotStack(), width=700, height=500)
    advice = "Save the spectrum as FITS, or as text with one wavelength and one flux in each line."
    stack.show_nothing("broken.fits is of no format that is known here.", advice)
    assert not stack.spectrum.isVisible()
    assert advice in said(stack)
    words = stack.absence.advice
    QApplication.processEvents()
    assert words.height() >= words.heightForWidth(words.width()) > words.fontMetrics().height()
    ground = np.array(QColor(theme.current().surface).getRgb()[:3])
    assert (look(stack.absence) != ground).any(axis=2).mean() > 0.002
    stack.show_spectrum(star.spectrum)
    assert stack.spectrum.isVisible()
    assert not stack.absence.isVisible()


def test_a_name_of_200_characters_is_shortened_in_its_middle(
    star: Any, show: Show, light: None, look: Show
) -> None:
    header = AnswerHeader()
    header.show_verdict("spec-" + "x" * 190 + ".fits", star.verdict)
    show(header, width=400, height=120)
    assert header.minimumSizeHint().width() < 400
    assert "…" in header.facts.shown
    assert header.facts.shown.endswith("100 %")
    assert "x" * 190 in header.facts.toolTip()


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.923, "92 %"), (0.9996, "> 99 %"), (0.0004, "< 1 %"), (0.0, "0 %"), (1.0, "100 %")],
)
def test_percent_never_claims_the_ends(share: float, words: str) -> None:
    assert percent(share) == words


def test_velocities_have_as_many_digits_as_their_error_allows() -> None:
    assert velocity_words(-4.21, 1.13, "measured") == "RV \N{MINUS SIGN}4.2 ± 1.1 km/s"
    assert velocity_words(143.7, 22.4, "measured") == "RV +144 ± 22 km/s"
    assert velocity_words(4.2, None, "header") == "RV +4 km/s (header)"
    assert velocity_words(None, None, "none") == ""


def test_facts_leave_out_what_is_not_known(star: Any) -> None:
    verdict = replace(star.verdict, snr=None, rv_kms=None, rv_origin="none")
    assert fact_words("a star", verdict) == "a star  ·  covers 100 %"


# -- alternatives, members, opinions ---------------------------------------------------------------


def test_the_answer_leads_the_alternatives_and_enter_takes_one(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(Alternatives(), width=320, height=220)
    panel.show_verdict(star.verdict)
    assert panel.bars.rows[0] == Alternative("G2 V", 0.92)
    panel.bars.setFocus()
    qtbot.keyClick(panel.bars, Qt.Key.Key_Down)
    qtbot.keyClick(panel.bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.alternative_chosen) as told:
        qtbot.keyClick(panel.bars, Qt.Key.Key_Return)
    assert told.args == ["G2 IV"]


def test_a_double_click_takes_an_alternative(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(Alternatives(), width=320, height=220)
    panel.show_verdict(star.verdict)
    at = QPoint(20, round(2.5 * panel.bars.row_px))
    with qtbot.waitSignal(panel.alternative_chosen) as told:
        qtbot.mouseDClick(panel.bars, Qt.MouseButton.LeftButton, pos=at)
    assert told.args == ["F9 V"]


def test_a_refused_spectrum_has_no_alternatives_and_no_members(
    refused: Any, show: Show, light: None
) -> None:
    panel, members = show(Alternatives()), show(Members())
    panel.show_verdict(refused)
    members.show_verdict(refused)
    assert panel.is_empty
    assert members.is_empty
    assert said(members).split() == ["Members"]


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("G2 V", "G5 V", True),
        ("G2 IV-V", "G3 IV", True),
        ("G2 V", "G2 III", False),
        ("G2 V", "–", False),
    ],
)
def test_types_agree_in_letter_and_class(first: str, second: str, agree: bool) -> None:
    assert same_box(first, second) == agree


def test_members_stand_by_their_kind_and_those_that_disagree_in_another_colour(
    star: Any, show: Show, light: None
) -> None:
    members = show(Members(), width=270, height=160)
    opinions = (
        *(MemberOpinion(f"three-branch-{i}", "three_branch", "G2 V", 0.9) for i in range(1, 4)),
        MemberOpinion("residual-1", "residual", "K0.5 III", 0.684),
    )
    members.show_verdict(replace(star.verdict, members=opinions))
    assert said(members).split("\n") == [
        "Members", "3 of 4 agree", "three-branch", "G2 V", "G2 V", "G2 V", "residual", "K0.5 III",
    ]  # fmt: skip
    other = next(w for w in members.findChildren(ElidedWords) if w.text() == "K0.5 III")
    assert other.palette().windowText().color().name() == theme.current().caution
    assert other.shown == "K0.5 III"
    assert other.toolTip() == "residual-1: K0.5 III, 68 %"


def test_the_second_opinion_names_template_and_header(
    star: Any, show: Show, refused: Any, light: None
) -> None:
    panel = show(SecondOpinion())
    panel.show_verdict(star.verdict, spectrum=star.spectrum, templates=star.templates)
    assert panel.facts.rows == (
        ("nearest class mean", "G2 V", "18 stars"),
        ("header says", "G1.5V", ""),
    )
    panel.show_verdict(refused, spectrum=star.spectrum, templates=star.templates)
    assert [row[0] for row in panel.facts.rows] == ["header says"]
    panel.show_verdict(None)
    assert panel.is_empty


def test_in_a_narrow_column_the_opinion_is_told_whole(star: Any, show: Show, light: None) -> None:
    panel = show(SecondOpinion(), width=256, height=90)
    verdict = replace(star.verdict, template="K0 III")
    panel.show_verdict(verdict, templates=star.templates)
    QApplication.processEvents()
    shown = [words.shown for words in panel.findChildren(ElidedWords) if words.isVisible()]
    assert shown == ["K0 III", "22 stars"]


# -- how it was read -------------------------------------------------------------------------------


def test_every_decision_is_told_and_assumptions_are_marked(
    star: Any, show: Show, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading, star.prepared)
    words = said(panel)
    for word in ("Format", "Medium", "Frame", "Uncertainty", "two resolutions"):
        assert word in words
    assert words.count("assumed") == 2
    assert "moved to rest by +4.2 ± 1.1 km/s" in words


def test_choosing_another_medium_asks_for_a_new_reading(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    combo = panel.fields["medium"].field
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "air (as read)"
    with qtbot.waitSignal(panel.override_changed) as told:
        combo.activated.emit(combo.findData("vacuum"))
    assert told.args == [Override(medium="vacuum")]


def test_choosing_as_read_takes_the_override_back(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    chosen = Override(medium="vacuum", velocity_kms=12.5)
    panel.show_reading(replace(star.reading, override=chosen))
    combo, edit = panel.fields["medium"].field, panel.fields["velocity_kms"].field
    assert isinstance(combo, QComboBox)
    assert isinstance(edit, QLineEdit)
    assert combo.currentText() == "vacuum"
    assert edit.text() == "12.5"
    assert "yours" in said(panel)
    with qtbot.waitSignal(panel.override_changed) as told:
        combo.activated.emit(0)
    assert told.args == [Override(velocity_kms=12.5)]


def test_a_velocity_is_typed_and_nonsense_is_explained_and_not_sent(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    QApplication.processEvents()
    field = panel.fields["velocity_kms"]
    sent: list[Any] = []
    panel.override_changed.connect(sent.append)
    qtbot.keyClicks(field.field, "fast")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert sent == []
    assert "not a number" in field.complaint.text()
    assert field.complaint.isVisible()
    field.field.selectAll()
    qtbot.keyClicks(field.field, "-33.1")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert sent == [Override(velocity_kms=-33.1)]
    assert not field.complaint.isVisible()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("rows", "0-2, 5", (0, 1, 2, 5)),
        ("columns", "WAVE, FLUX", ("WAVE", "FLUX")),
        ("skip_rows", "3", 3),
        ("hdu", "SCI", "SCI"),
        ("fwhm_aa", "2,5", 2.5),
        ("medium", "", None),
    ],
)
def test_text_becomes_a_value(key: str, text: str, value: object) -> None:
    assert getattr(with_choice(Override(), key, text), key) == value


@pytest.mark.parametrize(
    ("key", "text"), [("rows", "a-b"), ("fwhm_aa", "0"), ("velocity_kms", "x"), ("skip_rows", "-1")]
)
def test_text_that_is_no_value_is_refused_in_words(key: str, text: str) -> None:
    with pytest.raises(BadChoiceError) as error:
        with_choice(Override(), key, text)
    assert len(str(error.value)) > 15


def test_a_wheel_over_the_panel_changes_nothing(star: Any, show: Show, light: None) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    combo = panel.fields["medium"].field
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), none,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, event)
    assert combo.currentText() == "air (as read)"


# -- evidence --------------------------------------------------------------------------------------


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
    assert not panel.note.isVisible()


# -- notices and emptiness -------------------------------------------------------------------------


def test_a_notice_offers_its_action_and_goes(show: Show, qtbot: QtBot, light: None) -> None:
    holder = QWidget()
    bar = NoticeBar()
    QVBoxLayout(holder).addWidget(bar)
    show(holder, width=600, height=200)
    assert not bar.isVisible()
    bar.show_notice("broken.fits ends early.", kind="error", action="Show the file", key="broken")
    assert bar.isVisible()
    with qtbot.waitSignal(bar.action_triggered) as told:
        bar.action.click()
    assert told.args == ["broken"]
    assert not bar.isVisible()


def test_the_newest_notice_is_on_top_and_the_older_come_back(
    show: Show, qtbot: QtBot, light: None
) -> None:
    holder = QWidget()
    bar = NoticeBar()
    QVBoxLayout(holder).addWidget(bar)
    show(holder, width=600, height=200)
    bar.show_notice("First", key="a")
    bar.show_notice("Second", key="b")
    bar.show_notice("Second, once more", key="b")
    assert bar.words.text() == "Second, once more"
    assert bar.more.text() == "and 1 more"
    with qtbot.waitSignal(bar.dismissed) as told:
        bar.close_button.click()
    assert told.args == ["b"]
    assert bar.words.text() == "First"
    bar.withdraw("a")
    assert not bar.isVisible()


def test_the_bar_slides_in_and_ends_at_its_full_height(
    show: Show, qtbot: QtBot, light: None
) -> None:
    holder = QWidget()
    bar = NoticeBar()
    layout = QVBoxLayout(holder)
    layout.addWidget(bar)
    layout.addStretch(1)
    show(holder, width=600, height=200)
    bar.show_notice("Something happened.", action="Undo")
    qtbot.waitUntil(lambda: bar.height() >= 36 and bar.maximumHeight() > 1000, timeout=3000)


def test_the_empty_window_offers_two_ways_to_begin(show: Show, qtbot: QtBot, light: None) -> None:
    empty = show(EmptyState(), width=700, height=500)
    with qtbot.waitSignal(empty.examples_requested):
        qtbot.mouseClick(empty.examples, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(empty.open_requested):
        qtbot.mouseClick(empty.open, Qt.MouseButton.LeftButton)
    assert "Drop spectra here" in said(empty)


def test_dragging_over_the_empty_window_shows_where_to_drop(
    show: Show, look: Show, light: None
) -> None:
    empty = show(EmptyState(), width=700, height=500)
    before = look(empty)
    empty.set_drag_active(True)
    assert (look(empty) != before).any(axis=2).mean() > 0.2
    empty.set_drag_active(False)
    assert (look(empty) == before).all()
