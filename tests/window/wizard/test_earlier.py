"""A training that a wizard left is offered by the next one, and goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from spectra_gui.window.wizard import RetrainWizard
from spectra_gui.window.wizard.run_folder import RunFolder, find_unfinished
from tests.window.wizard.conftest import MakeWizard, wait
from tests.window.wizard.steps import LEFT, PLAN, FakeChild, to_train


@pytest.fixture
def left(qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild) -> Path:
    """The folder of an attempt whose wizard was closed in the middle."""
    wizard = make_wizard()
    to_train(qtbot, wizard, tmp_path, fake_child)
    wait(qtbot, lambda: wizard.train.curves.epochs)
    assert wizard.train.attempt is not None
    assert find_unfinished() == [], "a run that a wizard works in is nobody else's"
    folder = wizard.train.attempt.folder
    wizard.shut()
    return folder


def offered(qtbot: QtBot, wizard: RetrainWizard) -> None:
    wait(qtbot, lambda: wizard.earlier.isVisible())


def test_a_training_that_was_left_goes_on_in_the_next_wizard(
    qtbot: QtBot, make_wizard: MakeWizard, left: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    offered(qtbot, wizard)
    assert "my-model, adapt the head, 2 spectra" in wizard.earlier.words.text()
    fake_child(PLAN)
    qtbot.mouseClick(wizard.earlier.take_up, LEFT)
    assert wizard.page is wizard.train
    assert wizard.train.attempt is not None
    assert wizard.train.attempt.folder == left
    wait(qtbot, lambda: wizard.train.is_running)
    qtbot.mouseClick(wizard.train.stop, LEFT)
    wait(qtbot, lambda: wizard.train.go_on.isVisible())
    assert not wizard.back.isEnabled(), "there is no data page to go back to"


def test_a_model_that_was_trained_and_not_installed_is_offered_until_it_is(
    qtbot: QtBot, make_wizard: MakeWizard, left: Path
) -> None:
    (found,) = find_unfinished()
    found.attempt.bundle.mkdir(parents=True)
    (found.attempt.bundle / "bundle.json").write_text("{}")
    wizard = make_wizard()
    offered(qtbot, wizard)
    assert "was not installed" in wizard.earlier.words.text()
    qtbot.mouseClick(wizard.earlier.take_up, LEFT)
    assert wizard.train.state.text() == "The training is done."
    assert wizard.next.isEnabled()
    wizard.shut()
    found.attempt.mark_installed(Path("models/mine"))
    assert find_unfinished() == []


def test_what_is_not_wanted_is_deleted_after_a_question(
    qtbot: QtBot, make_wizard: MakeWizard, left: Path
) -> None:
    wizard = make_wizard()
    offered(qtbot, wizard)
    qtbot.mouseClick(wizard.earlier.delete, LEFT)
    (box,) = wizard.earlier.findChildren(QMessageBox)
    assert left.exists()
    (delete,) = [button for button in box.buttons() if button.text() == "Delete"]
    qtbot.mouseClick(delete, LEFT)
    wait(qtbot, lambda: not left.parent.exists())
    wait(qtbot, lambda: wizard.earlier.found is None)
    assert not wizard.earlier.isVisible()


def test_a_training_that_another_window_has_gone_on_with_is_not_deleted(
    qtbot: QtBot, make_wizard: MakeWizard, left: Path
) -> None:
    wizard = make_wizard()
    offered(qtbot, wizard)
    (found,) = find_unfinished()
    other = RunFolder()
    assert other.take_up(found)
    qtbot.mouseClick(wizard.earlier.delete, LEFT)
    (box,) = wizard.earlier.findChildren(QMessageBox)
    (delete,) = [button for button in box.buttons() if button.text() == "Delete"]
    qtbot.mouseClick(delete, LEFT)
    wait(qtbot, lambda: "another window has gone on" in wizard.earlier.words.text())
    assert (left / "config.toml").is_file()
    assert not wizard.earlier.delete.isVisible()
    other.release()


def test_a_damaged_run_is_passed_over(left: Path) -> None:
    (left / "config.toml").write_text("name = ")
    assert find_unfinished() == []
