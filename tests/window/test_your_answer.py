"""The answer field takes MK types and says what is wrong with others."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from spectra_gui.data import MKParseError
from spectra_gui.session import Row
from spectra_gui.window.your_answer import YourAnswer, mk_types, tidy_type
from tests.verdicts import make_verdict


@pytest.fixture
def field(qtbot: QtBot) -> YourAnswer:
    made = YourAnswer()
    qtbot.addWidget(made)
    made.show_row(Row(1, "/a.fits", state="typed", verdict=make_verdict()))
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("G2V", "G2 V"),
        (" g2 v ", "G2 V"),
        ("K0III-IV", "K0 III-IV"),
        ("B0.5 Iab", "B0.5 Iab"),
        ("M3Ve", "M3Ve"),
        ("F8", "F8"),
    ],
)
def test_types_are_kept_as_catalogues_write_them(written: str, kept: str) -> None:
    assert tidy_type(written) == kept


@pytest.mark.parametrize("written", ["DA", "galaxy", "12", "L3"])
def test_what_is_no_mk_type_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(MKParseError, match="G2 V"):
        tidy_type(written)


def test_enter_gives_the_type_away(qtbot: QtBot, field: YourAnswer) -> None:
    given: list[str] = []
    field.label_given.connect(given.append)
    field.field.setFocus()
    qtbot.keyClicks(field.field, "k3iii")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert given == ["K3 III"]


def test_nonsense_is_not_given_away_and_stays_in_the_field(qtbot: QtBot, field: YourAnswer) -> None:
    given: list[str] = []
    field.label_given.connect(given.append)
    field.field.setFocus()
    qtbot.keyClicks(field.field, "quasar")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert given == []
    assert field.field.text() == "quasar"
    assert "not an MK type" in field.told


def test_escape_leaves_the_type_as_it_was(qtbot: QtBot, field: YourAnswer) -> None:
    given: list[str] = []
    field.label_given.connect(given.append)
    field.field.setFocus()
    qtbot.keyClicks(field.field, "K3 III")
    qtbot.keyClick(field.field, Qt.Key.Key_Escape)
    assert field.field.text() == ""
    assert given == []


def test_editing_begins_with_the_models_type(field: YourAnswer) -> None:
    field.edit()
    assert field.field.text() == "G2 V"
    assert field.field.selectedText() == "G2 V"


def test_the_completion_offers_the_boxes_in_use() -> None:
    types = mk_types()
    assert "G2 V" in types
    assert "K8 V" not in types
    assert len(types) == 66 * 6


def test_enter_says_what_it_keeps_and_gives_the_keys_back(qtbot, bench) -> None:  # type: ignore[no-untyped-def]
    bench.open("a.txt")
    answer, spectra = bench.window.answer, bench.window.list
    answer.edit()
    answer.field.clear()
    qtbot.keyClicks(answer.field, "g2v")
    assert answer.told == "Enter keeps G2 V"
    with qtbot.waitSignal(answer.finished):
        qtbot.keyClick(answer.field, Qt.Key.Key_Return)
    assert bench.window.focusWidget() is spectra.table
