"""Measures the window from inside, in a process of its own; prints one JSON object.

    python -m tests.benchmarks.window_run start              first paint, model ready, longest stall
    python -m tests.benchmarks.window_run drop FILE...       each dropped: plotted, typed, explained
    python -m tests.benchmarks.window_run load FOLDER        all files of a folder, longest stall
    python -m tests.benchmarks.window_run add FOLDER         until all are in the list, then undone
    python -m tests.benchmarks.window_run frames             panning a million points

Stalls are gaps between the beats of a timer on the event loop; beside the time on the clock stands
the processor time that the event loop's thread took in its busiest gap, which other work on the
machine changes less. "Painted" means that the plots had
painted after the document held what is asked for.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QObject, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent

from spectra_gui.data import Spectrum
from spectra_gui.settings import load_settings
from spectra_gui.window import theme
from spectra_gui.window.app import after_first_paint, build_main_window, make_application
from spectra_gui.window.main_window import MainWindow
from spectra_gui.window.plots.spectrum_plot import SpectrumPlot

STARTED = float(os.environ.get("SPECTRA_STARTED", time.monotonic()))
BEAT_MS = 1
N_POINTS = 1_000_000
N_FRAMES = 50


class Heart(QObject):
    """A timer that beats every millisecond and keeps the longest time between two beats, and the
    most processor time that this thread took between two."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self.restart()
        self._timer.start()

    def restart(self) -> None:
        """Forget the stalls so far."""
        self._last, self._processor = time.monotonic(), time.thread_time()
        self.longest_s = self.busiest_s = 0.0

    def _beat(self) -> None:
        now, processor = time.monotonic(), time.thread_time()
        self.longest_s = max(self.longest_s, now - self._last - BEAT_MS / 1000.0)
        self.busiest_s = max(self.busiest_s, processor - self._processor)
        self._last, self._processor = now, processor


class Paints(QObject):
    """Knows when the plots last painted."""

    def __init__(self, viewport: QObject) -> None:
        super().__init__(viewport)
        self.last = 0.0
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.last = time.monotonic()


def wait_until(holds: Callable[[], bool], *, limit_s: float = 600.0) -> float:
    """Run the event loop until it holds; the moment. Raises TimeoutError after ``limit_s``."""
    loop = QEventLoop()
    end = time.monotonic() + limit_s
    while not holds():
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
    return time.monotonic()


def open_window() -> tuple[MainWindow, Heart, dict[str, float]]:
    """The window as the program opens it, ready to type, with what its start took."""
    app = make_application()
    settings = load_settings()
    theme.apply(app, "light")
    window = build_main_window(settings=settings)
    moments: dict[str, float] = {}
    heart = Heart()

    def go_on() -> None:
        moments["first_paint_s"] = time.monotonic() - STARTED
        heart.restart()
        window.jobs.start_engine()
        window.complete_soon()

    complete: list[float] = []
    window.completed.connect(lambda: complete.append(time.monotonic()))
    after_first_paint(window, go_on)
    window.show()
    wait_until(lambda: bool(complete) and window.jobs.engine_state in ("ready", "failed"))
    if window.jobs.engine_state == "failed":
        raise RuntimeError(window.jobs.engine_message)
    moments["ready_s"] = time.monotonic() - STARTED
    moments["complete_s"] = complete[0] - STARTED
    settle(0.3)
    moments["start_stall_s"] = heart.longest_s
    moments["start_busiest_s"] = heart.busiest_s
    return window, heart, moments


def settle(duration_s: float) -> None:
    """Let the event loop run for a while."""
    end = time.monotonic() + duration_s
    wait_until(lambda: time.monotonic() > end)


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    nowhere, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    at = QPointF(window.rect().center())
    window.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, mime, buttons, nowhere))


