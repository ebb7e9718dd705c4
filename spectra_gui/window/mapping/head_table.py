"""The first rows of a table, with the role of each column above it. Knows no file."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from spectra_gui.data import TableHead
from spectra_gui.window import theme
from spectra_gui.window.mapping.draft import ROLES, Draft, Role
from spectra_gui.window.panels.choice_field import CalmComboBox

ROWS_SHOWN: Final = 7
_ROW_PX: Final = 22
_ROLE_PX: Final = 26
_COLUMN_PX: Final = 128
_AT_ONCE: Final = 8
_WORDS: Final[dict[Role | None, str]] = {
    None: "–",
    "wavelength": "Wavelength",
    "flux": "Flux",
    "uncertainty": "Uncertainty",
}


class HeadTable(QTableWidget):
    """``role_chosen(int, object)``: a column and its role, None for none."""

    role_chosen = Signal(int, object)

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setAccessibleName("First rows of the table")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        # Tab goes through the roles; the rows are only to be looked at.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.verticalHeader().setMinimumSectionSize(_ROW_PX)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultSectionSize(_COLUMN_PX)
        header.setMinimumHeight(24)
        self._shown: TableHead | None = None
        self._draft = Draft()
        self.combos: list[CalmComboBox] = []
        self._turn = QTimer(self, interval=1)
        self._turn.timeout.connect(self._make_combos)
        self.setFixedHeight(24 + _ROLE_PX + ROWS_SHOWN * _ROW_PX + 14)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def show_draft(self, draft: Draft) -> None:
        """The table of the draft, with the roles that its columns have."""
        self._draft, table = draft, draft.table
        if table is not self._shown:
            same = (
                table is not None
                and self._shown is not None
                and table.columns == self._shown.columns
            )
            self._shown = table
            if not same:
                self._make_columns(table)
            self._fill(table)
        for column in range(len(self.combos)):
            self._show_role(column)

    def _show_role(self, column: int) -> None:
        role = self._draft.role_of(column)
        self.combos[column].setCurrentIndex(0 if role is None else 1 + ROLES.index(role))
        self._tint(column, role is not None)

    def _make_columns(self, table: TableHead | None) -> None:
        self.clear()
        self.combos = []
        columns = () if table is None else table.columns
        self.setColumnCount(len(columns))
        self.setRowCount(1 + ROWS_SHOWN if columns else 0)
        for i, name in enumerate(columns):
            title = name or f"column {i}"
            unit = table.units[i] if table is not None else ""
            item = QTableWidgetItem(f"{title} [{unit}]" if unit else title)
            item.setToolTip(item.text())
            self.setHorizontalHeaderItem(i, item)
        if columns:
            self.setRowHeight(0, _ROLE_PX)
        self._make_combos()
        self._turn.start()

    def _make_combos(self) -> None:
        """The next few: each takes milliseconds, and a table may have hundreds of columns."""
        first = len(self.combos)
        for i in range(first, min(first + _AT_ONCE, self.columnCount())):
            heading = self.horizontalHeaderItem(i)
            combo = CalmComboBox()
            for role in (None, *ROLES):
                combo.addItem(_WORDS[role], role)
            combo.setAccessibleName(f"Role of {heading.text() if heading else i}")
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            combo.activated.connect(partial(self._choose, i))
            self.combos.append(combo)
            self.setCellWidget(0, i, combo)
            self._show_role(i)
            if first:
                self.setTabOrder(self.combos[i - 1], combo)
        if len(self.combos) >= self.columnCount():
            self._turn.stop()

    def show_roles(self) -> None:
        """Scroll to the first column that has a role."""
        places = [p for p in (self._draft.wavelength, self._draft.flux) if p is not None]
        if places and (item := self.item(1, min(places))) is not None:
            self.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _fill(self, table: TableHead | None) -> None:
        rows = () if table is None else table.rows[:ROWS_SHOWN]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for line in range(ROWS_SHOWN):
            for column in range(self.columnCount()):
                text = rows[line][column] if line < len(rows) else ""
                item = QTableWidgetItem(text)
                item.setTextAlignment(right)
                self.setItem(1 + line, column, item)

    def _choose(self, column: int, index: int) -> None:
        self.role_chosen.emit(column, (None, *ROLES)[index])

    def _tint(self, column: int, used: bool) -> None:
        color = theme.color("text" if used else "text_muted")
        for line in range(1, self.rowCount()):
            item = self.item(line, column)
            if item is not None:
                item.setForeground(color)

    def _restyle(self) -> None:
        of = theme.current()
        self.setFont(theme.font("body"))
        self.setStyleSheet(
            f"QTableView::item {{ padding: 0 {of.space_2}px; }}"
            f"QHeaderView::section {{ padding: 4px {of.space_2 + 3}px; }}"
        )
        for column, combo in enumerate(self.combos):
            self._tint(column, combo.currentIndex() > 0)
