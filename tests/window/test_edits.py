"""Undo and redo show what they change."""

from __future__ import annotations

from spectra_gui.data import ReadError
from spectra_gui.session import AddSpectra, Document, set_label
from spectra_gui.window.status_bar import count_words
from tests.verdicts import make_verdict

from .fakes import make_reading


def test_undo_goes_to_the_row_that_it_changes(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt", "c.txt")
    bench.document.do(set_label(bench.document.rows([ids[1]]), "K3 III"))
    bench.window.list.select([ids[2]])
    bench.act("edit.undo")
    assert bench.window.view.row.id == ids[1]
    bench.window.list.select([ids[0]])
    bench.act("edit.redo")
    assert bench.window.view.row.id == ids[1]
    assert bench.document.row(ids[1]).label == "K3 III"


def test_undo_leaves_a_selection_that_it_changes(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt", "c.txt")
    bench.document.do(set_label(bench.document.rows(ids), "K3 III"))
    bench.window.list.select(ids[1:])
    bench.act("edit.undo")
    assert bench.window.list.selected_ids() == ids[1:]


def test_rows_that_undo_brings_back_are_shown(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt", "c.txt")
    bench.window.list.select([ids[1]])
    bench.act("edit.remove")
    bench.window.list.select([ids[0]])
    bench.act("edit.undo")
    assert bench.window.view.row.id == ids[1]


def test_the_heading_of_the_list_says_how_many_of_how_many_are_typed() -> None:
    document = Document()
    document.do(AddSpectra([f"/data/{i}.fits" for i in range(3)]))
    assert count_words(document) == "0 of 3 typed"
    for row in document.snapshot():
        document.store_reading(row.path, make_reading(row.path), revision=0)
    for row in document.snapshot()[:2]:
        document.store_verdict(row.id, make_verdict(), None, revision=0)
    assert count_words(document) == "2 of 3 typed"
    last = document.snapshot()[2]
    document.store_verdict(last.id, make_verdict(), None, revision=0)
    assert count_words(document) == "3"
    document.do(set_label(document.rows([last.id]), "K3 III"))
    assert count_words(document) == "3, 1 reviewed"


def test_files_that_cannot_be_read_are_counted_as_done() -> None:
    document = Document()
    document.do(AddSpectra([f"/data/{i}.fits" for i in range(3)]))
    error = ReadError("unknown_format", "It is a picture.", "Open a spectrum.")
    document.store_read_error("/data/0.fits", error, revision=0)
    assert count_words(document) == "0 of 3 typed, 1 unreadable"
    for row in document.snapshot()[1:]:
        document.store_reading(row.path, make_reading(row.path), revision=0)
        document.store_verdict(row.id, make_verdict(), None, revision=0)
    assert count_words(document) == "2 typed, 1 unreadable"
