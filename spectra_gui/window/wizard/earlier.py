"""What an earlier wizard left unfinished, offered on the first page: to go on with, or delete."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QPushButton, QWidget

from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.background import Background
from spectra_gui.window.wizard.plan import STARTS
from spectra_gui.window.wizard.run_folder import Unfinished, delete_run, find_unfinished


class EarlierRun(QWidget):
    """``go_on(Unfinished)``: the person wants it. Hidden where there is nothing to offer."""

    go_on = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Unfinished | None = None
        self._finding = Background(OSError)
        self._finding.answered.connect(self._take)
        self.words = Words(wrap=True)
        self.take_up = QPushButton("Go on with it")
        self.delete = QPushButton("Delete it…")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space_2)
        row.addWidget(self.words, 1)
        for button in (self.take_up, self.delete):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.take_up.clicked.connect(lambda: self.go_on.emit(self.found))
        self.delete.clicked.connect(self._ask_to_delete)
        self.setVisible(False)

    def look(self) -> None:
        """Look for it, beside the GUI thread."""
        self._finding.ask(find_unfinished)

    def forget(self) -> None:
        """Hear no answer any more."""
        self._finding.forget()

    def _take(self, found: list[Unfinished] | OSError) -> None:
        self.found = found[0] if isinstance(found, list) and found else None
        self.setVisible(self.found is not None or isinstance(found, OSError))
        for button in (self.take_up, self.delete):
            button.setVisible(self.found is not None)
        if isinstance(found, OSError):
            self.words.setText(f"{found.filename} cannot be deleted ({found.strerror}).")
        if self.found is not None:
            self.words.setText(unfinished_words(self.found))
            self.delete.setToolTip(f"Deletes {self.found.folder}. Your spectra stay.")

    def _ask_to_delete(self) -> None:
        if self.found is None:
            return
        folder = self.found.folder
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Retrain")
        box.setText("Delete what this training has done?")
        box.setInformativeText(f"The folder {folder} is deleted. Your spectra and models stay.")
        keep = box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        delete = box.addButton("Delete", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(keep)
        delete.clicked.connect(lambda: self._delete(folder))
        box.open()

    def _delete(self, folder: Path) -> None:
        self.setVisible(False)

        def work() -> list[Unfinished]:
            delete_run(folder)
            return find_unfinished()

        self._finding.ask(work)


def unfinished_words(found: Unfinished) -> str:
    """When it was, what it was, and how far it came."""
    when = datetime.fromtimestamp(found.used_at).astimezone().strftime("%d %B, %H:%M")
    what = f"{found.config.name}, {STARTS[found.config.start][0].lower()}"
    if found.n_spectra:
        what += f", {found.n_spectra} spectra"
    if found.attempt.is_trained:
        return f"A model trained on {when} was not installed: {what}."
    return f"A training of {when} was not finished: {what}."
