"""Which labels a person has, and what stands in the way of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from spectra_gui.data import Override
from spectra_gui.session import AddSpectra, Document, SetOverride, set_label
from spectra_gui.window.wizard.labels import Label
from tests.window.wizard.conftest import MakeWizard, wait
from tests.window.wizard.steps import give, labels


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


def test_what_is_needed_for_what_stands_there_before_and_after_the_table_is_read(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    wizard = make_wizard()
    assert "at least 20 spectra of 10 different stars" in wizard.data.sentence.text()
    assert "about 100 stars" in wizard.data.sentence.text()
    give(qtbot, wizard, labels(tmp_path / "a", "file,type\ns0.txt,G2V\n"))
    assert "1 labelled spectrum of 1 star are too few" in wizard.data.summary.text()
    rows = "".join(f"s0.txt,G2V,star {i}\n" for i in range(30))
    give(qtbot, wizard, labels(tmp_path / "b", "file,type,star\n" + rows))
    assert wizard.data.summary.text().startswith("30 spectra of 30 stars")
    assert "for a verdict on the new model they may be too few" in wizard.data.summary.text()


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


def test_a_cell_that_is_too_long_for_a_file_name_is_no_file(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    """Asking the disk for it raises, be it a remark or stand where a name should."""
    long = "seen through clouds " * 20
    wizard = make_wizard()
    give(qtbot, wizard, labels(tmp_path / "a", f"remark,x,y\n{long},s0.txt,G2V\n"))
    assert wizard.data.columns["file"].currentText() == "x"
    give(qtbot, wizard, labels(tmp_path / "b", f"file,type\ns0.txt,G2V\n{long},K0III\n"))
    assert wizard.data.labels is not None
    assert [label.type for label in wizard.data.labels.good] == ["G2V"]
    (problem,) = wizard.data.labels.problems
    assert "there is no file" in problem.why


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


def test_a_file_whose_name_is_not_utf_8_is_left_out_by_name(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path
) -> None:
    document = Document()
    document.do(
        AddSpectra([tmp_path / "s0.txt", os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")])
    )
    document.do(set_label(document, "K0 III"))
    wizard = make_wizard(document)
    wait(qtbot, lambda: wizard.data.is_ready)
    assert wizard.data.labels is not None
    assert [label.file.name for label in wizard.data.labels.good] == ["s0.txt"]
    told = wizard.data.problems.item(0, 2).text()
    assert told.endswith(r"\xff.txt is not UTF-8; rename it to use the file")


def test_nothing_reviewed_leaves_the_table_only(make_wizard: MakeWizard) -> None:
    wizard = make_wizard()
    assert not wizard.data.from_list.isEnabled()
    assert wizard.data.from_table.isChecked()


def test_labels_are_written_so_that_they_are_read_back(tmp_path: Path) -> None:
    from spectra_gui.training.tables import read_label_table
    from spectra_gui.window.wizard.labels import write_labels

    odd = tmp_path / 'a, "b"; é.txt'
    label = Label(1, odd, 2, "HD 1; x", "G2 V", {"medium": "air", "rows": [1, 2]})
    write_labels([label], tmp_path / "labels.csv")
    (row,) = read_label_table(tmp_path / "labels.csv")
    assert (row.file, row.index, row.star, row.type) == (odd, 2, "HD 1; x", "G2 V")
    assert row.override == Override(medium="air", rows=(1, 2))
