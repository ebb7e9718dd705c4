"""How a file was read: every decision with its evidence, and what a person may say instead.

Emits a whole new `Override`; knows no reader and no document.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from spectra_gui.data import Decision, Override, OverrideChoice, Prepared, Reading
from spectra_gui.window import theme
from spectra_gui.window.panels.choice_field import FIELD_FRAME_PX, ChoiceField
from spectra_gui.window.panels.choices import (
    AS_READ,
    SUBJECT_OF,
    BadChoiceError,
    choice_text,
    with_choice,
)
from spectra_gui.window.panels.section import ElidedWords, Section, Words
from spectra_gui.window.panels.words import velocity_words

_SUBJECT_PX = 112


class HowRead(Section):
    """``override_changed`` carries the whole `Override` to read the file with from now on."""

    override_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("How it was read", parent=parent)
        self._override = Override()
        self.fields: dict[str, ChoiceField] = {}
        self._content: QWidget | None = None
        self.show_reading(None)

    def show_reading(
        self,
        reading: Reading | None,
        prepared: Prepared | None = None,
        *,
        spectrum_index: int = 0,
    ) -> None:
        """Decisions, warnings and choices of a file; what preparation noted of one spectrum."""
        if self._content is not None:
            self.body.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self.fields = {}
        self._override = reading.override if reading is not None else Override()
        self._content = QWidget()
        self.body.addWidget(self._content)
        of = theme.current()
        grid = QGridLayout(self._content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(of.space_4)
        grid.setVerticalSpacing(of.space_2)
        grid.setColumnStretch(1, 1)
        if reading is None:
            grid.addWidget(Words("Not read.", token="text_muted"), 0, 0)
            return
        self._fill(grid, reading, prepared, spectrum_index)
        self.setAccessibleDescription(
            ". ".join(
                f"{d.subject}: {d.value}{' (assumed)' if d.assumed else ''}, {d.evidence}"
                for d in reading.decisions
            )
        )

    def follow_in_tab_order(self, before: QWidget) -> None:
        """Let Tab reach the fields after ``before``: made anew, they would come last of all."""
        for choice_field in self.fields.values():
            QWidget.setTabOrder(before, choice_field.field)
            before = choice_field.field

    def _fill(
        self, grid: QGridLayout, reading: Reading, prepared: Prepared | None, index: int
    ) -> None:
        choices = {SUBJECT_OF.get(choice.key, choice.label): choice for choice in reading.choices}
        row = 0
        if len(reading.spectra) > 1:
            self._add(grid, row, "Spectrum", Words(f"{index + 1} of {len(reading.spectra)}"))
            row += 1
        for decision in reading.decisions:
            self._add(grid, row, decision.subject, self._told(decision, choices))
            row += 1
        decided = {decision.subject for decision in reading.decisions}
        for subject, text in _prepared_rows(prepared) if prepared is not None else ():
            if subject not in decided:
                self._add(grid, row, subject, Words(text, wrap=True))
                row += 1
        for subject, choice in choices.items():
            if subject not in decided:
                self._add(grid, row, choice.label, self._field(choice))
                row += 1
        notes = [*reading.warnings, *(prepared.notes if prepared is not None else ())]
        for note in notes:
            warning = note in reading.warnings
            words = Words(note, wrap=True, token="caution" if warning else "text_muted")
            grid.addWidget(words, row, 0, 1, 2)
            row += 1

    def _add(self, grid: QGridLayout, row: int, subject: str, value: QWidget) -> None:
        words = Words(subject, token="text_muted", wrap=True)
        words.setFixedWidth(_SUBJECT_PX)
        if value.findChild(ChoiceField) is not None or isinstance(value, ChoiceField):
            # On one line with the text inside the field's frame.
            words.setContentsMargins(0, FIELD_FRAME_PX, 0, 0)
        grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, row, 1)

    def _told(self, decision: Decision, choices: dict[str, OverrideChoice]) -> QWidget:
        """A decision's value or its field, and below it what it rests on."""
        told = QWidget()
        layout = QVBoxLayout(told)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        choice = choices.get(decision.subject)
        if choice is not None:
            layout.addWidget(self._field(choice))
        else:
            layout.addWidget(ElidedWords(decision.value))
        below = QHBoxLayout()
        below.setSpacing(theme.current().space_1)
        if choice is not None and choice_text(self._override, choice.key) != AS_READ:
            below.addWidget(Words("yours", size="small", token="accent"))
        elif decision.assumed:
            mark = Words("assumed", size="small", token="caution")
            mark.setToolTip("The file does not say; this was taken by habit or by its numbers")
            below.addWidget(mark)
        below.addWidget(ElidedWords(decision.evidence, size="small", token="text_muted"), 1)
        layout.addLayout(below)
        return told

    def _field(self, choice: OverrideChoice) -> ChoiceField:
        field = ChoiceField(choice, self._override)
        field.taken.connect(partial(self._take, choice.key))
        self.fields[choice.key] = field
        return field

    def _take(self, key: str, text: str) -> None:
        field = self.fields[key]
        try:
            wanted = with_choice(self._override, key, text)
        except BadChoiceError as error:
            field.complain(str(error))
            return
        field.complain("")
        if wanted != self._override:
            self._override = wanted
            self.override_changed.emit(wanted)


def _prepared_rows(prepared: Prepared) -> list[tuple[str, str]]:
    origins = {
        "header": "from the header",
        "user": "yours",
        "measured": "cross-correlation with class templates",
        "rest": "the file is at rest",
        "none": "none found; taken as it is",
    }
    velocity = velocity_words(prepared.rv_kms, prepared.rv_err_kms, "measured")
    moved = f"moved to rest by {velocity.removeprefix('RV ')}" if velocity else "not moved"
    if prepared.rv_origin in ("rest", "none"):
        moved = "not moved"
    rows = [("Rest frame", f"{moved}, {origins[prepared.rv_origin]}")]
    if prepared.fwhm_aa is not None:
        rows.append(("Resolution", f"{prepared.fwhm_aa:.1f} Å ({prepared.fwhm_origin})"))
    return rows
