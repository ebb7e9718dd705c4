"""How a test walks the wizard: a table is given, checked, and a training begun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from spectra_gui.recipes import Checked, EpochDone, Started, StepDone
from spectra_gui.window.wizard import RetrainWizard
from tests.window.wizard.conftest import wait

LEFT = Qt.MouseButton.LeftButton
FOUND = Checked(
    tuple((0, 0, 0, 0, n, 0, 0) for n in (0, 0, 9, 9, 9, 0, 0)),
    (("train", 17, 17), ("validation", 5, 5), ("test", 5, 5)), 0, 0, (),
    (("adapt", 10.0, 0.1), ("fine_tune", 5.0, 2.0), ("scratch", 5.0, 2.0)),
)  # fmt: skip
PLAN = Started("mine", 2, 0, 30, 120, 20, 20, 5, (), "cpu")
FakeChild = Callable[..., None]


def labels(folder: Path, text: str, name: str = "labels.csv") -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(3):
        (folder / f"s{i}.txt").write_text("1 2\n")
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def give(qtbot: QtBot, wizard: RetrainWizard, table: Path) -> None:
    wizard.data.path.setText(str(table))
    wizard.data.read()
    wait(qtbot, lambda: wizard.data.summary.text() not in ("", "Reading…", "Matching…"))


def to_check(qtbot: QtBot, wizard: RetrainWizard, tmp_path: Path) -> None:
    give(qtbot, wizard, labels(tmp_path / "in", "file,type\ns0.txt,G2V\ns1.txt,K0III\n"))
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.check


def to_train(
    qtbot: QtBot, wizard: RetrainWizard, tmp_path: Path, fake_child: FakeChild, **ends: str
) -> None:
    fake_child(FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.is_ready)
    qtbot.mouseClick(wizard.next, LEFT)
    epoch = EpochDone("a.all", 1, 30, 1.5, 1.1, 0.9, 0.8, 0.7, 1e-3, 0.1, True)
    fake_child(PLAN, StepDone("a.all", 10, 60, 1.5, 1e-3), epoch, **ends)
    wait(qtbot, lambda: wizard.next.isEnabled())
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.train
