"""The shape of a file: shared by files of one origin, and by no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from spectra_gui.data import ReadError
from spectra_gui.readers import peek
from tests.unknown_tables import ODD, write_table, write_text_table

CONTAINERS = (".fits", ".ecsv", ".xml", ".h5", ".npz", ".npy")


@pytest.mark.parametrize("ending", CONTAINERS)
def test_another_star_of_another_length_has_the_same_shape(tmp_path: Path, ending: str) -> None:
    first = peek(write_table(tmp_path / f"vega{ending}"))
    second = peek(write_table(tmp_path / f"altair{ending}", n=431, seed=1))

    assert first.shape == second.shape != ""
    assert "vega" not in first.looks


def test_the_container_and_each_name_are_part_of_the_shape(tmp_path: Path) -> None:
    heads = [peek(write_table(tmp_path / f"star{ending}")) for ending in CONTAINERS]
    Table({"alpha": [1.0], "beta": [2.0], "delta": [3.0]}).write(tmp_path / "other.fits")
    united = Table({"alpha": [1.0], "beta": [2.0], "gamma": [3.0]}, units={"beta": "nm"})
    united.write(tmp_path / "units.fits")
    heads += [peek(tmp_path / "other.fits"), peek(tmp_path / "units.fits")]

    assert len({head.shape for head in heads}) == len(heads)


def test_text_is_told_apart_by_separator_names_and_number_of_columns(tmp_path: Path) -> None:
    ways = [
        {},
        {"separator": "\t", "head": "lbd\tI\tq"},
        {"head": "lbd;I;sigma"},
        {"decimal_comma": False},
        {"head": None},
        {"head": "# OBSERVER: me\n# CAMERA: mine"},
    ]
    shapes = [
        peek(write_text_table(tmp_path / f"{i}.txt", **way)).shape  # type: ignore[arg-type]
        for i, way in enumerate(ways)
    ]
    assert len(set(shapes)) == len(ways)


def test_a_header_that_tells_of_the_star_does_not_change_the_shape(tmp_path: Path) -> None:
    first = write_text_table(tmp_path / "a.txt", head="# OBJECT: Vega\n# made 2026-11-01 by ISIS")
    second = write_text_table(tmp_path / "b.txt", head="# OBJECT: HD 1\n# made 2026-11-02 by ISIS")

    assert peek(first).shape == peek(second).shape


def test_a_look_shows_the_first_rows_and_the_lines_of_a_text(tmp_path: Path) -> None:
    head = peek(write_text_table(tmp_path / "star.txt"))

    assert head.lines[0] == "lbd;I;q"
    assert head.tables[0].columns == ("lbd", "I", "q")
    assert len(head.tables[0].rows) == 30
    assert head.tables[0].rows[0][1:] == ("385", "0.25")


def test_lines_that_are_skipped_change_the_table_and_not_the_shape(tmp_path: Path) -> None:
    path = tmp_path / "star.txt"
    rows = "\n".join(f"{4000 + i};{i}" for i in range(50))
    path.write_text(f"1 2\n3 4\n5 6\n{rows}\n")

    plain, skipped = peek(path), peek(path, skip_rows=3)

    assert plain.tables[0].rows[0] == ("1", "2")
    assert skipped.tables[0].rows[0] == ("4000", "0")
    assert plain.shape == skipped.shape


def test_a_huge_text_is_looked_at_by_its_beginning(tmp_path: Path) -> None:
    short = write_text_table(tmp_path / "short.txt", n=600)
    long = write_text_table(tmp_path / "long.txt", n=60_000)

    assert peek(long).shape == peek(short).shape


def test_every_table_of_a_file_can_be_named(tmp_path: Path) -> None:
    odd = fits.table_to_hdu(Table({name: np.arange(5.0) for name in ODD}))
    log = fits.table_to_hdu(Table({"x": [1], "y": [2]}))
    log.name = "LOG"
    fits.HDUList([fits.PrimaryHDU(), log, odd]).writeto(tmp_path / "two.fits")

    tables = peek(tmp_path / "two.fits").tables

    assert [table.key for table in tables] == ["LOG", "2"]
    assert tables[1].columns == ODD


def test_a_column_without_a_name_of_its_own_goes_by_number(tmp_path: Path) -> None:
    path = tmp_path / "twins.txt"
    path.write_text("x,y,x\n" + "\n".join(f"{i},{i},{i}" for i in range(20)))
    (table,) = peek(path).tables

    assert [table.column_key(i) for i in range(3)] == ["0", "y", "2"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(50)), ("paper.pdf", b"%PDF-1.4 nothing")],
)
def test_what_is_no_table_is_declined(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ReadError) as caught:
        peek(tmp_path / name)
    assert caught.value.code == "not_a_spectrum"
    assert not caught.value.has_columns


def test_a_header_of_numpy_that_does_not_parse_is_damage(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.npy")
    path.write_bytes(path.read_bytes().replace(b"), }", b"(, (", 1))

    with pytest.raises(ReadError) as caught:
        peek(path)
    assert caught.value.code == "damaged"
