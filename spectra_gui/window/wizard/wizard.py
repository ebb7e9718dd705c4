"""The wizard's window: six steps in a rail, one page beside it, Back and Next below.

Wires the pages; each knows only what it is given here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.bundles import Bundle, BundleError, default_bundle_path, load_bundle
from spectra_gui.session import Document
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.background import Background
from spectra_gui.window.wizard.earlier import EarlierRun
from spectra_gui.window.wizard.page_check import CheckPage
from spectra_gui.window.wizard.page_data import DataPage
from spectra_gui.window.wizard.page_install import InstallPage
from spectra_gui.window.wizard.page_judge import JudgePage
from spectra_gui.window.wizard.page_recipe import RecipePage
from spectra_gui.window.wizard.page_train import TrainPage
from spectra_gui.window.wizard.parts import Hairline, Page
from spectra_gui.window.wizard.plan import Plan
from spectra_gui.window.wizard.run_folder import RunFolder, Unfinished

_WIDTH, _HEIGHT, _RAIL = 940, 640, 168


STEPS: Final = ("Data", "Check and split", "Recipe", "Train", "Judge", "Install")


class RetrainWizard(QDialog):
    """Six pages from labels to an installed model; ``installed(Path)`` when one is to be used."""

    installed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        document: Document,
        *,
        bundle: Path | None,
        folder: RunFolder | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Retrain")
        self.setObjectName("retrain")
        self.resize(_WIDTH, _HEIGHT)
        self._ended = False
        self.folder = folder or RunFolder()
        self.plan = Plan()
        self._present = bundle or default_bundle_path()
        self.pages: list[Page] = []
        self._first_page = 0
        """A run that is taken up has its data and its recipe: nothing leads back to them."""
        self.data = DataPage(document)
        self.earlier = EarlierRun()
        self.earlier.go_on.connect(self.take_up)
        self.data.body.insertWidget(0, self.earlier)
        self.back = QPushButton("Back")
        self.next = QPushButton("Next")
        self.leave = QPushButton("Close")
        self.problem = Words(token="refuse", wrap=True)
        self._rail: list[Words] = []
        self.stack = QStackedWidget()
        self._lay_out()
        self._add(self.data)
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.leave.clicked.connect(self.close)
        self._loading = Background(BundleError)
        self._loading.answered.connect(self._take_base)
        self._loading.ask(lambda: load_bundle(self._present))
        application = QApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.end)
        self._show_page(0)
        self._pending = self._further_pages()
        QTimer.singleShot(0, self._build_next)

    def _further_pages(self) -> Iterator[None]:
        """Make the other pages, a little at each step, so that the window never stands still."""
        self.check = CheckPage(self.folder)
        self._add(self.check)
        yield
        self.recipe = RecipePage()
        self.recipe.base_changed.connect(self._take_base)
        self._add(self.recipe)
        yield
        self.recipe.knobs.build()
        yield
        self.train = TrainPage(self.folder)
        self.train.advance.connect(self._show_judgement)
        self._add(self.train)
        yield
        yield from self.train.curves.build()
        self.judge = JudgePage()
        self._add(self.judge)
        yield
        self.install = InstallPage()
        self.install.installed.connect(self._tell_installed)
        self._add(self.install)
        self._enable()
        self.earlier.look()
        yield

    def _add(self, page: Page) -> None:
        self.pages.append(page)
        self.stack.addWidget(page)
        page.changed.connect(self._enable)

    def _build_next(self) -> None:
        if not self._ended and next(self._pending, self) is None:
            QTimer.singleShot(0, self._build_next)

    @property
    def is_complete(self) -> bool:
        """Whether all pages are made."""
        return len(self.pages) == len(STEPS)

    @property
    def is_training(self) -> bool:
        """Whether closing would end a training."""
        return self.is_complete and not self._ended and self.train.is_running

    def _lay_out(self) -> None:
        of = theme.current()
        rail = QVBoxLayout()
        rail.setSpacing(of.space_3)
        rail.setContentsMargins(of.space_5, of.space_5, of.space_4, of.space_5)
        for number, name in enumerate(STEPS, 1):
            words = Words(f"{number}   {name}", token="text_muted")
            self._rail.append(words)
            rail.addWidget(words)
        rail.addStretch(1)
        side = QWidget()
        side.setLayout(rail)
        side.setFixedWidth(_RAIL)
        main = QVBoxLayout()
        main.setContentsMargins(of.space_5, of.space_5, of.space_5, of.space_4)
        main.setSpacing(of.space_3)
        main.addWidget(self.stack, 1)
        main.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(of.space_2)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        main.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(Hairline())
        row.addLayout(main, 1)
        self.next.setDefault(True)
        for button in (self.back, self.leave):
            button.setAutoDefault(False)

    @property
    def page(self) -> Page:
        return self.pages[self.stack.currentIndex()]

    def go_on(self) -> None:
        """Next, Train, Install or Close, as the button says."""
        page = self.page
        if not page.is_ready or not page.commit():
            return
        if page is self.pages[-1]:
            self.close()
            return
        self._hand_over(page)
        self._show_page(self.stack.currentIndex() + 1)

    def go_back(self) -> None:
        if self.page.can_go_back and self.stack.currentIndex() > self._first_page:
            self._show_page(self.stack.currentIndex() - 1)

    def take_up(self, found: Unfinished) -> None:
        """Go on with a training that an earlier wizard left."""
        try:
            is_ours = self.folder.take_up(found)
        except OSError as error:
            self.problem.setText(f"{found.folder} cannot be worked in ({error.strerror}).")
            return
        if not is_ours:
            self.problem.setText("Another window has gone on with this training.")
            return
        self.problem.setText("")
        self._first_page = self.pages.index(self.train)
        self.train.take_up(found.attempt, found.config)
        self.train.against = str(self._present)
        self._show_page(self._first_page)

    def _hand_over(self, page: Page) -> None:
        """Give the next page what this one found."""
        if page is self.data and self.data.labels is not None:
            self.check.labels = self.data.labels.good
            self.check.plan = self.plan
        elif page is self.check:
            self.plan = self.check.chosen(self.plan)
            self.recipe.plan, self.recipe.checked = self.plan, self.check.found
        elif page is self.recipe:
            self.train.config, self.train.against = self.recipe.config, str(self._present)
        elif page is self.train:
            self.judge.attempt = self.train.attempt
        elif page is self.judge:
            self.install.attempt = self.judge.attempt
            self.install.judgement = self.judge.judgement

    def _show_page(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        for i, words in enumerate(self._rail):
            words.set_token("accent" if i == index else "text" if i < index else "text_muted")
        self.page.enter()
        self._enable()
        self.next.setFocus()

    def _enable(self) -> None:
        page = self.page
        first = self.stack.currentIndex() <= self._first_page
        self.next.setText(page.next_text)
        self.next.setEnabled(self.is_complete and page.is_ready and self.plan.base is not None)
        self.next.setDefault(self.next.isEnabled())
        self.back.setEnabled(not first and page.can_go_back)
        self.leave.setVisible(page.next_text != "Close")

    def _take_base(self, found: Bundle | BundleError) -> None:
        if isinstance(found, BundleError):
            self.problem.setText(f"{found} Choose another model in Models → All models… first.")
        else:
            self.problem.setText("")
            self.plan = replace(self.plan, base=found)
            if self.is_complete:
                self.check.plan = replace(self.check.plan, base=found)
        self._enable()

    def _show_judgement(self) -> None:
        if self.page is self.train:
            self.go_on()

    def _tell_installed(self, path: Path, use_now: bool) -> None:
        if use_now:
            self.installed.emit(path)

    # Leaving

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where a training runs; then end the child."""
        if self.is_training:
            event.ignore()
            self._ask_to_leave()
            return
        self.end()
        event.accept()

    def _ask_to_leave(self) -> None:
        box = QMessageBox(self)
        box.setObjectName("leave")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Retrain")
        box.setText("A training is running.")
        box.setInformativeText("Stop it and close the wizard? What is done is kept on disk.")
        keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(keep)
        stop.clicked.connect(self.shut)
        box.open()

    def shut(self) -> None:
        """Close without a question: the window is gone."""
        self.end()
        self.close()

    def end(self) -> None:
        """End the child and hear nothing more; may be repeated."""
        if not self._ended:
            self._ended = True
            self._loading.forget()
            self.earlier.forget()
            for page in self.pages:
                page.end()
            self.folder.release()


def open_wizard(
    parent: QWidget,
    document: Document,
    *,
    bundle: Path | None,
    on_installed: Callable[[Path], None],
) -> RetrainWizard:
    """Show the wizard of a window, a new one or the one that is open; it ends with the window.

    ``bundle`` is the present model; ``on_installed`` is called with a new one that is to be used.
    """
    for child in parent.findChildren(RetrainWizard):
        if child.isVisible():
            child.raise_()
            child.activateWindow()
            return child
    wizard = RetrainWizard(parent, document, bundle=bundle)
    wizard.installed.connect(on_installed)
    closed = getattr(parent, "closed", None)
    if closed is not None:
        closed.connect(wizard.shut)
    wizard.show()
    return wizard
