"""The whole wizard with real clicks: from a folder of spectra to an installed bundle that types."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from spectra_gui.bundles import load_bundle
from spectra_gui.data import Spectrum
from spectra_gui.recipes import read_config
from spectra_gui.window.wizard import RetrainWizard
from tests.training.made import star_flux, write_stars
from tests.window.wizard.conftest import MakeWizard, wait

ROOT = Path(__file__).resolve().parents[3]
LEFT = Qt.MouseButton.LeftButton


def click_next(qtbot: QtBot, wizard: RetrainWizard, words: str) -> None:
    wait(qtbot, lambda: wizard.next.isEnabled())
    assert wizard.next.text() == words
    qtbot.mouseClick(wizard.next, LEFT)


def answer_box(qtbot: QtBot, wizard: RetrainWizard, words: str) -> None:
    wait(qtbot, lambda: bool(wizard.findChildren(QMessageBox)))
    (box,) = wizard.findChildren(QMessageBox)
    (button,) = [b for b in box.buttons() if b.text() == words]
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, LEFT)


@pytest.mark.slow
def test_from_a_folder_of_spectra_to_an_installed_bundle_that_types(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, home: Path
) -> None:
    table = write_stars(tmp_path / "stars", 44)
    with table.open("a", encoding="utf-8") as file:
        file.write("s00.txt;0;made 0;nonsense;\n")
    wizard = make_wizard()
    installed: list[Path] = []
    wizard.installed.connect(installed.append)

    qtbot.mouseClick(wizard.data.from_table, LEFT)
    qtbot.keyClicks(wizard.data.path, str(table))
    qtbot.keyClick(wizard.data.path, Qt.Key.Key_Return)
    wait(qtbot, lambda: wizard.data.is_ready)
    assert "44 spectra of 44 stars" in wizard.data.summary.text()
    assert wizard.data.problems.item(0, 1).text() == "s00.txt  nonsense"
    click_next(qtbot, wizard, "Next")

    wizard.check.test.setValue(50)
    qtbot.mouseClick(wizard.check.again, LEFT)
    wait(qtbot, lambda: wizard.check.is_ready)
    assert wizard.check.state.text() == "44 spectra can teach."
    assert "does not leak" in wizard.check.leak.text()
    assert sum(map(sum, wizard.check.map.counts)) == 44
    click_next(qtbot, wizard, "Next")

    assert wizard.recipe.start == "adapt"
    assert all("about" in words.text() for words in wizard.recipe.times.values())
    wizard.recipe.name_field.setText("mine")
    # Long enough to be stopped in the middle: no early end.
    wizard.recipe.epochs.setValue(60)
    patience = wizard.recipe.knobs.findChild(QLineEdit, "optimiser.patience")
    assert patience is not None
    patience.setText("60")
    click_next(qtbot, wizard, "Train")

    train = wizard.train
    wait(qtbot, lambda: bool(train.curves.epochs))
    wizard.close()
    answer_box(qtbot, wizard, "Keep training")
    assert wizard.isVisible()
    qtbot.mouseClick(train.stop, LEFT)
    wait(qtbot, lambda: not train.is_running)
    assert train.state.text() == "Stopped. What is done is kept."
    assert not wizard.next.isEnabled()
    qtbot.mouseClick(train.go_on, LEFT)

    wait(qtbot, lambda: wizard.page is wizard.judge)
    assert wizard.judge.verdict.text() in ("Better", "Not shown to be better", "Worse")
    assert wizard.judge.figures.rowCount() == 5
    assert wizard.judge.note.text().endswith("22 spectra of 22 stars.")
    click_next(qtbot, wizard, "Next")

    wizard.install.words.setPlainText("Made stars, typed by their maker.")
    wizard.install.use_now.setChecked(True)
    click_next(qtbot, wizard, "Install")
    wait(qtbot, lambda: bool(installed))
    assert installed == [home / "models" / "mine"]
    bundle = load_bundle(installed[0])
    assert (bundle.name, bundle.title) == ("mine", "mine")
    assert "typed by their maker" in bundle.card
    assert bundle.scores["judged"]["n_systems"] == 22
    assert_it_types(installed[0], tmp_path)
    assert wizard.train.attempt is not None
    assert_the_command_writes_the_same(wizard, tmp_path)


def assert_it_types(bundle: Path, tmp_path: Path) -> None:
    from spectra_gui.inference.predict import load_predictor

    wavelength = np.arange(3830.0, 6480.0, 4.0)
    star = Spectrum(
        wavelength, star_flux(wavelength, 42.0, 4, 7), medium="air", frame="rest", name="a star"
    )
    (answer,) = load_predictor(load_bundle(bundle), "cpu").classify([star])
    assert answer.verdict.bundle == "mine"
    assert answer.prepared is not None
    assert abs(float(answer.verdict.probabilities.sum()) - 1.0) < 1e-4


def assert_the_command_writes_the_same(wizard: RetrainWizard, tmp_path: Path) -> None:
    """The wizard's file on the command line, without a stop: every byte of the weights."""
    attempt = wizard.train.attempt
    assert attempt is not None
    assert read_config(attempt.config).threads == 1
    result = subprocess.run(
        [sys.executable, "-m", "spectra_gui", "train", "--config", str(attempt.config),
         "--out", str(tmp_path / "again" / "mine"), "--work", str(tmp_path / "work"),
         "--against", str(attempt.bundle)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    names = sorted(f.name for f in attempt.bundle.glob("*.safetensors"))
    assert len(names) >= 2
    for name in names:
        assert (attempt.bundle / name).read_bytes() == (
            tmp_path / "again" / "mine" / name
        ).read_bytes()
    document = json.loads((tmp_path / "again" / "mine" / "bundle.json").read_text("utf-8"))
    assert (
        document["sha256"]
        == json.loads((attempt.bundle / "bundle.json").read_text("utf-8"))["sha256"]
    )
