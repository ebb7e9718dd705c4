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
    """A small combo box or edit for one point; ``taken`` carries key and text that was chosen.

    Making one takes a millisecond: it is kept, and shows one choice after the other. A field
    ``with_options`` shows choices that have some, the other kind those that are free text.
    """

    taken = Signal(str, str)

    def __init__(self, *, with_options: bool) -> None:
        super().__init__()
        self.choice = OverrideChoice("", "", "")
        self._shown: tuple[OverrideChoice, str, str] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.complaint = Words(size="small", token="refuse", wrap=True)
        self.complaint.hide()
        self.field: QComboBox | QLineEdit = self._combo() if with_options else self._edit()
        self.field.setMinimumWidth(_LEAST_PX)
        self.field.setFont(theme.font("body"))
        layout.addWidget(self.field, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.complaint)

    def _combo(self) -> QComboBox:
        combo = CalmComboBox()
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.activated.connect(lambda i: self.taken.emit(self.choice.key, str(combo.itemData(i))))
        return combo

    def _edit(self) -> QLineEdit:
        edit = QLineEdit()
        edit.setMaximumWidth(170)
        edit.editingFinished.connect(self.finish)
        return edit

    def show_choice(
        self, choice: OverrideChoice, override: Override, *, hint: str = "", keep: bool = False
    ) -> None:
        """Show a point as the file or a person has it.

        ``hint`` stands in an empty edit where the file says nothing. ``keep`` leaves what is being
        written, and what was said about it, as they are.
        """
        own = choice_text(override, choice.key)
        if keep and self.is_being_written:
            return
        if not keep:
            self.complain("")
        shown = (choice, own, hint)
        if isinstance(self.field, QLineEdit):
            if shown != self._shown or self.field.text() != own:
                self._show_text(self.field, choice, own, hint)
        elif shown != self._shown or str(self.field.currentData()) != own:
            self._show_options(self.field, choice, own)
        self.choice, self._shown = choice, shown
        self.field.setAccessibleName(choice.label)

    @property
    def is_being_written(self) -> bool:
        """True while a person writes here and has not ended it."""
        return isinstance(self.field, QLineEdit) and self.field.isModified()

    def finish(self) -> None:
        """Take what is being written as it stands, as leaving the field does."""
        if isinstance(self.field, QLineEdit) and self.field.isModified():
            self.field.setModified(False)
            self.taken.emit(self.choice.key, self.field.text())

    def discard(self) -> None:
        """What is being written is not wanted any more."""
        if isinstance(self.field, QLineEdit):
            self.field.setModified(False)

    @staticmethod
    def _show_options(combo: QComboBox, choice: OverrideChoice, own: str) -> None:
        # What a person chose is in force, so nobody knows what the file would be read as.
        read = "" if own else OPTION_WORDS.get(choice.value, choice.value)
        combo.clear()
        combo.addItem(f"{read} (as read)" if read else "as read", AS_READ)
        for option in choice.options:
            combo.addItem(OPTION_WORDS.get(option, option), option)
        combo.setCurrentIndex(max(combo.findData(own), 0) if own else 0)
        combo.setToolTip(f"{choice.label}: choose to read the file anew")

    @staticmethod
    def _show_text(edit: QLineEdit, choice: OverrideChoice, own: str, hint: str) -> None:
        edit.setText(own)
        edit.setModified(False)
        form = HINTS.get(choice.key, "text")
        edit.setPlaceholderText(choice.value or hint or HINTS.get(choice.key, "as read"))
        edit.setToolTip(f"{choice.label}: {form}; empty leaves it as read")

    def complain(self, text: str) -> None:
        """Say under the field what is wrong with it; "" takes that back."""
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))
