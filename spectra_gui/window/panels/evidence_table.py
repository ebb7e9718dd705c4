"""The strongest peaks of all strips: line, wavelength, branch, strength."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from spectra_gui.data import Explanation, LineMatch
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.panels.words import strength_word
from spectra_gui.window.plots.evidence_strips import NO_EVIDENCE, strip_color_name

MAX_ROWS = 12
_HEADERS = ("Line", "λ (Å)", "Branch", "Strength")
_ROW_PX = 24
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PeakRow:
    """One peak and the strip that it is of."""

    peak: LineMatch
    strip: int
    strip_name: str
    color_name: str


def strongest(explanation: Explanation | None) -> tuple[PeakRow, ...]:
    """Peaks of all strips by falling strength, at most `MAX_ROWS`."""
    if explanation is None:
        return ()
    rows = [
        PeakRow(peak, index, strip.name, strip_color_name(explanation, index))
        for index, strip in enumerate(explanation.strips)
        for peak in strip.peaks
    ]
    return tuple(sorted(rows, key=lambda row: -row.peak.strength)[:MAX_ROWS])


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
            return _RIGHT if section == 1 else _LEFT
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                row.peak.line or "–",
                f"{row.peak.wavelength_aa:.0f}",
                row.strip_name,
                strength_word(row.peak.strength),
            )[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == 1 else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("text_muted" if column == 1 else "text")
        if role == Qt.ItemDataRole.DecorationRole and column == 2:
            return _swatch(row.color_name)
        if role == Qt.ItemDataRole.ToolTipRole:
            line = row.peak.line
            return (
                f"{row.peak.strength:.2f} of the strip's peak at {row.peak.wavelength_aa:.1f} Å"
                + (f"; {line} at rest at {row.peak.line_wavelength_aa:.1f} Å" if line else "")
            )
        return None


def _swatch(color_name: str) -> QPixmap:
    pixmap = QPixmap(4, 12)
    pixmap.fill(theme.color(color_name))
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
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.note = Words(token="text_muted", wrap=True)
        self.body.addWidget(self.table)
        self.body.addWidget(self.note)
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
        none = explanation is not None and not rows
        self.note.setText(NO_EVIDENCE.capitalize() if none else "")
        self.note.setVisible(none)

    def show_waiting(self, text: str) -> None:
        """Nothing to show yet, and why."""
        self.model.set_rows(())
        self.table.hide()
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _activate(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        self.strip_selected.emit(row.strip)
        self.peak_activated.emit(row.peak.wavelength_aa)

    def _restyle(self) -> None:
        self.table.setFont(theme.font("body"))
        self.table.horizontalHeader().setFont(theme.font("small"))
        if self.model.rows:
            last = self.model.index(len(self.model.rows) - 1, len(_HEADERS) - 1)
            self.model.dataChanged.emit(self.model.index(0, 0), last)
