"""Every knob of the config as a field with its sentence, from the config's own documentation.

Knows dataclasses and their docstrings; `KnobForm` makes the widgets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from spectra_gui.recipes import (
    AugmentConfig,
    DataConfig,
    LossConfig,
    OptimiserConfig,
    RunConfig,
)
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words

SECTIONS: Final = {
    "optimiser": ("Learning", OptimiserConfig),
    "augment": ("Augmentation", AugmentConfig),
    "loss": ("Loss", LossConfig),
    "data": ("Data", DataConfig),
    "": ("Machine", RunConfig),
}
_ELSEWHERE: Final = frozenset(
    {"optimiser.epochs", "data.libraries", "data.label_table", "data.test", "data.validation"}
)
_OF_RUN: Final = ("device", "workers", "threads")


@dataclass(frozen=True, slots=True)
class Knob:
    """One value of the config: dotted key, sentence, default, and the choices where it has some."""

    key: str
    sentence: str
    default: Any
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The key's last part in words."""
        words = self.key.rpartition(".")[2].replace("_", " ")
        return words[:1].upper() + words[1:]


def knobs() -> Iterator[tuple[str, tuple[Knob, ...]]]:
    """Section titles with their knobs, in the order of the config."""
    for section, (title, kind) in SECTIONS.items():
        yield title, tuple(_knobs_of(section, kind))


def _knobs_of(section: str, kind: type[Any]) -> Iterator[Knob]:
    hints = get_type_hints(kind)
    defaults = kind()
    for f in fields(kind):
        key = f"{section}.{f.name}" if section else f.name
        if key in _ELSEWHERE or (not section and f.name not in _OF_RUN):
            continue
        choices = get_args(hints[f.name]) if get_origin(hints[f.name]) is Literal else ()
        yield Knob(key, sentence(kind, f.name), getattr(defaults, f.name), choices)


def sentence(kind: type[Any], name: str) -> str:
    """What a docstring says about a field: from its name to the next entry."""
    text = re.sub(r"\s+", " ", kind.__doc__ or "")
    entries = re.split(r"(?<=[.;]) (?=``\w+``)", text)
    own = [entry for entry in entries if f"``{name}``" in entry]
    if not own:
        return ""
    said = next((entry for entry in own if entry.startswith(f"``{name}``")), own[0])
    said = re.sub(rf"^``{name}``\s*(?:(?:[^\W\d_])\s*)?(?::|is)\s*", "", said)
    said = said.replace("``", "").strip().rstrip(";").strip()
    return said[:1].upper() + said[1:]


class KnobForm(QWidget):
    """Fields for all knobs, once they are built; `values` are those that a person changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read: dict[str, tuple[Any, Callable[[], str]]] = {}

    def build(self) -> None:
        """Make the fields."""
        of = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, of.space_3, 0)
        column.setSpacing(of.space_2)
        for title, members in knobs():
            column.addWidget(Words(title, bold=True))
            form = QFormLayout()
            form.setHorizontalSpacing(of.space_4)
            form.setVerticalSpacing(of.space_2)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            for knob in members:
                form.addRow(knob.title, self._field(knob))
            column.addLayout(form)
        column.addStretch(1)

    def _field(self, knob: Knob) -> QWidget:
        of = theme.current()
        box = QWidget()
        lines = QVBoxLayout(box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(of.space_1)
        entry: QWidget
        if knob.choices:
            combo = QComboBox()
            combo.addItems(list(knob.choices))
            combo.setCurrentText(str(knob.default))
            entry, read = combo, combo.currentText
        else:
            edit = QLineEdit(_text(knob.default))
            edit.setMaximumWidth(120)
            entry, read = edit, edit.text
        entry.setObjectName(knob.key)
        entry.setAccessibleName(knob.title)
        entry.setAccessibleDescription(knob.sentence)
        entry.setToolTip(knob.key)
        lines.addWidget(entry)
        if knob.sentence:
            lines.addWidget(Words(knob.sentence, size="small", token="text_muted", wrap=True))
        self._read[knob.key] = (knob.default, read)
        return box

    def values(self) -> dict[str, Any]:
        """Dotted key → value of the fields that differ from the default.

        Raises
        ------
        ValueError
            Where a field of a number holds none; the sentence names it.
        """
        changed: dict[str, Any] = {}
        for key, (default, read) in self._read.items():
            text = read().strip()
            if text != _text(default):
                changed[key] = _value(key, text, default)
        return changed


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(key: str, text: str, default: Any) -> Any:
    if isinstance(default, str):
        return text
    try:
        return int(text) if isinstance(default, int) else float(text.replace(",", "."))
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise ValueError(f"{key} is {text!r}; it must be {kind}.") from None


def label_for(text: str, buddy: QWidget) -> QLabel:
    """A label whose key leads to its field."""
    label = QLabel(text)
    label.setBuddy(buddy)
    return label
