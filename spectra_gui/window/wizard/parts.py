"""Building stones of the wizard's pages: the page itself, tables of text, the map of counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.data import LETTERS, LUMINOSITY_NAMES
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.panels.words import as_tip


class Page(QWidget):
    """One step: a heading and a sentence above ``body``.

    ``changed`` tells the wizard to ask `is_ready`, `next_text` and `can_go_back` anew.
    """

    changed = Signal()
    advance = Signal()
    """The page itself leads on, as when a training has ended."""

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__()
        of = theme.current()
        self.setAccessibleName(heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(of.space_3)
        self.heading = Words(heading, bold=True)
        self.sentence = Words(sentence, token="text_muted", wrap=True)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        self.body = QVBoxLayout()
        self.body.setSpacing(of.space_3)
        column.addLayout(self.body, 1)

    @property
    def is_ready(self) -> bool:
        """Whether the next page may be shown."""
        return True

    @property
    def can_go_back(self) -> bool:
        return True

    @property
    def next_text(self) -> str:
        return "Next"

    def enter(self) -> None:
        """The page is shown."""

    def commit(self) -> bool:
        """The person goes on; False keeps them here, with the reason shown."""
        return True

    def end(self) -> None:
        """The wizard goes away: end what is running."""


class Told(Words):
    """What a run does otherwise than may be expected, each sentence once."""

    def __init__(self) -> None:
        super().__init__(token="caution", wrap=True)
        self.setVisible(False)

    def add(self, message: str) -> None:
        if message not in self.text():
            self.setText(f"{self.text()} {message}".strip())
            self.setVisible(True)

    def forget(self) -> None:
        self.setText("")
        self.setVisible(False)


def left_out_words(n: int) -> str:
    """``1 is left out``, ``3 are left out``."""
    return f"{n} is left out" if n == 1 else f"{n} are left out"


def text_table(headers: Sequence[str], *, name: str, stretch: int = -1) -> QTableWidget:
    """A table to read; the ``stretch`` column takes the room that is left."""
    table = QTableWidget(0, len(headers))
    table.setAccessibleName(name)
    table.setHorizontalHeaderLabels(list(headers))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    room = theme.current().space_2
    table.setStyleSheet(
        f"QTableView::item {{ padding: 0 {room}px; }}"
        f"QHeaderView::section {{ padding: 4px {room + 3}px; }}"
    )
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretch % len(headers), QHeaderView.ResizeMode.Stretch)
    return table


def fill(table: QTableWidget, rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Put text into a table; ``right`` columns hold numbers."""
    table.setRowCount(len(rows))
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setToolTip(as_tip(text))
            if j in right:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(i, j, item)
    for j in right:
        heading = table.horizontalHeaderItem(j)
        if heading is not None:
            heading.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Hairline(QWidget):
    """The one line that sets the rail off from the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(1)
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.color("hairline"))


class CountMap(QWidget):
    """How many spectra each letter and class has: O left, M right, class I on top."""

    _COLUMNS = (*LUMINOSITY_NAMES, "–")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: tuple[tuple[int, ...], ...] = ()
        self.setAccessibleName("Spectra on the MK grid")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(theme.font("small")).height()
        return QSize(28 + 7 * 44, round(line + 6 + 7 * 26))

    def show_counts(self, counts: tuple[tuple[int, ...], ...]) -> None:
        """``counts`` by letter (rows) and by class I…VI or none (columns)."""
        self.counts = counts
        said = [
            f"{letter} {name} {n}"
            for letter, row in zip(LETTERS, counts, strict=False)
            for name, n in zip(self._COLUMNS, row, strict=False)
            if n
        ]
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        line = QFontMetricsF(painter.font()).height()
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setPen(theme.color("text_muted"))
        for i, letter in enumerate(LETTERS):
            painter.drawText(QRectF(28 + 44 * i, 0, 44, line), centre, letter)
        most = max((n for row in self.counts for n in row), default=0)
        for j, name in enumerate(self._COLUMNS):
            top = line + 6 + 26 * j
            painter.setPen(theme.color("text_muted"))
            painter.drawText(QRectF(0, top, 24, 24), centre, name)
            for i in range(len(LETTERS)):
                n = self.counts[i][j] if self.counts else 0
                box = QRectF(28 + 44 * i, top, 42, 24)
                share = (n / most) ** 0.5 if most else 0.0
                painter.setPen(Qt.PenStyle.NoPen)
                fill_color = (
                    theme.color("accent", alpha=0.12 + 0.38 * share)
                    if n
                    else (theme.color("surface_raised"))
                )
                painter.setBrush(fill_color)
                painter.drawRoundedRect(box, 3, 3)
                if n:
                    painter.setPen(theme.color("text"))
                    painter.drawText(box, centre, str(n))
