"""How a file was read, and what a person changes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from spectra_gui.data import Decision, Override, OverrideChoice
from spectra_gui.window.panels.choices import BadChoiceError, with_choice
from spectra_gui.window.panels.how_read import HowRead
from tests.window.panels.said import said

Show = Callable[..., Any]


def visible_words(panel: QWidget) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_every_decision_is_told_and_assumptions_are_marked(
    star: Any, show: Show, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading, star.prepared)
    words = said(panel)
    for word in ("Format", "Medium", "Frame", "Uncertainty", "two resolutions"):
        assert word in words
    assert words.count("assumed") == 2
    assert "moved to rest by +4.2 ± 1.1 km/s" in words


def test_choosing_another_medium_asks_for_a_new_reading(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    combo = panel.fields["medium"].field
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "air (as read)"
    with qtbot.waitSignal(panel.override_changed) as told:
        combo.activated.emit(combo.findData("vacuum"))
    assert told.args == [Override(medium="vacuum")]


def test_choosing_as_read_takes_the_override_back(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    chosen = Override(medium="vacuum", velocity_kms=12.5)
    panel.show_reading(replace(star.reading, override=chosen))
    combo, edit = panel.fields["medium"].field, panel.fields["velocity_kms"].field
    assert isinstance(combo, QComboBox)
    assert isinstance(edit, QLineEdit)
    assert combo.currentText() == "vacuum"
    assert edit.text() == "12.5"
    assert "yours" in said(panel)
    with qtbot.waitSignal(panel.override_changed) as told:
        combo.activated.emit(0)
    assert told.args == [Override(velocity_kms=12.5)]


def test_a_velocity_is_typed_and_nonsense_is_explained_and_not_sent(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    QApplication.processEvents()
    field = panel.fields["velocity_kms"]
    sent: list[Any] = []
    panel.override_changed.connect(sent.append)
    qtbot.keyClicks(field.field, "fast")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert sent == []
    assert "not a number" in field.complaint.text()
    assert field.complaint.isVisible()
    field.field.selectAll()
    qtbot.keyClicks(field.field, "-33.1")
    qtbot.keyClick(field.field, Qt.Key.Key_Return)
    assert sent == [Override(velocity_kms=-33.1)]
    assert not field.complaint.isVisible()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("rows", "0-2, 5", (0, 1, 2, 5)),
        ("columns", "WAVE, FLUX", ("WAVE", "FLUX")),
        ("skip_rows", "3", 3),
        ("hdu", "SCI", "SCI"),
        ("fwhm_aa", "2,5", 2.5),
        ("medium", "", None),
    ],
)
def test_text_becomes_a_value(key: str, text: str, value: object) -> None:
    assert getattr(with_choice(Override(), key, text), key) == value


@pytest.mark.parametrize(
    ("key", "text"), [("rows", "a-b"), ("fwhm_aa", "0"), ("velocity_kms", "x"), ("skip_rows", "-1")]
)
def test_text_that_is_no_value_is_refused_in_words(key: str, text: str) -> None:
    with pytest.raises(BadChoiceError) as error:
        with_choice(Override(), key, text)
    assert len(str(error.value)) > 15


def test_a_wheel_over_the_panel_changes_nothing(star: Any, show: Show, light: None) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    combo = panel.fields["medium"].field
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), none,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, event)
    assert combo.currentText() == "air (as read)"


def test_a_file_of_another_family_shows_its_own_fields_and_none_of_the_one_before(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading, star.prepared)
    text = replace(
        star.reading,
        path="/data/other.txt",
        decisions=(
            Decision("Format", "two-column text", "numbers in two columns"),
            Decision("Columns", "0, 1", "the first is in order"),
        ),
        warnings=(),
        choices=(
            OverrideChoice("columns", "Columns", "0, 1", ("0", "1", "2")),
            OverrideChoice("reader", "Read as", "text", ("text", "miles")),
        ),
    )
    for _ in range(2):
        panel.show_reading(text)
        assert list(panel.fields) == ["reader", "columns"]
        assert [field.field.isVisible() for field in panel.fields.values()] == [True, True]
        shown = [box for box in panel.findChildren(QComboBox) if box.isVisible()]
        assert [box.currentText() for box in shown] == ["text (as read)"]
        assert panel.map_columns.isVisible()
        assert "two resolutions" not in visible_words(panel)
        assert "Medium" not in visible_words(panel)
        with qtbot.waitSignal(panel.override_changed) as told:
            qtbot.keyClicks(panel.fields["columns"].field, "0, my flux")
            qtbot.keyClick(panel.fields["columns"].field, Qt.Key.Key_Return)
        assert told.args == [Override(columns=("0", "my flux"))]
        panel.show_reading(star.reading, star.prepared)
        assert not panel.map_columns.isVisible()
        assert panel.fields["medium"].field.currentText() == "air (as read)"
        assert "two resolutions" in visible_words(panel)


def test_what_is_being_written_stays_with_its_file(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    panel.show_reading(star.reading)
    field = panel.fields["velocity_kms"].field
    qtbot.keyClicks(field, "-33")
    panel.show_reading(star.reading, star.prepared)
    assert panel.fields["velocity_kms"].field.text() == "-33"
    panel.show_reading(replace(star.reading, path="/data/next.fits"))
    sent: list[Any] = []
    panel.override_changed.connect(sent.append)
    assert panel.fields["velocity_kms"].field.text() == ""
    qtbot.keyClick(panel.fields["velocity_kms"].field, Qt.Key.Key_Return)
    assert sent == []


@pytest.mark.parametrize(
    ("said_by_the_file", "shown"), [("λ/FWHM ≈ 2000", "λ/FWHM ≈ 2000"), ("unknown", "2.5 Å")]
)
def test_the_field_for_the_resolution_shows_the_one_in_force(
    star: Any, show: Show, light: None, said_by_the_file: str, shown: str
) -> None:
    panel = show(HowRead(), width=360, height=700)
    reading = replace(
        star.reading,
        decisions=(Decision("Resolution", said_by_the_file, "SPEC_RES"),),
        choices=(OverrideChoice("fwhm_aa", "Resolution, FWHM (Å)", ""),),
    )
    panel.show_reading(reading, star.prepared)
    assert shown in panel.fields["fwhm_aa"].field.placeholderText()


def test_in_a_narrow_column_every_field_stands_whole(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    names = "wavelength_nm, flux_of_the_star, uncertainty_of_the_flux"
    choices = (*star.reading.choices, OverrideChoice("columns", "Columns", names, (names,)))
    panel = show(HowRead(), width=290, height=700)
    panel.show_reading(replace(star.reading, choices=choices))
    panel.resize(290, 700)

    def rightmost() -> int:
        fields = [choice.field for choice in panel.fields.values()]
        return max(field.mapTo(panel, field.rect().topRight()).x() for field in fields)

    qtbot.waitUntil(lambda: panel.width() == 290 and rightmost() <= 290)


def test_orders_are_merged_by_one_choice_and_had_apart_by_another(
    star: Any, show: Show, qtbot: QtBot, light: None
) -> None:
    panel = show(HowRead(), width=360, height=700)
    orders = ("separate", "merged")
    reading = replace(
        star.reading,
        decisions=(
            *star.reading.decisions,
            Decision("Several spectra", "37 orders, separate", "rows of HDU 1"),
        ),
        choices=(OverrideChoice("merge", "Several spectra", "separate", orders),),
    )
    panel.show_reading(reading)
    combo = panel.fields["merge"].field
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "separate (as read)"
    with qtbot.waitSignal(panel.override_changed) as told:
        combo.activated.emit(combo.findData("merged"))
    assert told.args == [Override(merge="merged")]
