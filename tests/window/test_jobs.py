"""Jobs ask for what the document needs and take in only what still belongs to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from spectra_gui.data import Override, ReadError
from spectra_gui.engine.client import (
    ChildDied,
    EngineFailed,
    EngineReady,
    Explained,
    ReadDone,
    ReadFailed,
    RequestFailed,
    Typed,
)
from spectra_gui.session import (
    AddSpectra,
    Document,
    RemoveRows,
    Row,
    SetOverride,
    hash_file,
    set_label,
)
from spectra_gui.window.jobs import TYPES_AHEAD, Jobs
from spectra_gui.window.work import Wish
from tests.verdicts import make_verdict

from .fakes import READY, FakeEngine, FakeReader, make_explanation, make_reading


class Bench:
    """A document with jobs and clients that answer when told to."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.document = Document()
        self.reader, self.engine = FakeReader(), FakeEngine()
        self.jobs = Jobs(
            self.document,
            make_reader=self.reader.listen,
            make_engine=self.engine.listen,
        )
        self.notices: list[tuple[str, str, str]] = []
        self.jobs.notice.connect(lambda *told: self.notices.append(told))

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.jobs.has_answers, timeout=20_000)

    def ready(self) -> None:
        self.jobs.start_engine()
        self.engine.tell(READY)
        self.settle()

    def open(self, *paths: Path) -> None:
        self.document.do(AddSpectra(paths))

    def read_all(self) -> None:
        while self.reader.asked:
            ticket, path, override = self.reader.asked.pop(0)
            self.reader.tell(ReadDone(ticket, path, make_reading(path, override=override)))
            if not self.reader.asked:
                self.settle()

    def row(self, i: int = 0):  # type: ignore[no-untyped-def]
        return self.document.row(self.document.ids[i])


@pytest.fixture
def bench(qtbot: QtBot):  # type: ignore[no-untyped-def]
    made = Bench(qtbot)
    yield made
    made.jobs.close()


@pytest.fixture
def star(tmp_path: Path) -> Path:
    path = tmp_path / "star.txt"
    path.write_text("4000 1\n")
    return path


def _typed(bench: Bench, path: Path) -> None:
    bench.ready()
    bench.open(path)
    bench.read_all()
    bench.engine.answer_all()
    bench.settle()


def test_an_opened_file_is_read_then_typed(bench: Bench, star: Path) -> None:
    _typed(bench, star)
    assert bench.row().state == "typed"
    bench.qtbot.waitUntil(lambda: bench.row().file_sha256 == hash_file(star))
    assert not bench.jobs.is_busy


def test_readings_wait_for_the_engine(bench: Bench, star: Path) -> None:
    bench.open(star)
    bench.read_all()
    assert bench.engine.asked == []
    assert bench.jobs.is_pending(bench.row())
    bench.ready()
    assert len(bench.engine.asked) == 1


def test_a_verdict_for_an_overridden_row_is_dropped(bench: Bench, star: Path) -> None:
    bench.ready()
    bench.open(star)
    bench.read_all()
    ((ticket, items, revision),) = bench.engine.asked
    bench.document.do(SetOverride(str(star), Override(medium="vacuum")))
    bench.engine.tell(Typed(ticket, items[0][0], revision, make_verdict(), None))
    bench.settle()
    assert bench.row().state == "reading"
    assert bench.row().verdict is None
    assert bench.reader.asked[0][2].medium == "vacuum"


def test_a_removed_file_is_taken_up_again_by_undo(bench: Bench, star: Path) -> None:
    bench.ready()
    bench.open(star)
    ticket, path, _ = bench.reader.asked.pop()
    bench.document.do(RemoveRows(bench.document.ids))
    bench.reader.tell(ReadDone(ticket, path, make_reading(path)))
    bench.settle()
    bench.document.undo()
    bench.read_all()
    bench.engine.answer_all()
    bench.settle()
    assert bench.row().state == "typed"


def test_an_unreadable_file_becomes_a_row_with_its_reason(bench: Bench, star: Path) -> None:
    bench.open(star)
    ticket, path, _ = bench.reader.asked.pop()
    error = ReadError("empty", "The file is empty.", "Copy it again.", path)
    bench.reader.tell(ReadFailed(ticket, path, error))
    bench.settle()
    assert bench.row().error is error


