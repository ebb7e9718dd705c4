"""Answers are stored where they belong, stale ones are dropped, listeners are told."""

from __future__ import annotations

import gc
import weakref
from dataclasses import fields
from pathlib import Path

import pytest

from spectra_gui.data import Explanation, Override, ReadError
from spectra_gui.session import (
    AddSpectra,
    Changes,
    Document,
    RemoveRows,
    Row,
    SetOverride,
    set_label,
)
from tests.verdicts import make_verdict

from .conftest import make_reading


def _explanation() -> Explanation:
    return Explanation("joint", "G2 V", [4000.0, 4001.0], (), "mk-ensemble-1")  # type: ignore[arg-type]


def test_a_file_with_three_spectra_becomes_three_rows_in_its_place(tmp_path: Path) -> None:
    document = Document()
    first, second = str(tmp_path / "a.fits"), str(tmp_path / "b.fits")
    document.do(AddSpectra([first, second]))
    document.store_reading(first, make_reading(first, "A", "B", "C"), revision=0)
    assert [(row.title, row.index) for row in document] == [
        ("A", 0),
        ("B", 1),
        ("C", 2),
        ("b.fits", 0),
    ]


def test_the_same_file_is_not_added_twice(typed: Document, star: Path) -> None:
    assert not typed.do(AddSpectra([star]))
    assert len(typed) == 1


def test_a_verdict_for_an_earlier_revision_is_dropped(typed: Document, star: Path) -> None:
    row_id = typed.ids[0]
    typed.do(SetOverride(str(star), Override(medium="vacuum")))
    typed.store_reading(str(star), make_reading(str(star)), revision=1)
    assert not typed.store_verdict(row_id, make_verdict("K3 III"), None, revision=0)
    assert typed.row(row_id).verdict is None
    assert typed.store_verdict(row_id, make_verdict("K3 III"), None, revision=1)


def test_a_reading_for_an_earlier_override_is_dropped(typed: Document, star: Path) -> None:
    typed.do(SetOverride(str(star), Override(medium="vacuum")))
    assert not typed.store_reading(str(star), make_reading(str(star)), revision=0)
    assert typed.row(typed.ids[0]).state == "reading"


def test_a_verdict_for_a_removed_row_is_dropped(typed: Document) -> None:
    row_id = typed.ids[0]
    typed.do(RemoveRows([row_id]))
    assert not typed.store_verdict(row_id, make_verdict(), None, revision=0)


def test_an_explanation_goes_with_the_revision_it_was_made_for(typed: Document) -> None:
    row_id, key = typed.ids[0], ("joint", "guided_grad_cam")
    assert typed.store_explanation(row_id, key, _explanation(), revision=0)
    assert typed.explanation(row_id, key) is not None
    typed.forget_verdicts()
    assert typed.explanation(row_id, key) is None
    assert not typed.store_explanation(row_id, key, _explanation(), revision=0)


def test_typing_again_drops_answers_under_way_and_keeps_the_label(typed: Document) -> None:
    row_id = typed.ids[0]
    typed.do(set_label([typed.row(row_id)], "G5 V"))
    typed.forget_verdicts()
    row = typed.row(row_id)
    assert (row.state, row.verdict, row.label) == ("read", None, "G5 V")
    assert not typed.store_verdict(row_id, make_verdict(), None, revision=0)


def test_an_unreadable_file_keeps_its_row_and_its_reason(star: Path) -> None:
    document = Document()
    document.do(AddSpectra([star]))
    error = ReadError("empty", "The file is empty.", "Copy it again.")
    document.store_read_error(str(star), error, revision=0)
    row = document.row(document.ids[0])
    assert row.state == "unreadable"
    assert row.error is error


