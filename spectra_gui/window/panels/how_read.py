"""How a file was read: every decision with its evidence, and what a person may say instead.

Emits a whole new `Override`; knows no reader and no document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from spectra_gui.data import Decision, Override, OverrideChoice, Prepared, Reading
from spectra_gui.window import theme
from spectra_gui.window.panels.choice_field import ChoiceField
from spectra_gui.window.panels.choices import (
    AS_READ,
    SUBJECT_OF,
    BadChoiceError,
    choice_text,
    with_choice,
)
from spectra_gui.window.panels.reading_line import Line, ReadingLine
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.panels.words import velocity_words

_USUAL: Final = (
    ("Format", True), ("Wavelength unit", True), ("Wavelength scale", None), ("Medium", True),
    ("Frame", True), ("Uncertainty", None), ("Mask", None), ("Resolution", False),
    ("Rest frame", None), ("Velocity", False),
)  # fmt: skip
"""Lines that most files need; True: with a field of options, False: with one for text."""


class HowRead(Section):
    """``override_changed`` carries the whole `Override` to read the file with from now on;
    ``map_wanted``: the columns are to be mapped in the dialog.

    Its lines are kept from file to file and filled anew: making them takes longer than a frame.
    """

    override_changed = Signal(object)
    map_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.map_columns = QToolButton()
        self.map_columns.setText("Map columns…")
        self.map_columns.setToolTip("See the table and say which column is which")
        self.map_columns.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.map_columns.hide()
        super().__init__("How it was read", trailing=self.map_columns, parent=parent)
        self.map_columns.clicked.connect(self.map_wanted)
        self._override = Override()
        self._path: str | None = None
        self._lines: dict[tuple[str, int], ReadingLine] = {}
        self._order: list[ReadingLine] = []
        self._notes: list[Words] = []
        self._in_tab_order: list[QWidget] = []
        self.fields: dict[str, ChoiceField] = {}
        self._none = Words("Not read.", token="text_muted")
        self.body.setSpacing(theme.current().space_2)
        self.body.addWidget(self._none)

    def making_steps(self) -> list[Callable[[], None]]:
        """What makes the usual lines ahead of their use, each step short enough for one turn."""
        return [partial(self._make_lines, _USUAL[i : i + 3]) for i in range(0, len(_USUAL), 3)]

    def _make_lines(self, usual: Iterable[tuple[str, bool | None]]) -> None:
        for subject, with_options in usual:
            line = self._line((subject, 0))
            if with_options is not None:
                line.make_field(with_options=with_options)

    @property
    def path(self) -> str | None:
        """The file that is told of."""
        return self._path

    def finish(self) -> None:
        """Take what is being written as it stands: another file will be shown."""
        for field in tuple(self.fields.values()):
            field.finish()

    def discard(self) -> None:
        """What is being written is not wanted any more."""
        for field in self.fields.values():
            field.discard()

    def show_reading(
        self,
        reading: Reading | None,
        prepared: Prepared | None = None,
        *,
        spectrum_index: int = 0,
    ) -> None:
        """Decisions, warnings and choices of a file; what preparation noted of one spectrum.

        What a person is writing into a field stays while the same file is shown.
        """
        path = None if reading is None else reading.path
        keep, self._path = path is not None and path == self._path, path
        if not keep:
            # A field that is hidden while somebody writes in it would take its text for this file.
            self.discard()
        self._override = reading.override if reading is not None else Override()
        self._none.setVisible(reading is None)
        choices = () if reading is None else reading.choices
        self.map_columns.setVisible(any(choice.key == "columns" for choice in choices))
        fields = {}
        order = []
        seen: Counter[str] = Counter()
        for told in () if reading is None else _lines(reading, prepared, spectrum_index):
            line = self._line((told.subject, seen[told.subject]))
            seen[told.subject] += 1
            order.append(line)
            field = line.show_line(told, self._override, keep=keep)
            if field is not None:
                fields[field.choice.key] = field
        self._arrange(order)
        self.fields = fields
        self._show_notes(reading, prepared)
        self.setAccessibleDescription("" if reading is None else _described(reading))

    def follow_in_tab_order(self, before: QWidget) -> None:
        """Let Tab reach the fields after ``before``: made later, they would come last of all."""
        fields = (choice_field.field for choice_field in self.fields.values())
        order = [before, self.map_columns, *fields]
        if order != self._in_tab_order:
            self._in_tab_order = order
            for first, second in pairwise(order):
                QWidget.setTabOrder(first, second)

    def _line(self, key: tuple[str, int]) -> ReadingLine:
        """The line of the n-th thing that is told of a subject."""
        if key not in self._lines:
            line = self._lines[key] = ReadingLine()
            line.hide()
            line.taken.connect(self._take)
            self.body.insertWidget(len(self._lines) - 1, line)
        return self._lines[key]

    def _arrange(self, order: list[ReadingLine]) -> None:
        """Show these lines in this order, and no others."""
        if order != self._order:
            self._order = order
            for place, line in enumerate(order):
                if self.body.indexOf(line) != place:
                    self.body.insertWidget(place, line)
        for line in self._lines.values():
            line.setVisible(line in order)

    def _show_notes(self, reading: Reading | None, prepared: Prepared | None) -> None:
        warnings = () if reading is None else reading.warnings
        notes = (*warnings, *(prepared.notes if reading is not None and prepared else ()))
        while len(self._notes) < len(notes):
            self._notes.append(Words(wrap=True))
            self.body.addWidget(self._notes[-1])
        for place, note in zip(self._notes, notes, strict=False):
            place.setText(note)
            place.set_token("caution" if note in warnings else "text_muted")
            place.show()
        for place in self._notes[len(notes) :]:
            place.hide()

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


def _lines(reading: Reading, prepared: Prepared | None, index: int) -> Iterator[Line]:
    """What the panel tells of a file, line by line."""
    # Columns are two or three of the options, so they are written, or mapped in the dialog.
    free = [replace(c, options=()) if c.key == "columns" else c for c in reading.choices]
    choices = {SUBJECT_OF.get(choice.key, choice.label): choice for choice in free}
    if len(reading.spectra) > 1:
        yield Line("Spectrum", f"{index + 1} of {len(reading.spectra)}")
    noted = dict(_prepared_rows(prepared)) if prepared is not None else {}
    for decision in reading.decisions:
        choice = choices.get(decision.subject)
        yield _decided(decision, choice, reading.override, noted.get(decision.subject, ""))
    decided = {decision.subject for decision in reading.decisions}
    for subject, text in noted.items():
        if subject not in decided:
            yield Line(subject, text, wrap=True)
    for subject, choice in choices.items():
        if subject not in decided:
            yield Line(subject, label=choice.label, choice=choice)


def _decided(decision: Decision, choice: OverrideChoice | None, own: Override, noted: str) -> Line:
    """A decision's value or its field, and below it what it rests on."""
    mark = "assumed" if decision.assumed else ""
    known = decision.value if decision.value != "unknown" else ""
    if choice is not None and choice_text(own, choice.key) != AS_READ:
        mark = "yours"
    return Line(
        decision.subject,
        decision.value,
        choice=choice,
        hint=known or noted,
        mark=mark,
        evidence=decision.evidence,
    )


def _described(reading: Reading) -> str:
    return ". ".join(
        f"{d.subject}: {d.value}{' (assumed)' if d.assumed else ''}, {d.evidence}"
        for d in reading.decisions
    )


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
        rows.append(("Resolution", f"{prepared.fwhm_aa:.1f} Å, {prepared.fwhm_origin}"))
    return rows