def test_a_spectrum_that_cannot_be_typed_says_why(bench: Bench, star: Path) -> None:
    bench.ready()
    bench.open(star)
    bench.read_all()
    ((ticket, items, revision),) = bench.engine.asked
    bench.engine.tell(RequestFailed(ticket, items[0][0], revision, "It ended the engine twice."))
    bench.settle()
    assert bench.row().problem == "It ended the engine twice."
    assert not bench.jobs.is_busy


def test_the_death_of_the_engine_is_told(bench: Bench) -> None:
    bench.ready()
    bench.engine.tell(ChildDied("engine", True, "The engine is started again."))
    bench.settle()
    assert bench.notices == [("The engine is started again.", "caution", "engine")]
    assert bench.jobs.engine_state == "starting"


def test_rows_are_typed_when_a_failed_engine_comes_back(bench: Bench, star: Path) -> None:
    bench.ready()
    bench.open(star)
    bench.read_all()
    ((ticket, items, revision),) = bench.engine.asked
    bench.engine.tell(EngineFailed("No memory."))
    bench.engine.tell(RequestFailed(ticket, items[0][0], revision, "No memory."))
    bench.settle()
    assert bench.row().problem == ""
    assert bench.jobs.work().total == 0
    bench.engine.asked.clear()
    bench.ready()
    bench.engine.answer_all()
    bench.settle()
    assert bench.row().state == "typed"


def test_another_model_types_the_list_again_and_keeps_labels(bench: Bench, star: Path) -> None:
    _typed(bench, star)
    bench.document.do(set_label([bench.row()], "K3 III"))
    bench.jobs.restart_engine(bundle=Path("/models/other"))
    assert bench.engine.restarts == [(Path("/models/other"), None)]
    assert bench.row().verdict is None
    bench.engine.sha256 = "b" * 64
    bench.engine.tell(EngineReady("CPU", "other", "b" * 64, 2))
    bench.settle()
    bench.engine.answer_all()
    bench.settle()
    assert bench.row().state == "typed"
    assert bench.row().label == "K3 III"


def test_a_verdict_of_another_model_that_undo_brings_back_is_made_anew(
    bench: Bench, star: Path
) -> None:
    _typed(bench, star)
    bench.document.do(RemoveRows(bench.document.ids))
    bench.jobs.restart_engine(bundle=Path("/models/other"))
    bench.engine.tell(EngineReady("CPU", "other", "b" * 64, 2))
    bench.settle()
    bench.document.undo()
    assert bench.row().verdict is None
    assert bench.jobs.is_pending(bench.row())


def test_only_the_wished_explanation_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.txt" for i in range(3)]
    for path in paths:
        path.write_text("4000 1\n")
    bench.ready()
    bench.open(*paths)
    bench.read_all()
    bench.engine.answer_all()
    bench.settle()
    ids = bench.document.ids
    assert bench.engine.explained == []
    bench.jobs.wish_explanation(Wish(ids[1]))
    bench.jobs.wish_explanation(Wish(ids[2]))
    asked = [key for _, key, _ in bench.engine.explained]
    assert asked == [str(ids[1]), str(ids[2])]
    first, second = (ticket for ticket, _, _ in bench.engine.explained)
    assert bench.engine.cancelled == [first]
    bench.engine.tell(Explained(second, str(ids[2]), 0, make_explanation()))
    bench.settle()
    key = ("joint", "guided_grad_cam")
    assert bench.document.explanation(ids[2], key) is not None
    assert bench.document.explanation(ids[1], key) is None


def test_stop_leaves_rows_that_can_be_taken_up(bench: Bench, tmp_path: Path) -> None:
    bench.ready()
    bench.open(*(tmp_path / f"{i}.txt" for i in range(100)))
    bench.jobs.cancel()
    assert not bench.jobs.is_busy
    assert not any(bench.jobs.is_pending(row) for row in bench.document)
    bench.reader.asked.clear()
    bench.document.read_again(bench.document.ids[:1])
    assert bench.jobs.is_pending(bench.row())
    assert bench.reader.asked[0][1] == str(tmp_path / "0.txt")


def test_the_engine_holds_no_more_than_a_few_batches(bench: Bench, tmp_path: Path) -> None:
    bench.ready()
    bench.open(*(tmp_path / f"{i}.txt" for i in range(TYPES_AHEAD + 20)))
    bench.read_all()
    assert sum(len(items) for _, items, _ in bench.engine.asked) == TYPES_AHEAD
    bench.engine.answer_all()
    bench.settle()
    bench.engine.answer_all()
    bench.settle()
    assert all(row.state == "typed" for row in bench.document)


