"""Mappings of columns: kept under names, changed one at a time, never lost."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spectra_gui.data import FileMapping, Override
from spectra_gui.settings import (
    MappingError,
    MappingsWriteError,
    add_mapping,
    delete_mapping,
    load_mappings,
    locks,
    rename_mapping,
)

LHIRES = FileMapping(
    "Lhires, autumn “25",
    "text-0123456789abcdef",
    Override(columns=("lbd", "I rel", "2"), wavelength_unit="nm", skip_rows=3, fwhm_aa=0.6),
    "text, 3 columns separated by tabs: lbd, I rel, e",
    "vega_01.dat",
)
DADOS = FileMapping("DADOS", "fits-0123456789abcdef", Override(hdu="2", columns=("A", "B")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "mappings.toml"


def test_what_is_kept_comes_back_in_the_order_of_making(path: Path) -> None:
    add_mapping(LHIRES, path=path)
    add_mapping(DADOS, path=path)

    mappings = load_mappings(path)

    assert list(mappings) == [LHIRES, DADOS]
    assert mappings.problems == ()
    assert mappings.named("DADOS").override == Override(hdu="2", columns=("A", "B"))


def test_without_a_file_there_is_none_and_nothing_is_written(path: Path) -> None:
    assert len(load_mappings(path)) == 0
    assert not path.parent.exists()


def test_a_name_stands_for_one_mapping(path: Path) -> None:
    add_mapping(DADOS, path=path)
    other = FileMapping("DADOS ", "text-1", Override(columns=("0", "1")))

    with pytest.raises(MappingError, match="already"):
        add_mapping(other, path=path)
    add_mapping(other, replaces=True, path=path)

    assert [m.shape for m in load_mappings(path)] == ["text-1"]


def test_a_mapping_for_any_file_is_not_kept(path: Path) -> None:
    add_mapping(DADOS, path=path)
    any_file = replace(load_mappings(path).asked_for("DADOS"), name="all")

    with pytest.raises(MappingError, match="shape"):
        add_mapping(any_file, path=path)
    assert load_mappings(path).names == ("DADOS",)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 61])
def test_a_name_is_a_short_line(path: Path, name: str) -> None:
    with pytest.raises(MappingError, match="needs a name"):
        add_mapping(FileMapping(name, "text-1", Override()), path=path)


def test_renaming_and_deleting(path: Path) -> None:
    add_mapping(LHIRES, path=path)
    add_mapping(DADOS, path=path)

    rename_mapping("DADOS", "Spectrograph at home", path=path)
    with pytest.raises(MappingError, match="already"):
        rename_mapping("Spectrograph at home", LHIRES.name, path=path)
    assert load_mappings(path).names == (LHIRES.name, "Spectrograph at home")

    delete_mapping(LHIRES.name, path=path)
    assert load_mappings(path).names == ("Spectrograph at home",)
    with pytest.raises(MappingError, match="Spectrograph at home"):
        delete_mapping(LHIRES.name, path=path)


def test_a_damaged_file_is_told_and_stays_when_another_mapping_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("version = 1\n[mappings.DADOS\nshape = ")

    mappings = load_mappings(path)
    assert len(mappings) == 0
    assert str(path) in mappings.problems[0]
    assert "[mappings.DADOS" in path.read_text()

    add_mapping(LHIRES, path=path)
    path.write_text("also broken [")
    add_mapping(DADOS, path=path)

    assert load_mappings(path).names == ("DADOS",)
    assert "[mappings.DADOS" in path.with_name("mappings.toml.unread").read_text()
    assert path.with_name("mappings.toml.unread-2").read_text() == "also broken ["


def test_a_file_that_is_nested_without_end_is_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a = " + 5000 * "[")

    assert "cannot be read" in load_mappings(path).problems[0]


def test_the_file_of_another_version_is_kept_whole(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("version = 99\n")

    assert "another version" in load_mappings(path).problems[0]
    add_mapping(DADOS, path=path)

    assert path.with_name("mappings.toml.unread").read_text() == "version = 99\n"


@pytest.mark.parametrize(
    "entry",
    [
        'shape = "text-1"',
        "shape = 7\n[mappings.odd.override]\n",
        'shape = "text-1"\n[mappings.odd.override]\ncolumns = "a, b"',
        'shape = "text-1"\n[mappings.odd.override]\nskip_rows = true',
        'shape = "text-1"\n[mappings.odd.override]\nflavour = "new"',
    ],
)
def test_an_entry_that_is_not_understood_is_told_and_stays_in_the_file(
    path: Path, entry: str
) -> None:
    add_mapping(DADOS, path=path)
    path.write_text(f"{path.read_text()}\n[mappings.odd]\n{entry}\n")

    mappings = load_mappings(path)
    assert mappings.names == ("DADOS",)
    assert "'odd'" in mappings.problems[0]

    add_mapping(LHIRES, path=path)
    assert load_mappings(path).names == ("DADOS", LHIRES.name)
    assert "'odd'" in load_mappings(path).problems[0]


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")

    with pytest.raises(MappingError, match="cannot be kept"):
        add_mapping(DADOS, path=tmp_path / "config" / "mappings.toml")


def test_asked_for_by_name_it_holds_for_every_file(path: Path) -> None:
    mappings = add_mapping(DADOS, path=path)

    assert mappings.asked_for("DADOS").shape == ""
    with pytest.raises(MappingError, match="DADOS"):
        mappings.asked_for("Dados")


def test_two_programs_that_make_mappings_at_once_lose_none(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from spectra_gui.data import FileMapping, Override;"
        "from spectra_gui.settings import add_mapping\n"
        "for n in range(20): add_mapping("
        "FileMapping(f'{sys.argv[1]} {n}', 'text-1', Override()), path=Path(sys.argv[2]))"
    )

    started = [subprocess.Popen([sys.executable, "-c", program, name, str(path)]) for name in "AB"]

    assert [process.wait(timeout=60) for process in started] == [0, 0]
    assert sorted(load_mappings(path).names) == sorted(f"{p} {n}" for p in "AB" for n in range(20))


def test_a_program_that_holds_the_mappings_for_long_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.05)

    with locks.alone_with(path), pytest.raises(MappingsWriteError, match="another program"):
        add_mapping(DADOS, path=path)

    add_mapping(DADOS, path=path)
    assert load_mappings(path).names == ("DADOS",)


def test_of_mappings_for_the_same_files_the_newest_is_used(path: Path) -> None:
    add_mapping(LHIRES, path=path)
    add_mapping(DADOS, path=path)
    newer = replace(LHIRES, name="Lhires, winter")

    mappings = add_mapping(newer, path=path)

    assert mappings.alike(newer) == (LHIRES,)
    assert mappings.used_instead_of(LHIRES) == newer
    assert mappings.used_instead_of(newer) is None
    assert mappings.used_instead_of(DADOS) is None
