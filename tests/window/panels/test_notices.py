"""Notices come, offer what can be done, and go; the empty window says how to begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.window.panels.empty_state import EmptyState
from spectra_gui.window.panels.notice_bar import NoticeBar
from tests.window.panels.said import said

Show = Callable[..., Any]


def test_a_notice_offers_its_action_and_goes(show: Show, qtbot: QtBot, light: None) -> None:
    holder = QWidget()
    bar = NoticeBar(holder)
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
    bar = NoticeBar(holder)
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


def test_the_bar_slides_in_and_ends_at_the_foot_of_the_window(
    show: Show, qtbot: QtBot, light: None
) -> None:
    holder = QWidget()
    bar = NoticeBar(holder)
    show(holder, width=600, height=200)
    bar.show_notice("Something happened.", action="Undo")
    assert bar.height() >= 36
    qtbot.waitUntil(lambda: bar.geometry().bottom() == holder.rect().bottom(), timeout=3000)


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


def test_what_asks_for_nothing_goes_by_itself_and_what_went_wrong_stays(
    show: Show, qtbot: QtBot, light: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spectra_gui.window.panels.notice_bar.LINGER_S", 0.2)
    holder = QWidget()
    bar = NoticeBar(holder)
    show(holder, width=600, height=200)
    bar.show_notice("broken.fits ends early.", kind="error")
    bar.show_notice("Saved 24 spectra.")
    bar.show_notice("An earlier list was found.", action="Recover")
    qtbot.waitUntil(lambda: len(bar.notices) == 2, timeout=5000)
    assert [n.text for n in bar.notices] == [
        "broken.fits ends early.",
        "An earlier list was found.",
    ]
    assert bar.isVisible()


def test_what_passes_by_itself_moves_nothing_and_what_stays_has_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    column = QVBoxLayout(window)
    pane = QPushButton("pane")
    pane.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    column.addWidget(pane)
    bar = NoticeBar(window)
    bar.room_wanted.connect(lambda height: column.setContentsMargins(0, 0, 0, height))
    window.show()
    column.setContentsMargins(0, 0, 0, 0)
    column.activate()
    whole = pane.geometry()

    bar.show_notice("types.csv is written.")
    column.activate()
    assert pane.geometry() == whole
    qtbot.waitUntil(lambda: bar.geometry().bottom() == window.rect().bottom(), timeout=3000)
    assert bar.height() >= bar.words.height() > 0
    assert 200 < bar.geometry().left() < bar.geometry().right() < 600  # the sides can be used

    bar.show_notice("The disk is full.", kind="error")
    column.activate()
    assert pane.geometry().bottom() < bar.geometry().top()
    window.resize(400, 300)
    assert bar.geometry().bottom() == window.rect().bottom()

    bar.dismiss()
    column.activate()
    assert pane.geometry().bottom() == window.rect().bottom()
