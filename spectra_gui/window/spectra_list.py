"""The list at the left: heading with counts, filter, table, and a hint of what can be dropped.

Knows the list model; knows no document command: what a person asks for leaves as a signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.window import theme
from spectra_gui.window.list_model import (
    NAME,
    PROBABILITY,
    SNR,
    STATE_COLUMN,
    TYPE,
    ListModel,
    alignment_of,
    runs_of,
)
from spectra_gui.window.panels.state_icon import state_pixmap

SIGN_PX = 14
_FILTER_TIP = (
    "Every word must fit the name, the type or the state. "
    "type:g2, state:caution and name:hd ask for one of them."
)


_DROP_HINT = "Drop FITS or text files, or folders, anywhere"
_PAD_PX = 6
"""Between the edge of a cell and its text, as the style sheet has it for headings."""


class SpectraList(QWidget):
    """Signals: ``current_changed(object)`` row id or None; ``selection_changed()``;
    ``menu_requested(QMenu)`` is filled by whoever owns the actions before it opens."""

    current_changed = Signal(object)
    selection_changed = Signal()
    menu_requested = Signal(object)
    activated = Signal()

    def __init__(self, model: ListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._current: int | None = None
        self._dragging = False
        self.table = self._make_table()
        self.filter = QLineEdit(placeholderText="Filter: name, type, state…")
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip(_FILTER_TIP)
        self.filter.setAccessibleName("Filter the list")
        self.filter.textChanged.connect(model.set_filter)
        self.filter.returnPressed.connect(self.table.setFocus)
        self._title = QLabel("Spectra")
        self._counts = QLabel()
        self._hint = QLabel(_DROP_HINT)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._no_match = QLabel("No spectrum fits the filter.")
        self._no_match.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._no_match.hide()
        self._lay_out()
        self._dress()
        theme.notifier().changed.connect(self._dress)
        model.shown_changed.connect(self._follow_model)
        model.rowsInserted.connect(self._select_first)
        model.modelAboutToBeReset.connect(self._note_selection)
        model.modelReset.connect(self._restore_selection)
        self._noted: list[int] = []

    # What the window asks

    @property
    def current_id(self) -> int | None:
        return self._current

    def selected_ids(self) -> list[int]:
        """Rows that are selected, in the order of the list."""
        lines: set[int] = set()
        parts = self.table.selectionModel().selection()
        for part in cast(Iterable[QItemSelectionRange], parts):
            lines.update(range(part.top(), part.bottom() + 1))
        ids = [self.model.id_at(line) for line in sorted(lines)]
        return [row_id for row_id in ids if row_id is not None]

    def select(self, row_ids: Iterable[int]) -> None:
        """Select rows, the first one being the current one."""
        lines = [line for i in row_ids if (line := self.model.line_of(i)) is not None]
        if not lines:
            return
        flags = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        for first, last in runs_of(sorted(lines)):
            selection.select(self.model.index(first, 0), self.model.index(last, SNR))
        chosen = self.table.selectionModel()
        chosen.setCurrentIndex(self.model.index(lines[0], NAME), flags.NoUpdate)
        chosen.select(selection, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(self.model.index(lines[0], NAME))

    def step(self, step: int) -> None:
        """Make the next (+1) or previous (−1) row the current one."""
        line = self.table.currentIndex().row() + step
        row_id = self.model.id_at(max(0, min(line, self.model.rowCount() - 1)))
        if row_id is not None:
            self.select([row_id])

    def set_counts(self, text: str) -> None:
        self._counts.setText(text)

    def set_drag_active(self, active: bool) -> None:
        """Say that what is being dragged over the window can be dropped."""
        self._dragging = active
        self._tell_selected()
        token = theme.current().accent if active else theme.current().text_muted
        self._hint.setStyleSheet(f"color: {token};")

    def _tell_selected(self) -> None:
        """Where several rows are selected, keys and menus act on all of them: say so."""
        parts = cast(Iterable[QItemSelectionRange], self.table.selectionModel().selection())
        n = sum(part.height() for part in parts)
        words = f"{n} selected: keys and menus act on all" if n > 1 else _DROP_HINT
        self._hint.setText("Let go to add to the list" if self._dragging else words)

    def menu(self, actions: Sequence[QAction | None], at: QPoint) -> None:
        """Open a context menu; None draws a line between groups."""
        menu = QMenu(self)
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # Inside

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(RowDelegate(table, self.model))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setMouseTracking(True)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Spectra")
        table.verticalHeader().hide()
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(table.viewport().mapToGlobal(at))
        )
        table.activated.connect(lambda _: self.activated.emit())
        table.selectionModel().currentRowChanged.connect(lambda *_: self._follow_current())
        table.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        table.selectionModel().selectionChanged.connect(lambda *_: self._tell_selected())
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        # With the table's own it asks of every line whether all of its column is selected.
        header.setSelectionModel(QItemSelectionModel(self.model, header))
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(20)
        table.setSortingEnabled(True)
        for column in (STATE_COLUMN, TYPE, PROBABILITY, SNR):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        tokens = theme.current()
        heading = QHBoxLayout()
        heading.setContentsMargins(tokens.space_4, tokens.space_3, tokens.space_4, 0)
        heading.addWidget(self._title)
        heading.addStretch()
        heading.addWidget(self._counts)
        field = QHBoxLayout()
        field.setContentsMargins(tokens.space_4, 0, tokens.space_4, 0)
        field.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, tokens.space_3)
        column.setSpacing(tokens.space_2)
        column.addLayout(heading)
        column.addLayout(field)
        column.addWidget(self._no_match)
        column.addWidget(self.table, 1)
        column.addWidget(self._hint)

    def _dress(self) -> None:
        self._title.setFont(theme.font("body", bold=True))
        for label in (self._counts, self._hint, self._no_match):
            label.setFont(theme.font("small"))
            label.setStyleSheet(f"color: {theme.current().text_muted};")
        self.table.setFont(theme.font("body"))
        self.table.horizontalHeader().setFont(theme.font("small"))
        metrics = QFontMetrics(theme.font("body", bold=True))
        self.table.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        header = self.table.horizontalHeader()
        header.resizeSection(STATE_COLUMN, 30)
        header.resizeSection(TYPE, metrics.horizontalAdvance("K0.5 III ") + 2 * _PAD_PX)
        plain = QFontMetrics(theme.font("body"))
        header.resizeSection(PROBABILITY, plain.horizontalAdvance(">99 ") + 2 * _PAD_PX)
        header.resizeSection(SNR, plain.horizontalAdvance("> 500") + 2 * _PAD_PX)
        self.model.tell_all()

    def _follow_current(self) -> None:
        row_id = self.model.id_at(self.table.currentIndex().row())
        if row_id != self._current:
            if self._current is None and not self.filter.hasFocus():
                self.table.setFocus()
            self._current = row_id
            self.current_changed.emit(row_id)

    def _follow_model(self) -> None:
        """Lines moved under the current index: it may stand on another row now, or on none."""
        empty = self.model.rowCount() == 0
        self._no_match.setVisible(empty and bool(self.filter.text()))
        if not empty and not self.table.currentIndex().isValid():
            self._select_first()
        self._follow_current()

    def _note_selection(self) -> None:
        current = [] if self._current is None else [self._current]
        self._noted = [*current, *self.selected_ids()]

    def _restore_selection(self) -> None:
        """A reset forgets what was selected; the rows that are still shown are chosen again."""
        self.select(self._noted)
        self._select_first()

    def _select_first(self) -> None:
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.select([self.model.visible_ids[0]])


class RowDelegate(QStyledItemDelegate):
    """Paints a cell in the tokens of the scheme; bars stand for what is still being found.

    Fonts and state signs are made once a scheme: a long list paints hundreds of cells at a time.
    """

    def __init__(self, table: QTableView, model: ListModel) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        self._fonts: dict[tuple[theme.FontSize, bool], tuple[QFont, QFontMetrics]] = {}
        self._signs: dict[tuple[str, float], QPixmap] = {}
        theme.notifier().changed.connect(self._forget)

    def _forget(self) -> None:
        self._fonts.clear()
        self._signs.clear()

    def _font(self, size: theme.FontSize, *, bold: bool) -> tuple[QFont, QFontMetrics]:
        key = (size, bold)
        if key not in self._fonts:
            font = theme.font(size, bold=bold)
            self._fonts[key] = (font, QFontMetrics(font))
        return self._fonts[key]

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(40, QFontMetrics(theme.font("body")).height() + 8)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setClipRect(option.rect)
        if selected or hovered:
            painter.fillRect(option.rect, theme.color("selection" if selected else "hover"))
        line, column = index.row(), index.column()
        text, state, emphasis = self._model.cell(line, column)
        if column == STATE_COLUMN:
            self._paint_state(painter, option.rect, state)
            if selected and self._table.hasFocus():
                mark = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
                painter.fillRect(mark, theme.color("accent"))
        elif state in ("reading", "typing") and not text:
            self._paint_bar(painter, option.rect, column)
        else:
            cell = option.rect
            if not text and column == PROBABILITY:
                cell, column = self._with_type(cell), TYPE
                text, _, emphasis = self._model.cell(line, column)
            elif column == TYPE and not self._model.cell(line, PROBABILITY)[0]:
                cell = cell.adjusted(0, 0, self._table.columnWidth(PROBABILITY), 0)
            self._paint_text(painter, cell, column, text, emphasis)
        painter.restore()

    def _paint_state(self, painter: QPainter, cell: QRect, state: str) -> None:
        ratio = painter.device().devicePixelRatioF()
        if (state, ratio) not in self._signs:
            shown = {"stopped": "reading", "failed": "unreadable"}.get(state, state)
            self._signs[state, ratio] = state_pixmap(shown, side_px=SIGN_PX, device_ratio=ratio)
        corner = cell.center() + QPoint(3, 1) - QPoint(SIGN_PX // 2, SIGN_PX // 2)
        painter.drawPixmap(corner, self._signs[state, ratio])

    @staticmethod
    def _paint_bar(painter: QPainter, cell: QRect, column: int) -> None:
        if column != TYPE:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("skeleton"))
        bar = QRect(cell.left() + 8, cell.center().y() - 3, cell.width() - 24, 7)
        painter.drawRoundedRect(bar, 3, 3)

    def _with_type(self, cell: QRect) -> QRect:
        """The cell of the probability and the one of the type before it."""
        return cell.adjusted(-self._table.columnWidth(TYPE), 0, 0, 0)

    def _paint_text(
        self, painter: QPainter, cell: QRect, column: int, text: str, emphasis: str
    ) -> None:
        word_only = emphasis == "muted" and column == TYPE
        font, metrics = self._font(
            "small" if word_only else "body", bold=emphasis in ("sure", "person")
        )
        painter.setFont(font)
        painter.setPen(_text_colour(emphasis))
        room = cell.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        middle = column == NAME
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(text, mode, room.width())
        painter.drawText(room, alignment_of(column), shown)


def _text_colour(emphasis: str) -> QColor:
    if emphasis == "person":
        return theme.color("accent")
    return theme.color("text_muted" if emphasis == "muted" else "text")
