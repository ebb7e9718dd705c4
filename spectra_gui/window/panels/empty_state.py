"""What the window shows before the first spectrum: what to drop, and where to begin."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words

FORMATS = "FITS, text, CSV and ECSV files, or whole folders of them"


class Trace(QWidget):
    """A small drawn spectrum, with one line of it in the accent colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(240, 84)
        self.setAccessibleName("")
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = np.linspace(0.0, 1.0, 481)
        y = 0.72 - 0.10 * (x - 0.3) ** 2
        for place, depth, width in (
            (0.10, 0.34, 0.008), (0.15, 0.40, 0.008), (0.27, 0.16, 0.006), (0.38, 0.2, 0.010),
            (0.56, 0.52, 0.009), (0.70, 0.12, 0.012), (0.88, 0.36, 0.007),
        ):  # fmt: skip
            y = y - depth * np.exp(-0.5 * ((x - place) / width) ** 2)
        points = [QPointF(a * self.width(), (0.86 - b) * self.height())
                  for a, b in zip(x.tolist(), y.tolist(), strict=True)]  # fmt: skip
        glow = QRectF(0.53 * self.width(), 0, 0.06 * self.width(), self.height())
        painter.fillRect(glow, theme.color("accent", alpha=0.16))
        painter.setPen(QPen(theme.color("text_muted"), 1.2))
        painter.drawPolyline(QPolygonF(points))


class EmptyState(QWidget):
    """``examples_requested`` and ``open_requested`` are the two ways to begin."""

    examples_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self._dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.title = Words("Drop spectra here", size="large")
        self.formats = Words(FORMATS, token="text_muted", wrap=True)
        self.examples = QPushButton("Open the examples")
        self.examples.setDefault(True)
        self.examples.setToolTip("Two dozen made spectra over the whole MK grid")
        self.open = QPushButton("Open files…")
        self.open.setToolTip("Choose spectrum files (Ctrl+O)")
        for words in (self.title, self.formats):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(of.space_2)
        buttons.addStretch(1)
        buttons.addWidget(self.examples)
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(of.space_5, of.space_5, of.space_5, of.space_5)
        layout.setSpacing(of.space_3)
        layout.addStretch(2)
        layout.addWidget(Trace(), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(of.space_2)
        layout.addWidget(self.title)
        layout.addWidget(self.formats)
        layout.addSpacing(of.space_2)
        layout.addLayout(buttons)
        layout.addStretch(3)
        self.examples.clicked.connect(self.examples_requested)
        self.open.clicked.connect(self.open_requested)
        theme.notifier().changed.connect(self.update)

    def set_drag_active(self, active: bool) -> None:
        """Show that something is being dragged over the window."""
        self._dragging = active
        self.update()

    def paintEvent(self, event: object) -> None:
        if not self._dragging:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("accent"), 2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.color("accent", alpha=0.06))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), 8, 8)
