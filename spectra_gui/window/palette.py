"""The palette: all actions by name, found by typing a few letters of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.window import theme
from spectra_gui.window.actions import ACTIONS, Actions, ActionSpec, key_text

_MENU_ROLE = Qt.ItemDataRole.UserRole + 1
_KEY_ROLE = Qt.ItemDataRole.UserRole + 2
_WIDTH = 520
_LINES = 12


class Palette(QDialog):
    """Opens over the window; Enter runs the chosen action, Esc leaves."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Find an action")
        self._actions = actions
        self.search = QLineEdit(placeholderText="Find an action…")
        self.search.setAccessibleName("Find an action")
        self.search.setFont(theme.font("body"))
        self.list = QListWidget()
        self.list.setItemDelegate(_Line(self.list))
        self.list.setFont(theme.font("body"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tokens = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.space_2, tokens.space_2, tokens.space_2, tokens.space_2)
        column.setSpacing(tokens.space_1)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.setStyleSheet(f"QDialog {{ border: 1px solid {tokens.hairline}; }}")
        self.search.textChanged.connect(self.show_matches)
        self.search.returnPressed.connect(self.run)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self.run())
        self.show_matches("")
        self._place(window)

    def show_matches(self, text: str) -> None:
        """List the actions that fit, those that can be done now first."""
        self.list.clear()
        for found in matches(text):
            action = self._actions[found.id]
            item = QListWidgetItem(action.text().rstrip("…"))
            item.setData(Qt.ItemDataRole.UserRole, found.id)
            item.setData(_MENU_ROLE, found.menu)
            item.setData(_KEY_ROLE, key_text(found))
            item.setToolTip(found.tip)
            if not action.isEnabled():
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)

    def run(self) -> None:
        """Do the chosen action, once the palette is gone."""
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        action = self._actions[item.data(Qt.ItemDataRole.UserRole)]
        self.close()
        action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the field keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)

    def _place(self, window: QWidget) -> None:
        line = QFontMetrics(theme.font("body")).height() + 10
        self.resize(min(_WIDTH, window.width() - 48), (_LINES + 2) * line)
        centre = window.mapToGlobal(window.rect().center())
        top = window.mapToGlobal(window.rect().topLeft()).y() + 64
        self.move(centre.x() - self.width() // 2, top)


@dataclass(frozen=True, slots=True)
class _Scored:
    score: tuple[int, int]
    spec: ActionSpec


def matches(text: str) -> Sequence[ActionSpec]:
    """Actions that fit, best first: words that begin so, then words inside, then the letters."""
    wanted = text.casefold().split()
    scored = []
    for i, spec in enumerate(ACTIONS):
        score = _score(wanted, f"{spec.text} {spec.menu} {spec.submenu}".casefold(), spec.tip)
        if score is not None:
            scored.append(_Scored((score, i), spec))
    return [entry.spec for entry in sorted(scored, key=lambda entry: entry.score)]


def _score(wanted: list[str], text: str, tip: str) -> int | None:
    words = text.split()
    if all(any(word.startswith(part) for word in words) for part in wanted):
        return 0
    if all(part in text for part in wanted):
        return 1
    if all(part in tip.casefold() for part in wanted):
        return 2
    letters = iter(text)
    return 3 if all(letter in letters for letter in "".join(wanted)) else None


class _Line(QStyledItemDelegate):
    """Name at the left, menu muted behind it, key at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:  # type: ignore[no-untyped-def]
        return QSize(40, QFontMetrics(theme.font("body")).height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:  # type: ignore[no-untyped-def]
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        room: QRect = option.rect.adjusted(8, 0, -8, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text" if enabled else "text_disabled"))
        text = index.data(Qt.ItemDataRole.DisplayRole)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, text)
        used = QFontMetrics(theme.font("body")).horizontalAdvance(text) + 12
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text_muted" if enabled else "text_disabled"))
        painter.drawText(
            room.adjusted(used, 0, 0, 0),
            Qt.AlignmentFlag.AlignLeft | middle,
            index.data(_MENU_ROLE),
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, index.data(_KEY_ROLE))
        painter.restore()
