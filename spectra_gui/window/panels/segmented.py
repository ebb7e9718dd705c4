"""A row of words of which one is chosen, e.g. "rest · observed"."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from spectra_gui.window import theme


class Segmented(QWidget):
    """Words side by side; ``chosen`` carries the key of the one a person took."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        """``options`` are (key, word, tooltip); the first is chosen."""
        super().__init__(parent)
        self.setAccessibleName(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        for key, word, tip in options:
            button = QToolButton(self)
            button.setText(word)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {word}")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
            layout.addWidget(button)
        next(iter(self._buttons.values())).setChecked(True)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    @property
    def key(self) -> str:
        """The chosen key."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Choose without telling anyone."""
        self._buttons[key].setChecked(True)

    def _restyle(self) -> None:
        for button in self._buttons.values():
            button.setFont(theme.font("small"))
