"""A training that runs, stops, dies and goes on, with children that do as the test says."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.recipes import Notice
from spectra_gui.session import Document
from spectra_gui.window.wizard import open_wizard
from tests.window.wizard.conftest import MakeWizard, wait
from tests.window.wizard.steps import LEFT, PLAN, FakeChild, to_train


def test_a_running_training_shows_curves_and_where_it_is(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    wait(qtbot, lambda: "Network 1 of 2" in wizard.train.state.text())
    assert "epoch 1 of 30" in wizard.train.state.text()
    assert wizard.train.bar.value() > 0
    assert not wizard.back.isEnabled()
    assert "20 spectra of 20 stars" in wizard.train.note.text()


def test_what_a_training_does_otherwise_than_expected_stays_to_be_read(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child)
    wizard.train.take(Notice("Velocities are measured without templates."))
    wizard.train.take(Notice("Velocities are measured without templates."))
    wizard.train.take(PLAN)
    assert wizard.train.notices.isVisible()
    assert wizard.train.notices.text() == "Velocities are measured without templates."


def test_a_stop_keeps_what_is_done_and_can_be_gone_on_with(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    qtbot.mouseClick(wizard.train.stop, LEFT)
    wait(qtbot, lambda: wizard.train.state.text() == "Stopped. What is done is kept.")
    assert wizard.train.go_on.isVisible()
    assert wizard.back.isEnabled()
    fake_child(PLAN)
    qtbot.mouseClick(wizard.train.go_on, LEFT)
    wait(qtbot, lambda: wizard.train.is_running)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("os.kill(os.getpid(), 9)", "The training ended early: it was ended from outside"),
        ("sys.stderr.write('No space left on device\\n'); sys.exit(3)", "No space left on device"),
    ],
)
def test_a_child_that_dies_is_told_and_can_be_gone_on_with(
    qtbot: QtBot,
    make_wizard: MakeWizard,
    tmp_path: Path,
    fake_child: FakeChild,
    then: str,
    told: str,
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child, then=then)
    wait(qtbot, lambda: told in wizard.train.state.text())
    assert wizard.train.go_on.isVisible()
    assert not wizard.next.isEnabled()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_closing_asks_and_then_ends_the_child(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    assert wizard.train._child is not None
    pid = wizard.train._child.pid
    qtbot.mouseClick(wizard.leave, LEFT)
    wait(qtbot, lambda: wizard.findChildren(QMessageBox))
    assert wizard.isVisible()
    assert alive(pid)
    (box,) = wizard.findChildren(QMessageBox)
    (stop,) = [b for b in box.buttons() if b.text() == "Stop and close"]
    qtbot.mouseClick(stop, LEFT)
    wait(qtbot, lambda: not alive(pid))


def test_a_stubborn_child_is_ended_within_two_seconds(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    to_train(qtbot, wizard, tmp_path, fake_child, then=stubborn)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    assert wizard.train._child is not None
    pid = wizard.train._child.pid
    began = time.monotonic()
    wizard.shut()
    assert time.monotonic() - began < 2.0
    assert not alive(pid)


def test_the_window_takes_the_wizard_and_its_child_with_it(
    qtbot: QtBot, tmp_path: Path, fake_child: FakeChild
) -> None:
    from PySide6.QtCore import Signal

    class Window(QWidget):
        closed = Signal()

    window = Window()
    qtbot.addWidget(window)
    window.show()
    wizard = open_wizard(window, Document(), bundle=None, on_installed=lambda _: None)
    assert open_wizard(window, Document(), bundle=None, on_installed=lambda _: None) is wizard
    wait(qtbot, lambda: wizard.is_complete)
    wait(qtbot, lambda: wizard.plan.base is not None)
    to_train(qtbot, wizard, tmp_path, fake_child)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    assert wizard.train._child is not None
    pid = wizard.train._child.pid
    window.closed.emit()
    wait(qtbot, lambda: not alive(pid))


def test_another_recipe_is_another_attempt_and_the_first_is_kept(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child, then="pass")
    first = wizard.train.attempt
    wait(qtbot, lambda: wizard.back.isEnabled())
    qtbot.mouseClick(wizard.back, LEFT)
    wizard.recipe.epochs.setValue(3)
    qtbot.mouseClick(wizard.next, LEFT)
    assert first is not None
    assert wizard.train.attempt is not None
    assert wizard.train.attempt.folder != first.folder
    assert first.config.is_file()
