"""Colours stand out enough, change live, and live in one module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

import spectra_gui.window
from spectra_gui.window import theme
from spectra_gui.window.theme import DARK, LIGHT, Tokens, contrast

WINDOW = Path(spectra_gui.window.__file__).parent
LITERAL = re.compile(
    r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{8}\b|\brgba?\(|QColor\(\s*[\d\"']|fromRgb|GlobalColor|"
    r"Qt\.(white|black|red|green|blue|gray)\b|(pen|brush|color)=[\"'][a-z]"
)


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "surface_raised", "selection", "hover"])
def test_text_stands_out_from_every_ground(of: Tokens, ground: str) -> None:
    assert contrast(of.text, getattr(of, ground)) >= 4.5
    assert contrast(of.text_muted, getattr(of, ground)) >= 4.5
    assert contrast(of.accent, getattr(of, ground)) >= 4.5


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])
def test_words_in_state_colours_can_be_read(of: Tokens) -> None:
    for name in (of.good, of.caution, of.refuse, of.accent):
        assert contrast(name, of.surface) >= 4.5
        assert contrast(name, of.surface_raised) >= 4.5
    assert contrast(of.on_accent, of.accent) >= 4.5
    assert contrast(of.text, of.caution_surface) >= 4.5
    assert contrast(of.text, of.refuse_surface) >= 4.5
    assert contrast(of.caution, of.caution_surface) >= 4.5
    assert contrast(of.refuse, of.refuse_surface) >= 4.5


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out_three_to_one(of: Tokens) -> None:
    marks = (of.branch_1, of.branch_2, of.branch_3, of.branch_residual, of.branch_other)
    for name in (*marks, of.curve, of.template, of.continuum, of.line_mark, of.crosshair):
        assert contrast(name, of.surface) >= 3.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_unticked_box_and_a_number_field_are_seen(
    scheme: str, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, scheme)  # type: ignore[arg-type]
    for control, least in ((QCheckBox(), 3.0), (QRadioButton(), 3.0), (QSpinBox(), 1.6)):
        holder = QWidget()
        holder.resize(80, 40)
        QVBoxLayout(holder).addWidget(control)
        qtbot.addWidget(holder)
        holder.show()
        image = holder.grab().toImage()
        line = {
            image.pixelColor(x, control.geometry().center().y()).name()
            for x in range(control.x(), control.x() + 8)
        }
        strongest = max(contrast(name, theme.current().surface) for name in line)
        assert strongest >= least, type(control).__name__
    theme.apply(qapp, "light")


def test_a_default_button_that_cannot_be_pressed_looks_so(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    holder = QDialog()
    button = QPushButton("Next")
    QVBoxLayout(holder).addWidget(button)
    qtbot.addWidget(holder)
    button.setDefault(True)
    holder.show()
    assert button.grab().toImage().pixelColor(6, 6).name() == theme.current().accent
    button.setEnabled(False)
    assert button.grab().toImage().pixelColor(6, 6).name() == theme.current().surface


def test_contrast_of_black_and_white_is_the_largest() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


def test_switching_scheme_tells_listeners_and_repaints(qtbot: QtBot, qapp: QApplication) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    theme.apply(qapp, "light")
    widget.show()
    with qtbot.waitSignal(theme.notifier().changed) as told:
        theme.apply(qapp, "dark")
    assert told.args == [DARK]
    assert theme.current() is DARK
    assert widget.grab().toImage().pixelColor(5, 5).name() == DARK.surface
    theme.apply(qapp, "light")
    assert widget.grab().toImage().pixelColor(5, 5).name() == LIGHT.surface


def test_no_other_module_of_the_window_names_a_colour() -> None:
    found = [
        f"{path.relative_to(WINDOW)}:{number}: {line.strip()}"
        for path in sorted(WINDOW.rglob("*.py"))
        if path.name != "theme.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if LITERAL.search(line)
    ]
    assert not found, "colours belong in theme.py:\n" + "\n".join(found)
