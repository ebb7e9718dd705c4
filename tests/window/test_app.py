"""The program as it starts and ends: what is loaded when, and that no child stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from spectra_gui.bundles import BundleError
from spectra_gui.engine.client import ReadDone
from spectra_gui.settings import Settings
from spectra_gui.window import app

from .fakes import READY, FakeEngine, FakeReader, make_reading

ENVIRONMENT = {"QT_QPA_PLATFORM": "offscreen"}


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_neither_torch_nor_astropy_nor_scipy_is_loaded_at_the_first_paint() -> None:
    done = _run(
        """
        import sys
        from spectra_gui.settings import Settings
        from spectra_gui.window import app
        running = app.make_application()
        window = app.build_main_window(settings=Settings())
        def painted():
            heavy = {"torch", "astropy", "scipy", "captum", "specutils", "pyqtgraph"}
            print("painted with", sorted(heavy & set(sys.modules)))
            window.complete()
            heavy -= {"pyqtgraph"}
            print("complete with", sorted(heavy & set(sys.modules)))
            running.quit()
        app.after_first_paint(window, painted)
        window.show()
        running.exec()
        window.jobs.close()
        """
    )
    assert done.stdout.splitlines() == ["painted with []", "complete with []"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_a_sentence_and_no_crash() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from spectra_gui.window.app import run; "
         "sys.exit(run([]))"],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "There is no display" in done.stderr
    assert "spectra-gui classify" in done.stderr


def test_files_are_opened_and_shown_although_the_engine_cannot_be_made(
    qtbot: QtBot, tmp_path: Path
) -> None:
    reader, engine = FakeReader(), FakeEngine()
    faults: list[Exception] = [
        BundleError("mk-ensemble-2", "The weights are missing.", "Install Spectra again.")
    ]

    def make_engine(listener: object) -> FakeEngine:
        if faults:
            raise faults.pop()
        return engine.listen(listener)  # type: ignore[arg-type, no-any-return]

    window = app.build_main_window(
        settings=Settings(path=tmp_path / "settings.toml"),
        make_reader=reader.listen,
        make_engine=make_engine,
        geometry=QSettings(str(tmp_path / "geometry.ini"), QSettings.Format.IniFormat),
    )
    qtbot.addWidget(window)
    path = tmp_path / "a.txt"
    path.write_text("4000 1\n")
    with qtbot.waitSignal(window.completed, timeout=60_000):
        app._start(window, [path])
    ticket, asked, override = reader.asked.pop()
    reader.tell(ReadDone(ticket, asked, make_reading(asked, override=override)))
    qtbot.waitUntil(lambda: window.view.row is not None and window.view.row.state == "read")
    (notice,) = window.notice_bar.notices
    assert "The weights are missing. Install Spectra again." in notice.text
    assert window.jobs.work().total == 0
    window.jobs.restart_engine()
    engine.tell(READY)
    qtbot.waitUntil(lambda: bool(engine.asked))
    assert window.notice_bar.notices == ()
    window.close()


@pytest.mark.parametrize("moment_ms", [0, 400, 2500])
def test_closing_the_window_ends_every_child(tmp_path: Path, moment_ms: int) -> None:
    files = []
    for i in range(20):
        path = tmp_path / f"{i}.txt"
        path.write_text("".join(f"{3900 + j} {1 + j % 7}\n" for j in range(3000)))
        files.append(str(path))
    done = _run(
        f"""
        import psutil, sys, time
        from PySide6.QtCore import QTimer
        from spectra_gui.window import app
        run_start = app._start
        pids = []
        def start(window, files):
            run_start(window, files)
            def close():
                pids.extend(child.pid for child in psutil.Process().children(recursive=True))
                window.document.mark_saved(None)
                began = time.monotonic()
                window.close()
                print("closed after", time.monotonic() - began)
            QTimer.singleShot({moment_ms}, close)
        app._start = start
        status = app.run({files!r})
        print("status", status)
        print("children", *pids)
        """
    )
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert lines["status"] == "0", done.stderr
    pids = [int(pid) for pid in lines.get("children", "").split()]
    assert pids, "no child had started"
    assert not any(psutil.pid_exists(pid) and _is_ours(pid) for pid in pids)


def _is_ours(pid: int) -> bool:
    try:
        return "--child" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
