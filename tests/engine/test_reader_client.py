"""Reading in a child: what kills it is one failed file, and the others are read."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from spectra_gui.data import FileMapping, Override, mapping_in
from spectra_gui.engine import reader_client
from spectra_gui.engine.client import ChildDied, Peeked, ReadDone, ReaderClient, ReadFailed
from spectra_gui.readers import peek
from tests.unknown_tables import write_table

from .conftest import Recorder, UnrulyReaderClient, write_text


def test_files_are_read_in_the_order_in_which_they_were_asked_for(
    tmp_path: Path, recorder: Recorder
) -> None:
    client = ReaderClient(recorder)
    try:
        paths = [write_text(tmp_path, f"star{n}.txt") for n in range(5)]
        tickets = [client.read(path) for path in paths]
        done = recorder.wait(ReadDone, 5)
    finally:
        client.close()
    assert [(event.ticket, event.path) for event in done] == [
        (ticket, str(path)) for ticket, path in zip(tickets, paths, strict=True)
    ]
    assert len(done[0].reading.spectra[0]) == 1200


@pytest.mark.parametrize(
    ("name", "code", "time_limit_s"),
    [
        ("crash.txt", "crashed", 60.0),
        ("exit.txt", "crashed", 60.0),
        ("hang.txt", "timeout", 2.0),
        ("stuck.txt", "timeout", 2.0),
        ("hungry.txt", "too_large", 60.0),
    ],
)
def test_a_file_that_kills_the_child_fails_alone(
    name: str, code: str, time_limit_s: float, tmp_path: Path, recorder: Recorder
) -> None:
    unruly = UnrulyReaderClient(recorder, time_limit_s=time_limit_s)
    before, bad, after, last = (
        write_text(tmp_path, n) for n in ("before.txt", name, "after.txt", "last.txt")
    )
    try:
        for path in (before, bad, after, last):
            unruly.read(path)
        recorder.wait(ReadDone, 3)
    finally:
        unruly.close()
    (failed,) = recorder.of(ReadFailed)
    assert (failed.path, failed.error.code) == (str(bad), code)
    assert name in failed.error.reason
    assert failed.error.advice
    assert [Path(e.path).name for e in recorder.of(ReadDone)] == [
        "before.txt",
        "after.txt",
        "last.txt",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of processor time")
@pytest.mark.parametrize(
    ("name", "told"), [("hang.txt", "not done after 8 s"), ("stuck.txt", "more than 2 s of work")]
)
def test_work_without_end_is_told_from_waiting(
    name: str, told: str, tmp_path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "stuck.txt":  # however few processors there are for this test
        monkeypatch.setattr(reader_client, "_PATIENCE", 100.0)
    unruly = UnrulyReaderClient(recorder, time_limit_s=2.0)
    try:
        unruly.read(write_text(tmp_path, name))
        (failed,) = recorder.wait(ReadFailed)
    finally:
        unruly.close()
    assert failed.error.code == "timeout"
    assert told in failed.error.reason
    # More time mends neither.
    assert not re.search("limit|settings", failed.error.advice)


def test_a_small_file_that_unpacks_to_a_huge_one_is_contained(
    tmp_path: Path, recorder: Recorder
) -> None:
    bomb = tmp_path / "bomb.fits.gz"
    card = b"SIMPLE  =                    T".ljust(2880)
    # A gzip file may have several members, so one packed stretch of zeros serves for all.
    bomb.write_bytes(gzip.compress(card) + 60 * gzip.compress(bytes(32 * 2**20), 1))
    assert bomb.stat().st_size < 16 * 2**20
    client = ReaderClient(recorder)
    try:
        client.read(bomb)
        client.read(write_text(tmp_path, "after.txt"))
        recorder.wait(ReadDone)
    finally:
        client.close()
    (failed,) = recorder.of(ReadFailed)
    assert (failed.path, failed.error.code) == (str(bomb), "too_large")


def test_a_death_is_told_with_the_restart(
    tmp_path: Path, recorder: Recorder, unruly: UnrulyReaderClient
) -> None:
    unruly.read(write_text(tmp_path, "crash.txt"))
    (died,) = recorder.wait(ChildDied)
    assert (died.child, died.restarting) == ("reader", True)


def test_a_missing_file_is_a_failure_with_advice(tmp_path: Path, recorder: Recorder) -> None:
    client = ReaderClient(recorder)
    try:
        client.read(tmp_path / "absent.fits")
        (failed,) = recorder.wait(ReadFailed)
    finally:
        client.close()
    assert failed.error.code == "not_found"


def test_the_child_uses_no_network(
    tmp_path: Path, recorder: Recorder, unruly: UnrulyReaderClient
) -> None:
    unruly.read(write_text(tmp_path, "phone.txt"))
    (failed,) = recorder.wait(ReadFailed)
    assert "uses no network" in failed.error.reason


def test_what_a_library_prints_does_not_disturb_the_answers(
    tmp_path: Path, recorder: Recorder, unruly: UnrulyReaderClient
) -> None:
    unruly.read(write_text(tmp_path, "print.txt"))
    assert recorder.wait(ReadDone)


def test_cancelled_files_are_not_heard_of(
    tmp_path: Path, recorder: Recorder, unruly: UnrulyReaderClient
) -> None:
    tickets = [unruly.read(write_text(tmp_path, f"star{n}.txt")) for n in range(20)]
    unruly.cancel(tickets[7])
    last = write_text(tmp_path, "last.txt")
    unruly.read(last)
    recorder.wait_until(lambda: any(e.path == str(last) for e in recorder.of(ReadDone)))
    assert tickets[7] not in {event.ticket for event in recorder.of(ReadDone)}
    unruly.read(write_text(tmp_path, "hang.txt"))
    unruly.read(write_text(tmp_path, "never.txt"))
    unruly.cancel_all()
    fresh = write_text(tmp_path, "fresh.txt")
    unruly.read(fresh)
    recorder.wait_until(lambda: any(e.path == str(fresh) for e in recorder.of(ReadDone)))
    assert not recorder.of(ReadFailed)
    assert not recorder.of(ChildDied)
    assert "never.txt" not in {Path(e.path).name for e in recorder.of(ReadDone)}


def test_closing_ends_the_child_within_two_seconds_whatever_it_does(
    tmp_path: Path, recorder: Recorder
) -> None:
    for name in ("star.txt", "hang.txt", "stuck.txt"):
        client = UnrulyReaderClient(recorder, time_limit_s=60.0)
        client.read(write_text(tmp_path, name))
        time.sleep(1.0)
        children = psutil.Process().children(recursive=True)
        assert children
        started = time.monotonic()
        client.close()
        assert time.monotonic() - started < 2.0
        assert not [child for child in children if child.is_running()]
    assert not recorder.of(ReadFailed)


def test_closing_at_once_leaves_no_child(recorder: Recorder) -> None:
    for _ in range(5):
        ReaderClient(recorder).close()
    assert not psutil.Process().children(recursive=True)


def test_closing_from_within_the_listener_works(tmp_path: Path) -> None:
    clients: list[ReaderClient] = []
    seen = Recorder()

    def listener(event: object) -> None:
        clients[0].close()
        seen(event)  # type: ignore[arg-type]

    clients.append(ReaderClient(listener))
    clients[0].read(write_text(tmp_path, "star.txt"))
    seen.wait(ReadDone)
    assert not psutil.Process().children(recursive=True)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_no_orphan_stays_when_the_parent_is_killed(tmp_path: Path) -> None:
    hang = write_text(tmp_path, "star.txt")
    script = (
        "import sys, time\n"
        "from spectra_gui.engine.client import ReaderClient\n"
        "client = ReaderClient(lambda e: print('done', flush=True))\n"
        f"client.read({str(hang)!r})\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    children = psutil.Process(parent.pid).children()
    assert len(children) == 1
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive


def test_the_tables_of_a_file_are_looked_at_in_the_child(
    tmp_path: Path, recorder: Recorder
) -> None:
    client = ReaderClient(recorder)
    try:
        good = client.peek(write_table(tmp_path / "vega.fits"))
        bad = client.peek(tmp_path / "absent.fits")
        (peeked,) = recorder.wait(Peeked, 1)
        (failed,) = recorder.wait(ReadFailed, 1)
    finally:
        client.close()
    assert (peeked.ticket, failed.ticket) == (good, bad)
    assert peeked.head.tables[0].columns == ("alpha", "beta", "gamma")
    assert peeked.head.shape.startswith("fits-")
    assert failed.error.code == "not_found"


def test_mappings_hold_for_the_files_after_them_and_for_the_next_child(
    tmp_path: Path, recorder: Recorder
) -> None:
    path = write_table(tmp_path / "vega.fits")
    columns = Override(columns=("beta", "alpha"))
    unruly = UnrulyReaderClient(recorder)
    try:
        unruly.read(path)
        (failed,) = recorder.wait(ReadFailed, 1)
        unruly.use_mappings([FileMapping("odd", peek(path).shape, columns)])
        unruly.read(path)
        recorder.wait(ReadDone, 1)
        unruly.read(write_text(tmp_path, "crash.txt"))
        unruly.read(path)
        done = recorder.wait(ReadDone, 2)
        unruly.use_mappings([])
        unruly.read(path)
        recorder.wait(ReadFailed, 3)
    finally:
        unruly.close()
    assert failed.error.has_columns
    assert [mapping_in(event.reading.decisions) is not None for event in done] == [True, True]
