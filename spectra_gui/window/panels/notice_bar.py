"""A bar that says what happened and offers one action. The newest notice is on top.

It lies over the foot of its parent. What passes by itself covers the middle of that for a moment
and moves nothing, so that lists and fields at the sides can be used; for what stays until it is
dismissed, the bar takes the whole width and asks for room.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final, Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QPropertyAnimation, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.answer_header import StateSign
from spectra_gui.window.panels.section import Words

NoticeKind = Literal["info", "caution", "error"]
_SIGNS = {"info": "", "caution": "caution", "error": "refuse"}
_GROUNDS = {"info": "surface_raised", "caution": "caution_surface", "error": "refuse_surface"}

LINGER_S: Final = 12.0
"""A notice that asks for nothing goes after so long; what went wrong stays until dismissed."""

_LEAST_PX: Final = 40
_PASSING_SHARE: Final = 0.4
"""Of the window's width: between the list at the left and the answer at the right."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, in a sentence; ``action`` is a verb, ``key`` tells notices apart."""

    text: str
    kind: NoticeKind
    action: str
    key: str
    since: float = field(default_factory=time.monotonic)

    @property
    def passes(self) -> bool:
        return self.kind == "info" and not self.action


class NoticeBar(QWidget):
    """Hidden while there is nothing to say. ``room_wanted(height)``, in px; 0 needs none."""

    action_triggered = Signal(str)
    dismissed = Signal(str)
    room_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        of = theme.current()
        self._notices: list[Notice] = []
        self._motion: QPropertyAnimation | None = None
        self._room = 0
        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.timeout.connect(self._drop_passed)
        self.setAccessibleName("Notice")
        self._sign = StateSign()
        self.words = Words(wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.more = Words(token="text_muted", size="small")
        self.action = QPushButton()
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setToolTip("Dismiss (Esc)")
        self.close_button.setAccessibleName("Dismiss the notice")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(of.space_4, of.space_2, of.space_2, of.space_2)
        layout.setSpacing(of.space_3)
        layout.addWidget(self._sign)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.more)
        layout.addWidget(self.action)
        layout.addWidget(self.close_button)
        self.action.clicked.connect(self._act)
        self.close_button.clicked.connect(self.dismiss)
        theme.notifier().changed.connect(self.update)
        parent.installEventFilter(self)
        self.hide()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All that stand, the newest last."""
        return tuple(self._notices)

    def show_notice(
        self, text: str, *, kind: NoticeKind = "info", action: str = "", key: str = ""
    ) -> None:
        """Say something; a notice with the same key (by default its text) is replaced."""
        key = key or text
        self._notices = [n for n in self._notices if n.key != key]
        self._notices.append(Notice(text, kind, action, key))
        self._tell()

    def withdraw(self, key: str) -> None:
        """Take a notice back because its cause is gone."""
        self._notices = [n for n in self._notices if n.key != key]
        self._tell()

    def dismiss(self) -> None:
        """Close the notice on top; the one before it shows again."""
        if self._notices:
            gone = self._notices.pop()
            self._tell()
            self.dismissed.emit(gone.key)

    def _drop_passed(self) -> None:
        oldest = time.monotonic() - LINGER_S
        self._notices = [n for n in self._notices if not n.passes or n.since > oldest]
        self._tell()

    def _wait_for_next(self) -> None:
        passing = [n.since for n in self._notices if n.passes]
        if passing:
            left_s = min(passing) + LINGER_S - time.monotonic()
            self._linger.start(max(1, round(1000.0 * left_s)))

    def _act(self) -> None:
        if self._notices:
            taken = self._notices.pop()
            self._tell()
            self.action_triggered.emit(taken.key)

    def _tell(self) -> None:
        if not self._notices:
            self.hide()
            self._want_room(0)
            return
        self._wait_for_next()
        notice = self._notices[-1]
        self._sign.set_state(_SIGNS[notice.kind])
        self.words.setText(notice.text)
        others = len(self._notices) - 1
        self.more.setText(f"and {others} more" if others else "")
        self.more.setVisible(bool(others))
        self.action.setText(notice.action)
        self.action.setVisible(bool(notice.action))
        self.setAccessibleDescription(notice.text)
        self.update()
        was_hidden = self.isHidden()
        self.show()
        self.raise_()
        self._place()
        if was_hidden:
            self._slide_in()

    # Where it lies

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._notices:
            self._place()
        return False

    def _place(self) -> None:
        """Lie along the lower edge of the parent, as high as the words need."""
        parent = self.parentWidget()
        if parent is None:
            return
        if self._motion is not None:
            self._motion.stop()
        passes = self._notices[-1].passes
        width = round(_PASSING_SHARE * parent.width()) if passes else parent.width()
        height = max(_LEAST_PX, self.heightForWidth(width))
        self.setGeometry((parent.width() - width) // 2, parent.height() - height, width, height)
        self._want_room(0 if passes else height)

    def _want_room(self, height: int) -> None:
        if height != self._room:
            self._room = height
            self.room_wanted.emit(height)

    def _slide_in(self) -> None:
        duration = theme.motion_ms()
        if duration <= 0:
            return
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setDuration(duration)
        self._motion.setStartValue(self.pos() + QPoint(0, self.height()))
        self._motion.setEndValue(self.pos())
        self._motion.start()

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        kind = self._notices[-1].kind if self._notices else "info"
        painter.fillRect(self.rect(), theme.color(_GROUNDS[kind]))
        painter.setPen(theme.color("hairline"))
        box = QRectF(self.rect()).adjusted(0.0, 0.0, -1.0, 0.0)
        painter.drawPolyline([box.bottomLeft(), box.topLeft(), box.topRight(), box.bottomRight()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
