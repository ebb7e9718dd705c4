"""Train: the child at work, with live curves, the time left, and a stop that keeps what is done."""

from __future__ import annotations

import time
from collections import defaultdict

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton

from spectra_gui.recipes import (
    CheckpointSaved,
    EpochDone,
    Event,
    Finished,
    Notice,
    RunConfig,
    Started,
    TaskDone,
)
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.child import TrainChild
from spectra_gui.window.wizard.curves import Curves
from spectra_gui.window.wizard.parts import Page, Told, left_out_words
from spectra_gui.window.wizard.progress import Progress
from spectra_gui.window.wizard.run_folder import Attempt, RunFolder

_BAR_STEPS = 1000
_REDRAW_MS = 200
_FOLLOW = "The network at work"


class TrainPage(Page):
    """``attempt`` is the recipe's folder; its bundle is there once the training is done."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(
            "Training",
            "You can go on working in the window. Stopping keeps what is done, and Go on goes on.",
        )
        self._folder = folder
        self.config: RunConfig | None = None
        self.against = ""
        self.attempt: Attempt | None = None
        self._taken_up: Attempt | None = None
        self._child: TrainChild | None = None
        self._stopping = False
        self._message = ""
        self._progress = Progress()
        self._epochs: dict[str, list[EpochDone]] = defaultdict(list)
        self._newest = ""
        self.state = Words()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _BAR_STEPS)
        self.bar.setAccessibleName("Progress of the training")
        self.stop = QPushButton("Stop")
        self.go_on = QPushButton("Go on")
        for button in (self.stop, self.go_on):
            # Or the one that has the focus is painted as the wizard's next step.
            button.setAutoDefault(False)
        self.networks = QComboBox()
        self.networks.setAccessibleName("Network whose curves are shown")
        self.networks.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.curves = Curves()
        self.note = Words(token="text_muted", wrap=True)
        self.notices = Told()
        self._lay_out()
        self.stop.clicked.connect(self.ask_stop)
        self.go_on.clicked.connect(self.begin)
        self.networks.activated.connect(self._draw)
        # Events come faster than a person looks; the curves follow a few times a second.
        self._redraw = QTimer(self)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)

    def _lay_out(self) -> None:
        of = theme.current()
        top = QHBoxLayout()
        top.setSpacing(of.space_2)
        top.addWidget(self.state, 1)
        top.addWidget(self.stop)
        top.addWidget(self.go_on)
        self.body.addLayout(top)
        self.body.addWidget(self.bar)
        chooser = QHBoxLayout()
        chooser.addWidget(self.networks)
        chooser.addStretch(1)
        self.body.addLayout(chooser)
        self.body.addWidget(self.curves, 1)
        self.body.addWidget(self.note)
        self.body.addWidget(self.notices)

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running

    @property
    def is_ready(self) -> bool:
        return not self.is_running and self.attempt is not None and self.attempt.is_trained

    @property
    def can_go_back(self) -> bool:
        return not self.is_running

    def take_up(self, attempt: Attempt, config: RunConfig) -> None:
        """Go on with an earlier wizard's attempt when the page is shown."""
        self._taken_up, self.config = attempt, config

    def enter(self) -> None:
        """Begin with the recipe, unless it is trained already."""
        assert self.config is not None
        try:
            attempt = self._taken_up or self._folder.attempt(self.config)
        except OSError as error:
            self._end_with(
                f"{error.filename or self._folder.path} cannot be written ({error.strerror}).",
                failed=True,
            )
            return
        if self.attempt != attempt:
            self.attempt = attempt
            self._progress = Progress()
            self._epochs.clear()
            self._newest = ""
            self.networks.clear()
            self.networks.addItem(_FOLLOW, "")
            self.note.setText("")
        if attempt.is_trained:
            self._end_with("The training is done.")
        else:
            self.begin()

    def begin(self) -> None:
        """Start, or go on where a stop left off."""
        if self.attempt is None or self.is_running:
            return
        self._stopping, self._message = False, ""
        self._progress = Progress()
        self.notices.forget()
        self._child = TrainChild(
            [
                "--config", str(self.attempt.config), "--work", str(self.attempt.work),
                "--prepared", str(self._folder.prepared), "--out", str(self.attempt.bundle),
                "--against", self.against,
            ],
            self,
        )  # fmt: skip
        self._child.told.connect(self.take)
        self._child.ended.connect(self._take_end)
        self._child.start()
        self._redraw.start()
        self.state.set_token("text")
        self._enable()
        self._draw()

    def ask_stop(self) -> None:
        """Ask the child to stop at its next step."""
        if self._child is not None and self.is_running:
            self._stopping = True
            self._child.stop()
            self._draw()

    def end(self) -> None:
        self._redraw.stop()
        if self._child is not None:
            self._child.end()

    def take(self, event: Event) -> None:
        """An event of the child."""
        self._progress.take(event, time.monotonic())
        if isinstance(event, EpochDone):
            known = self._epochs[event.task]
            known[:] = [old for old in known if old.epoch < event.epoch]
            known.append(event)
            self._newest = event.task
            if self.networks.findData(event.task) < 0:
                self.networks.addItem(event.task.removesuffix(".all"), event.task)
        elif isinstance(event, Started):
            left = sum(n for _, n in event.left_out)
            words = f"{event.n_spectra} spectra of {event.n_systems} stars teach and choose"
            words += f", {event.n_test} judge" if event.n_test else ""
            self.note.setText(words + (f", {left_out_words(left)}." if left else "."))
        elif isinstance(event, Notice):
            self.notices.add(event.message)
        elif isinstance(event, CheckpointSaved):
            self.bar.setToolTip(f"Kept up to epoch {event.epoch}: {event.path}")
        elif isinstance(event, TaskDone) and event.best_epoch == 0:
            self.note.setText(
                f"{event.task.removesuffix('.all')}: no epoch was better than the model it started "
                "from, so this network stays as it was."
            )
        elif isinstance(event, Finished):
            self._message = event.message if event.outcome == "failed" else ""

    def _take_end(self, status: int, words: str) -> None:
        trained = self.attempt is not None and self.attempt.is_trained
        if trained and status == 0:
            self._end_with("The training is done.")
            self.advance.emit()
        elif trained:
            self._end_with(f"The model is trained, but not judged: {words or self._message}")
        elif self._stopping:
            self._end_with("Stopped. What is done is kept.")
        else:
            said = self._message or words or "it was ended from outside"
            self._end_with(f"The training ended early: {said}", failed=True)

    def _end_with(self, words: str, *, failed: bool = False) -> None:
        self._redraw.stop()
        self._draw()
        self.state.setText(words)
        self.state.setToolTip(words)
        self.state.set_token("refuse" if failed else "text")
        if self.is_ready:
            self.bar.setValue(_BAR_STEPS)
        self._enable()

    def _enable(self) -> None:
        running = self.is_running or (self._redraw.isActive())
        trained = self.attempt is not None and self.attempt.is_trained
        self.stop.setVisible(running)
        self.go_on.setVisible(not running and not trained and self.attempt is not None)
        self.changed.emit()

    def _draw(self) -> None:
        now = time.monotonic()
        task = self.networks.currentData() or self._newest
        self.curves.show_epochs(self._epochs.get(task, []))
        self.bar.setValue(round(_BAR_STEPS * self._progress.share))
        if self._redraw.isActive():
            self.state.setText("Stopping…" if self._stopping else self._progress.words(now))
