"""The dialog: which columns are which, what would be read, and whether to remember it.

Knows no document: what was chosen leaves as a `Chosen`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.data import FileHead, FileMapping, Override, ReadError, Reading
from spectra_gui.window import theme
from spectra_gui.window.mapping.asker import Asker
from spectra_gui.window.mapping.draft import Draft, begin, showing
from spectra_gui.window.mapping.fields import Fields
from spectra_gui.window.mapping.head_table import HeadTable
from spectra_gui.window.mapping.lines_view import LinesView
from spectra_gui.window.mapping.preview import Preview
from spectra_gui.window.panels.choice_field import CalmComboBox
from spectra_gui.window.panels.section import ElidedWords, Words

DEBOUNCE_MS: Final = 200
_LINES_PX: Final = 300
_NAME_PX: Final = 260


@dataclass(frozen=True, slots=True)
class Chosen:
    """How the file is to be read from now on, and ``also`` these other files (see `as_others`)."""

    override: Override
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the dialog is about.

    ``said`` is how the file is read now; ``mapping`` the mapping that this is by, where it is;
    ``others`` are paths of other files that give no spectrum, or one by guess; ``kept`` are all
    mappings that there are.
    """

    path: str
    said: Override
    mapping: FileMapping | None = None
    others: Sequence[str] = ()
    kept: Sequence[FileMapping] = ()


