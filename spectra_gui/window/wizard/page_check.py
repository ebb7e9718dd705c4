"""Check and split: what the child found in the data, and who teaches, chooses and judges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSpinBox, QVBoxLayout, QWidget

from spectra_gui.recipes import (
    FEWEST_JUDGES,
    Checked,
    ConfigError,
    Event,
    Finished,
    Notice,
    Preparing,
    verdict_words,
)
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Section, Words
from spectra_gui.window.wizard.child import TrainChild
from spectra_gui.window.wizard.labels import Label, LabelError
from spectra_gui.window.wizard.parts import CountMap, Page, Told, fill, left_out_words, text_table
from spectra_gui.window.wizard.plan import TEST_SHARE, Plan
from spectra_gui.window.wizard.run_folder import RunFolder

LEFT_OUT_SHOWN = 200
_PARTS = {
    "train": "teach",
    "validation": "choose the best epoch",
    "test": "judge the new model",
}


class CheckPage(Page):
    """``found`` is what the child said of the labels; None until it has."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(
            "What the spectra hold",
            "Stars are split as a whole: no star that judges the new model has taught it.",
        )
        self.plan = Plan()
        self.labels: tuple[Label, ...] = ()
        self.found: Checked | None = None
        self._folder = folder
        self._child: TrainChild | None = None
        self._failed = ""
        self._asked: object = None
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.state = Words(wrap=True)
        self.map = CountMap()
        self.parts = text_table(("Part", "Spectra", "Stars"), name="Parts", stretch=0)
        self.leak = Words(wrap=True)
        self.judges = Words(wrap=True)
        self.notices = Told()
        self.left_out = text_table(("Left out", "Because"), name="Spectra left out", stretch=1)
        self.seed = _spin(1, 1_000_000, 1, "")
        self.test = _spin(0, 50, round(100 * TEST_SHARE), " %")
        self.validation = _spin(1, 50, 15, " %")
        self.again = QPushButton("Split anew")
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self._check)
        self._lay_out()

    def _lay_out(self) -> None:
        of = theme.current()
        self.body.addWidget(self.state)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.notices)
        self._results = QWidget()
        columns = QHBoxLayout(self._results)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(of.space_5)
        left, right = QVBoxLayout(), QVBoxLayout()
        counts = Section("Spectra by letter and class")
        counts.body.addWidget(self.map)
        left.addWidget(counts)
        left.addStretch(1)
        split = Section("Split by star")
        self.parts.setFixedHeight(24 * 4 + 10)
        split.body.addWidget(self.parts)
        split.body.addWidget(self.leak)
        split.body.addWidget(self.judges)
        right.addWidget(split)
        knobs = QHBoxLayout()
        knobs.setSpacing(of.space_2)
        for text, spin in (
            ("Judge", self.test),
            ("Choose", self.validation),
            ("Seed", self.seed),
        ):
            spin.setAccessibleName(text)
            knobs.addWidget(Words(text, size="small", token="text_muted"))
            knobs.addWidget(spin)
        knobs.addWidget(self.again)
        knobs.addStretch(1)
        right.addLayout(knobs)
        self._left_section = Section("Left out")
        self._left_section.body.addWidget(self.left_out)
        right.addWidget(self._left_section, 1)
        # Keeps what stands above together where nothing is left out.
        right.addStretch(0)
        columns.addLayout(left)
        columns.addLayout(right, 1)
        self.body.addWidget(self._results, 1)
        self.body.addStretch(0)

    @property
    def is_ready(self) -> bool:
        return self.found is not None and self.found.shared == 0

    def enter(self) -> None:
        if self._asked != (self.labels, self.plan.base and self.plan.base.sha256):
            self._check()

    def end(self) -> None:
        if self._child is not None:
            self._child.end()

    def chosen(self, plan: Plan) -> Plan:
        """The plan with the split that stands on this page."""
        parts = {} if self.found is None else {name: n for name, n, _ in self.found.parts}
        return replace(
            plan,
            n_spectra=parts.get("train", 0),
            seed=self.seed.value(),
            test=self.test.value() / 100,
            validation=self.validation.value() / 100,
        )

    def _check(self) -> None:
        self.end()
        self._asked = (self.labels, self.plan.base and self.plan.base.sha256)
        self.found, self._failed = None, ""
        self.notices.forget()
        self._show()
        try:
            self._folder.write_labels(self.labels)
            config = self._folder.write_check(self.chosen(self.plan).config())
        except (OSError, ConfigError, LabelError) as error:
            self._fail(_told(error, self._folder.path))
            return
        self._child = TrainChild(
            ["--config", str(config), "--check", "--prepared", str(self._folder.prepared)], self
        )
        self._child.told.connect(self._take)
        self._child.ended.connect(self._take_end)
        self.state.setText("Starting…")
        self._child.start()

    def _take(self, event: Event) -> None:
        if isinstance(event, Preparing):
            self.progress.setRange(0, event.total)
            self.progress.setValue(event.done)
            self.state.setText(f"Reading and preparing: {event.done} of {event.total}")
        elif isinstance(event, Notice):
            self.notices.add(event.message)
        elif isinstance(event, Checked):
            self.found = event
            self._show()
        elif isinstance(event, Finished):
            self._failed = event.message

    def _take_end(self, status: int, words: str) -> None:
        if self.found is None:
            self._fail(self._failed or words or f"The check ended early (status {status}).")

    def _fail(self, words: str) -> None:
        self._failed = words
        self._show()

    def _show(self) -> None:
        found = self.found
        self._results.setVisible(found is not None)
        self.progress.setVisible(found is None and not self._failed)
        self.progress.setRange(0, 0)
        self.state.set_token("refuse" if self._failed else "text")
        if found is None:
            self.state.setText(self._failed)
            self.changed.emit()
            return
        n = sum(map(sum, found.counts))
        left = sum(count for _, count in found.left_out)
        self.state.setText(
            f"{n} spectra can teach."
            + (f" {left_out_words(left)}." if left else "")
            + idle_words(found.without_part)
        )
        self.map.show_counts(found.counts)
        fill(
            self.parts,
            [(f"to {_PARTS.get(k, k)}", str(a), str(b)) for k, a, b in found.parts],
            right=(1, 2),
        )
        self.leak.setText(leak_words(found))
        self.leak.set_token("good" if found.shared == 0 else "refuse")
        n_judges = found.judges
        self.judges.setText(verdict_words(n_judges, self.test.value() / 100))
        self.judges.set_token("good" if n_judges >= FEWEST_JUDGES else "caution")
        rows = self._folder.left_out()[:LEFT_OUT_SHOWN]
        named = [(self._name(i), reason) for reason, i in rows]
        fill(self.left_out, named or [(str(n), reason) for reason, n in found.left_out])
        self._left_section.setVisible(bool(found.left_out))
        self.changed.emit()

    def _name(self, i: int) -> str:
        return self.labels[i].file.name if i < len(self.labels) else f"row {i + 1}"


def idle_words(n: int) -> str:
    """What the parts lack of the whole, and why; "" where they lack nothing."""
    if not n:
        return ""
    are = "1 is" if n == 1 else f"{n} are"
    return (
        f" {are} in no part: of a star that chooses or judges, without a full type to do that by."
    )


def leak_words(found: Checked) -> str:
    """Whether the split leaks, in plain words."""
    if found.shared:
        return f"{found.shared} stars stand in two parts: the split leaks and cannot be used."
    words = "No star stands in two parts: the split does not leak."
    if found.known_to_base:
        words += (
            f" {found.known_to_base} of the stars that judge have taught the present model; they "
            "are dropped when the two are compared."
        )
    return words


def _told(error: OSError | ConfigError | LabelError, folder: Path) -> str:
    if isinstance(error, LabelError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or folder} cannot be written ({error.strerror})."
    return f"The config is not allowed: {error}."


def _spin(low: int, high: int, value: int, suffix: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSuffix(suffix)
    return spin
