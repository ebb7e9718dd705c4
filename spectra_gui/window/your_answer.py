"""Where a person writes the type: a field that completes and checks MK types, and a comment.

Knows the MK parser; what was written leaves as signals.
"""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from spectra_gui.data import LUMINOSITY_NAMES, MKParseError, parse_mk
from spectra_gui.data.mk import subtype_name, used_subtypes
from spectra_gui.session import Row
from spectra_gui.window import theme

_KEYS_TEXT = "A accept   E edit   S skip   1–4 quality"
_typing = count(1)


def tidy_type(text: str) -> str:
    """An MK string as it is kept: ``g2v`` and ``G2V`` become ``G2 V``, peculiar ones stay.

    Raises
    ------
    MKParseError
        Where the text names no MK type.
    """
    written = " ".join(text.split())
    try:
        mk = parse_mk(written)
    except MKParseError:
        raised = written[:1].upper() + written[1:].upper()
        try:
            mk, written = parse_mk(raised), raised
        except MKParseError:
            raise parse_error(text) from None
    plain = mk.subtype is not None and mk.subtype_range[0] == mk.subtype_range[1]
    if not plain or mk.peculiarity or mk.composite or "a" in written or "b" in written:
        return written
    return str(mk)


def parse_error(text: str) -> MKParseError:
    return MKParseError(f"{text.strip()} is not an MK type. Write for example G2 V or K0 III-IV.")


class YourAnswer(QWidget):
    """``label_given(str)`` (empty: taken back) and ``comment_typed(str, int)`` with the number of
    the visit to the field, which makes one step of undo; ``finished()`` when Enter or Esc ended the
    writing, so that the keys can go back to the list."""

    label_given = Signal(str)
    comment_typed = Signal(str, int)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self._visit = 0
        self.field = QLineEdit(placeholderText="MK type")
        self.field.setAccessibleName("Your type")
        self.field.setToolTip("Write the type, Enter keeps it, Esc leaves it as it was (E)")
        self.field.setMaxLength(64)
        self._completer = QCompleter(mk_types(), self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(8)
        popup = self._completer.popup()
        if popup is not None:
            popup.setObjectName("completions")
        self.field.setCompleter(self._completer)
        self.comment = QLineEdit(placeholderText="Comment")
        self.comment.setAccessibleName("Comment")
        self.comment.setToolTip("A note on this spectrum, kept in the session (C)")
        self.comment.setMaxLength(2000)
        self._title = QLabel("Your answer")
        self._quality = QLabel()
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._lay_out()
        self._dress()
        theme.notifier().changed.connect(self._dress)
        self.field.returnPressed.connect(self._keep)
        self.field.editingFinished.connect(self._leave)
        self.field.textEdited.connect(self._check)
        self.comment.textEdited.connect(self._type_comment)
        self.comment.returnPressed.connect(self._finish)
        for edit in (self.field, self.comment):
            edit.installEventFilter(self)

    def show_row(self, row: Row | None) -> None:
        """Show what a person said about a row; a field that is being edited is left alone."""
        other = self._row is None or row is None or row.id != self._row.id
        self._row = row
        self.setEnabled(row is not None)
        if other or not self.field.hasFocus() or not self.field.isModified():
            self.field.setText(row.label or "" if row else "")
            self._tell_review()
        if other or not self.comment.hasFocus():
            self.comment.setText(row.comment if row else "")
            self._visit = next(_typing)
        suggestion = "" if row is None or row.verdict is None else row.answer
        self.field.setPlaceholderText(suggestion or "MK type")
        self._quality.setText(f"quality {row.quality}" if row and row.quality else "")

    @property
    def told(self) -> str:
        """What stands under the field."""
        return self._told.text()

    def edit(self) -> None:
        """Start writing the type."""
        if self._row is not None:
            if not self.field.text():
                self.field.setText(self._row.answer)
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()

    def edit_comment(self) -> None:
        self.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc gives the field back as it was."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if escape and event.type() == QEvent.Type.KeyPress:
            self.field.setModified(False)
            row, self._row = self._row, None
            self.show_row(row)
            self._finish()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        tokens = theme.current()
        heading = QHBoxLayout()
        heading.addWidget(self._title)
        heading.addStretch()
        heading.addWidget(self._quality)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.space_4, tokens.space_3, tokens.space_4, tokens.space_3)
        column.setSpacing(tokens.space_2)
        column.addLayout(heading)
        column.addWidget(self.field)
        column.addWidget(self._told)
        column.addWidget(self.comment)

    def _dress(self) -> None:
        self._title.setFont(theme.font("body", bold=True))
        self._told.setFont(theme.font("small"))
        self._quality.setFont(theme.font("small"))
        self._quality.setStyleSheet(f"color: {theme.current().text_muted};")
        self._tell(self._told.text(), wrong=False)

    def _tell(self, text: str, *, wrong: bool) -> None:
        self._told.setText(text)
        hue = theme.current().refuse if wrong else theme.current().text_muted
        self._told.setStyleSheet(f"color: {hue};")

    def _tell_review(self) -> None:
        row = self._row
        if row is not None and row.label and row.verdict is not None:
            same = row.label == row.verdict.type
            self._tell("accepted" if same else f"the model says {row.verdict.type}", wrong=False)
        else:
            self._tell(_KEYS_TEXT, wrong=False)

    def _check(self, text: str) -> None:
        """While a type is being written, say what it lacks, without haste."""
        try:
            tidied = tidy_type(text) if text.strip() else ""
        except MKParseError:
            self._tell("Enter keeps an MK type, for example G2 V", wrong=False)
            return
        if not tidied:
            self._tell("Enter takes your type back", wrong=False)
        elif not parse_mk(tidied).luminosity:
            self._tell("no luminosity class yet", wrong=False)
        else:
            self._tell(f"Enter keeps {tidied}", wrong=False)

    def _keep(self) -> None:
        if self._keep_text():
            self._finish()

    def _finish(self) -> None:
        self.field.clearFocus()
        self.comment.clearFocus()
        self.finished.emit()

    def _leave(self) -> None:
        if self.field.isModified():
            self._keep_text()

    def _keep_text(self) -> bool:
        """Give the type away; False where it is none, which is told beside the field."""
        text = self.field.text().strip()
        try:
            tidied = tidy_type(text) if text else ""
        except MKParseError as error:
            self._tell(f"{error}", wrong=True)
            return False
        self.field.setModified(False)
        self.field.setText(tidied)
        if self._row is not None and tidied != (self._row.label or ""):
            self.label_given.emit(tidied)
        else:
            self._tell_review()
        return True

    def _type_comment(self, text: str) -> None:
        self.comment_typed.emit(text, self._visit)


def mk_types() -> list[str]:
    """All boxes of the MK grid that are in use, as the completion offers them."""
    used = used_subtypes()
    return [
        f"{subtype_name(row)} {name}"
        for row in range(used.size)
        if used[row]
        for name in LUMINOSITY_NAMES
    ]
