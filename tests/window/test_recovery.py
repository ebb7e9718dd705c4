"""A window that is killed loses at most the last five seconds of a person's corrections."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from spectra_gui.session import find_recoverable, load_session
from spectra_gui.settings import setting
from tests.test_imports import ROOT

MAY_BE_LOST_S = 5.0

_CORRECTING = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from spectra_gui.session import AddSpectra, set_label
from spectra_gui.settings import Settings
from spectra_gui.window.app import build_main_window
from tests.window.fakes import FakeEngine, FakeReader

folder = Path(sys.argv[1])
application = QApplication([])
window = build_main_window(
    settings=Settings(path=folder / "settings.toml"),
    make_reader=FakeReader().listen,
    make_engine=FakeEngine().listen,
    geometry=QSettings(str(folder / "geometry.ini"), QSettings.Format.IniFormat),
)
window.complete()
window.show()
document = window.document
document.do(AddSpectra([folder / "a.txt", folder / "b.txt"]))

def correct(place, label):
    document.do(set_label(document.rows(document.ids[place : place + 1]), label))
    print("corrected", flush=True)

QTimer.singleShot(0, lambda: correct(0, "K3 III"))
QTimer.singleShot(1500, lambda: correct(1, "A0 V"))
application.exec()
"""


def test_corrections_older_than_five_seconds_outlive_a_kill(
    tmp_path: Path, own_folders: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("4000 1\n4100 1\n")
    child = subprocess.Popen(
        [sys.executable, "-c", _CORRECTING, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        assert [child.stdout.readline(), child.stdout.readline()] == ["corrected\n"] * 2
        time.sleep(MAY_BE_LOST_S)
        child.kill()
    (autosaves,) = own_folders.rglob("autosave")
    (found,) = find_recoverable(autosaves)
    asides = [row.set_aside for row in load_session(found.path).rows]
    assert [aside.review.label for aside in asides if aside] == ["K3 III", "A0 V"]


def test_the_default_leaves_time_to_write_within_five_seconds() -> None:
    assert 0 < float(setting("autosave_seconds").default) < MAY_BE_LOST_S
