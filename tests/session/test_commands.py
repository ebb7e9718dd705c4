"""Everything that a person changes can be undone and redone; answers never are."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.data import Override
from spectra_gui.session import (
    AddSpectra,
    AttachSetAside,
    Command,
    Document,
    RemoveRows,
    Review,
    SetOverride,
    Together,
    accept_verdicts,
    set_comment,
    set_label,
    set_quality,
    set_reviewed,
)
from tests.verdicts import make_verdict

from .conftest import make_reading


def _row(document: Document):  # type: ignore[no-untyped-def]
    return document.row(document.ids[0])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda row: set_label([row], " K3 III "), Review("K3 III", reviewed=True)),
        (lambda row: set_reviewed([row], reviewed=True), Review(reviewed=True)),
        (lambda row: set_quality([row], 2), Review(quality=2)),
        (lambda row: set_comment([row], "cosmic at 4102 Å"), Review(comment="cosmic at 4102 Å")),
        (lambda row: accept_verdicts([row]), Review("G2 V", reviewed=True)),
    ],
)
def test_a_review_is_undone_and_redone(typed: Document, make, expected: Review) -> None:  # type: ignore[no-untyped-def]
    command: Command = make(_row(typed))
    typed.do(command)
    assert _row(typed).review == expected
    typed.undo()
    assert _row(typed).review == Review()
    assert _row(typed).verdict is not None
    typed.redo()
    assert _row(typed).review == expected


def test_an_empty_label_takes_the_review_back(typed: Document) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.do(set_label([_row(typed)], "  "))
    assert _row(typed).review == Review()


def test_typing_one_word_is_one_step_of_undo(typed: Document) -> None:
    for text in ("K", "K3", "K3 I", "K3 III"):
        typed.do(set_label([_row(typed)], text, typing=1))
    typed.do(set_label([_row(typed)], "K4 III", typing=2))
    typed.undo()
    assert _row(typed).label == "K3 III"
    typed.undo()
    assert _row(typed).label is None
    assert typed.undo_text == "add 1 file"


def test_a_change_that_changes_nothing_leaves_no_step(typed: Document) -> None:
    typed.do(set_quality([_row(typed)], None))
    assert typed.undo_text == "add 1 file"


def test_a_new_change_ends_what_can_be_redone(typed: Document) -> None:
    typed.do(set_quality([_row(typed)], 1))
    typed.undo()
    typed.do(set_quality([_row(typed)], 3))
    assert typed.redo_text == ""
    typed.redo()
    assert _row(typed).quality == 3


def test_removed_rows_come_back_where_they_were(tmp_path: Path) -> None:
    document = Document()
    document.do(AddSpectra([tmp_path / f"{i}.txt" for i in range(6)]))
    ids = document.ids
    document.do(RemoveRows([ids[0], ids[3], ids[5]]))
    assert document.ids == (ids[1], ids[2], ids[4])
    document.undo()
    assert document.ids == ids
    document.redo()
    assert document.ids == (ids[1], ids[2], ids[4])


def test_undoing_open_takes_all_spectra_of_the_file(star: Path) -> None:
    document = Document()
    document.do(AddSpectra([star]))
    document.store_reading(str(star), make_reading(str(star), "A", "B"), revision=0)
    document.undo()
    assert len(document) == 0
    document.redo()
    assert [row.name for row in document] == ["A", "B"]


def test_undoing_a_removal_brings_label_and_verdict(typed: Document) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.do(RemoveRows(typed.ids))
    typed.undo()
    assert _row(typed).label == "K3 III"
    assert _row(typed).verdict is not None


def test_an_override_reads_again_and_undo_reads_again(typed: Document, star: Path) -> None:
    typed.do(SetOverride(str(star), Override(medium="vacuum")))
    row = _row(typed)
    assert (row.state, row.override.medium, row.revision) == ("reading", "vacuum", 1)
    assert row.verdict is None
    typed.undo()
    row = _row(typed)
    assert (row.state, row.override.medium, row.revision) == ("reading", None, 2)
    typed.redo()
    assert (_row(typed).override.medium, _row(typed).revision) == ("vacuum", 3)


def test_a_label_stays_when_the_medium_is_overridden(typed: Document, star: Path) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.do(SetOverride(str(star), Override(medium="vacuum")))
    assert _row(typed).label == "K3 III"


def test_a_label_does_not_move_to_another_spectrum_of_the_file(typed: Document, star: Path) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.do(SetOverride(str(star), Override(rows=(4,))))
    typed.store_reading(str(star), make_reading(str(star), "row 4"), revision=1)
    assert _row(typed).label is None
    typed.undo()
    assert _row(typed).label == "K3 III"


def test_an_override_that_finds_fewer_spectra_is_undone_to_all(star: Path) -> None:
    document = Document()
    document.do(AddSpectra([star]))
    document.store_reading(str(star), make_reading(str(star), "A", "B", "C"), revision=0)
    document.do(SetOverride(str(star), Override(rows=(1,))))
    document.store_reading(str(star), make_reading(str(star), "B"), revision=1)
    assert [row.name for row in document] == ["B"]
    document.undo()
    revision = _row(document).revision
    document.store_reading(str(star), make_reading(str(star), "A", "B", "C"), revision=revision)
    assert [row.name for row in document] == ["A", "B", "C"]


def test_accepting_keeps_a_label_that_a_person_gave(typed: Document) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.do(accept_verdicts([_row(typed)]))
    assert _row(typed).label == "K3 III"


def test_a_refused_spectrum_has_nothing_to_accept(typed: Document) -> None:
    typed.forget_verdicts()
    typed.store_verdict(typed.ids[0], make_verdict(state="refuse"), None, revision=1)
    typed.do(accept_verdicts([_row(typed)]))
    assert not _row(typed).reviewed


def test_an_earlier_review_can_be_attached_and_undone(typed: Document, star: Path) -> None:
    typed.store_hash(str(star), "1" * 64)
    typed.do(set_label([_row(typed)], "K3 III"))
    typed.store_hash(str(star), "2" * 64)
    typed.do(AttachSetAside(typed.ids))
    assert _row(typed).label == "K3 III"
    typed.undo()
    assert _row(typed).label is None
    assert _row(typed).set_aside is not None


def test_a_quality_outside_the_scale_is_refused(typed: Document) -> None:
    with pytest.raises(ValueError, match="quality 5"):
        set_quality([_row(typed)], 5)


def test_undo_of_several_files_leaves_one_alone_that_was_read_so_already(
    typed: Document, star: Path, tmp_path: Path
) -> None:
    typed.do(set_label([_row(typed)], "K3 III"))
    other = tmp_path / "other.txt"
    typed.do(AddSpectra([other]))
    same = SetOverride(str(star), _row(typed).override)
    typed.do(Together([same, SetOverride(str(other), Override(medium="air"))], "read both so"))

    typed.undo()

    assert [row.label for row in typed] == ["K3 III", None]
    assert _row(typed).state == "typed"
