"""Alternatives, members and the second opinion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from spectra_gui.data import Alternative, MemberOpinion
from spectra_gui.data.opinion import Neighbour, Seen
from spectra_gui.data.opinion import SecondOpinion as Opinion
from spectra_gui.window import theme
from spectra_gui.window.panels.alternatives import Alternatives
from spectra_gui.window.panels.answer_header import AnswerHeader
from spectra_gui.window.panels.members import Members, same_box
from spectra_gui.window.panels.second_opinion import SecondOpinion, differences
from spectra_gui.window.panels.section import ElidedWords
from tests.window.panels.said import said

Show = Callable[..., Any]


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


STARS = (Neighbour("HD 31128", "F3/F5Vw", 0.42), Neighbour("HD 147379B", "G2IV-V", 0.77))
MEANS = (Neighbour("G2 V", "G2 V", 0.5), Neighbour("G0 V", "G0 V", 0.61))


def test_the_nearest_stars_stand_with_their_types_and_distances(
    star: Any, show: Show, light: None
) -> None:
    panel = show(SecondOpinion(), width=272, height=240)
    opinion = Opinion("G3 V", 0.72, (), STARS, MEANS)
    panel.show_verdict(replace(star.verdict, second_opinion=opinion), templates=star.templates)
    assert panel.facts.rows[0] == ("stars like it", "G3 V", "72 % agree")
    assert panel.stars.rows == (("HD 31128", "F3/F5Vw", 0.42), ("HD 147379B", "G2IV-V", 0.77))
    assert panel.means.rows[0] == ("G2 V", "18 stars", 0.5)
    assert panel.differing.text() == ""
    assert "HD 31128 F3/F5Vw, distance 0.4" in panel.accessibleDescription()


def test_a_second_opinion_that_differs_says_so_in_words(star: Any, show: Show, light: None) -> None:
    panel = show(SecondOpinion(), width=272, height=240)
    opinion = Opinion("K0 III", 0.1, ("letter", "class"), STARS, MEANS)
    panel.show_verdict(replace(star.verdict, second_opinion=opinion))
    assert panel.differing.text() == "differs in letter and class"
    assert panel.facts.rows[0] == ("stars like it", "K0 III", "only 10 % agree")
    assert panel.accessibleDescription().startswith("differs in letter and class")


def test_a_spectrum_far_from_all_stars_has_no_type_by_them(
    star: Any, show: Show, light: None
) -> None:
    panel = show(SecondOpinion())
    verdict = replace(star.verdict, second_opinion=Opinion("", None, (), STARS, MEANS))
    panel.show_verdict(verdict)
    assert panel.facts.rows[0] == ("stars like it", "none", "too far from all")


def test_a_training_star_is_marked_also_where_its_type_is_withheld(
    star: Any, show: Show, refused: Any, light: None
) -> None:
    panel, header = show(SecondOpinion()), show(AnswerHeader(), width=600)
    seen = Seen("HD 31128", "name")
    for verdict in (replace(star.verdict, seen=seen), replace(refused, seen=seen)):
        panel.show_verdict(verdict)
        header.show_verdict("a", verdict)
        assert panel.seen.text().startswith("Seen in training: the networks learnt from HD 31128")
        assert "seen in training" in header.line.accessibleName()
    panel.show_verdict(star.verdict)
    header.show_verdict("a", star.verdict)
    assert panel.seen.isHidden()
    assert "seen" not in header.line.accessibleName()


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ("G1.5V", ()), ("G2", ()), ("G0 IV-V", ()), ("K0 V", ("letter",)), ("G2 III", ("class",)),
        ("K0 III", ("letter", "class")), ("DA3", ("type",)),
    ],
)  # fmt: skip
def test_a_header_differs_in_what_it_says(said: str, differs: tuple[str, ...]) -> None:
    assert differences(said, "G2 V") == differs


def test_a_header_that_differs_is_told_in_words(star: Any, show: Show, light: None) -> None:
    panel = show(SecondOpinion())
    spectrum = star.spectrum.changed(meta={"mk_type": "K0III"})
    panel.show_verdict(replace(star.verdict, template=""), spectrum=spectrum)
    assert panel.facts.rows == (("header says", "K0III", "other type"),)


def test_a_very_long_name_leaves_type_and_distance_whole(
    star: Any, show: Show, light: None
) -> None:
    panel = show(SecondOpinion(), width=256, height=240)
    long = (Neighbour("name " * 40, "F3/F5Vw", 0.42),)
    opinion = Opinion("F3 V", 0.9, (), long, ())
    panel.show_verdict(replace(star.verdict, second_opinion=opinion))
    QApplication.processEvents()
    words = {w.accessibleName(): w for w in panel.findChildren(ElidedWords) if w.isVisible()}
    assert words["F3/F5Vw"].shown == "F3/F5Vw"
    assert "…" in words["name " * 40].shown
    assert panel.stars.width() <= 256


def test_in_a_narrow_column_the_opinion_is_told_whole(star: Any, show: Show, light: None) -> None:
    panel = show(SecondOpinion(), width=256, height=90)
    verdict = replace(star.verdict, template="K0 III")
    panel.show_verdict(verdict, templates=star.templates)
    QApplication.processEvents()
    shown = [words.shown for words in panel.findChildren(ElidedWords) if words.isVisible()]
    assert shown == ["K0 III", "22 stars"]


def test_members_of_another_ensemble_take_the_place_of_those_before(
    star: Any, show: Show, light: None
) -> None:
    members = show(Members(), width=270, height=160)
    members.show_verdict(star.verdict)
    alone = (MemberOpinion("residual-1", "residual", "K0 III", 0.9),)
    members.show_verdict(replace(star.verdict, type="K1 III", members=alone))
    assert said(members).split("\n") == ["Members", "1 of 1 agree", "residual", "K0 III"]
