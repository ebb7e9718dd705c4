"""One table, five formats."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Table

from spectra_gui.cli.formats import GRID_COLUMNS, format_of, write_rows
from spectra_gui.cli.options import UsageError
from spectra_gui.session.table import COLUMNS, TableRow
from tests.names import PLAIN


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


def test_another_ending_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="xlsx"):
        format_of(Path("table.xlsx"))


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


@pytest.mark.parametrize("ending", ["fits", "vot"])
def test_every_name_comes_back_on_one_line(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"table.{ending}"
    write_rows([row(file=n, name=n, index=i, snr=np.nan) for i, n in enumerate(PLAIN)], path)
    table = read(path)
    expected = list(PLAIN.values())
    if ending == "fits":
        expected = [n.encode("ascii", "backslashreplace").decode() for n in expected]
    assert [str(name) for name in table["name"]] == expected
    assert [str(name) for name in table["file"]] == expected
    assert not np.isfinite(np.ma.filled(np.ma.array(table["snr"], dtype=float), np.nan)).any()
