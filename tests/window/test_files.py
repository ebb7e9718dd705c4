"""Sessions are saved, reopened, autosaved and recovered; nothing unsaved is lost unasked."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from spectra_gui.session import (
    Autosave,
    RemoveRows,
    StoredSession,
    find_recoverable,
    load_session,
    set_label,
)
from spectra_gui.window.places import Places


def _autosaves(bench) -> Path:  # type: ignore[no-untyped-def]
    return bench.window.files._folder


def test_a_session_comes_back_with_its_labels(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt", "b.txt")
    bench.document.do(set_label(bench.document.rows(bench.document.ids[:1]), "K3 III"))
    path = tmp_path / "night.spectra.json"
    assert bench.window.files.save_session_to(path)
    bench.window.files.open_paths([path])
    bench.answer()
    bench.qtbot.waitUntil(lambda: bench.document.row(bench.document.ids[0]).label == "K3 III")
    assert bench.window.windowTitle().startswith("night.spectra.json")
    assert not bench.document.has_unsaved_corrections


def test_a_session_is_read_beside_the_window(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open("a.txt")
    path = tmp_path / "night.spectra.json"
    bench.window.files.save_session_to(path)
    turns: list[int] = []

    def slowly(where: Path) -> StoredSession:
        assert threading.current_thread() is not threading.main_thread()
        time.sleep(0.2)
        return load_session(where)

    monkeypatch.setattr("spectra_gui.window.files.load_session", slowly)
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: turns.append(1))
    timer.start()

    assert bench.window.files.open_session_file(path)

    assert len(turns) > 5
    assert len(bench.document) == 1


def test_a_changed_file_keeps_its_label_apart_until_a_person_attaches_it(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path
) -> None:
    (row_id,) = bench.open("a.txt")
    bench.document.do(set_label(bench.document.rows([row_id]), "K3 III"))
    path = tmp_path / "night.spectra.json"
    bench.window.files.save_session_to(path)
    (tmp_path / "a.txt").write_text("another spectrum")
    bench.window.files.open_session_file(path)
    bench.answer()
    row_id = bench.document.ids[0]
    bench.qtbot.waitUntil(lambda: bench.document.row(row_id).set_aside.confirmed)
    assert bench.document.row(row_id).label is None
    bench.qtbot.waitUntil(lambda: any("changed" in text for text in bench.window.notices.told))
    bench.act("review.attach")
    assert bench.document.row(row_id).label == "K3 III"


def test_a_damaged_session_is_told_and_the_list_stays(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    path = tmp_path / "bad.spectra.json"
    path.write_text("{")
    assert not bench.window.files.open_session_file(path)
    assert len(bench.document) == 1
    assert "bad.spectra.json" in bench.window.notices.told[-1]


def test_opening_a_session_asks_before_corrections_are_lost(  # type: ignore[no-untyped-def]
    bench, answer_close, tmp_path: Path
) -> None:
    bench.open("a.txt")
    path = tmp_path / "night.spectra.json"
    bench.window.files.save_session_to(path)
    bench.act("review.accept")
    asked = answer_close(QMessageBox.StandardButton.Cancel)
    assert not bench.window.files.open_session_file(path)
    assert asked == [1]
    assert bench.document.row(bench.document.ids[0]).label == "G2 V"


def test_corrections_are_autosaved_and_saving_clears_that(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    files = bench.window.files
    bench.act("review.accept")
    assert files._timer.isActive()
    files.autosave()
    files._wait_for_autosave()
    assert len(list(_autosaves(bench).glob("autosave-*.spectra.json"))) == 1
    files.save_session_to(tmp_path / "night.spectra.json")
    assert list(_autosaves(bench).glob("autosave-*.spectra.json")) == []


def test_looking_at_files_autosaves_nothing(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    bench.window.files.autosave()
    bench.window.files._wait_for_autosave()
    assert not _autosaves(bench).exists()


def _crash(bench, label: str | None, *, origin: Path | None = None) -> None:  # type: ignore[no-untyped-def]
    """A window that had one spectrum with this label, and died."""
    bench.open("a.txt")
    if label is not None:
        bench.document.do(set_label(bench.document.rows(bench.document.ids), label))
    crashed = Autosave(_autosaves(bench))
    crashed.write(bench.document.snapshot(), origin=origin)
    crashed._lock.close()  # what the system does when the process dies
    bench.document.replace_all((), None)


def _offered(bench):  # type: ignore[no-untyped-def]
    bench.window.files.recovery.offer()
    bench.qtbot.waitUntil(lambda: bool(bench.window.notice_bar.notices))
    return bench.window.notice_bar.notices[-1]


def test_an_offer_names_the_session_and_no_corrections_where_there_are_none(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path
) -> None:
    _crash(bench, "K3 III")
    _crash(bench, None, origin=tmp_path / "night.spectra.json")
    notice = _offered(bench)
    assert "of night.spectra.json" in notice.text
    assert "corrected" not in notice.text
    assert "1 older one is there too" in notice.text


def test_an_offer_that_is_dismissed_stays_until_it_is_deleted(bench) -> None:  # type: ignore[no-untyped-def]
    _crash(bench, "K3 III")
    _offered(bench)
    bench.window.notice_bar.dismiss()
    kept = bench.window.notice_bar.notices[-1]
    assert "offered again at the next start" in kept.text
    assert len(find_recoverable(_autosaves(bench))) == 1
    bench.window.notices.act(kept.key)
    assert find_recoverable(_autosaves(bench)) == []
    assert not bench.window.notice_bar.notices


def test_a_recovery_that_is_called_off_is_offered_again(bench, answer_close) -> None:  # type: ignore[no-untyped-def]
    _crash(bench, "K3 III")
    bench.open("b.txt")
    bench.act("review.accept")
    notice = _offered(bench)
    answer_close(QMessageBox.StandardButton.Cancel)
    bench.window.notices.act(notice.key)
    assert bench.window.notice_bar.notices[-1].action == "Recover"
    assert [Path(row.path).name for row in bench.document] == ["b.txt"]


def test_what_a_crash_left_is_offered_and_recovered(bench) -> None:  # type: ignore[no-untyped-def]
    _crash(bench, "K3 III")
    notice = _offered(bench)
    assert notice.action == "Recover"
    assert "1 spectrum, 1 of them corrected" in notice.text
    assert "takes the place of the present list" in notice.text
    bench.window.notices.act(notice.key)
    bench.answer()
    row_id = bench.document.ids[0]
    bench.qtbot.waitUntil(lambda: bench.document.row(row_id).label == "K3 III")
    assert bench.document.has_unsaved_corrections
    assert find_recoverable(_autosaves(bench)) == []


def test_a_window_that_closes_in_peace_leaves_no_autosave(bench, answer_close) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    bench.act("review.accept")
    bench.window.files.autosave()
    answer_close(QMessageBox.StandardButton.Discard)
    bench.window.close()
    assert list(_autosaves(bench).glob("autosave*")) == []


def test_a_label_that_undo_brings_back_is_autosaved(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt", "b.txt")
    bench.act("review.accept")
    files = bench.window.files
    bench.document.do(RemoveRows(bench.document.ids))
    files._timer.stop()
    files.autosave()
    files._wait_for_autosave()
    bench.act("edit.undo")
    assert files._timer.isActive()


def test_an_autosave_is_kept_where_the_recovered_session_cannot_be_written(  # type: ignore[no-untyped-def]
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open("a.txt")
    bench.document.do(set_label(bench.document.rows(bench.document.ids), "K3 III"))
    crashed = Autosave(_autosaves(bench))
    crashed.write(bench.document.snapshot(), origin=None)
    crashed._lock.close()
    bench.document.replace_all((), None)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("spectra_gui.session.storage.write_atomically", full)
    (item,) = find_recoverable(_autosaves(bench))
    assert bench.window.files.recover(item)
    (kept,) = find_recoverable(_autosaves(bench))
    assert kept.n_reviews == 1


@pytest.mark.parametrize("name", ["night", "night.v2"])
def test_an_older_session_is_not_replaced_unasked(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bench.open("a.txt")
    older = tmp_path / f"{name}.spectra.json"
    older.write_text("older work")
    given = (str(tmp_path / name), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: given)
    asked: list[str] = []

    def answer(choice: str) -> None:
        box = QApplication.activeModalWidget()
        asked.append(box.text())
        next(button for button in box.buttons() if button.text() == choice).click()

    QTimer.singleShot(0, lambda: answer("Keep it"))
    assert not bench.window.files.save_session_as()
    assert older.read_text() == "older work"
    QTimer.singleShot(0, lambda: answer("Replace"))
    assert bench.window.files.save_session_as()
    assert len(load_session(older).rows) == 1
    assert asked == [f"{older.name} exists already."] * 2


def test_of_several_sessions_those_not_opened_are_told(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    paths = [tmp_path / f"{name}.spectra.json" for name in ("one", "two", "three")]
    for path in paths:
        bench.window.files.save_session_to(path)
    bench.window.files.open_paths(paths)
    assert bench.document.path == paths[0]
    assert "two.spectra.json, three.spectra.json were not opened" in bench.window.notices.told[-1]


def test_a_folder_that_is_opened_in_part_is_told(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spectra_gui.window.adding.MAX_FILES", 3)
    (tmp_path / "night").mkdir()
    names = [f"night/{i}.txt" for i in range(3)]
    bench.files(*names)
    bench.window.files.open_paths([tmp_path / "night"])
    bench.qtbot.waitUntil(lambda: len(bench.document) == 3)
    assert not any("not opened" in text for text in bench.window.notices.told)
    bench.document.do(RemoveRows(bench.document.ids))
    bench.files("night/4.txt")
    bench.window.files.open_paths([tmp_path / "night"])
    bench.qtbot.waitUntil(lambda: len(bench.document) == 3)
    assert f"after {tmp_path / 'night' / '2.txt'} were not opened" in bench.window.notices.told[-1]


def test_the_last_folder_is_offered_also_at_the_next_start(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def cancel(_window: object, _title: str, folder: str, _filter: str) -> tuple[list[str], str]:
        offered.append(folder)
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", cancel)
    night = tmp_path / "night"
    night.mkdir()
    bench.files("night/a.txt")
    bench.window.files.open_files()
    bench.window.files.open_paths([night / "a.txt"])
    bench.window.files.open_files()
    store = QSettings(str(bench.folder / "geometry.ini"), QSettings.Format.IniFormat)
    bench.window.places._store.sync()
    assert [*offered, str(Places(store).folder())] == [str(Path.cwd()), str(night), str(night)]
    (night / "a.txt").unlink()
    night.rmdir()
    bench.window.files.open_files()
    assert offered[-1] == str(Path.cwd())


@pytest.mark.parametrize("end", ["close", "save"])
def test_an_autosave_on_a_slow_disk_outlives_neither_closing_nor_saving(  # type: ignore[no-untyped-def]
    bench, answer_close, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    bench.open("a.txt")
    bench.act("review.accept")
    files = bench.window.files
    slow, goes_on = threading.Event(), threading.Event()
    flush = os.fsync

    def wait_for_the_disk(descriptor: int) -> None:
        if threading.current_thread().name == "autosave" and not slow.is_set():
            slow.set()
            goes_on.wait(60.0)
        flush(descriptor)

    monkeypatch.setattr("spectra_gui.session.storage.os.fsync", wait_for_the_disk)
    monkeypatch.setattr("spectra_gui.window.files.LONGEST_WAIT_S", 0.1)
    files.autosave()
    assert slow.wait(60.0)
    if end == "close":
        answer_close(QMessageBox.StandardButton.Discard)
        assert bench.window.close()
    else:
        assert files.save_session_to(tmp_path / "night.spectra.json")
    goes_on.set()
    files._writing.join(60.0)
    assert list(_autosaves(bench).glob("*.json")) == []
    assert list(_autosaves(bench).glob("*.part")) == []


def test_the_window_lives_while_a_slow_disk_takes_a_session(  # type: ignore[no-untyped-def]
    bench, answer_close, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open("a.txt")
    bench.act("review.accept")
    asked = answer_close(QMessageBox.StandardButton.Discard)
    goes_on = threading.Event()
    flush = os.fsync

    def wait_for_the_disk(descriptor: int) -> None:
        goes_on.wait(60.0)
        flush(descriptor)

    closed: list[bool] = []

    def close_meanwhile() -> None:
        closed.append(bench.window.close())
        goes_on.set()

    monkeypatch.setattr("spectra_gui.session.storage.os.fsync", wait_for_the_disk)
    QTimer.singleShot(0, close_meanwhile)
    path = tmp_path / "night.spectra.json"
    assert bench.window.files.save_session_to(path)
    assert closed == [False]
    assert asked == []
    assert load_session(path).rows[0].set_aside.review.label == "G2 V"
    assert not bench.document.has_unsaved_corrections
