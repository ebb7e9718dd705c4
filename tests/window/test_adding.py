"""Many files dropped at once: all are one step, in order, and a person can go on meanwhile."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from spectra_gui.session import Review, load_session, set_label
from spectra_gui.session.folders import files_in

N = 2000


def night_of(folder: Path, n: int = N) -> Path:
    """A folder with ``n`` files, which no test reads."""
    night = folder / "night"
    night.mkdir()
    for number in range(n):
        (night / f"{number:05d}.txt").touch()
    return night


def drop(bench, folder: Path, *, meanwhile: Callable[[], object] | None = None) -> None:  # type: ignore[no-untyped-def]
    """Open a folder; ``meanwhile`` is called once, when some of its files are in the list."""
    adding, before = bench.window.files.adding, len(bench.document)
    calls = [] if meanwhile is None else [meanwhile]

    def follow() -> None:
        if calls and len(bench.document) > before:
            assert adding.is_busy
            calls.pop()()

    adding.changed.connect(follow)
    bench.window.files.open_paths([folder])
    bench.qtbot.waitUntil(lambda: not adding.is_busy, timeout=60_000)
    adding.changed.disconnect(follow)
    assert not calls


def names(bench) -> list[str]:  # type: ignore[no-untyped-def]
    return [Path(row.path).name for row in bench.document]


def test_a_large_drop_is_one_step_of_undo_and_stands_in_order(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt", "b.txt")
    dropped = [f"{number:05d}.txt" for number in range(N)]
    drop(bench, night_of(tmp_path))
    assert names(bench) == ["a.txt", "b.txt", *dropped]
    assert bench.window.view.row.title == "00000.txt"
    assert bench.document.undo_text == "add 2\N{NARROW NO-BREAK SPACE}000 files"
    bench.act("edit.undo")
    assert names(bench) == ["a.txt", "b.txt"]
    bench.act("edit.redo")
    assert names(bench) == ["a.txt", "b.txt", *dropped]
    assert bench.window.model.rowCount() == N + 2


def test_stop_ends_a_drop_and_leaves_what_is_in_the_list(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (first,) = bench.open("a.txt")
    drop(bench, night_of(tmp_path), meanwhile=bench.window.stop)
    there = names(bench)
    assert 1 < len(there) < N
    assert there[1:] == [f"{number:05d}.txt" for number in range(len(there) - 1)]
    assert "Stopped" in bench.window.notices.told[-1]
    bench.qtbot.wait(50)
    assert names(bench) == there
    assert bench.window.model.rowCount() == len(there)
    assert not bench.window.jobs.is_busy
    bench.act("edit.undo")
    assert bench.document.ids == (first,)


def test_undo_while_files_still_come_ends_the_drop(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    drop(bench, night_of(tmp_path), meanwhile=bench.document.undo)
    bench.qtbot.wait(50)
    assert names(bench) == ["a.txt"]


def test_what_a_person_does_meanwhile_is_a_step_of_its_own(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (first,) = bench.open("a.txt")
    rows = bench.document.rows([first])
    label = set_label(rows, "K3 III")
    drop(bench, night_of(tmp_path), meanwhile=lambda: bench.document.do(label))
    assert len(bench.document) == N + 1
    bench.document.undo()
    assert bench.document.row(first).label is None
    assert len(bench.document) == N + 1
    bench.document.undo()
    assert bench.document.ids == (first,)


def test_a_session_that_is_saved_meanwhile_holds_what_is_there(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "night.spectra.json"
    there: list[str] = []

    def save() -> None:
        there.extend(row.path for row in bench.document)
        assert bench.window.files.save_session_to(path)

    drop(bench, night_of(tmp_path), meanwhile=save)
    assert [row.path for row in load_session(path).rows] == there
    assert len(bench.document) == N


def test_a_selection_outlives_the_files_that_still_come(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt")
    drop(bench, night_of(tmp_path), meanwhile=lambda: bench.window.list.select(ids))
    assert bench.window.list.selected_ids() == ids
    assert bench.window.view.row.id == ids[0]


def test_a_sorted_list_takes_a_large_drop_in_its_order(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.window.model.sort(1, Qt.SortOrder.DescendingOrder)
    drop(bench, night_of(tmp_path, 2500))
    model = bench.window.model
    bench.qtbot.waitUntil(lambda: model.rowCount() == 2500)
    shown = [model.index(line, 1).data() for line in range(2500)]
    assert shown == [f"{number:05d}.txt" for number in reversed(range(2500))]


def test_files_that_are_dropped_twice_stand_in_the_list_once(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    night = night_of(tmp_path, 300)
    drop(bench, night)
    drop(bench, night)
    assert len(bench.document) == 300
    bench.document.undo()
    assert len(bench.document) == 0


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ((), "no files are in there"),
        (("a.png", "b.png", "notes.md"), "3 files were looked at (.png, .md)"),
    ],
)
def test_a_folder_without_spectra_says_what_was_looked_at(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, files: tuple[str, ...], told: str
) -> None:
    night = night_of(tmp_path, 0)
    for name in files:
        (night / name).touch()
    drop(bench, night)
    assert told in bench.window.notices.told[-1]
    assert "There are no spectra in night" in bench.window.notices.told[-1]


def test_the_status_bar_tells_that_files_are_looked_for(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    seen: list[str] = []
    status = bench.window.status
    drop(bench, night_of(tmp_path), meanwhile=lambda: seen.append(status.count.text()))
    assert "Looking for files" in seen[0]
    bench.window.stop()
    bench.qtbot.waitUntil(lambda: not status.stop.isVisible())


@pytest.mark.parametrize("with_folder", [False, True])
def test_a_path_that_nobody_may_look_at_is_a_row_like_others(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, with_folder: bool
) -> None:
    """Its name is too long, or its folder is somebody else's: asking what it is raises."""
    night = night_of(tmp_path, 3)
    odd = tmp_path / ("a" * 300)
    bench.window.files.open_paths([odd, night] if with_folder else [odd])
    bench.qtbot.waitUntil(lambda: not bench.window.files.adding.is_busy)
    assert len(bench.document) == (4 if with_folder else 1)
    assert names(bench)[0] == odd.name


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that tells of its files when it is set."""
    disk = threading.Event()

    def late(folder: Path, on_error: Callable[[OSError], object]) -> Iterator[tuple[Path, bool]]:
        disk.wait(30)
        yield from files_in(folder, on_error)

    monkeypatch.setattr("spectra_gui.window.adding.files_in", late)
    yield disk
    disk.set()


@pytest.mark.parametrize("name", ["field", "comment"])
def test_what_is_being_written_of_a_star_goes_on_there_when_files_are_found(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, slow_disk: threading.Event, name: str
) -> None:
    (first,) = bench.open("a.txt")
    bench.window.files.open_paths([night_of(tmp_path, 3)])
    bench.window.activateWindow()
    bench.qtbot.waitUntil(bench.window.isActiveWindow)
    field = getattr(bench.window.answer, name)
    field.setFocus()
    bench.qtbot.keyClicks(field, "K3")
    slow_disk.set()
    bench.qtbot.waitUntil(lambda: len(bench.document) == 4)
    bench.qtbot.keyClicks(field, " III")
    bench.qtbot.keyClick(field, Qt.Key.Key_Return)
    row = bench.document.row(first)
    assert (row.label if name == "field" else row.comment) == "K3 III"
    assert [other.review for other in bench.document if other.id != first] == [Review()] * 3


def test_files_that_are_found_late_do_not_come_into_a_session_that_was_opened_meanwhile(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, slow_disk: threading.Event
) -> None:
    bench.open("a.txt")
    session = tmp_path / "night.spectra.json"
    assert bench.window.files.save_session_to(session)
    bench.window.files.open_paths([night_of(tmp_path, 3)])
    assert bench.window.files.adding.is_busy
    assert bench.window.files.open_session_file(session)
    assert not bench.window.files.adding.is_busy
    slow_disk.set()
    bench.qtbot.waitUntil(lambda: not any(t.name == "search" for t in threading.enumerate()))
    bench.qtbot.wait(50)
    assert names(bench) == ["a.txt"]
    bench.window.files.open_paths([tmp_path / "night"])
    bench.qtbot.waitUntil(lambda: len(bench.document) == 4)


def test_a_folder_that_cannot_be_looked_into_is_named_and_the_others_are_opened(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed", "open"):
        (tmp_path / "night" / name).mkdir(parents=True)
        (tmp_path / "night" / name / "star.txt").write_text("4000 1\n")
    look = os.scandir

    def scandir(folder: str) -> object:
        if Path(folder).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return look(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    bench.window.files.open_paths([tmp_path / "night"])
    bench.qtbot.waitUntil(lambda: not bench.window.files.adding.is_busy)

    assert [Path(row.path).parent.name for row in bench.document] == ["open"]
    told = bench.window.notices.told[-1]
    assert str(tmp_path / "night" / "closed") in told
    assert "Permission denied" in told
