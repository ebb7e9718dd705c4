"""Each page's faults and states, with children that do as the test says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.data import Override
from spectra_gui.recipes import Checked, EpochDone, Finished, Started, StepDone
from spectra_gui.session import AddSpectra, Document, SetOverride, set_label
from spectra_gui.window.wizard import RetrainWizard, open_wizard
from spectra_gui.window.wizard.labels import Label
from tests.window.wizard.conftest import MakeWizard, wait

LEFT = Qt.MouseButton.LeftButton
FOUND = Checked(
    tuple((0, 0, 0, 0, n, 0, 0) for n in (0, 0, 9, 9, 9, 0, 0)),
    (("train", 17, 17), ("validation", 5, 5), ("test", 5, 5)), 0, 0, (),
    (("adapt", 10.0, 0.1), ("fine_tune", 5.0, 2.0), ("scratch", 5.0, 2.0)),
)  # fmt: skip
PLAN = Started("mine", 2, 0, 30, 120, 20, 20, 5, (), "cpu")
FakeChild = Callable[..., None]


def labels(folder: Path, text: str, name: str = "labels.csv") -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(3):
        (folder / f"s{i}.txt").write_text("1 2\n")
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def give(qtbot: QtBot, wizard: RetrainWizard, table: Path) -> None:
    wizard.data.path.setText(str(table))
    wizard.data.read()
    wait(qtbot, lambda: wizard.data.summary.text() not in ("", "Reading…", "Matching…"))


def to_check(qtbot: QtBot, wizard: RetrainWizard, tmp_path: Path) -> None:
    give(qtbot, wizard, labels(tmp_path / "in", "file,type\ns0.txt,G2V\ns1.txt,K0III\n"))
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.check


def to_train(
    qtbot: QtBot, wizard: RetrainWizard, tmp_path: Path, fake_child: FakeChild, **ends: str
) -> None:
    fake_child(FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.is_ready)
    qtbot.mouseClick(wizard.next, LEFT)
    epoch = EpochDone("a.all", 1, 30, 1.5, 1.1, 0.9, 0.8, 0.7, 1e-3, 0.1, True)
    fake_child(PLAN, StepDone("a.all", 10, 60, 1.5, 1e-3), epoch, **ends)
    wait(qtbot, lambda: wizard.next.isEnabled())
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.train


# Data


def test_columns_are_found_by_name_and_by_what_they_hold(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    give(qtbot, wizard, labels(tmp_path / "a", "Object;SpType;Filename\nSun;G2V;s0.txt\n"))
    chosen = {role: combo.currentText() for role, combo in wizard.data.columns.items()}
    assert chosen == {"file": "Filename", "type": "SpType", "star": "Object", "index": "—"}
    give(qtbot, wizard, labels(tmp_path / "b", "x,y\ns0.txt,G2V\ns1.txt,K0III\n"))
    assert wizard.data.columns["type"].currentText() == "y"
    assert wizard.data.labels is not None
    assert [label.type for label in wizard.data.labels.good] == ["G2V", "K0III"]


def test_another_column_can_be_chosen(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    give(qtbot, wizard, labels(tmp_path / "a", "file,type,mine\ns0.txt,G2V,K5V\n"))
    combo = wizard.data.columns["type"]
    combo.setCurrentIndex(3)
    combo.activated.emit(3)
    wait(qtbot, lambda: wizard.data.labels is not None)
    assert wizard.data.labels is not None
    assert wizard.data.labels.good[0].type == "K5V"


def test_rows_that_cannot_teach_are_listed_with_the_reason(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    text = "file,type\ns0.txt,G2V\ns1.txt,DA3\ns2.txt,G2V+K0V\ngone.txt,G2V\ns2,M\ns2,M1V\n"
    give(qtbot, wizard, labels(tmp_path / "a", text))
    table = wizard.data.problems
    told = [table.item(i, 2).text() for i in range(table.rowCount())]
    assert len(told) == 4
    assert "not an MK type" in told[0]
    assert told[1] == "it names two stars in one spectrum"
    assert told[2].startswith("there is no file")
    assert told[3] == "it has a letter without a subtype"
    assert wizard.next.isEnabled()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file,type\ns0.txt,what\n", "0 spectra of 0 stars"),
        ("just one column\na\n", "one column only"),
        ("file,type\n", "no rows under its header"),
        ("a,b\nx,y\n", "Choose the column of the file names"),
    ],
)
def test_a_table_without_labels_keeps_the_person_here(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, text: str, told: str
) -> None:
    wizard = make_wizard()
    give(qtbot, wizard, labels(tmp_path / "a", text))
    assert told in wizard.data.summary.text()
    assert not wizard.next.isEnabled()


def test_a_table_that_is_not_there_is_named(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    give(qtbot, wizard, tmp_path / "gone.csv")
    assert "gone.csv cannot be read (No such file" in wizard.data.summary.text()


def test_reviewed_rows_of_the_list_are_labels_with_their_overrides(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    document = Document()
    paths = [str(tmp_path / f"s{i}.txt") for i in range(3)]
    document.do(AddSpectra(paths))
    rows = document.snapshot()
    document.do(set_label(rows[:2], "K0 III"))
    document.do(SetOverride(rows[0].path, Override(medium="vacuum")))
    wizard = make_wizard(document)
    assert wizard.data.from_list.isChecked()
    wait(qtbot, lambda: wizard.data.is_ready)
    assert wizard.data.labels is not None
    first, second = wizard.data.labels.good
    assert (first.file, first.type, first.override) == (
        Path(paths[0]), "K0 III", {"medium": "vacuum"},
    )  # fmt: skip
    assert second.override == {}


def test_nothing_reviewed_leaves_the_table_only(make_wizard: MakeWizard) -> None:
    wizard = make_wizard()
    assert not wizard.data.from_list.isEnabled()
    assert wizard.data.from_table.isChecked()


# Check and split


def test_a_check_that_fails_says_why_and_keeps_the_person_here(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    words = "All labels have the same letter and class as 'G2V'."
    fake_child(Finished("failed", words), then="sys.exit(3)")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.state.text() == words)
    assert not wizard.next.isEnabled()
    assert wizard.back.isEnabled()


def test_a_folder_that_vanished_is_told(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    words = "No spectrum can teach: 2 cannot be read (not found)."
    fake_child(Finished("failed", words), then="sys.exit(3)")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: "cannot be read" in wizard.check.state.text())


def test_a_disk_that_refuses_is_told(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = make_wizard()

    def refuse(_labels: object) -> Path:
        raise PermissionError(13, "Permission denied", "labels.csv")

    monkeypatch.setattr(wizard.folder, "write_labels", refuse)
    to_check(qtbot, wizard, tmp_path)
    assert wizard.check.state.text() == "labels.csv cannot be written (Permission denied)."
    assert not wizard.next.isEnabled()


def test_a_folder_that_cannot_be_made_is_told(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, home: Path
) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where a folder should be")
    wizard = make_wizard()
    to_check(qtbot, wizard, tmp_path)
    assert "cannot be written" in wizard.check.state.text()
    assert not wizard.next.isEnabled()


def test_what_was_left_out_stands_there_by_file(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    fake_child(then="pass")
    to_check(qtbot, wizard, tmp_path)
    wizard.folder.prepared.mkdir(parents=True)
    (wizard.folder.prepared / "data.json").write_text(
        '{"left_out": [["cannot be read (truncated)", ["table:00001"]]]}'
    )
    wizard.check._take(
        Checked(FOUND.counts, FOUND.parts, 0, 3, (("cannot be read (truncated)", 1),), ())
    )
    assert wizard.check.left_out.item(0, 0).text() == "s1.txt"
    assert wizard.check.left_out.item(0, 1).text() == "cannot be read (truncated)"
    assert "3 of the stars that judge have taught the present model" in wizard.check.leak.text()
    assert "1 are left out" in wizard.check.state.text()


def test_a_split_that_leaks_cannot_be_used(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    fake_child(Checked(FOUND.counts, FOUND.parts, 2, 0, (), ()), then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.found is not None)
    assert "the split leaks and cannot be used" in wizard.check.leak.text()
    assert not wizard.next.isEnabled()


# Recipe


@pytest.fixture
def at_recipe(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> RetrainWizard:
    wizard = make_wizard()
    fake_child(FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.is_ready)
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.recipe
    return wizard


def test_each_start_has_its_time_and_its_epochs(
    qtbot: QtBot, at_recipe: RetrainWizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    recipe = at_recipe.recipe
    recipe.starts["fine_tune"].setChecked(True)
    recipe.starts["adapt"].setChecked(True)
    assert recipe.times["adapt"].text() == "about 15 s"
    recipe.starts["scratch"].setChecked(True)
    assert recipe.epochs.value() == 40
    assert recipe.times["scratch"].text() == "about 40 s"  # two networks side by side
    recipe.epochs.setValue(400)
    assert recipe.times["scratch"].text() == "about 7 min"


@pytest.mark.parametrize(
    ("name", "told"),
    [("", "A name has letters"), ("../x", "A name has letters"), ("mk-ensemble-1", "already")],
)
def test_a_name_that_cannot_be_is_told_at_once(
    at_recipe: RetrainWizard, name: str, told: str
) -> None:
    at_recipe.recipe.name_field.setText(name)
    assert told in at_recipe.recipe.problem.text()
    assert not at_recipe.next.isEnabled()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("augment.noise", "loud", "augment.noise is 'loud'; it must be a number"),
        ("optimiser.learning_rate", "7", "optimiser.learning_rate is 7.0; allowed: 1e-07 to 1"),
    ],
)
def test_a_knob_that_is_not_allowed_is_named(
    qtbot: QtBot, at_recipe: RetrainWizard, key: str, value: str, told: str
) -> None:
    field = at_recipe.recipe.knobs.findChild(QWidget, key)
    field.setText(value)  # type: ignore[attr-defined]
    qtbot.mouseClick(at_recipe.next, LEFT)
    assert at_recipe.page is at_recipe.recipe
    assert told in at_recipe.recipe.problem.text()


def test_every_knob_has_a_sentence(at_recipe: RetrainWizard) -> None:
    from spectra_gui.window.wizard.knobs import knobs

    for _, members in knobs():
        assert members
        for knob in members:
            assert len(knob.sentence) > 10, knob.key
            assert "``" not in knob.sentence


# Train


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


def test_labels_are_written_so_that_they_are_read_back(tmp_path: Path) -> None:
    from spectra_gui.training.tables import read_label_table
    from spectra_gui.window.wizard.labels import write_labels

    odd = tmp_path / 'a, "b"; é.txt'
    label = Label(1, odd, 2, "HD 1; x", "G2 V", {"medium": "air", "rows": [1, 2]})
    write_labels([label], tmp_path / "labels.csv")
    (row,) = read_label_table(tmp_path / "labels.csv")
    assert (row.file, row.index, row.star, row.type) == (odd, 2, "HD 1; x", "G2 V")
    assert row.override == Override(medium="air", rows=(1, 2))
