"""The result table has the columns of every door, and other programs can read it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from astropy.table import Table

from spectra_gui.data import ReadError
from spectra_gui.session import COLUMNS, Document, document_table, set_label, verdict_row
from spectra_gui.session.table import csv_cells, plain_row, write_table
from tests.names import PLAIN, in_csv
from tests.verdicts import make_verdict


def test_the_columns_are_those_of_every_door() -> None:
    columns = (
        "file,index,name,type,letter,subtype,luminosity,probability,state,reasons,credible_set,"
        "rv_kms,rv_err_kms,snr,coverage,novelty,bundle,error"
    )
    assert ",".join(verdict_row("a.fits", 0, "A")) == columns


def test_a_refused_spectrum_has_its_type_withheld() -> None:
    row = verdict_row("a.fits", 0, "A", verdict=make_verdict(state="refuse"))
    withheld = ("type", "letter", "subtype", "luminosity", "probability", "credible_set")
    assert [row[key] for key in withheld] == [None] * 6
    assert row["state"] == "refuse"
    assert row["reasons"] == "The spectrum ends at 4200 Å."


def test_an_unreadable_file_says_why() -> None:
    error = ReadError("empty", "The file is empty.", "Copy it again.")
    row = verdict_row("a.fits", 0, "A", error=error)
    assert (row["state"], row["error"]) == ("unreadable", "The file is empty. Copy it again.")


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".json"])
def test_the_table_can_be_read_back(typed: Document, tmp_path: Path, suffix: str) -> None:
    typed.do(set_label(typed.rows(typed.ids), 'K3 III, "blend"'))
    path = tmp_path / f"night{suffix}"
    write_table(document_table(typed), path)
    if suffix == ".json":
        (row,) = json.loads(path.read_text())
    elif suffix == ".csv":
        with path.open(newline="") as stream:
            (row,) = csv.DictReader(stream)
    else:
        table = Table.read(path, format="ascii.ecsv")
        assert table["rv_kms"].unit == "km / s"
        row = dict(zip(table.colnames, table[0], strict=True))
    assert row["type"] == "G2 V"
    assert row["label"] == 'K3 III, "blend"'
    assert float(row["probability"]) == 0.92
    assert list(row)[: len(COLUMNS)] == list(COLUMNS)


def test_an_empty_table_still_has_its_header(tmp_path: Path) -> None:
    write_table([], tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_another_ending_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"night\.doc"):
        write_table([], tmp_path / "night.doc")


def read_names(path: Path) -> list[str]:
    if path.suffix == ".json":
        return [row["file"] for row in json.loads(path.read_text())]
    if path.suffix == ".ecsv":
        return [str(name) for name in Table.read(path, format="ascii.ecsv")["file"]]
    with path.open(newline="") as stream:
        return [row["file"] for row in csv.DictReader(stream)]


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".json"])
def test_every_name_comes_back_on_one_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"night{suffix}"
    write_table([verdict_row(name, i, name) for i, name in enumerate(PLAIN)], path)
    expected = [in_csv(name) for name in PLAIN] if suffix == ".csv" else list(PLAIN.values())
    assert read_names(path) == expected


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".json"])
def test_a_number_that_is_none_is_nothing(tmp_path: Path, suffix: str) -> None:
    row = dict.fromkeys(COLUMNS) | {"file": "a", "index": 0, "name": "a"}
    path = tmp_path / f"night{suffix}"
    write_table([row | {"snr": float("nan"), "rv_kms": float("-inf"), "novelty": 0.5}], path)
    text = path.read_text().casefold()
    assert "nan" not in text
    assert "inf" not in text.replace("unitinfo", "")
    assert "0.5" in text


def test_text_that_was_made_plain_stays_as_it_is() -> None:
    once = [plain_row({"name": name}) for name in PLAIN]
    assert [plain_row(row) for row in once] == once


def test_negative_numbers_are_no_formulas() -> None:
    assert csv_cells({"rv_kms": -12.5, "rv_err_kms": -1e-12}) == ["-12.5", "-1e-12"]
