"""The journal keeps rows that are ready, whatever happens to the run."""

from __future__ import annotations

from pathlib import Path

from spectra_gui.cli.journal import Journal, read_journal


def test_rows_come_back_in_the_order_of_the_files(tmp_path: Path) -> None:
    with Journal(tmp_path / "table.csv") as journal:
        for place in ((1, 0), (0, 1), (10, 0), (0, 0)):
            journal.add(place, {"name": f"{place}"})
        names = [row["name"] for row in journal.rows()]
        assert names == ["(0, 0)", "(0, 1)", "(1, 0)", "(10, 0)"]
        journal.remove()
    assert not list(tmp_path.iterdir())


def test_a_row_is_on_disk_as_soon_as_it_was_added(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "table.csv")
    journal.add((0, 0), {"name": "first"})
    assert [row for _, _, row in read_journal(tmp_path / "table.csv.journal")] == [
        {"name": "first"}
    ]
    journal.remove()


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.journal"
    path.write_text('[0, 0, {"name": "whole"}]\n[1, 0, {"na')
    assert [row for _, _, row in read_journal(path)] == [{"name": "whole"}]


def test_the_journal_of_an_earlier_run_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    for n in range(2):
        with Journal(out) as journal:
            journal.add((n, 0), {"name": f"run {n}"})
    with Journal(out) as journal:
        assert journal.set_aside == tmp_path / "table.csv.journal.2"
        journal.remove()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["table.csv.journal.1", "table.csv.journal.2"]
