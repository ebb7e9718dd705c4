"""Orders that become one row and rows that become orders: no label is lost, none changes stars."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spectra_gui.data import Override, Reading
from spectra_gui.session import AddSpectra, Document, Row, SetOverride, set_comment, set_label

from .conftest import make_spectrum

APART = Override(merge="separate")
MERGED = Override(merge="merged")


def reading(path: Path, *objects: int, names: tuple[str, ...] = ()) -> Reading:
    """A file whose spectra are of these objects."""
    spectra = tuple(
        make_spectrum(names[i] if names else f"star {number} part {i}").changed(
            meta={"object_number": number}
        )
        for i, number in enumerate(objects)
    )
    return Reading(str(path), "IRAF multispec", "iraf", spectra)


def opened(path: Path, *objects: int) -> Document:
    document = Document()
    document.do(AddSpectra([path]))
    document.store_reading(str(path), reading(path, *objects), revision=0)
    return document


def reread(document: Document, path: Path, override: Override, *objects: int) -> None:
    document.do(SetOverride(str(path), override))
    stored(document, path, *objects)


def stored(document: Document, path: Path, *objects: int) -> None:
    revision = document.rows_of(str(path))[0].revision
    document.store_reading(str(path), reading(path, *objects), revision=revision)


def at(document: Document, place: int) -> Row:
    row = document.row(document.ids[place])
    assert row is not None
    return row


def told(document: Document) -> list[tuple[int, int | None, str | None]]:
    """Index, object and label of each row, in the order of the list."""
    return [(row.index, row.object_number, row.label) for row in document]


def test_merging_leaves_one_row_that_is_read_anew(star: Path) -> None:
    document = opened(star, 0, 0, 0, 0)
    first = document.ids[0]
    reread(document, star, MERGED, 0)
    assert document.ids == (first,)
    assert (at(document, 0).state, at(document, 0).verdict) == ("read", None)


def test_the_label_of_an_order_becomes_the_stars(star: Path) -> None:
    document = opened(star, 0, 0, 0)
    document.do(set_label([at(document, 1)], "K3 III"))
    document.do(set_comment([at(document, 2)], "noisy"))
    reread(document, star, MERGED, 0)
    assert told(document) == [(0, 0, "K3 III")]
    assert (at(document, 0).reviewed, at(document, 0).comment) == (True, "noisy")


def test_undo_gives_every_order_its_own_label_back(star: Path) -> None:
    document = opened(star, 0, 0, 0)
    document.do(set_label([at(document, 1)], "K3 III"))
    ids = document.ids
    reread(document, star, MERGED, 0)
    document.undo()
    stored(document, star, 0, 0, 0)
    assert document.ids == ids
    assert told(document) == [(0, 0, None), (1, 0, "K3 III"), (2, 0, None)]


def test_what_was_said_of_a_part_is_redone_with_the_rest(star: Path) -> None:
    document = opened(star, 0, 1)
    reread(document, star, APART, 0, 0, 1, 1)
    document.do(set_label([at(document, 3)], "M0 V"))
    reread(document, star, MERGED, 0, 1)
    for _ in range(3):
        document.undo()
    stored(document, star, 0, 1)
    assert told(document) == [(0, 0, None), (1, 1, None)]

    document.redo()
    stored(document, star, 0, 0, 1, 1)
    document.redo()
    assert told(document) == [(0, 0, None), (1, 0, None), (2, 1, None), (3, 1, "M0 V")]
    document.redo()
    stored(document, star, 0, 1)
    assert told(document) == [(0, 0, None), (1, 1, "M0 V")]


def test_labels_that_contradict_each_other_are_both_kept(star: Path) -> None:
    document = opened(star, 0, 0, 0)
    document.do(set_label([at(document, 0)], "K3 III"))
    document.do(set_label([at(document, 2)], "K5 III"))
    reread(document, star, MERGED, 0)
    assert [row.label for row in document] == ["K3 III", "K5 III"]
    left = at(document, 1)
    assert left.state == "unreadable"
    assert left.error is not None
    assert "label is kept" in left.error.advice


def test_a_merged_spectrum_had_apart_keeps_its_label_with_its_star(star: Path) -> None:
    document = opened(star, 0, 1)
    document.do(set_label([at(document, 0)], "A0 V"))
    document.do(set_label([at(document, 1)], "M2 V"))
    reread(document, star, APART, 0, 0, 0, 1, 1, 1)
    assert told(document) == [
        (0, 0, "A0 V"), (1, 0, None), (2, 0, None),
        (3, 1, "M2 V"), (4, 1, None), (5, 1, None),
    ]  # fmt: skip
    reread(document, star, Override(), 0, 1)
    assert told(document) == [(0, 0, "A0 V"), (1, 1, "M2 V")]


def test_a_star_that_is_gone_leaves_its_label(star: Path) -> None:
    document = opened(star, 0, 1)
    document.do(set_label([at(document, 1)], "M2 V"))
    reread(document, star, APART, 0, 0)
    assert [(row.label, row.state) for row in document if row.label] == [("M2 V", "unreadable")]


def test_rows_that_a_person_removed_do_not_confuse_the_others(star: Path) -> None:
    from spectra_gui.session import RemoveRows

    document = opened(star, 0, 0, 1, 1)
    document.do(set_label([at(document, 3)], "M2 V"))
    document.do(RemoveRows(document.ids[:3]))
    reread(document, star, MERGED, 0, 1)
    assert (1, 1, "M2 V") in told(document)


@pytest.mark.parametrize("override", [MERGED, APART])
def test_a_file_without_parts_keeps_its_labels_whatever_one_asks(
    star: Path, override: Override
) -> None:
    document = opened(star, 7)
    document.do(set_label([at(document, 0)], "K3 III"))
    plain = replace(reading(star, 7), spectra=(make_spectrum(),))
    document.do(SetOverride(str(star), override))
    document.store_reading(str(star), plain, revision=1)
    assert [row.label for row in document] == ["K3 III"]
