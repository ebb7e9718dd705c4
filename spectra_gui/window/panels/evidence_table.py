"""The strongest peaks of all strips: line, wavelength, branch, strength.

A peak on which no line of the list lies says so beside its wavelength.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from spectra_gui.data import Explanation, LineMatch
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.panels.words import strength_word
from spectra_gui.window.plots.evidence_strips import NO_EVIDENCE, strip_color_name

MAX_ROWS = 12
_GAP = "\N{EM SPACE}"
"""Between a number at the right of its column and the column beside it."""
_HEADERS = ("Line", f"λ (Å){_GAP}", "Branch", "Strength")
_LINE, _WAVELENGTH, _BRANCH, _STRENGTH = range(4)
NO_LINE = "no line listed"
_NO_LINE_TIP = "the line list has nothing there that stars of this letter show"
LISTED = "Off the listed lines, only peaks that the networks share are listed."
_HEADER_TIPS = (
    "The line or band on which the peak lies",
    "Where the peak is, at rest",
    "The branch that peaks most strongly there; bars stand for all that do",
    "Against the strongest peak of the same strip",
)
_ROW_PX = 21
_INSET_PX = 3
"""Of the text in a cell; taken back, so that the table stands under its heading."""
_MAX_SWATCHES = 5
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PeakRow:
    """A place on the spectrum and the strips that peak there, the strongest first."""

    peak: LineMatch
    strips: tuple[int, ...]
    strip_name: str
    color_names: tuple[str, ...]


def strongest(explanation: Explanation | None) -> tuple[PeakRow, ...]:
    """Places by falling strength, at most `MAX_ROWS`; peaks on one line stand in one row."""
    if explanation is None:
        return ()
    found: dict[str, list[tuple[LineMatch, int]]] = {}
    for index, strip in enumerate(explanation.strips):
        for peak in strip.peaks:
            found.setdefault(_place(peak), []).append((peak, index))
    rows = []
    for peaks in found.values():
        peaks.sort(key=lambda entry: -entry[0].strength)
        strips = tuple(dict.fromkeys(index for _, index in peaks))
        hues = tuple(strip_color_name(explanation, index) for index in strips)
        rows.append(PeakRow(peaks[0][0], strips, explanation.strips[strips[0]].name, hues))
    rows.sort(key=lambda row: (-row.peak.strength, -len(row.strips)))
    return tuple(rows[:MAX_ROWS])


def _place(peak: LineMatch) -> str:
    return peak.line or f"{round(peak.wavelength_aa / 10) * 10}"


class PeakModel(QAbstractTableModel):
    """Peaks as a table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[PeakRow, ...] = ()

    def set_rows(self, rows: tuple[PeakRow, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == _WAVELENGTH else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HEADER_TIPS[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                row.peak.line or NO_LINE,
                f"{row.peak.wavelength_aa:.0f}{_GAP}",
                row.strip_name,
                strength_word(row.peak.strength),
            )[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == _WAVELENGTH else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            named = column == _LINE and row.peak.line
            return theme.color("text" if named or column == _WAVELENGTH else "text_muted")
        if role == Qt.ItemDataRole.DecorationRole and column == _BRANCH:
            return _swatches(row.color_names)
        if role == Qt.ItemDataRole.ToolTipRole:
            line = row.peak.line
            of_line = f"{line} is at {row.peak.line_wavelength_aa:.1f} Å" if line else _NO_LINE_TIP
            return (
                f"{100 * row.peak.strength:.0f} % of the strip's strongest peak, at "
                f"{row.peak.wavelength_aa:.1f} Å; {of_line}. Click to go there."
            )
        return None


def _swatches(color_names: tuple[str, ...]) -> QPixmap:
    """A small bar in the hue of each branch that peaks there."""
    pixmap = QPixmap(6 * min(len(color_names), _MAX_SWATCHES), 12)
    pixmap.fill(theme.color("surface", alpha=0.0))
    painter = QPainter(pixmap)
    for place, name in enumerate(color_names[:_MAX_SWATCHES]):
        painter.fillRect(6 * place, 0, 4, 12, theme.color(name))
    painter.end()
    return pixmap


class EvidenceTable(Section):
    """``peak_activated`` carries a rest wavelength in Å, ``strip_selected`` a strip's index."""

    peak_activated = Signal(float)
    strip_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Evidence", parent=parent)
        self.model = PeakModel()
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Strongest evidence")
        self.table.setShowGrid(False)
        self.table.setStyleSheet(f"QHeaderView::section {{ padding: 4px {_INSET_PX}px; }}")
        self.body.setContentsMargins(-_INSET_PX, 0, 0, 0)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setIconSize(QSize(6 * _MAX_SWATCHES, 12))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.note = Words(token="text_muted", wrap=True)
        self.body.addWidget(self.table)
        self.body.addWidget(self.note)
        self.note.setContentsMargins(_INSET_PX, 0, 0, 0)
        self.table.activated.connect(self._activate)
        self.table.clicked.connect(self._activate)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self.show_waiting("")

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Peaks of an explanation; says so where no branch had positive evidence."""
        rows = strongest(explanation)
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self._fit()
        self.heading.setText(
            f"Evidence for {explanation.target_text}" if explanation else "Evidence"
        )
        note = NO_EVIDENCE.capitalize() if not rows else LISTED
        self.note.setText("" if explanation is None else note)
        self.note.setVisible(explanation is not None)

    def show_waiting(self, text: str) -> None:
        """Nothing to show yet, and why."""
        self.heading.setText("Evidence")
        self.model.set_rows(())
        self.table.hide()
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _fit(self) -> None:
        """As tall as its rows, so that the panel scrolls and the table does not."""
        for column in (_LINE, _WAVELENGTH, _BRANCH):
            # Numbers stand close to the name they belong to.
            room = theme.current().space_1 if column == _LINE else theme.current().space_2
            self.table.resizeColumnToContents(column)
            self.table.setColumnWidth(column, self.table.columnWidth(column) + room)
        self._leave_room()
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + _ROW_PX * len(self.model.rows) + 2)

    def _leave_room(self) -> None:
        """In a narrow panel the branch's name is cut, which its hue tells too, and nothing else."""
        strength = self.table.sizeHintForColumn(_STRENGTH)
        strength = max(strength, self.table.horizontalHeader().sectionSizeHint(_STRENGTH))
        taken = sum(self.table.columnWidth(column) for column in (_LINE, _WAVELENGTH))
        room = self.table.viewport().width() - taken - strength
        wide = self.table.sizeHintForColumn(_BRANCH) + theme.current().space_2
        least = 6 * _MAX_SWATCHES + 2 * _INSET_PX
        self.table.setColumnWidth(_BRANCH, max(least, min(wide, room)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_room()

    def _activate(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        self.strip_selected.emit(row.strips[0])
        self.peak_activated.emit(row.peak.wavelength_aa)

    def _restyle(self) -> None:
        self.table.setFont(theme.font("body"))
        self.table.horizontalHeader().setFont(theme.font("small"))
        if self.model.rows:
            last = self.model.index(len(self.model.rows) - 1, len(_HEADERS) - 1)
            self.model.dataChanged.emit(self.model.index(0, 0), last)
