"""The list of mappings: renaming and deleting."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from spectra_gui.data import FileMapping, Override
from spectra_gui.readers import peek
from spectra_gui.settings import add_mapping, load_mappings, mappings_path
from spectra_gui.window.mapping.kept import KeptMappings
from tests.unknown_tables import write_table

from .conftest import MappingBench


def keep(name: str, shape: str = "fits-1") -> None:
    override = Override(columns=("beta", "alpha", "gamma"))
    add_mapping(FileMapping(name, shape, override, "FITS, 3 columns", "vega.fits"))


def open_list(qtbot: QtBot) -> KeptMappings:
    kept = KeptMappings(None)  # type: ignore[arg-type]
    qtbot.addWidget(kept)
    kept.show()
    return kept


def test_a_name_is_changed_in_its_cell(qtbot: QtBot, tmp_path: Path) -> None:
    keep("first")
    keep("second")
    kept = open_list(qtbot)
    item = kept.table.item(0, 0)
    assert item is not None

    item.setText("second")
    assert "already" in kept.words.text()
    assert load_mappings().names == ("first", "second")
    item = kept.table.item(0, 0)
    assert item is not None
    item.setText("at home")
    assert load_mappings().names == ("at home", "second")


def test_of_two_mappings_for_the_same_files_the_older_says_that_it_is_not_used(
    qtbot: QtBot,
) -> None:
    keep("first")
    keep("second")
    kept = open_list(qtbot)

    used_for = [item.text() for i in range(2) if (item := kept.table.item(i, 1)) is not None]

    assert used_for == ["– (“second” is newer): FITS, 3 columns", "FITS, 3 columns"]


def test_a_deleted_mapping_reads_no_more_files(bench: MappingBench, tmp_path: Path) -> None:
    first = write_table(tmp_path / "vega.fits")
    keep("odd", peek(first).shape)
    assert bench.open(first).state == "typed"

    bench.window.actions_table["edit.mappings"].trigger()
    kept = bench.window.findChild(KeptMappings)
    assert kept is not None
    kept.delete.click()
    kept.close()

    assert len(load_mappings()) == 0
    assert bench.open(write_table(tmp_path / "altair.fits")).state == "unreadable"
    assert bench.row(first).state == "typed"


def test_a_damaged_store_is_told_and_nothing_is_lost(qtbot: QtBot, tmp_path: Path) -> None:
    path = mappings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("not toml [")

    kept = open_list(qtbot)

    assert str(path) in kept.words.text()
    assert not kept.delete.isEnabled()
    assert path.read_text() == "not toml ["
