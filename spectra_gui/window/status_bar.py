"""The line at the bottom: what types, how far the work is with a stop, and the cross-hair."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from spectra_gui.session import Document
from spectra_gui.session.commands import count_text
from spectra_gui.window import theme
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.work import Work


class StatusBar(QStatusBar):
    """``stop_requested()`` when a person wants the work to end."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.engine = QLabel("No model yet")
        self.progress = ThinProgress()
        self.count = QLabel()
        self.stop = QToolButton()
        self.stop.setText("Stop")
        self.stop.setToolTip("Stop reading and typing (Esc)")
        self.stop.clicked.connect(self.stop_requested)
        self.cross_hair = QLabel()
        self.cross_hair.setAccessibleName("Cross-hair")
        self._work = QWidget()
        # Were it to give its height back, the end of all work would lay out the whole window anew.
        kept = self._work.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._work.setSizePolicy(kept)
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space_2)
        for widget in (self.progress, self.count, self.stop):
            row.addWidget(widget)
        line = QWidget()
        whole = QHBoxLayout(line)
        whole.setContentsMargins(theme.current().space_4, 0, theme.current().space_4, 0)
        whole.addWidget(self.engine)
        whole.addStretch(1)
        whole.addWidget(self._work)
        whole.addStretch(1)
        whole.addWidget(self.cross_hair)
        self.addWidget(line, 1)
        self._work.hide()
        self._dress()
        theme.notifier().changed.connect(self._dress)

    def show_engine(self, text: str, tip: str = "") -> None:
        self.engine.setText(text)
        self.engine.setToolTip(tip)

    def show_cursor(self, text: str) -> None:
        self.cross_hair.setText(text)

    def show_work(self, work: Work, *, found: int | None = None) -> None:
        """A thin bar with a count, while there is work.

        ``found`` is how many files were found while more are being looked for.
        """
        self._work.setVisible(work.total > 0 or found is not None)
        if found is not None:
            self.progress.show_share(0.0)
            files = count_text(found, "file", "files")
            self.count.setText(f"Looking for files: {files} so far")
        elif work.total:
            self.progress.show_share(0.0 if work.waiting_for_engine else work.done / work.total)
            self.count.setText(work_text(work))

    def _dress(self) -> None:
        for label in (self.engine, self.count, self.cross_hair, self.stop):
            label.setFont(theme.font("small"))
        for label in (self.engine, self.count, self.cross_hair):
            label.setStyleSheet(f"color: {theme.current().text_muted};")


class ThinProgress(QWidget):
    """A thin bar. (QProgressBar repaints the window at once with every value.)"""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedSize(160, 4)
        self.setAccessibleName("Progress")
        theme.notifier().changed.connect(self.update)

    def show_share(self, share: float) -> None:
        """Fill the bar from 0 to 1."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleDescription(f"{100 * self._share:.0f} %")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(theme.color("skeleton"))
        painter.drawRoundedRect(whole, 2, 2)
        whole.setWidth(whole.width() * self._share)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(whole, 2, 2)


def work_text(work: Work) -> str:
    """``488 of 512 · 140 / s · 3 s left · 1 failed``."""
    if work.waiting_for_engine:
        n = work.total - work.done
        return f"{n} {'waits' if n == 1 else 'wait'} for the model"
    parts = [f"{work.done} of {work.total}"]
    if work.per_second >= 0.95:
        parts.append(f"{work.per_second:.0f} / s")
    left = work.seconds_left
    if left is not None and left >= 3.0:
        parts.append(f"{left:.0f} s left" if left < 90 else f"{left / 60:.0f} min left")
    if work.failed:
        parts.append(f"{work.failed} failed")
    return "  ·  ".join(parts)


def engine_text(jobs: Jobs) -> tuple[str, str]:
    """What the status bar says of the engine, and its tooltip."""
    info = jobs.engine_info
    if jobs.engine_state == "ready" and info is not None:
        text = f"{info.device}  ·  {info.bundle_name}"
        return text, f"SHA-256 of the model: {info.bundle_sha256}"
    words = {"off": "No model yet", "starting": "Loading the model…", "failed": "No model"}
    return words.get(jobs.engine_state, ""), jobs.engine_message


def count_words(document: Document) -> str:
    """``488 of 512 typed, 12 reviewed``; ``512`` where all are typed and none is reviewed.

    A file that cannot be read is done with: ``510 typed, 2 unreadable`` has nothing left to do.
    """
    n = n_typed = n_unreadable = n_reviewed = 0
    for row in document:
        n += 1
        n_typed += row.state == "typed"
        n_unreadable += row.state == "unreadable"
        n_reviewed += row.reviewed
    if n_typed == n:
        parts = [_count(n, "")]
    elif n_typed + n_unreadable == n:
        parts = [_count(n_typed, "typed")] if n_typed else []
    else:
        parts = [f"{_count(n_typed, 'of')} {_count(n, 'typed')}"]
    if n_unreadable:
        parts.append(_count(n_unreadable, "unreadable"))
    if n_reviewed:
        parts.append(_count(n_reviewed, "reviewed"))
    return ", ".join(parts)


def _count(n: int, what: str) -> str:
    return count_text(n, what, what).strip()
