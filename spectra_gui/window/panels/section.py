"""A heading over a body, set off by space alone; the building stone of the side panels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.words import as_tip


class Words(QLabel):
    """Plain text in one of the three sizes and in a colour of the scheme, kept in step with it."""

    def __init__(
        self,
        text: str = "",
        *,
        size: theme.FontSize = "body",
        token: str = "text",
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size: theme.FontSize = size
        self._token, self._bold = token, bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def set_token(self, token: str) -> None:
        """Write in another colour of the scheme."""
        if token != self._token:
            self._token = token
            self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme.font(self._size, bold=self._bold))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.color(self._token))
        self.setPalette(palette)


class ElidedWords(Words):
    """One line that shortens itself to its room and shows the whole as its tooltip."""

    def __init__(
        self,
        text: str = "",
        *,
        middle: bool = False,
        size: theme.FontSize = "body",
        token: str = "text",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", size=size, token=token, bold=bold, parent=parent)
        self._full = ""
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)
        self.set_words(text)

    def set_words(self, text: str) -> None:
        if text == self._full:
            return
        self._full = text
        self.setText(text)
        self.setAccessibleName(text)
        self._hint()

    @property
    def shown(self) -> str:
        """What there is room for."""
        metrics = QFontMetrics(self.font())
        return metrics.elidedText(self._full, self._mode, self.contentsRect().width())

    def _hint(self) -> None:
        self.setToolTip(as_tip(self._full) if self.shown != self._full else "")

    def resizeEvent(self, event: object) -> None:
        self._hint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.contentsRect(), int(self.alignment()), self.shown)


class Section(QWidget):
    """A heading, something small at its right, and a ``body`` layout below."""

    def __init__(
        self, title: str, *, trailing: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        of = theme.current()
        self.setAccessibleName(title)
        self.heading = Words(title, bold=True)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.heading)
        top.addStretch(1)
        if trailing is not None:
            top.addWidget(trailing)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(of.space_1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(of.space_2)
        layout.addLayout(top)
        layout.addLayout(self.body)
