"""Files that nobody means to send: each is read right or declined, in 5 s and 1 GB, alone.

Every case goes through a real reading child with its limits. A case is a recipe that writes the
file and what must come of it: the codes that a refusal may have, or the number of points where
a right reading exists. After each, a sound file must read as if nothing had happened.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import queue
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.engine.client import ChildDied, Event, ReadDone, ReaderClient, ReadFailed
from spectra_gui.readers import Caps, read
from spectra_gui.readers.door import RowsError, read_rows
from tests.readers.hostile import CASES, CODES, MEMORY_MB, TIME_S, Case
from tests.readers.hostile.ingredients import FLUX, SOUND_TEXT, image, table
from tests.readers.hostile.sizes import ten_million_points


class Child:
    """A reading child, and what it says of a file."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        # Waiting is the machine's; the child's own time is what is held to five seconds.
        self.client = ReaderClient(
            self.events.put, memory_limit_mb=MEMORY_MB, time_limit_s=20 * TIME_S
        )

    def read(self, path: Path | str) -> ReadDone | ReadFailed:
        self.client.read(path)
        while True:
            event = self.events.get(timeout=60 * TIME_S)
            assert not isinstance(event, ChildDied), event.message
            if isinstance(event, ReadDone | ReadFailed):
                return event

    def processor_s(self) -> dict[int, float]:
        """Processor time by process id."""
        children = psutil.Process().children()
        found = {}
        for child in children:
            times = child.cpu_times()
            found[child.pid] = times.user + times.system
        return found


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.client.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.fits"
    path.write_bytes(image() + FLUX)
    return path


def _remove_files(folder: Path) -> None:
    """So that a run does not fill the disk; pytest keeps what is left of three runs."""
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_nobody_means_to_send(case: Case, child: Child, sound: Path, tmp_path: Path) -> None:
    assert isinstance(child.read(sound), ReadDone)
    path = case.write(tmp_path / "thing") or tmp_path / "thing"
    before = child.processor_s()
    event = child.read(path)
    after = child.processor_s()
    _remove_files(tmp_path)
    for pid in before.keys() & after.keys():
        assert after[pid] - before[pid] < TIME_S
    if isinstance(event, ReadFailed):
        error = event.error
        assert error.code in (case.codes or CODES), str(error)
        assert not case.points, str(error)
        assert error.code in CODES
        assert error.path == str(path)
        for sentence in (error.reason, error.advice):
            assert sentence.endswith(".")
            assert 10 < len(sentence) < 600
    else:
        assert case.points == len(event.reading.spectra[0])
    again = child.read(sound)
    assert isinstance(again, ReadDone)
    assert len(again.reading.spectra[0]) == 100


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.fits"
    path.write_bytes(image() + FLUX)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    # Root, as whom tests may run, may read everything.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "permission"
    assert "permissions" in caught.value.advice


def test_a_file_that_vanishes_changes_or_grows_while_it_is_read(
    child: Child, tmp_path: Path
) -> None:
    path = tmp_path / "changing.fits"
    whole = image() + FLUX
    path.write_bytes(whole)
    stop = threading.Event()

    def trouble() -> None:
        generator = np.random.default_rng(1)
        while not stop.is_set():
            path.write_bytes(whole[: int(generator.integers(0, len(whole)))])
            path.unlink(missing_ok=True)
            path.write_bytes(whole)

    thread = threading.Thread(target=trouble)
    thread.start()
    try:
        codes = set()
        for _ in range(300):
            event = child.read(path)
            codes.add(event.error.code if isinstance(event, ReadFailed) else "read")
    finally:
        stop.set()
        thread.join()
    # Of the first letters of a header nobody can say that they begin one.
    assert codes <= {
        "read", "not_found", "empty", "truncated", "unknown_format", "damaged", "not_a_spectrum",
    }  # fmt: skip
    event = child.read(path)
    assert isinstance(event, ReadDone)
    assert len(event.reading.spectra[0]) == 100


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_of_what_grows_beyond_measure_little_is_unpacked(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "bomb.fits.gz"
    path.write_bytes(pack(image(n=10**9) + bytes(48 << 20)) + pack(bytes(48 << 20)) * 50)
    tracemalloc.start()
    with pytest.raises(ReadError) as caught:
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "too_large"
    assert "grows 100 times" in caught.value.reason
    assert "limit" not in caught.value.advice
    assert peak < 100 << 20


def test_a_large_file_that_becomes_shorter_is_declined(tmp_path: Path) -> None:
    path = tmp_path / "large.fits"
    path.write_bytes(image(n=10_000_000, bitpix=-64))
    os.truncate(path, path.stat().st_size + 80_000_000)
    from spectra_gui.readers.probe import Probe

    probe = Probe(path)
    assert probe.fits.primary.shape == (10_000_000,)
    os.truncate(path, 40_000_000)
    with pytest.raises(EOFError):
        probe.fits.primary.image()


def test_one_files_memory_is_not_held_against_the_next(child: Child, tmp_path: Path) -> None:
    path = tmp_path / "half.txt.gz"
    path.write_bytes(gzip.compress(bytes(300 << 20), compresslevel=1))
    for _ in range(4):
        assert isinstance(child.read(path), ReadFailed)
    large = tmp_path / "large.fits"
    ten_million_points(large)
    for _ in range(2):
        assert isinstance(child.read(large), ReadDone)


def test_rows_of_a_table_beyond_memory_are_read_by_parts(tmp_path: Path) -> None:
    path = tmp_path / "survey.fits"
    n_rows, n = 30_000, 800
    cells = np.zeros(n_rows, [("NAME", "S9"), ("WAVE", ">f4", n), ("FLUX", ">f4", n)])
    cells["NAME"] = [f"star{i}" for i in range(n_rows)]
    cells["WAVE"] = 4000.0 + np.arange(n)
    cells["FLUX"] = 1.0 + np.arange(n_rows)[:, None]
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(cells)]).writeto(path)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "too_large"
    assert "classify" in caught.value.advice or "Cut out" in caught.value.advice
    reading, total = read_rows(path, (29_990, 256))
    assert total == n_rows
    assert [s.name for s in reading.spectra] == [f"star{i}" for i in range(29_990, 30_000)]
    assert [float(s.flux[0]) for s in reading.spectra][:2] == [29_991.0, 29_992.0]
    chosen = read(path, override=Override(rows=(17, 19)))
    assert [s.name for s in chosen.spectra] == ["star17", "star19"]


def test_limits_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    path.write_text(SOUND_TEXT)
    for caps in (Caps(points=20), Caps(bytes=100), Caps(text_bytes=100, whole_bytes=50)):
        with pytest.raises(ReadError) as caught:
            read(path, caps=caps)
        assert caught.value.code == "too_large"


def test_rows_without_a_spectrum_say_that_there_are_others(tmp_path: Path) -> None:
    path = tmp_path / "survey.fits"
    table(30, 50, path)
    with fits.open(path, mode="update") as units:
        units[1].data["FLUX"][:10] = np.nan
    with pytest.raises(RowsError) as caught:
        read_rows(path, (0, 10))
    assert caught.value.code == "no_good_pixels"
    assert caught.value.total_rows == 30
    assert caught.value.path == str(path)
    reading, total = read_rows(path, (10, 10))
    assert (len(reading.spectra), total) == (10, 30)
    # Of what is no table of spectra, a window is all.
    (tmp_path / "one.fits").write_bytes(image() + FLUX)
    reading, total = read_rows(tmp_path / "one.fits", (500, 10))
    assert (len(reading.spectra), total) == (1, 0)
