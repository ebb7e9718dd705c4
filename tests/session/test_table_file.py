"""One table, five formats."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits, votable
from astropy.table import Table

from spectra_gui.session import Document, document_table, set_label
from spectra_gui.session.table import COLUMNS, GRID_COLUMNS, REVIEW_COLUMNS, TableRow
from spectra_gui.session.table_file import FORMATS, format_of, write_rows
from tests.names import PLAIN, in_csv


def row(**values: Any) -> TableRow:
    return dict.fromkeys(COLUMNS) | {"file": "a.fits", "index": 0, "name": "α Lyr"} | values


ROWS = [
    row(type="A0 V", subtype=0.0, probability=0.9, state="accept", credible_set="A0–A2, V"),
    row(index=1, state="refuse", reasons="Too noisy.", snr=1.5),
    row(index=2, state="unreadable", error="The file is empty."),
]


def read(path: Path) -> Table:
    kinds = {".ecsv": "ascii.ecsv", ".fits": "fits", ".vot": "votable"}
    return Table.read(path, format=kinds[path.suffix])


@pytest.mark.parametrize("ending", ["ecsv", "fits", "vot"])
def test_the_columns_come_in_their_order_with_nothing_where_there_is_nothing(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"table.{ending}"
    write_rows(ROWS, path)
    table = read(path)
    assert table.colnames == list(COLUMNS)
    assert [str(state) for state in table["state"]] == ["accept", "refuse", "unreadable"]
    probability = np.ma.filled(np.ma.array(table["probability"], dtype=float), np.nan)
    np.testing.assert_array_equal(probability, [0.9, np.nan, np.nan])
    assert table["index"].dtype.kind == "i"
    assert str(table["rv_kms"].unit) == "km / s"
    assert str(table["credible_set"][0]) == ("A0-A2, V" if ending == "fits" else "A0–A2, V")


def test_csv_leaves_cells_empty(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_rows(ROWS, path)
    with path.open(newline="") as stream:
        found = list(csv.DictReader(stream))
    assert list(found[0]) == list(COLUMNS)
    assert found[0]["name"] == "α Lyr"
    assert [r["type"] for r in found] == ["A0 V", "", ""]


def test_json_is_a_list_of_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    write_rows(ROWS, path)
    assert json.loads(path.read_text()) == ROWS


@pytest.mark.parametrize("ending", ["csv", "ecsv", "fits", "vot", "json"])
def test_no_rows_make_an_empty_table(ending: str, tmp_path: Path) -> None:
    write_rows([], tmp_path / f"table.{ending}")
    assert (tmp_path / f"table.{ending}").stat().st_size > 0


def test_the_grid_is_420_columns_in_the_grids_order(tmp_path: Path) -> None:
    assert len(GRID_COLUMNS) == 420
    assert GRID_COLUMNS[:2] == ("p_O0_I", "p_O0_II")
    assert GRID_COLUMNS[42 * 6 + 4] == "p_G2_V"
    path = tmp_path / "table.fits"
    write_rows([row(p_G2_V=1.0)], path, columns=(*COLUMNS, *GRID_COLUMNS))
    assert read(path)["p_G2_V"][0] == 1.0


def test_another_ending_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"night\.xlsx: the ending must be one of \.csv, \.ecsv"):
        format_of(Path("night.xlsx"))


def test_a_write_that_fails_leaves_the_old_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.fits"
    write_rows(ROWS, path)
    before = path.read_bytes()

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_rows(ROWS[:1], path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["table.fits"]


def cells_of(path: Path) -> dict[str, list[Any]]:
    """The columns of a table in any format, as other programs read them."""
    if path.suffix == ".json":
        rows = json.loads(path.read_text())
        return {name: [row[name] for row in rows] for name in rows[0]}
    if path.suffix == ".csv":
        with path.open(newline="") as stream:
            found = list(csv.DictReader(stream))
        return {name: [row[name] for row in found] for name in found[0]}
    table = read(path)
    return {name: table[name].tolist() for name in table.colnames}


def decoded(cell: Any) -> Any:
    return cell.decode() if isinstance(cell, bytes) else cell


@pytest.mark.parametrize("ending", FORMATS)
def test_every_name_comes_back_on_one_line(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"table.{ending}"
    write_rows([row(file=n, name=n, index=i, snr=np.nan) for i, n in enumerate(PLAIN)], path)
    expected = list(PLAIN.values())
    if ending == "fits":
        expected = [n.encode("ascii", "backslashreplace").decode() for n in expected]
    if ending == "csv":
        expected = [in_csv(name) for name in PLAIN]
    cells = cells_of(path)
    assert [decoded(name) for name in cells["name"]] == expected
    assert [decoded(name) for name in cells["file"]] == expected
    assert all(snr in (None, "") or np.isnan(snr) for snr in cells["snr"])


@pytest.mark.parametrize("ending", FORMATS)
def test_what_a_person_said_is_in_the_table_of_the_window(
    typed: Document, tmp_path: Path, ending: str
) -> None:
    typed.do(set_label(typed.rows(typed.ids), 'K3 III, "blend"'))
    path = tmp_path / f"night.{ending}"
    write_rows(document_table(typed), path, columns=(*COLUMNS, *REVIEW_COLUMNS))
    cells = {name: decoded(column[0]) for name, column in cells_of(path).items()}
    assert list(cells) == [*COLUMNS, *REVIEW_COLUMNS]
    assert cells["type"] == "G2 V"
    assert cells["label"] == 'K3 III, "blend"'
    assert float(cells["probability"]) == 0.92
    assert cells["reviewed"] in (True, "True")
    assert cells["quality"] in (None, "")


@pytest.mark.parametrize("ending", ["csv", "ecsv", "vot", "json"])
def test_a_number_that_is_none_is_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"night.{ending}"
    write_rows([row(snr=float("nan"), rv_kms=float("-inf"), novelty=0.5)], path)
    text = path.read_text().casefold()
    assert "nan" not in text
    assert "inf" not in text
    assert "0.5" in text


def test_the_fits_table_keeps_to_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "table.fits"
    write_rows(ROWS, path, columns=(*COLUMNS, *REVIEW_COLUMNS))
    with fits.open(path) as units:
        units.verify("exception")
        assert path.stat().st_size % 2880 == 0
        assert units[1].data["quality"].dtype.kind == "i"


def test_the_votable_keeps_to_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "table.vot"
    write_rows(ROWS, path, columns=(*COLUMNS, *REVIEW_COLUMNS))
    votable.parse(path, verify="exception")
