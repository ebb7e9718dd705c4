"""A wizard of its own folders, stars to learn from, and children that do as they are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from spectra_gui.recipes import Event, to_json
from spectra_gui.session import Document
from spectra_gui.window.wizard import RetrainWizard, child
from tests.training.made import write_base

PATIENCE_MS = 600_000
"""A child imports torch first, which a busy machine may take minutes for."""

MakeWizard = Callable[..., RetrainWizard]


def wait(qtbot: QtBot, condition: Callable[[], object]) -> None:
    """Until the condition holds; a busy machine is given its time."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of a person's own folders is read or written."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path / "home" / "spectra-gui"


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A present model that loads at once."""
    return write_base(tmp_path_factory.mktemp("present") / "present")


@pytest.fixture
def make_wizard(qtbot: QtBot, small_bundle: Path) -> Iterator[MakeWizard]:
    made: list[RetrainWizard] = []

    def make(document: Document | None = None, *, bundle: Path | None = None) -> RetrainWizard:
        wizard = RetrainWizard(None, document or Document(), bundle=bundle or small_bundle)
        made.append(wizard)
        wizard.show()
        qtbot.waitExposed(wizard)
        wait(qtbot, lambda: wizard.is_complete)
        wait(qtbot, lambda: wizard.plan.base is not None)
        return wizard

    yield make
    for wizard in made:
        if isValid(wizard):
            wizard.end()
            wizard.deleteLater()


@pytest.fixture
def fake_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Children that say these events, then wait for the end of their input, or end as asked."""

    def install(*events: Event, then: str = "sys.stdin.read()") -> None:
        lines = json.dumps([to_json(event) for event in events])
        script = f"import sys, os, json\nfor line in json.loads({lines!r}):\n    print(line)\n"
        script += f"sys.stdout.flush()\n{then}\n"
        monkeypatch.setattr(child, "train_command", lambda *_: [sys.executable, "-S", "-c", script])

    return install