def test_a_spectrum_that_was_let_go_is_read_again_when_it_is_shown(
    bench: Bench, tmp_path: Path
) -> None:
    bench.document._shelf.limit_bytes = 500
    bench.ready()
    bench.open(*(tmp_path / f"{i}.txt" for i in range(4)))
    while bench.jobs.is_busy:
        bench.read_all()
        bench.engine.answer_all()
        bench.settle()
    assert bench.row().spectrum is None
    bench.jobs.need_arrays(bench.row().id)
    bench.read_all()
    assert bench.row().spectrum is not None
    assert bench.row().verdict is not None


def test_a_removed_spectrum_that_comes_back_is_read_again_when_it_is_shown(
    bench: Bench, star: Path
) -> None:
    _typed(bench, star)
    bench.document.do(RemoveRows(bench.document.ids))
    bench.document.undo()
    assert (bench.row().spectrum, bench.row().answer) == (None, "G2 V")
    bench.jobs.need_arrays(bench.row().id)
    bench.read_all()
    bench.jobs.need_arrays(bench.row().id)
    bench.engine.answer_all()
    bench.settle()
    assert bench.row().spectrum is not None
    assert bench.row().prepared is not None


def test_closing_ends_both_children_and_hears_nothing_more(bench: Bench, star: Path) -> None:
    bench.ready()
    bench.open(star)
    bench.jobs.close()
    assert bench.reader.closed
    assert bench.engine.closed
    ticket, path, _ = bench.reader.asked.pop()
    bench.reader.tell(ReadDone(ticket, path, make_reading(path)))
    bench.qtbot.wait(50)
    assert bench.row().state == "reading"


def test_the_work_is_counted(bench: Bench, tmp_path: Path) -> None:
    bench.ready()
    bench.open(*(tmp_path / f"{i}.txt" for i in range(4)))
    ticket, path, _ = bench.reader.asked.pop(0)
    bench.reader.tell(ReadFailed(ticket, path, ReadError("empty", "Empty.", "", path)))
    bench.settle()
    work = bench.jobs.work()
    assert (work.done, work.total, work.failed) == (1, 4, 1)


def test_rows_of_one_file_get_their_spectra_back_though_one_was_typed_again(
    bench: Bench, star: Path
) -> None:
    bench.ready()
    bench.open(star)
    ticket, path, _ = bench.reader.asked.pop(0)
    bench.reader.tell(ReadDone(ticket, path, make_reading(path, "A", "B")))
    bench.settle()
    bench.engine.answer_all()
    bench.settle()
    ids = bench.document.ids
    bench.document.forget_verdicts(ids[1:])
    bench.engine.answer_all()
    bench.settle()
    for row_id in ids:
        bench.document._rows.update(row_id, spectrum=None)  # let go to save memory
        bench.jobs.need_arrays(row_id)
    while bench.reader.asked:
        ticket, path, _ = bench.reader.asked.pop(0)
        bench.reader.tell(ReadDone(ticket, path, make_reading(path, "A", "B")))
    bench.settle()
    assert all(row.spectrum is not None for row in bench.document)


def test_a_session_is_not_given_what_was_read_for_the_list_before_it(
    bench: Bench, star: Path
) -> None:
    bench.open(star)
    (early,) = bench.reader.asked
    vacuum = Override(medium="vacuum")
    bench.document.replace_all([Row(1, str(star), override=vacuum)], None)
    bench.reader.tell(ReadDone(early[0], early[1], make_reading(early[1])))
    bench.settle()
    assert bench.row().state == "reading"
    assert bench.reader.asked[1][2] == vacuum


def test_a_verdict_of_another_model_is_made_anew_though_undo_came_while_it_started(
    bench: Bench, star: Path
) -> None:
    _typed(bench, star)
    bench.document.do(RemoveRows(bench.document.ids))
    bench.jobs.restart_engine(bundle=Path("/models/other"))
    bench.document.undo()
    bench.engine.tell(EngineReady("CPU", "other", "b" * 64, 2))
    bench.settle()
    assert bench.row().verdict is None
    assert bench.jobs.is_pending(bench.row())
