"""A session comes back as it was saved, and a label never attaches to another file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from spectra_gui.data import Override
from spectra_gui.session import (
    AddSpectra,
    Document,
    RemoveRows,
    Row,
    SessionError,
    SetOverride,
    hash_file,
    load_session,
    save_session,
    set_comment,
    set_label,
    set_quality,
    storage,
)

from .conftest import make_reading


def _reopened(path: Path) -> Document:
    document = Document()
    document.replace_all(load_session(path).rows, path)
    return document


@pytest.fixture
def reviewed(typed: Document, star: Path) -> Document:
    typed.store_hash(str(star), hash_file(star))
    typed.do(SetOverride(str(star), Override(medium="vacuum", rows=(0,), columns=("0", "2"))))
    typed.store_reading(str(star), make_reading(str(star)), revision=1)
    typed.do(set_label([typed.row(typed.ids[0])], "K3 III"))
    typed.do(set_quality([typed.row(typed.ids[0])], 2))
    typed.do(set_comment([typed.row(typed.ids[0])], "blend ≈ 4300 Å"))
    return typed


def test_a_session_comes_back(reviewed: Document, star: Path, tmp_path: Path) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    again = _reopened(path)
    row = again.row(again.ids[0])
    assert row.override == Override(medium="vacuum", rows=(0,), columns=("0", "2"))
    assert (row.state, row.label) == ("reading", None)
    again.store_hash(str(star), hash_file(star))
    assert again.row(again.ids[0]).review == reviewed.row(reviewed.ids[0]).review


def test_a_reopened_session_has_nothing_unsaved(reviewed: Document, tmp_path: Path) -> None:
    path = tmp_path / "night.spectra.json"
    assert reviewed.has_unsaved_corrections
    save_session(reviewed, path)
    reviewed.mark_saved(path)
    assert not reviewed.has_unsaved_corrections
    reviewed.undo()
    assert reviewed.has_unsaved_corrections


def test_reopening_asks_nothing_although_reviews_attach_later(
    reviewed: Document, star: Path, tmp_path: Path
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    again = _reopened(path)
    again.store_hash(str(star), hash_file(star))
    assert not again.has_unsaved_corrections


def test_another_content_keeps_the_label_apart(
    reviewed: Document, star: Path, tmp_path: Path
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    star.write_text("4000 2\n4100 2\n")
    again = _reopened(path)
    again.store_hash(str(star), hash_file(star))
    row = again.row(again.ids[0])
    assert row.label is None
    assert row.set_aside.confirmed
    assert row.set_aside.review.label == "K3 III"


def test_a_label_set_aside_survives_another_save(
    reviewed: Document, star: Path, tmp_path: Path
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    original = star.read_text()
    star.write_text("4000 2\n4100 2\n")
    again = _reopened(path)
    again.store_hash(str(star), hash_file(star))
    save_session(again, path)
    star.write_text(original)
    third = _reopened(path)
    third.store_hash(str(star), hash_file(star))
    assert third.row(third.ids[0]).label == "K3 III"


def test_a_folder_that_moved_is_found_by_its_relative_path(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "star.txt").write_text("4000 1\n")
    document = Document()
    document.do(AddSpectra([old / "star.txt"]))
    save_session(document, old / "night.spectra.json")
    new = tmp_path / "new"
    old.rename(new)
    again = _reopened(new / "night.spectra.json")
    assert again.row(again.ids[0]).path == str(new / "star.txt")


def test_names_that_lead_nowhere_hide_no_other_row(star: Path, tmp_path: Path) -> None:
    loop = tmp_path / "loop.fits"
    loop.symlink_to(loop)
    gone = tmp_path / "gone.fits"
    paths = [str(loop), str(gone), f"{tmp_path}/a\0b.fits", f"{tmp_path}/{'x' * 300}", str(star)]
    kept = [Row(id=i, path=path, label="K3 III") for i, path in enumerate(paths, 1)]
    path = tmp_path / "night.spectra.json"
    save_session(kept, path)
    assert [row.path for row in load_session(path).rows] == paths


def test_spectra_that_were_removed_stay_removed(star: Path, tmp_path: Path) -> None:
    document = Document()
    document.do(AddSpectra([star]))
    document.store_reading(str(star), make_reading(str(star), "A", "B", "C"), revision=0)
    document.do(RemoveRows([document.ids[1]]))
    path = tmp_path / "night.spectra.json"
    save_session(document, path)
    again = _reopened(path)
    again.store_reading(str(star), make_reading(str(star), "A", "B", "C"), revision=0)
    assert [row.name for row in again] == ["A", "C"]


def test_a_newer_session_is_refused_with_its_schema(reviewed: Document, tmp_path: Path) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    content = json.loads(path.read_text())
    content["schema"] = storage.SCHEMA + 4
    path.write_text(json.dumps(content))
    with pytest.raises(SessionError, match=f"schema {storage.SCHEMA + 4}.*night|night.*newer"):
        load_session(path)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "[" * 100_000, '{"format": "spectra-session"}',
     '{"format": "spectra-session", "schema": 1, "files": [], "rows": [{"file": 3}]}'],
)  # fmt: skip
def test_a_damaged_session_is_told_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "night.spectra.json"
    path.write_text(text)
    with pytest.raises(SessionError, match=r"night\.spectra\.json"):
        load_session(path)


@pytest.mark.parametrize("review", [{"quality": 9}, {"label": 3}, {"nonsense": 1}])
def test_a_review_of_nonsense_is_damage(
    reviewed: Document, tmp_path: Path, review: dict[str, object]
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    content = json.loads(path.read_text())
    content["rows"][0]["review"] = review
    path.write_text(json.dumps(content))
    with pytest.raises(SessionError, match="damaged"):
        load_session(path)


def test_an_older_schema_is_carried_over(
    reviewed: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)

    def one_to_two(content: dict) -> dict:  # type: ignore[type-arg]
        return {**content, "rows": content["rows"][:0]}

    monkeypatch.setattr(storage, "SCHEMA", 2)
    monkeypatch.setitem(storage.MIGRATIONS, 1, one_to_two)
    assert load_session(path).rows == ()


def test_a_failed_save_leaves_the_old_session(
    reviewed: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    before = path.read_bytes()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("spectra_gui.session.storage.os.fsync", no_space)
    with pytest.raises(SessionError, match="No space left"):
        save_session(reviewed, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_a_label_on_a_file_that_was_not_hashed_yet_is_saved_with_its_hash(
    star: Path, tmp_path: Path
) -> None:
    document = Document()
    document.do(AddSpectra([star]))
    document.store_reading(str(star), make_reading(str(star)), revision=0)
    document.do(set_label([document.row(document.ids[0])], "A0 V"))
    save_session(document, tmp_path / "night.spectra.json")
    again = _reopened(tmp_path / "night.spectra.json")
    again.store_hash(str(star), hash_file(star))
    assert again.row(again.ids[0]).label == "A0 V"


def test_a_file_whose_name_is_not_utf_8_keeps_its_label(tmp_path: Path) -> None:
    star = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc5toile \xff.txt"))
    star.write_text("4000 1\n")
    document = Document()
    document.do(AddSpectra([star]))
    document.do(set_label(document, "K3 III"))
    save_session(document, tmp_path / "night.spectra.json")
    (row,) = load_session(tmp_path / "night.spectra.json").rows
    assert row.path == str(star)
    assert row.set_aside is not None
    assert row.set_aside.review.label == "K3 III"


def test_a_label_and_an_earlier_one_of_another_content_both_come_back(
    reviewed: Document, star: Path, tmp_path: Path
) -> None:
    path, original = tmp_path / "night.spectra.json", star.read_text()
    star.write_text("4000 2\n4100 2\n")
    reviewed.store_hash(str(star), hash_file(star))
    reviewed.do(set_label(reviewed, "A0 V"))
    for _ in range(2):  # once more before the hash has arrived
        save_session(reviewed, path)
        reviewed = _reopened(path)
    reviewed.store_hash(str(star), hash_file(star))
    (row,) = reviewed
    assert row.label == "A0 V"
    assert row.set_aside.confirmed
    assert row.set_aside.review.label == "K3 III"
    save_session(reviewed, path)
    star.write_text(original)
    again = _reopened(path)
    again.store_hash(str(star), hash_file(star))
    (row,) = again
    assert (row.label, row.set_aside.review.label) == ("K3 III", "A0 V")
    assert not again.has_unsaved_corrections


def test_a_label_given_before_the_hash_arrives_stands_on_the_one_of_the_session(
    reviewed: Document, star: Path, tmp_path: Path
) -> None:
    path = tmp_path / "night.spectra.json"
    save_session(reviewed, path)
    again = _reopened(path)
    again.do(set_label(again, "A0 V"))
    again.store_hash(str(star), hash_file(star))
    (row,) = again
    assert row.set_aside is None
    assert (row.label, row.quality, row.comment) == ("A0 V", 2, "blend ≈ 4300 Å")
    assert again.has_unsaved_corrections
    again.undo()
    (row,) = again
    assert row.label == "K3 III"
    assert not again.has_unsaved_corrections
    again.redo()
    (row,) = again
    assert (row.label, row.quality) == ("A0 V", 2)