def measure_drop(window: MainWindow, paints: Paints, path: Path) -> tuple[float, float, float]:
    """Seconds from the drop of a file until it is plotted, typed and explained, each painted."""
    view = window.view
    key = (view.target, view.method)

    def shown(holds: Callable[[], bool]) -> float:
        wait_until(lambda: view.row is not None and view.row.path == str(path) and holds())
        held = time.monotonic()
        wait_until(lambda: paints.last >= held)
        return paints.last

    start = time.monotonic()
    drop(window, path)
    plotted = shown(lambda: view.row.spectrum is not None)
    typed = shown(lambda: view.row.verdict is not None)
    explained = shown(lambda: window.document.explanation(view.row.id, key) is not None)
    return plotted - start, typed - start, explained - start


def start(arguments: Sequence[str]) -> dict[str, float]:
    window, _, moments = open_window()
    window.close()
    return moments


def drops(arguments: Sequence[str]) -> dict[str, float]:
    """Medians over the files but the first, which warms everything up."""
    window, _, _ = open_window()
    paints = Paints(window.view.plots.spectrum.scene.viewport())
    paths = [Path(name).resolve() for name in arguments]
    times = [measure_drop(window, paints, path) for path in paths][1:]
    window.close()
    names = ("plotted_s", "typed_s", "explained_s")
    medians = {
        name: statistics.median(column)
        for name, column in zip(names, zip(*times, strict=True), strict=True)
    }
    return medians | {"files": float(len(times))}


def load(arguments: Sequence[str]) -> dict[str, float]:
    window, heart, _ = open_window()
    folder = Path(arguments[0])
    count = sum(1 for _ in folder.iterdir())
    heart.restart()
    began = time.monotonic()
    drop(window, folder)
    wait_until(lambda: len(window.document) >= count and not window.jobs.is_busy, limit_s=3600)
    done = time.monotonic() - began
    settle(1.0)
    typed = sum(row.state == "typed" for row in window.document.snapshot())
    window.close()
    return {
        "load_s": done,
        "load_stall_s": heart.longest_s,
        "load_busiest_s": heart.busiest_s,
        "typed": float(typed),
    }


def add(arguments: Sequence[str]) -> dict[str, float]:
    """A folder is dropped; when its files are in the list, they are taken back by one undo."""
    window, heart, _ = open_window()
    folder = Path(arguments[0])
    count = sum(1 for _ in folder.iterdir())
    heart.restart()
    began = time.monotonic()
    drop(window, folder)
    wait_until(lambda: len(window.document) >= count and not window.files.adding.is_busy)
    found = {"add_s": time.monotonic() - began}
    settle(2.0)
    found |= {"add_stall_s": heart.longest_s, "add_busiest_s": heart.busiest_s}
    window.stop()
    settle(0.5)
    heart.restart()
    window.edits.undo()
    settle(0.5)
    found |= {"undo_stall_s": heart.longest_s, "undo_busiest_s": heart.busiest_s}
    if len(window.document):
        raise RuntimeError(f"the undo left {len(window.document)} of {count} rows")
    window.close()
    return found


def frames(arguments: Sequence[str]) -> dict[str, float]:
    make_application()
    plot = SpectrumPlot()
    plot.resize(1100, 500)
    wavelength_aa = np.linspace(3850.0, 6900.0, N_POINTS)
    flux = 1.0 + np.random.default_rng(0).normal(0.0, 0.1, N_POINTS)
    plot.show()
    plot.show_spectrum(Spectrum(wavelength_aa=wavelength_aa, flux=flux))
    viewport = plot.scene.viewport()
    plot.view.setXRange(4500.0, 6000.0, padding=0)
    viewport.repaint()
    times = []
    for number in range(N_FRAMES):
        began = time.perf_counter()
        shift_aa = 4.0 * number
        plot.view.setXRange(4500.0 + shift_aa, 6000.0 + shift_aa, padding=0)
        viewport.repaint()
        times.append(time.perf_counter() - began)
    plot.close()
    return {"frame_s": statistics.median(times), "slowest_frame_s": max(times)}


WHAT: dict[str, Callable[[Sequence[str]], dict[str, float]]] = {
    "start": start,
    "drop": drops,
    "load": load,
    "add": add,
    "frames": frames,
}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(WHAT[sys.argv[1]](sys.argv[2:])) + "\n")
