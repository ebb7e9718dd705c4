"""The journal keeps rows that are ready, and what an earlier run has done, whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.cli.journal import Journal, JournalError, read_journal

OPTIONS = {"columns": 18}
STAMP = (100, 1)


def write(out: Path, *, files: int = 3, torn: bool = False) -> None:
    """A run over ``files`` files of one spectrum each, killed before its table stood."""
    journal = Journal(out, OPTIONS)
    journal.typed_by("tiny", "abc")
    for n in range(files):
        known, _ = journal.file(f"{n}.fits", STAMP)
        journal.add(known.number, 0, {"name": f"star {n}"})
        journal.close_part(known.number, 0, 1, 1)
    with journal:
        pass
    if torn:
        with journal.path.open("a") as stream:
            stream.write('[2, 0, {"na')


def names(journal: Journal) -> list[str]:
    return [row["name"] for row in journal.rows()]


def test_rows_come_back_in_the_order_of_the_files_and_of_their_spectra(tmp_path: Path) -> None:
    with Journal(tmp_path / "table.csv", OPTIONS) as journal:
        numbers = [journal.file(name, STAMP)[0].number for name in "abc"]
        for number, index in ((1, 0), (0, 1), (2, 0), (0, 0)):
            journal.add(numbers[number], index, {"name": f"{number}-{index}"})
        rows = journal.rows()
        assert len(rows) == 4
        assert [row["name"] for row in rows] == ["0-0", "0-1", "1-0", "2-0"]
        assert [row["name"] for row in rows] == ["0-0", "0-1", "1-0", "2-0"]
        journal.remove()
    assert not list(tmp_path.iterdir())


def test_a_row_is_on_disk_as_soon_as_it_was_added(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "table.csv", OPTIONS)
    journal.add(0, 0, {"name": "first"})
    assert list(read_journal(tmp_path / "table.csv.journal")) == [(0, 0, {"name": "first"})]
    journal.remove()


def test_a_run_that_goes_on_repeats_nothing_and_loses_nothing(tmp_path: Path) -> None:
    write(tmp_path / "table.csv", torn=True)
    with Journal(tmp_path / "table.csv", OPTIONS, resume=True) as journal:
        assert journal.is_resumed
        assert journal.n_resumed_rows == 3
        journal.typed_by("tiny", "abc")
        # The folder has another file now, which sorts first.
        known, changed = journal.file("-1.fits", STAMP)
        assert (known.is_whole, known.first, changed) == (False, 0, False)
        journal.add(known.number, 0, {"name": "new"})
        for n in range(3):
            known, changed = journal.file(f"{n}.fits", STAMP)
            assert (known.is_whole, changed) == (True, False)
        assert names(journal) == ["new", "star 0", "star 1", "star 2"]


def test_a_file_that_changed_is_noticed_and_its_rows_are_forgotten(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    write(out)
    for _ in range(2):
        with Journal(out, OPTIONS, resume=True) as journal:
            journal.file("0.fits", STAMP)
            known, changed = journal.file("1.fits", (100, 2))
            assert not known.is_whole
            assert changed or "star 1" not in names(journal)
            assert names(journal) == ["star 0", "star 2"]
    with Journal(out, OPTIONS, resume=True) as journal:
        known, _ = journal.file("1.fits", (100, 2))
        journal.add(known.number, 0, {"name": "again"})
        assert names(journal) == ["again", "star 0", "star 2"]


def test_a_file_that_was_not_there_is_tried_again_once_it_is(tmp_path: Path) -> None:
    with Journal(tmp_path / "table.csv", OPTIONS) as journal:
        known, _ = journal.file("late.fits", None)
        journal.add(known.number, 0, {"name": "not found"})
        journal.close_part(known.number, 0, 1, 1)
    with Journal(tmp_path / "table.csv", OPTIONS, resume=True) as journal:
        known, changed = journal.file("late.fits", STAMP)
        assert changed
        assert not known.is_whole


def test_a_large_file_goes_on_behind_the_parts_that_are_done(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    with Journal(out, OPTIONS) as journal:
        known, _ = journal.file("survey.fits", STAMP)
        # The second part was done before the first, and the third is under way.
        for first in (250, 0):
            for index in range(first, first + 250):
                journal.add(known.number, index, {"name": index})
            journal.close_part(known.number, first, first + 250, 1000)
        journal.add(known.number, 700, {"name": 700})
    with Journal(out, OPTIONS, resume=True) as journal:
        known, _ = journal.file("survey.fits", STAMP)
        assert (known.first, known.is_whole, known.done) == (500, False, {700})
        assert names(journal) == [*range(500), 700]


def test_a_path_that_is_named_twice_is_two_files(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    with Journal(out, OPTIONS) as journal:
        numbers = [journal.file("same.fits", STAMP)[0].number for _ in range(3)]
        assert len(set(numbers)) == 3
        journal.close_part(numbers[1], 0, 1, 1)
    with Journal(out, OPTIONS, resume=True) as journal:
        assert [journal.file("same.fits", STAMP)[0].is_whole for _ in range(3)] == [
            False,
            True,
            False,
        ]


def test_rows_of_another_bundle_or_other_options_do_not_mix(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    write(out)
    with Journal(out, OPTIONS, resume=True) as journal:
        with pytest.raises(JournalError, match="tiny"):
            journal.typed_by("other", "def")
        with pytest.raises(JournalError, match="abc"):
            journal.typed_by("tiny", "def")
    with pytest.raises(JournalError, match="columns"):
        Journal(out, {"columns": 438}, resume=True)


def test_a_journal_that_is_none_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.journal"
    for content in ("", "[1, 2, 3]\n", "hello\n", '["journal", 99, {}]\n', '["jour'):
        path.write_text(content)
        with pytest.raises(JournalError, match="begin anew"):
            Journal(tmp_path / "table.csv", OPTIONS, resume=True)
        assert path.read_text() == content


def test_the_journal_of_an_earlier_run_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    write(out)
    write(out)
    with Journal(out, OPTIONS) as journal:
        assert journal.set_aside == tmp_path / "table.csv.journal.2"
        journal.remove()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["table.csv.journal.1", "table.csv.journal.2"]


def test_a_run_that_fails_before_its_first_row_leaves_no_journal(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Journal(tmp_path / "table.csv", OPTIONS):
        raise RuntimeError
    assert not list(tmp_path.iterdir())