class MappingDialog(QDialog):
    """``chosen`` carries a `Chosen`; ``keep`` is given a mapping to remember and says what is
    wrong with it, "" where nothing is."""

    chosen = Signal(object)

    def __init__(
        self, window: QWidget, asked: Asked, asker: Asker, keep: Callable[[FileMapping], str]
    ) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        name = Path(asked.path).name
        self.setWindowTitle(f"Map columns of {name}")
        self.resize(1000, 690)
        self._asked, self._asker, self._keep = asked, asker, keep
        self._head: FileHead | None = None
        self._draft = Draft(asked.said)
        self._also: list[str] = []
        self._ordered: list[CalmComboBox] | None = None
        self._good = False
        self._build(name)
        self._connect()
        self._later = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._later.timeout.connect(self._ask)
        self.preview.show_words("Looking at the file…")
        self._update()
        asker.setParent(self)
        asker.look(asked.path, skip_rows=asked.said.skip_rows or 0)

    @property
    def draft(self) -> Draft:
        return self._draft

    # Building

    def _build(self, name: str) -> None:
        of = theme.current()
        self.what = ElidedWords("", token="text_muted")
        self.fields = Fields()
        self.lines = LinesView()
        self.lines.setFixedWidth(_LINES_PX)
        self.lines.hide()
        self.table = HeadTable()
        self.preview = Preview()
        top = QHBoxLayout()
        top.setSpacing(of.space_3)
        heading = ElidedWords(name, middle=True, bold=True)
        heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        top.addWidget(heading)
        top.addWidget(self.what, 1)
        middle = QHBoxLayout()
        middle.setSpacing(of.space_4)
        middle.addWidget(self.lines)
        middle.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(of.space_5, of.space_4, of.space_5, of.space_4)
        column.setSpacing(of.space_3)
        column.addLayout(top)
        column.addLayout(middle)
        column.addWidget(self.fields)
        column.addWidget(self.preview, 1)
        column.addLayout(self._build_remember())
        column.addWidget(self._build_buttons())

    def _build_remember(self) -> QVBoxLayout:
        of = theme.current()
        self.remember = QCheckBox("Remember for files like this as")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the mapping")
        self.name.setFixedWidth(_NAME_PX)
        self.name.setMaxLength(60)
        self.also = QCheckBox()
        self.also.hide()
        self.note = Words(size="small", token="text_muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(of.space_2)
        row.addWidget(self.remember)
        row.addWidget(self.name)
        row.addSpacing(of.space_4)
        row.addWidget(self.also)
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(of.space_1)
        column.addLayout(row)
        column.addWidget(self.note)
        return column

    def _build_buttons(self) -> QDialogButtonBox:
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        self.ok = self.buttons.button(standard.Ok)
        self.ok.setText("Apply")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        # Until there are roles to choose; a field for numbers would mark its own.
        self.buttons.button(standard.Cancel).setFocus()
        return self.buttons

    def _connect(self) -> None:
        self.table.role_chosen.connect(
            lambda column, role: self._change(self._draft.with_role(column, role))
        )
        self.fields.said.connect(self._say)
        self.fields.table_chosen.connect(self._choose_table)
        self.remember.toggled.connect(self._update)
        self.name.textEdited.connect(self._update)
        self._asker.looked.connect(self._take_head)
        self._asker.previewed.connect(self._take_preview)
        self._asker.other_looked.connect(self._take_other)

    # What is said

    def _say(self, name: str, value: str | int | None) -> None:
        self._change(self._draft.with_said(name, value))
        if name == "skip_rows":
            self.lines.show_skipped(int(value or 0))
            self._asker.look(self._asked.path, skip_rows=int(value or 0))

    def _choose_table(self, index: int) -> None:
        if self._head is not None:
            table = self._head.tables[index]
            self._change(self._draft.with_table(table, table.key))

    def _change(self, draft: Draft) -> None:
        self._draft = draft
        self._good = False
        self._asker.forget_preview()
        self._later.start()
        self._update()

    def _ask(self) -> None:
        if self._draft.missing:
            self.preview.show_words(self._draft.missing)
        else:
            self._asker.preview(self._asked.path, self._draft.override)

    # What the file holds

    def _take_head(self, head: FileHead | ReadError) -> None:
        if isinstance(head, ReadError):
            self.preview.show_error(head)
            return
        first, self._head = self._head is None, head
        if first:
            self._begin(head)
        else:
            table = head.tables[0] if head.tables else None
            self._draft = self._draft.with_table(table, self._draft.key)
        self._ask()
        self._update()
        if first:
            self.table.show_roles()
            if self.table.combos:
                self.table.combos[0].setFocus()

    def _begin(self, head: FileHead) -> None:
        """Show what the file is, with what was said of it before."""
        said = self._asked.said
        self.what.set_words(head.looks)
        self.fields.show_head(head)
        self.lines.show_lines(head.lines)
        self.lines.show_skipped(said.skip_rows or 0)
        self.lines.setVisible(bool(head.lines))
        index = next((i for i, t in enumerate(head.tables) if said.hdu in (t.key, str(i))), 0)
        table = head.tables[index] if head.tables else None
        several = len(head.tables) > 1
        self._draft = begin(said, table, table.key if several and table is not None else "")
        self.fields.table.setCurrentIndex(index)
        kept = self._asked.mapping
        self.name.setText(kept.name if kept else f"Files like {Path(head.path).name}"[:60])
        self._asker.look_at_others(self._asked.others if head.shape else ())

    def _order_tabs(self) -> None:
        """From role to role, then on to what stands below them; roles are made last."""
        if self.table.combos is self._ordered:
            return
        self._ordered = self.table.combos
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        order = [
            *self.table.combos, self.fields.table, self.fields.skip, *self.fields.combos.values(),
            self.remember, self.name, self.also, self.ok, cancel,
        ]  # fmt: skip
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _take_preview(self, answer: Reading | ReadError) -> None:
        self._good = isinstance(answer, Reading)
        if isinstance(answer, Reading):
            self._draft = showing(self._draft, answer)
            self.preview.show_reading(answer)
        elif self._draft.is_chosen:
            self.preview.show_error(answer)
        else:
            self.preview.show_words(
                f"{answer.reason} Choose the column of the wavelengths and that of the flux."
            )
        self._update()
        if not self._draft.is_chosen:
            self.table.show_roles()

    def _take_other(self, path: str, shape: str) -> None:
        if self._head is not None and shape == self._head.shape:
            self._also.append(path)
            n = len(self._also)
            files = "the other file" if n == 1 else f"the {n} other files"
            self.also.setText(f"Read {files} like this in the list so, too")
            self.also.show()

    # Taking it over

    def _update(self) -> None:
        self.table.show_draft(self._draft)
        self._order_tabs()
        self.fields.show_draft(self._draft)
        known_again = self._head is not None and bool(self._head.shape)
        says_something = self._draft.for_others != Override()
        self.remember.setEnabled(known_again and says_something)
        remembers = self.remember.isChecked() and self.remember.isEnabled()
        self.name.setEnabled(remembers)
        self._tell(self._note(known_again) + self._succession(remembers), "text_muted")
        self.ok.setEnabled(self._good and (not remembers or bool(self.name.text().strip())))

    def _note(self, known_again: bool) -> str:
        if self._head is None:
            return ""
        if not known_again:
            return "It has no table that could be known again, so this cannot be remembered."
        if not any(name.strip() for table in self._head.tables for name in table.columns):
            return (
                f"For: {self._head.looks}. No column has a name, so every file of that form will "
                "be read so."
            )
        return f"For: {self._head.looks}."

    def _succession(self, remembers: bool) -> str:
        """Says which mapping such files are read by now, where another one would take over."""
        if not remembers or self._head is None:
            return ""
        name, shape = self.name.text().strip(), self._head.shape
        alike = [m.name for m in self._asked.kept if m.shape == shape]
        if not alike or name in alike:
            return ""
        return (
            f" They are read by “{alike[-1]}” now; this one, being newer, is used instead of it, "
            "and that one stays in the list of mappings."
        )

    def _tell(self, text: str, token: str) -> None:
        self.note.set_token(token)
        self.note.setText(text)

    def accept(self) -> None:
        """Read the file so; first keep the mapping, where it is to be remembered."""
        if not self.ok.isEnabled():
            return
        if self.remember.isChecked() and self.remember.isEnabled() and self._head is not None:
            head, draft = self._head, self._draft
            mapping = FileMapping(
                self.name.text().strip(),
                head.shape,
                draft.for_others,
                head.looks,
                Path(self._asked.path).name,
            )
            problem = self._keep(mapping)
            if problem:
                self._tell(problem, "refuse")
                self.name.setFocus()
                return
        also = tuple(self._also) if self.also.isChecked() and not self.also.isHidden() else ()
        self.chosen.emit(Chosen(self._draft.override, also))
        super().accept()

    def done(self, result: int) -> None:
        """Whatever ends the dialog ends its child, too."""
        self._later.stop()
        self._asker.close()
        super().done(result)
