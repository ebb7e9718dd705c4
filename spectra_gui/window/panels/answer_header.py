"""The answer in one line, its state in a sign and a word, and why where it is not accepted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from spectra_gui.data import ReadError, Verdict
from spectra_gui.window import theme
from spectra_gui.window.panels.section import ElidedWords, Words
from spectra_gui.window.panels.state_icon import STATE_WORDS, paint_state
from spectra_gui.window.panels.words import as_tip, fact_words, percent

WITHHELD = "No type"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the line in their size and colour."""

    text: str
    size: theme.FontSize
    token: str
    bold: bool = False

    @property
    def font(self) -> QFont:
        return theme.font(self.size, bold=self.bold)


class AnswerLine(QWidget):
    """Pieces of text on one baseline; the first keeps its room, the last is elided."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pieces: tuple[Piece, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def set_pieces(self, *pieces: Piece) -> None:
        self.pieces = tuple(p for p in pieces if p.text)
        text = "  ·  ".join(p.text for p in self.pieces)
        self.setAccessibleName(text)
        self.setToolTip(as_tip(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, round(QFontMetricsF(theme.font("large", bold=True)).height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        large = QFontMetricsF(theme.font("large", bold=True))
        baseline = large.ascent()
        x, gap = 0.0, float(theme.current().space_3)
        for piece in self.pieces:
            metrics = QFontMetricsF(piece.font)
            room = self.width() - x
            if room < metrics.averageCharWidth() * 2:
                break
            text = metrics.elidedText(piece.text, Qt.TextElideMode.ElideRight, room)
            painter.setFont(piece.font)
            painter.setPen(theme.color(piece.token))
            painter.drawText(QRectF(x, baseline - metrics.ascent(), room, metrics.height()), text)
            x += metrics.horizontalAdvance(text) + gap


class StateSign(QWidget):
    """The sign of a state, as large as a line of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ""
        self.setFixedSize(16, 16)
        theme.notifier().changed.connect(self.update)

    def set_state(self, state: str) -> None:
        self._state = state
        self.setAccessibleName(STATE_WORDS.get(state, ""))
        self.setVisible(bool(state))
        self.update()

    def paintEvent(self, event: object) -> None:
        if self._state:
            paint_state(QPainter(self), QRectF(self.rect()), self._state)


class AnswerHeader(QWidget):
    """Type, probability and credible set; state, facts and reasons below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = theme.current()
        self.setAccessibleName("Answer")
        self.line = AnswerLine()
        self._sign = StateSign()
        self.state_word = Words(bold=True)
        self.facts = ElidedWords(middle=True, token="text_muted")
        self.reasons = Words(wrap=True)
        self.reasons.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(of.space_2)
        below.addWidget(self._sign)
        below.addWidget(self.state_word)
        below.addWidget(self.facts, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(of.space_1)
        layout.addWidget(self.line)
        layout.addLayout(below)
        layout.addWidget(self.reasons)
        self.clear()

    def clear(self) -> None:
        """Nothing is chosen."""
        self._tell((), "", "", ())

    def show_verdict(self, name: str, verdict: Verdict | None, *, label: str | None = None) -> None:
        """The answer for a spectrum; ``label`` is what a person said instead, where they did."""
        if verdict is None:
            self.show_working(name)
            return
        yours = Piece(f"you say {label}" if label else "", "body", "accent", bold=True)
        words = ", ".join(flag.split(":")[0] for flag in verdict.flags)
        flags = Piece(words, "large", "accent", bold=True)
        seen = Piece("seen in training" if verdict.seen else "", "body", "text_muted", bold=True)
        pieces: tuple[Piece, ...]
        if verdict.state == "refuse":
            pieces = (Piece(WITHHELD, "large", "text_muted"), yours, seen)
        else:
            pieces = (
                Piece(verdict.type, "large", "text", bold=True),
                flags,
                Piece(percent(verdict.probability), "large", "text_muted"),
                yours,
                seen,
                Piece(verdict.credible_text, "body", "text_muted"),
            )
        why = (*verdict.reasons, *verdict.flags)
        self._tell(pieces, verdict.state, fact_words(name, verdict), why)

    def show_working(self, name: str, text: str = "Typing…") -> None:
        """The spectrum is on its way to an answer."""
        self._tell((Piece(text, "large", "text_muted"),), "typing", name, ())

    def show_unreadable(self, name: str, error: ReadError) -> None:
        """The file gave no spectrum. Why, and what to do, stands in the place of the plots."""
        pieces = (Piece("Not read", "large", "text_muted"),)
        self._tell(pieces, "unreadable", name, ())
        said = f"{self.accessibleDescription()}. {error.reason} {error.advice}"
        self.setAccessibleDescription(said)

    def _tell(
        self, pieces: tuple[Piece, ...], state: str, facts: str, reasons: tuple[str, ...]
    ) -> None:
        self.line.set_pieces(*pieces)
        self._sign.set_state(state)
        tokens = {"accept": "good", "caution": "caution", "refuse": "refuse"}
        self.state_word.setText(STATE_WORDS.get(state, ""))
        self.state_word.set_token({**tokens, "unreadable": "refuse"}.get(state, "text_muted"))
        self.facts.set_words(facts)
        self.reasons.setText("\n".join(part for part in reasons if part))
        self.reasons.setVisible(any(reasons))
        said = [self.line.accessibleName(), self.state_word.text(), facts, *reasons]
        self.setAccessibleDescription(". ".join(part for part in said if part))
