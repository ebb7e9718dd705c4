"""What the check found, and what keeps a person from going on."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from spectra_gui.recipes import Checked, Finished, Notice
from tests.window.wizard.conftest import MakeWizard, wait
from tests.window.wizard.steps import FOUND, LEFT, FakeChild, give, labels, to_check


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


def test_a_name_that_no_table_can_hold_is_told(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    give(qtbot, wizard, labels(tmp_path / "in", "file,type\ns0.txt,G2V\ns1.txt,K0III\n"))
    found = wizard.data.labels
    assert found is not None
    odd = replace(found.good[0], file=Path(os.fsdecode(b"/data/\xe9toile.fits")))
    wizard.data.labels = replace(found, good=(odd, *found.good[1:]))
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.check.state.text().startswith(r"The name /data/\xe9toile.fits is not UTF-8")
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
    assert "1 is left out" in wizard.check.state.text()


def test_a_spectrum_that_neither_teaches_nor_judges_is_accounted_for(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    fake_child(then="pass")
    to_check(qtbot, wizard, tmp_path)
    parts = (("train", 17, 17), ("validation", 4, 4), ("test", 5, 5))
    wizard.check._take(Checked(FOUND.counts, parts, 0, 0, (), ()))
    assert wizard.check.state.text().startswith("27 spectra can teach. 1 is in no part")


def test_the_check_says_whether_the_judges_are_enough_for_a_verdict(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    fake_child(FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.found is not None)
    assert "Only 5 stars can judge" in wizard.check.judges.text()
    assert "About 75 more stars" in wizard.check.judges.text()
    parts = (*FOUND.parts[:2], ("test", 30, 26))
    wizard.check._take(Checked(FOUND.counts, parts, 0, 2, (), ()))
    assert "24 stars can judge" in wizard.check.judges.text()
    assert "enough for a verdict" in wizard.check.judges.text()


def test_what_the_check_does_otherwise_than_expected_is_shown(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    words = "The base has no templates; those of mk-ensemble-2 are used."
    fake_child(Notice(words), FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.found is not None)
    assert wizard.check.notices.isVisible()
    assert wizard.check.notices.text() == words


def test_a_split_that_leaks_cannot_be_used(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> None:
    wizard = make_wizard()
    fake_child(Checked(FOUND.counts, FOUND.parts, 2, 0, (), ()), then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.found is not None)
    assert "the split leaks and cannot be used" in wizard.check.leak.text()
    assert not wizard.next.isEnabled()
