"""One point of how a file is read, as a small combo box or edit. Knows `Override`, no reader."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.window import theme
from spectra_gui.window.panels.choices import AS_READ, HINTS, OPTION_WORDS, choice_text
from spectra_gui.window.panels.section import Words

FIELD_FRAME_PX = 4
_LEAST_PX = 90
"""A field may become as narrow as this where the column is; a long text is then elided."""


class CalmComboBox(QComboBox):
    """A combo box that a wheel over a scrolled panel does not change."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceField(QWidget):
    """A small combo box or edit for one point; ``taken`` carries the text that was chosen."""

    taken = Signal(str)

    def __init__(self, choice: OverrideChoice, override: Override) -> None:
        super().__init__()
        self.choice = choice
        own = choice_text(override, choice.key)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.complaint = Words(size="small", token="refuse", wrap=True)
        self.complaint.hide()
        self.field: QComboBox | QLineEdit
        if choice.options:
            self.field = self._combo(choice, own)
        else:
            self.field = self._edit(choice, own)
        self.field.setAccessibleName(choice.label)
        self.field.setFont(theme.font("body"))
        layout.addWidget(self.field, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.complaint)

    def _combo(self, choice: OverrideChoice, own: str) -> QComboBox:
        combo = CalmComboBox()
        read = OPTION_WORDS.get(choice.value, choice.value)
        combo.addItem(f"{read} (as read)" if read else "as read", AS_READ)
        for option in choice.options:
            combo.addItem(OPTION_WORDS.get(option, option), option)
        combo.setCurrentIndex(max(combo.findData(own), 0) if own else 0)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMinimumWidth(_LEAST_PX)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.setToolTip(f"{choice.label}: choose to read the file anew")
        combo.activated.connect(lambda index: self.taken.emit(str(combo.itemData(index))))
        return combo

    def _edit(self, choice: OverrideChoice, own: str) -> QLineEdit:
        edit = QLineEdit(own)
        edit.setPlaceholderText(choice.value or HINTS.get(choice.key, "as read"))
        edit.setToolTip(f"{choice.label}: {HINTS.get(choice.key, 'text')}; empty leaves it as read")
        edit.setMaximumWidth(170)
        edit.setMinimumWidth(_LEAST_PX)

        def commit() -> None:
            if edit.isModified():
                edit.setModified(False)
                self.taken.emit(edit.text())

        edit.editingFinished.connect(commit)
        return edit

    def complain(self, text: str) -> None:
        """Say under the field what is wrong with it; "" takes that back."""
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))
