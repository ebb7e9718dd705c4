"""What a person does in the window, and what they then see."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMessageBox

from spectra_gui.data import Override, ReadError
from spectra_gui.engine.client import ChildDied, Explained, ReadFailed
from spectra_gui.session import load_session
from spectra_gui.window.dialogs import SettingsDialog
from tests.verdicts import make_verdict

from .fakes import make_explanation, make_reading

KEY = ("joint", "guided_grad_cam")


def _drop(window, *paths: Path) -> bool:  # type: ignore[no-untyped-def]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, left, nothing)
    window.dragEnterEvent(enter)
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, left, nothing)
    window.dropEvent(drop)
    return enter.isAccepted() and drop.isAccepted()


def test_a_dropped_file_is_shown_typed_and_explained(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    assert _drop(bench.window, *bench.files("vega.txt"))
    bench.answer()
    view = bench.window.view
    assert view.row.title == "vega"
    assert view.row.verdict.type == "G2 V"
    ((ticket, key, revision),) = bench.engine.explained
    bench.engine.tell(Explained(ticket, key, revision, make_explanation()))
    bench.settle()
    assert bench.document.explanation(view.row.id, KEY) is not None
    assert view.is_settled


def test_a_dropped_folder_is_opened_with_the_folders_in_it(qtbot, bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    night = tmp_path / "night" / "deep"
    night.mkdir(parents=True)
    for name in ("a.txt", "README.md", ".hidden", "plot.png"):
        (night / name).write_text("4000 1\n")
    (night.parent / "b.fits").write_text("x")
    assert _drop(bench.window, night.parent)
    qtbot.waitUntil(lambda: len(bench.document) == 2)
    assert sorted(Path(row.path).name for row in bench.document) == ["a.txt", "b.fits"]


def test_an_empty_folder_is_named_and_the_others_are_opened(qtbot, bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "clouds").mkdir()
    assert _drop(bench.window, tmp_path / "clouds", *bench.files("vega.txt"))
    qtbot.waitUntil(lambda: len(bench.document) == 1)
    assert "no spectra in clouds" in bench.window.notices.told[-1]


def test_a_drop_without_a_file_is_explained(bench) -> None:  # type: ignore[no-untyped-def]
    assert not _drop(bench.window)
    assert "is no file" in bench.window.notices.told[-1]
    assert len(bench.document) == 0


def test_the_empty_window_says_what_to_do_and_then_gives_way(bench) -> None:  # type: ignore[no-untyped-def]
    assert bench.window.empty.isVisible()
    bench.open("a.txt")
    bench.window.refresh()
    assert not bench.window.empty.isVisible()
    assert bench.window.list.isVisible()


def test_accept_labels_the_row_and_goes_on(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt")
    bench.window.list.select([ids[0]])
    bench.act("review.accept")
    assert bench.document.row(ids[0]).label == "G2 V"
    assert bench.document.row(ids[0]).reviewed
    assert bench.window.list.current_id == ids[1]


def test_an_edited_type_makes_the_row_reviewed_and_undo_takes_it_back(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    (row_id,) = bench.open("a.txt")
    bench.act("review.edit")
    field = bench.window.answer.field
    field.clear()
    qtbot.keyClicks(field, "k3iii")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    row = bench.document.row(row_id)
    assert (row.label, row.reviewed) == ("K3 III", True)
    assert bench.window.model.index(0, 2).data() == "K3 III"
    bench.act("edit.undo")
    assert bench.document.row(row_id).label is None
    bench.act("edit.redo")
    assert bench.document.row(row_id).label == "K3 III"


def test_keys_grade_the_selection_but_are_typed_in_a_field(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt")
    window = bench.window
    window.activateWindow()
    window.list.table.setFocus()
    window.list.table.selectAll()
    window.refresh()
    qtbot.keyClick(window.list.table, "3")
    assert [bench.document.row(i).quality for i in ids] == [3, 3]
    window.list.filter.setFocus()
    qtbot.keyClicks(window.list.filter, "a1")
    assert window.list.filter.text() == "a1"
    assert [bench.document.row(i).quality for i in ids] == [3, 3]


def test_a_comment_is_one_step_of_undo(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    (row_id,) = bench.open("a.txt")
    bench.act("review.comment")
    qtbot.keyClicks(bench.window.answer.comment, "blend")
    assert bench.document.row(row_id).comment == "blend"
    bench.document.undo()
    assert bench.document.row(row_id).comment == ""


def test_an_override_reads_the_file_again(bench) -> None:  # type: ignore[no-untyped-def]
    (row_id,) = bench.open("a.txt")
    bench.window.view.how.override_changed.emit(Override(medium="vacuum"))
    assert bench.reader.asked[0][2] == Override(medium="vacuum")
    assert bench.document.row(row_id).state == "reading"
    bench.answer()
    assert bench.document.row(row_id).state == "typed"


def test_removing_rows_moves_on_and_can_be_undone(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt", "c.txt")
    bench.window.list.select([ids[1]])
    bench.act("edit.remove")
    assert bench.document.ids == (ids[0], ids[2])
    assert bench.window.view.row.id == ids[2]
    bench.act("edit.undo")
    assert bench.document.ids == tuple(ids)


def test_removing_the_last_row_shows_the_empty_window(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    bench.act("edit.remove")
    bench.window.refresh()
    assert bench.window.empty.isVisible()
    assert bench.window.view.row is None


def test_rows_are_copied_with_their_header(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt", "b.txt")
    bench.act("edit.select_all")
    bench.act("edit.copy")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:4] == ["file", "index", "name", "type"]
    assert [line.split("\t")[3] for line in lines[1:]] == ["G2 V", "G2 V"]


def test_the_table_and_the_picture_are_saved(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    exports = bench.window.parts["exports"]
    assert exports.save_table_to(tmp_path / "types.csv")
    assert "G2 V" in (tmp_path / "types.csv").read_text()
    assert exports.save_picture_to(tmp_path / "plots.png")
    assert (tmp_path / "plots.png").read_bytes().startswith(b"\x89PNG")
    assert not exports.save_table_to(tmp_path / "none" / "types.csv")
    assert "table was not saved" in bench.window.notices.told[-1]


def test_the_table_is_offered_in_the_formats_of_the_command_line(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open("a.txt")
    offered = []

    def choose(*arguments: str) -> tuple[str, str]:
        offered.extend(arguments[-1].split(";;"))
        return str(tmp_path / "types"), next(f for f in offered if "*.fits" in f)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    bench.act("file.save_table")
    endings = [one.partition("*.")[2].rstrip(")") for one in offered]
    assert endings == ["csv", "ecsv", "fits", "vot", "json"]
    assert (tmp_path / "types.fits").read_bytes().startswith(b"SIMPLE")


@pytest.mark.parametrize("ending", ["csv", "ecsv", "vot", "json"])
def test_the_table_is_saved_whatever_the_files_are_called_and_the_numbers_are(  # type: ignore[no-untyped-def]
    bench, tmp_path: Path, ending: str
) -> None:
    """Line breaks, bytes that are no text and figures that are none stop no export."""
    ids = bench.open("two\nlines.txt", os.fsdecode(b"\xff.txt"), "=HYPERLINK(1).txt")
    verdict = replace(make_verdict(), snr=float("nan"), rv_kms=float("inf"))
    row = bench.document.row(ids[0])
    bench.document.store_verdict(ids[0], verdict, None, revision=row.revision)
    path = tmp_path / f"types.{ending}"
    assert bench.window.parts["exports"].save_table_to(path)
    text = path.read_text(encoding="utf-8")
    assert r"two\nlines" in text.replace(r"\\", "\\")
    assert r"\udcff.txt" in text.replace(r"\\", "\\")
    assert "NaN" not in text
    bench.act("edit.select_all")
    bench.act("edit.copy")
    copied = QGuiApplication.clipboard().text()
    assert len(copied.splitlines()) == 1 + len(ids)
    assert "'=HYPERLINK(1)" in copied


def test_an_unreadable_file_is_shown_with_its_reason(bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    bench.window.files.open_paths(bench.files("broken.fits"))
    ticket, path, _ = bench.reader.asked.pop()
    error = ReadError("damaged", "The file ends in the header.", "Copy it again.", path)
    bench.reader.tell(ReadFailed(ticket, path, error))
    bench.settle()
    assert bench.window.view.row.error is error
    assert bench.window.model.index(0, 2).data() == "unreadable"


def test_a_refused_spectrum_is_not_explained(bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    bench.window.files.open_paths(bench.files("noise.txt"))
    bench.engine.state = "refuse"
    bench.answer()
    assert bench.window.view.row.verdict.state == "refuse"
    assert bench.engine.explained == []
    assert bench.window.view.is_settled


def test_hidden_strips_ask_for_no_explanation(bench) -> None:  # type: ignore[no-untyped-def]
    bench.act("spectrum.strips")
    bench.open("a.txt")
    assert bench.engine.explained == []
    bench.act("spectrum.strips")
    assert len(bench.engine.explained) == 1


def test_only_the_shown_row_is_explained(bench) -> None:  # type: ignore[no-untyped-def]
    ids = bench.open("a.txt", "b.txt", "c.txt")
    assert [key for _, key, _ in bench.engine.explained] == [str(ids[0])]
    bench.window.list.select([ids[2]])
    assert [key for _, key, _ in bench.engine.explained][1:] == [str(ids[2])]


def test_the_death_of_the_engine_is_told_in_the_notice_bar(bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    bench.engine.tell(ChildDied("engine", True, "The engine ended and is started again."))
    bench.settle()
    texts = [notice.text for notice in bench.window.notice_bar.notices]
    assert texts == ["The engine ended and is started again."]
    assert bench.window.status.engine.text() == "Loading the model…"


def test_closing_asks_for_unsaved_corrections_and_can_be_called_off(bench, answer_close) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    bench.act("review.accept")
    asked = answer_close(QMessageBox.StandardButton.Cancel)
    assert not bench.window.close()
    assert asked == [1]
    assert not bench.engine.closed
    asked = answer_close(QMessageBox.StandardButton.Discard)
    assert bench.window.close()
    assert bench.engine.closed
    assert bench.reader.closed


def test_closing_saves_where_it_is_asked_to(bench, answer_close, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    path = tmp_path / "night.spectra.json"
    assert bench.window.files.save_session_to(path)
    bench.act("review.accept")
    answer_close(QMessageBox.StandardButton.Save)
    assert bench.window.close()
    (row,) = load_session(path).rows
    assert row.set_aside.review.label == "G2 V"


def test_closing_a_window_that_only_looked_asks_nothing(bench, answer_close) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    asked = answer_close(QMessageBox.StandardButton.Cancel)
    assert bench.window.close()
    assert asked == []


def test_settings_are_applied_and_only_what_differs_is_kept(bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    dialog = SettingsDialog(bench.window, bench.settings)
    dialog.applied.connect(bench.window.preferences.apply)
    dialog.findChild(object, "device").setCurrentIndex(1)
    dialog.apply()
    assert bench.engine.restarts == [(None, "cpu")]
    assert 'device = "cpu"' in (bench.folder / "settings.toml").read_text()
    assert "theme" not in (bench.folder / "settings.toml").read_text()


def test_the_cross_hair_is_told_in_the_status_bar(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    plots = bench.window.view.plots
    plots.go_to(4861.3)
    assert "4861" in bench.window.status.cross_hair.text()


@pytest.mark.parametrize("name", ["x" * 200, "\u05e9\u05dc\u05d5\u05dd", "a\nb", "<b>bold</b>"])
def test_any_name_of_a_star_can_be_shown(bench, name: str) -> None:  # type: ignore[no-untyped-def]
    path = str(bench.files("a.txt")[0])
    bench.window.files.open_paths([Path(path)])
    bench.document.store_reading(path, make_reading(path, name), revision=0)
    assert bench.window.view.row.title == name.replace("\n", "\N{REPLACEMENT CHARACTER}")
    assert not bench.window.grab().isNull()


def test_the_wizard_says_calmly_that_it_is_missing_or_opens(bench, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    opened = []

    class Wizard:
        @staticmethod
        def open_wizard(parent, document, **more) -> None:  # type: ignore[no-untyped-def]
            opened.append((parent, document, sorted(more)))

    monkeypatch.setattr("spectra_gui.window.models.import_module", lambda name: Wizard)
    bench.act("file.retrain")
    assert opened == [(bench.window, bench.document, ["bundle", "on_installed"])]


def test_panes_keep_the_sizes_that_a_person_gave_them(bench, qtbot) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    window = bench.window
    qtbot.waitUntil(lambda: window.view.details.height() > 0)
    window.view.split.setSizes([300, 400])
    sizes = window.view.split.sizes()
    window.places.keep(window, window.splitters)
    window.view.split.setSizes([600, 100])
    window.places.restore_panes(window.splitters)
    assert window.view.split.sizes() == sizes


def test_dragging_files_over_a_list_says_that_they_can_be_dropped(bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/b.txt")])
    enter = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip

    def hint_is_shown() -> bool:
        labels = bench.window.list.findChildren(QLabel)
        return any(label.text() == "Let go to add to the list" for label in labels)

    bench.window.dragEnterEvent(enter)
    assert hint_is_shown()
    bench.window.dragLeaveEvent(QDragLeaveEvent())
    assert not hint_is_shown()


def test_closing_asks_before_it_ends_a_training(bench) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()

    class Wizard(QDialog):
        is_training = True

    Wizard(bench.window)

    def answer(choice: str) -> None:
        box = QApplication.activeModalWidget()
        next(button for button in box.buttons() if button.text() == choice).click()

    QTimer.singleShot(0, lambda: answer("Keep training"))
    assert not bench.window.close()
    assert not bench.engine.closed
    QTimer.singleShot(0, lambda: answer("Stop and close"))
    assert bench.window.close()
    assert bench.engine.closed


def test_another_model_is_started_on_the_device_that_was_chosen_with_it(  # type: ignore[no-untyped-def]
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.start_engine()
    monkeypatch.setattr("spectra_gui.window.models.load_bundle", lambda path: None)
    monkeypatch.setattr("spectra_gui.window.models.find_bundle", lambda name: Path("/models/other"))
    bench.settings.set("bundle", "other")
    bench.settings.set("device", "cpu")
    bench.window.preferences.apply({"bundle", "device"})
    bench.qtbot.waitUntil(lambda: bool(bench.engine.restarts))
    assert bench.engine.restarts == [(Path("/models/other"), "cpu")]