def test_spectra_beyond_the_memory_limit_are_let_go_and_their_verdicts_stay(tmp_path: Path) -> None:
    document = Document(memory_limit_bytes=2000)
    paths = [str(tmp_path / f"{i}.txt") for i in range(10)]
    document.do(AddSpectra(paths))
    for row_id, path in zip(document.ids, paths, strict=True):
        document.store_reading(path, make_reading(path), revision=0)
        document.store_verdict(row_id, make_verdict(), None, revision=0)
    kept = [row.spectrum is not None for row in document]
    assert kept[-1]
    assert not kept[0]
    assert all(row.verdict is not None for row in document)
    document.store_reading(paths[0], make_reading(paths[0]), revision=0)
    first = document.row(document.ids[0])
    assert first.spectrum is not None
    assert first.state == "typed"


@pytest.mark.parametrize("what", ["remove", "undo of open", "override"])
def test_what_left_the_list_is_not_kept_for_an_undo(typed: Document, star: Path, what: str) -> None:
    held = weakref.ref(typed.row(typed.ids[0]).spectrum.flux)
    if what == "remove":
        typed.do(RemoveRows(typed.ids))
    elif what == "override":
        typed.do(SetOverride(str(star), Override(medium="vacuum")))
        typed.store_reading(str(star), make_reading(str(star)), revision=1)
    else:
        typed.undo()
    gc.collect()
    assert held() is None


def test_spectra_that_were_removed_take_no_memory(tmp_path: Path) -> None:
    document = Document(memory_limit_bytes=500)
    paths = [str(tmp_path / f"{i}.txt") for i in range(3)]
    document.do(AddSpectra(paths))
    for path in paths:
        document.store_reading(path, make_reading(path), revision=0)
    assert document.is_full
    document.do(RemoveRows(document.ids))
    assert not document.is_full


def test_a_label_of_the_second_content_does_not_move_to_the_third(
    typed: Document, star: Path
) -> None:
    for content, label in (("1", "G5 V"), ("2", "A0 V"), ("3", None)):
        typed.store_hash(str(star), content * 64)
        (row,) = typed
        assert row.label is None
        typed.do(set_label([row], label))
    (row,) = typed
    assert [aside.review.label for aside in row.asides] == ["A0 V", "G5 V"]


def test_a_batch_is_told_once(star: Path) -> None:
    document = Document()
    told: list[Changes] = []
    document.subscribe(told.append)
    with document.batch():
        document.do(AddSpectra([star]))
        document.store_reading(str(star), make_reading(str(star)), revision=0)
    assert len(told) == 1
    assert {"added", "reading", "state"} <= told[0].kinds


def test_reviewed_rows_are_those_with_a_label_and_a_review(typed: Document) -> None:
    assert typed.reviewed_rows() == ()
    typed.do(set_label([typed.row(typed.ids[0])], "G5 V"))
    assert [row.label for row in typed.reviewed_rows()] == ["G5 V"]


def test_a_file_whose_content_changed_sets_the_label_aside(typed: Document, star: Path) -> None:
    typed.store_hash(str(star), "1" * 64)
    typed.do(set_label([typed.row(typed.ids[0])], "G5 V"))
    typed.read_again(typed.ids)
    typed.store_hash(str(star), "2" * 64)
    row = typed.row(typed.ids[0])
    assert row.label is None
    assert row.set_aside.review.label == "G5 V"
    assert row.set_aside.file_sha256 == "1" * 64


def test_a_changed_row_differs_in_what_was_named_and_nothing_else() -> None:
    row = Row(7, "/night/a.fits", 3, name="HD 1", override=Override(medium="air"), revision=2)

    after = row.changed(label="G2 V", index=4)

    assert (after.label, after.index, row.label, row.index) == ("G2 V", 4, None, 3)
    names = [field.name for field in fields(Row) if field.name not in ("label", "index")]
    assert [getattr(after, name) for name in names] == [getattr(row, name) for name in names]
    with pytest.raises(AttributeError):
        row.changed(lable="G2 V")


def test_a_title_stands_in_one_line_whatever_the_file_is_called() -> None:
    titles = [Row(1, path).title for path in ("/a/two\nlines.txt", "/a/caf\udce9.txt")]

    assert titles == ["two\N{REPLACEMENT CHARACTER}lines.txt", "caf\N{REPLACEMENT CHARACTER}.txt"]
