"""What is said of a file beside the roles of its columns: unit, medium, frame, skipped lines."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSpinBox, QWidget

from spectra_gui.data import FileHead, Override
from spectra_gui.window import theme
from spectra_gui.window.mapping.draft import Draft
from spectra_gui.window.panels.choice_field import CalmComboBox
from spectra_gui.window.panels.choices import OPTION_WORDS
from spectra_gui.window.panels.section import Words

MOST_SKIPPED: Final = 10_000
_TABLE_PX: Final = 240
_CHOICES: Final = (
    ("wavelength_unit", "Unit", tuple(OPTION_WORDS)),
    ("medium", "Medium", ("air", "vacuum")),
    ("frame", "Frame", ("rest", "barycentric", "observed")),
    ("uncertainty", "Uncertainty is", ("sigma", "variance", "ivar", "relative")),
)
_KIND_WORDS: Final = {
    "sigma": "σ",
    "variance": "variance",
    "ivar": "1/variance",
    "relative": "σ / flux",
}
_TIPS: Final = {
    "wavelength_unit": "Unit of the wavelengths",
    "medium": "Medium that the wavelengths are measured in",
    "frame": "Whether the star's velocity is still in the wavelengths",
    "uncertainty": "What the column of uncertainties holds",
}


class Fields(QWidget):
    """``said(str, object)``: a field of `Override` and its value, None to leave it to the file.

    ``table_chosen(int)``: another table of the file.
    """

    said = Signal(str, object)
    table_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        of = theme.current()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(of.space_4)
        self.table = CalmComboBox()
        self.table.activated.connect(self.table_chosen)
        self.table.setSizeAdjustPolicy(CalmComboBox.SizeAdjustPolicy.AdjustToContents)
        self.table.setMaximumWidth(_TABLE_PX)
        self._table = self._labelled("Table", self.table, "Which table of the file to read")
        self.skip = QSpinBox()
        self.skip.setRange(0, MOST_SKIPPED)
        self.skip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.skip.valueChanged.connect(lambda n: self.said.emit("skip_rows", n or None))
        self._skip = self._labelled("Skip lines", self.skip, "Lines before the data to pass over")
        self.combos: dict[str, CalmComboBox] = {}
        for name, label, options in _CHOICES:
            combo = self.combos[name] = CalmComboBox()
            combo.addItem("as in the file", None)
            for option in options:
                combo.addItem(OPTION_WORDS.get(option, _KIND_WORDS.get(option, option)), option)
            combo.activated.connect(partial(self._say, name))
            self._labelled(label, combo, _TIPS[name])
        self._row.addStretch(1)

    def show_head(self, head: FileHead) -> None:
        """Offer what can be chosen of this file."""
        self.table.clear()
        for table in head.tables:
            self.table.addItem(table.title)
        self._table.setVisible(len(head.tables) > 1)
        self._skip.setVisible(head.kind == "text")

    def show_draft(self, draft: Draft) -> None:
        """What is said so far."""
        said: Override = draft.said
        for name, combo in self.combos.items():
            combo.setCurrentIndex(max(combo.findData(getattr(said, name)), 0))
        self.combos["uncertainty"].setEnabled(draft.uncertainty is not None)
        self.skip.blockSignals(True)
        self.skip.setValue(said.skip_rows or 0)
        self.skip.blockSignals(False)

    def _say(self, name: str, index: int) -> None:
        self.said.emit(name, self.combos[name].itemData(index))

    def _labelled(self, text: str, field: QWidget, tip: str) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space_2)
        row.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        label = Words(text, token="text_muted")
        label.setBuddy(field)
        field.setAccessibleName(text)
        field.setToolTip(tip)
        row.addWidget(label)
        row.addWidget(field)
        self._row.addWidget(whole)
        return whole
