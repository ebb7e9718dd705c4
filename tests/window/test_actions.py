"""Everything can be reached: each action is declared once, does something, and can be found."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QSpinBox, QTableWidget
from pytestqt.qtbot import QtBot

from spectra_gui.session import FORMATS
from spectra_gui.settings import Settings
from spectra_gui.window.actions import ACTIONS, CONDITIONS, MENUS, Actions, ActionSpec
from spectra_gui.window.dialogs import SettingsDialog, show_keys
from spectra_gui.window.palette import Palette, matches


def test_every_action_calls_what_is_there(bench) -> None:  # type: ignore[no-untyped-def]
    for spec in ACTIONS:
        part, _, verb = spec.calls.partition(".")
        assert callable(getattr(bench.window.parts[part], verb, None)), spec.id


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_an_action_has_a_menu_a_tip_and_a_known_condition(spec: ActionSpec) -> None:
    assert spec.menu in MENUS
    assert not spec.needs or spec.needs in CONDITIONS
    assert spec.tip


def test_no_two_actions_share_a_name_or_a_key() -> None:
    assert max(Counter(spec.id for spec in ACTIONS).values()) == 1
    keys = [QKeySequence(spec.key).toString() for spec in ACTIONS if spec.key]
    assert [key for key, n in Counter(keys).items() if n > 1] == []


def test_saving_the_table_names_every_format_that_is_offered() -> None:
    (tip,) = (spec.tip for spec in ACTIONS if spec.id == "file.save_table")
    for name in FORMATS.values():
        assert name.split()[0].rstrip(",") in tip


def test_every_menu_holds_its_actions(bench) -> None:  # type: ignore[no-untyped-def]
    bar = bench.window.menuBar()
    titles = [action.text().replace("&", "") for action in bar.actions()]
    assert titles == list(MENUS)
    in_menus = set()
    for top in bar.actions():
        for action in top.menu().actions():
            inner = action.menu().actions() if action.menu() else [action]
            in_menus |= {one.objectName() for one in inner if one.objectName()}
    assert in_menus == {spec.id for spec in ACTIONS}


def test_an_empty_window_offers_no_action_on_rows(bench) -> None:  # type: ignore[no-untyped-def]
    bench.window.refresh()
    table: Actions = bench.window.actions_table
    assert table["file.open"].isEnabled()
    for action_id in ("edit.remove", "review.accept", "file.save_table", "edit.undo"):
        assert not table[action_id].isEnabled()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("undo", "edit.undo"), ("sav tab", "file.save_table"), ("dark", "view.dark"),
     ("gpu cuda", "classify.device_cuda"), ("qlty 3", "review.quality_3")],
)  # fmt: skip
def test_the_palette_finds_actions(typed: str, expected: str) -> None:
    assert matches(typed)[0].id == expected


def test_the_palette_runs_the_chosen_action(qtbot: QtBot, bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt", "b.txt")
    bench.window.refresh()
    palette = Palette(bench.window, bench.window.actions_table)
    qtbot.addWidget(palette)
    palette.show()
    qtbot.keyClicks(palette.search, "select all")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert len(bench.window.list.selected_ids()) == 2


def test_the_table_of_keys_holds_every_key(qtbot: QtBot) -> None:
    dialog = show_keys(None)
    qtbot.addWidget(dialog)
    table = dialog.findChild(QTableWidget, "keys")
    shown = {table.item(line, 2).text().split(", ")[0] for line in range(table.rowCount())}
    assert shown == {QKeySequence(spec.key).toString() for spec in ACTIONS if spec.key}


def test_settings_say_in_words_what_their_values_mean(qtbot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    dialog = SettingsDialog(None, Settings({"threads": 0}, path=tmp_path / "settings.toml"))  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.findChild(QSpinBox, "threads").text() == "automatic"
    method = dialog.findChild(QComboBox, "explanation_method")
    assert [method.itemText(i) for i in range(method.count())] == ["Guided Grad-CAM", "occlusion"]
