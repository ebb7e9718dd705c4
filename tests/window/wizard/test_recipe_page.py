"""What a person may set, and what it costs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.window.wizard import RetrainWizard
from tests.window.wizard.conftest import MakeWizard, wait
from tests.window.wizard.steps import FOUND, LEFT, FakeChild, to_check


@pytest.fixture
def at_recipe(
    qtbot: QtBot, make_wizard: MakeWizard, tmp_path: Path, fake_child: FakeChild
) -> RetrainWizard:
    wizard = make_wizard()
    fake_child(FOUND, then="pass")
    to_check(qtbot, wizard, tmp_path)
    wait(qtbot, lambda: wizard.check.is_ready)
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.page is wizard.recipe
    return wizard


def test_each_start_has_its_time_and_its_epochs(
    qtbot: QtBot, at_recipe: RetrainWizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    recipe = at_recipe.recipe
    recipe.starts["fine_tune"].setChecked(True)
    recipe.starts["adapt"].setChecked(True)
    assert recipe.times["adapt"].text() == "about 15 s"
    recipe.starts["scratch"].setChecked(True)
    assert recipe.epochs.value() == 40
    assert recipe.times["scratch"].text() == "about 40 s"  # two networks side by side
    recipe.epochs.setValue(400)
    assert recipe.times["scratch"].text() == "about 7 min"


@pytest.mark.parametrize(
    ("name", "told"),
    [("", "A name has letters"), ("../x", "A name has letters"), ("mk-ensemble-2", "already")],
)
def test_a_name_that_cannot_be_is_told_at_once(
    at_recipe: RetrainWizard, name: str, told: str
) -> None:
    at_recipe.recipe.name_field.setText(name)
    assert told in at_recipe.recipe.problem.text()
    assert not at_recipe.next.isEnabled()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("augment.noise", "loud", "augment.noise is 'loud'; it must be a number"),
        ("optimiser.learning_rate", "7", "optimiser.learning_rate is 7.0; allowed: 1e-07 to 1"),
    ],
)
def test_a_knob_that_is_not_allowed_is_named(
    qtbot: QtBot, at_recipe: RetrainWizard, key: str, value: str, told: str
) -> None:
    field = at_recipe.recipe.knobs.findChild(QWidget, key)
    field.setText(value)  # type: ignore[attr-defined]
    qtbot.mouseClick(at_recipe.next, LEFT)
    assert at_recipe.page is at_recipe.recipe
    assert told in at_recipe.recipe.problem.text()


def test_every_knob_has_a_sentence(at_recipe: RetrainWizard) -> None:
    from spectra_gui.window.wizard.knobs import knobs

    for _, members in knobs():
        assert members
        for knob in members:
            assert len(knob.sentence) > 10, knob.key
            assert "``" not in knob.sentence
