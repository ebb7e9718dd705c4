"""Install: a name, the person's words for the card, and whether the window types with it now."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QPlainTextEdit

from spectra_gui import assets
from spectra_gui.bundles import BundleError
from spectra_gui.bundles.install import InstallError, install_bundle, why_not_a_name
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.background import Background
from spectra_gui.window.wizard.knobs import label_for
from spectra_gui.window.wizard.parts import Page
from spectra_gui.window.wizard.run_folder import Attempt


class InstallPage(Page):
    """``installed(Path, bool)``: the new bundle's folder, and whether to type with it now."""

    installed = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__(
            "Keep the new model",
            "It goes beside the models that you have; none is changed. Models → All models… goes "
            "back to another at any time.",
        )
        self.attempt: Attempt | None = None
        self.judgement: dict[str, Any] | None = None
        self.path: Path | None = None
        self._working = False
        self._problem = ""
        self._installing = Background(InstallError, BundleError)
        self._installing.answered.connect(self._take)
        self.name_field = QLineEdit()
        self.words = QPlainTextEdit()
        self.use_now = QCheckBox("Type with it from now on")
        self.place = Words(token="text_muted", size="small", wrap=True)
        self.state = Words(wrap=True)
        of = theme.current()
        form = QFormLayout()
        form.setHorizontalSpacing(of.space_4)
        form.setVerticalSpacing(of.space_3)
        self.name_field.setMaximumWidth(320)
        self.name_field.setAccessibleName("Name")
        self.words.setAccessibleName("Your words for its card")
        self.words.setPlaceholderText(
            "What the spectra are, where the types come from, what it is good for (optional)"
        )
        self.words.setMaximumHeight(140)
        form.addRow(label_for("Name", self.name_field), self.name_field)
        form.addRow("", self.place)
        form.addRow(label_for("For its card", self.words), self.words)
        form.addRow("", self.use_now)
        self.body.addLayout(form)
        self.body.addWidget(self.state)
        self.body.addStretch(1)
        self.name_field.textChanged.connect(self._tell)

    @property
    def is_ready(self) -> bool:
        if self.path is not None:
            return True
        return not self._working and not why_not_a_name(self.name_field.text().strip())

    @property
    def can_go_back(self) -> bool:
        return self.path is None and not self._working

    @property
    def next_text(self) -> str:
        return "Install" if self.path is None else "Close"

    def enter(self) -> None:
        if self.attempt is not None and self.path is None:
            self.name_field.setText(self.attempt.name)
        outcome = None if self.judgement is None else self.judgement.get("outcome")
        self.use_now.setChecked(outcome not in (None, "worse"))
        self._tell()

    def end(self) -> None:
        self._installing.forget()

    def commit(self) -> bool:
        """Install beside the GUI thread; True once it is done and the wizard may close."""
        if self.path is not None:
            return True
        attempt, judgement = self.attempt, self.judgement
        if attempt is None or self._working:
            return False
        self._working = True
        name, words = self.name_field.text().strip(), self.words.toPlainText()
        self._tell()
        self.state.setText("Installing…")
        self._installing.ask(
            lambda: install_bundle(attempt.bundle, name, words=words, judgement=judgement)
        )
        return False

    def _take(self, found: Path | InstallError | BundleError) -> None:
        self._working = False
        if isinstance(found, InstallError | BundleError):
            self._problem = str(found)
            self._tell()
            return
        self.path = found
        if self.attempt is not None:
            with contextlib.suppress(OSError):  # then the run is offered once more, which is all
                self.attempt.mark_installed(found)
        for field in (self.name_field, self.words, self.use_now):
            field.setEnabled(False)
        self.state.set_token("good")
        self.state.setText(f"{found.name} is installed.")
        self.changed.emit()
        self.installed.emit(found, self.use_now.isChecked())

    def _tell(self) -> None:
        name = self.name_field.text().strip()
        problem = self._problem or why_not_a_name(name)
        self._problem = ""
        self.place.setText("" if problem else str(assets.user_models_folder() / name))
        self.state.set_token("refuse" if problem else "text")
        self.state.setText(problem)
        self.changed.emit()
