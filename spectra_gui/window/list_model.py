"""The rows of a document as a Qt table: sorted, filtered, and told apart by state.

Sorts and filters by itself, on plain lists of row ids: ten thousand rows take milliseconds, where
a proxy model would call back into Python for every comparison. Knows no view and no job but asks
``is_pending`` whether a row is being worked on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from spectra_gui.session import Changes, Document, Row
from spectra_gui.window.list_order import fits_of, natural, type_key
from spectra_gui.window.panels.words import as_tip, percent, snr_words

ListState = Literal[
    "accept", "caution", "refuse", "unreadable", "reading", "typing", "stopped", "failed"
]

STATE_COLUMN, NAME, TYPE, PROBABILITY, SNR = range(5)
HEADERS: Final = ("", "Name", "Type", "%", "S/N")
STATE_ORDER: Final = {
    "accept": 0, "caution": 1, "refuse": 2, "typing": 3, "failed": 4,
    "reading": 5, "stopped": 6, "unreadable": 7,
}  # fmt: skip
STATE_TEXT: Final = {
    "accept": "accept",
    "caution": "caution",
    "refuse": "refuse",
    "unreadable": "unreadable",
    "reading": "reading",
    "typing": "typing",
    "stopped": "not read and typed yet; F5 does it",
    "failed": "not typed",
}

ROW_ID_ROLE: Final = Qt.ItemDataRole.UserRole
STATE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""`ListState` of the row, the same in every column."""
EMPHASIS_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""``"person"`` for a type that a person gave, ``"sure"`` for an accepted one, ``"muted"``."""

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_MANY = 64
_SLOW = 2000
"""Above so many rows a sorted or filtered list is arranged after a pause, not with every part of a
large drop."""


class ListModel(QAbstractTableModel):
    """One line a spectrum; `visible_ids` after filter and sort."""

    shown_changed = Signal()
    """The set or order of visible rows is another one."""

    def __init__(
        self,
        document: Document,
        *,
        is_pending: Callable[[Row], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._is_pending = is_pending
        self._ids: list[int] = list(document.ids)
        self._at: dict[int, int] = {row_id: i for i, row_id in enumerate(self._ids)}
        self._filter = ""
        self._sort: tuple[int, bool] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(120)
        self._later.timeout.connect(self.arrange)
        self._unsubscribe = document.subscribe(self._follow)

    def close(self) -> None:
        """Stop following the document."""
        self._later.stop()
        self._unsubscribe()

    # What the window asks

    @property
    def visible_ids(self) -> tuple[int, ...]:
        return tuple(self._ids)

    def id_at(self, line: int) -> int | None:
        return self._ids[line] if 0 <= line < len(self._ids) else None

    def line_of(self, row_id: int) -> int | None:
        return self._at.get(row_id)

    def set_filter(self, text: str) -> None:
        """Show the rows that fit every word: ``hd``, ``type:g2``, ``state:caution``, ``name:``."""
        self._filter = text
        self.arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; column −1 is the order in which the files were opened."""
        self._sort = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self.arrange()

    def state_of(self, row: Row) -> ListState:
        if row.state == "unreadable":
            return "unreadable"
        if row.state == "typed" and row.verdict is not None:
            return row.verdict.state
        if row.problem:
            return "failed"
        if not self._is_pending(row):
            return "stopped"
        return "reading" if row.state == "reading" else "typing"

    # Qt's questions

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment_of(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HEADER_TIPS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row_id = self.id_at(index.row())
        row = self._document.row(row_id) if row_id is not None else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == STATE_ROLE:
            return self.state_of(row)
        if role == EMPHASIS_ROLE:
            return self._emphasis(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment_of(index.column())
        if role == ROW_ID_ROLE:
            return row.id
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self.tool_tip(row))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.tool_tip(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._text(row, index.column()) or STATE_TEXT[self.state_of(row)]
        return None

    def cell(self, line: int, column: int) -> tuple[str, str, str]:
        """Text, state and emphasis of a cell at once: a list is painted cell by cell."""
        row = self._document.row(self._ids[line]) if line < len(self._ids) else None
        if row is None:
            return "", "", ""
        return self._text(row, column), self.state_of(row), self._emphasis(row, column)

    def _text(self, row: Row, column: int) -> str:
        if column == NAME:
            return row.title
        if column == TYPE:
            if row.answer:
                return row.answer
            state = self.state_of(row)
            stopped = "not read" if row.state == "reading" else "not typed"
            return {"refuse": "\N{EN DASH}", "unreadable": "unreadable", "failed": "not typed",
                    "stopped": stopped}.get(state, "")  # fmt: skip
        if column == PROBABILITY and row.verdict is not None and row.verdict.state != "refuse":
            return percent(row.verdict.probability).removesuffix("%").replace(" ", "")
        if column == SNR and row.snr is not None:
            return snr_words(row.snr)
        return ""

    def _emphasis(self, row: Row, column: int) -> str:
        if column == TYPE and row.label is not None:
            return "person"
        if column == TYPE and row.verdict is not None and row.verdict.state == "accept":
            return "sure"
        if column == SNR or row.state == "unreadable" or not row.answer:
            return "muted" if column != NAME else ""
        return ""

    def tool_tip(self, row: Row) -> str:
        """Name, file, state and why, as the list and a screen reader tell it."""
        lines = [row.title, row.path]
        if row.error is not None:
            lines.append(f"unreadable: {row.error.reason} {row.error.advice}".strip())
        elif row.problem:
            lines.append(row.problem)
        elif row.verdict is not None:
            lines.append(" ".join([row.verdict.state, *row.verdict.reasons]))
        else:
            lines.append(STATE_TEXT[self.state_of(row)])
        if row.label is not None and row.verdict is not None:
            lines.append(f"Your type: {row.label}. The model says {row.verdict.type}.")
        if row.set_aside is not None and row.set_aside.confirmed:
            lines.append(
                f"The file changed since it was labelled {row.set_aside.review.label or ''}: "
                "the label is kept apart (Review, Attach the earlier review)."
            )
        if row.comment:
            lines.append(row.comment)
        return "\n".join(lines)

    # Following the document

    def _follow(self, changes: Changes) -> None:
        if changes.kinds & {"added", "removed"} and not self._append():
            is_slow = len(self._document) > _SLOW and "removed" not in changes.kinds
            self._later.start() if is_slow and len(changes.rows) > _MANY else self.arrange()
        touched = changes.kinds & {"state", "verdict", "review", "reading", "set_aside"}
        if touched:
            self._tell(changes.rows)
            if self._sort is not None or self._filter:
                self._later.isActive() or self._later.start()

    def tell_all(self) -> None:
        """Every line may look different (another theme, a cancel)."""
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, SNR))

    def _tell(self, row_ids: Iterable[int]) -> None:
        lines = sorted(self._at[row_id] for row_id in row_ids if row_id in self._at)
        lines_told = [(lines[0], lines[-1])] if len(lines) > _MANY else runs_of(lines)
        for first, last in lines_told:
            self.dataChanged.emit(self.index(first, 0), self.index(last, SNR))

    def _append(self) -> bool:
        """Show what stands after the rows that are shown, where nothing else changed."""
        ids, n = self._document.ids, len(self._ids)
        if self._sort is not None or self._filter or len(ids) <= n or list(ids[:n]) != self._ids:
            return False
        self.beginInsertRows(_NO_PARENT, n, len(ids) - 1)
        self._ids += ids[n:]
        self._at.update(zip(ids[n:], range(n, len(ids)), strict=True))
        self.endInsertRows()
        self.shown_changed.emit()
        return True

    def arrange(self) -> None:
        """Filter and sort anew, keeping selections on the rows that they were on."""
        self._later.stop()
        rows: Sequence[Row] = tuple(self._document)
        fits = fits_of(self._filter)
        if fits is not None:
            rows = [row for row in rows if fits(row, self.state_of)]
        if self._sort is not None:
            column, descending = self._sort
            rows = sorted(rows, key=self._sort_key(column), reverse=descending)
        wanted = [row.id for row in rows]
        if wanted != self._ids:
            self._change_to(wanted)
            self.shown_changed.emit()

    def _sort_key(self, column: int) -> Callable[[Row], Any]:
        if column == NAME:
            return lambda row: natural(row.title)
        if column == TYPE:
            return lambda row: type_key(row.answer)
        if column == PROBABILITY:
            return lambda row: -1.0 if row.verdict is None else row.verdict.probability
        if column == SNR:
            return lambda row: -1.0 if row.snr is None else row.snr
        return lambda row: STATE_ORDER[self.state_of(row)]

    def _change_to(self, wanted: list[int]) -> None:
        kept, here = set(wanted), set(self._ids)
        gone = runs_of([i for i, row_id in enumerate(self._ids) if row_id not in kept])
        new = runs_of([i for i, row_id in enumerate(wanted) if row_id not in here])
        if len(gone) + len(new) > _MANY:
            self.beginResetModel()
            self._ids = wanted
            self._renumber()
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NO_PARENT, first, last)
            del self._ids[first : last + 1]
            self._renumber()
            self.endRemoveRows()
        survivors = [row_id for row_id in wanted if row_id in here]
        if survivors != self._ids:
            self._reorder(survivors)
        for first, last in new:
            self.beginInsertRows(_NO_PARENT, first, last)
            self._ids[first:first] = wanted[first : last + 1]
            self._renumber()
            self.endInsertRows()

    def _reorder(self, wanted: list[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._ids[index.row()] for index in before]
        self._ids = wanted
        self._renumber()
        after = [
            self.index(self._at[row_id], index.column())
            for row_id, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _renumber(self) -> None:
        self._at = {row_id: i for i, row_id in enumerate(self._ids)}


_HEADER_TIPS: Final = (
    "State: accept, caution, refuse or unreadable",
    "The star's name, or the file's",
    "MK type: yours where you gave one, else the model's",
    "Calibrated probability of letter and luminosity class, in per cent",
    "Median signal to noise per resolution element; estimated from the scatter of the pixels where "
    "the file gives no uncertainties",
)


def alignment_of(column: int) -> Qt.AlignmentFlag:
    """Numbers stand at the right of their column."""
    side = Qt.AlignmentFlag.AlignRight if column >= PROBABILITY else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs of neighbours: [1, 2, 5] → [(1, 2), (5, 5)]."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
