"""Recipe: adapt, fine-tune or from scratch; the base, the name, the epochs, and every knob."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
)

from spectra_gui.bundles import Bundle, BundleError, find_bundles, load_bundle
from spectra_gui.bundles.install import why_not_a_name
from spectra_gui.recipes import Checked, ConfigError, RunConfig
from spectra_gui.recipes.config import Start
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.background import Background
from spectra_gui.window.wizard.knobs import KnobForm, label_for
from spectra_gui.window.wizard.parts import Page
from spectra_gui.window.wizard.plan import STARTS, Plan, default_epochs
from spectra_gui.window.wizard.progress import duration_words


class RecipePage(Page):
    """``config`` is the chosen recipe once the person goes on."""

    base_changed = Signal(object)
    """Another `Bundle` was chosen to start from."""

    def __init__(self) -> None:
        super().__init__(
            "How to learn",
            "Your choice becomes a config; spectra-gui train takes it too, with the same result.",
        )
        self.plan = Plan()
        self.checked: Checked | None = None
        self.config: RunConfig | None = None
        self._loading = Background(BundleError)
        self._loading.answered.connect(self._take_base)
        self._base_problem = ""
        self.starts: dict[Start, QRadioButton] = {}
        self.times: dict[Start, Words] = {}
        self.base = QComboBox()
        self.name_field = QLineEdit(self.plan.name)
        self.epochs = QSpinBox()
        self.epochs.setRange(1, 10_000)
        self.advanced = QToolButton()
        self.knobs = KnobForm()
        self.problem = Words(token="refuse", wrap=True)
        self._lay_out()
        self.epochs.setValue(default_epochs("adapt"))
        self.starts["adapt"].setChecked(True)
        for start, button in self.starts.items():
            button.toggled.connect(lambda on, s=start: self._choose_start(s) if on else None)
        self.epochs.valueChanged.connect(self._tell)
        self.name_field.textChanged.connect(self._tell)
        self.base.activated.connect(self._choose_base)
        self.advanced.toggled.connect(self._show_advanced)

    def _lay_out(self) -> None:
        of = theme.current()
        for start, (title, words) in STARTS.items():
            button = QRadioButton(title)
            button.setFont(theme.font("body", bold=True))
            button.setAccessibleDescription(words)
            time = Words(token="text_muted")
            top = QHBoxLayout()
            top.addWidget(button)
            top.addStretch(1)
            top.addWidget(time)
            box = QVBoxLayout()
            box.setSpacing(of.space_1)
            box.addLayout(top)
            said = Words(words, token="text_muted", wrap=True)
            said.setContentsMargins(of.space_5, 0, 0, 0)
            box.addWidget(said)
            self.body.addLayout(box)
            self.starts[start], self.times[start] = button, time
        line = QHBoxLayout()
        line.setSpacing(of.space_2)
        self.name_field.setMaximumWidth(240)
        for text, field in (
            ("Start from", self.base),
            ("Name of the new model", self.name_field),
            ("Epochs", self.epochs),
        ):
            field.setAccessibleName(text)
            line.addWidget(label_for(text, field))
            line.addWidget(field)
            line.addSpacing(of.space_3)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self.problem)
        self.advanced.setText("Every knob of the config")
        self.advanced.setCheckable(True)
        self.advanced.setProperty("quiet", True)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.body.addWidget(self.advanced)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.knobs)
        self.body.addWidget(self._scroll, 1)
        self.body.addStretch(0)
        self._show_advanced(False)

    @property
    def is_ready(self) -> bool:
        return not self._problem()

    @property
    def next_text(self) -> str:
        return "Train"

    @property
    def start(self) -> Start:
        return next(start for start, button in self.starts.items() if button.isChecked())

    def enter(self) -> None:
        self._list_bases()
        self._tell()

    def end(self) -> None:
        self._loading.forget()

    def commit(self) -> bool:
        try:
            self.config = self._chosen().config()
        except (ConfigError, ValueError) as error:
            self._show_problem(f"{error}".rstrip(".") + ".")
            return False
        return True

    def _chosen(self) -> Plan:
        return replace(
            self.plan,
            name=self.name_field.text().strip(),
            start=self.start,
            epochs=self.epochs.value(),
            knobs=self.knobs.values(),
        )

    def _list_bases(self) -> None:
        self.base.clear()
        entries = {entry.path: entry.name for entry in find_bundles()}
        if self.plan.base is not None:
            entries.setdefault(self.plan.base.path, self.plan.base.name)
        for path, name in entries.items():
            self.base.addItem(name, path)
            self.base.setItemData(self.base.count() - 1, str(path), 3)
            if self.plan.base is not None and path == self.plan.base.path:
                self.base.setCurrentIndex(self.base.count() - 1)

    def _choose_base(self) -> None:
        path = self.base.currentData()
        self._base_problem = "Loading the model…"
        self._tell()
        self._loading.ask(lambda: load_bundle(path))

    def _take_base(self, found: Bundle | BundleError) -> None:
        if isinstance(found, BundleError):
            self._base_problem = str(found)
        else:
            self._base_problem = ""
            self.plan = replace(self.plan, base=found)
            self.base_changed.emit(found)
        self._tell()

    def _choose_start(self, start: Start) -> None:
        self.epochs.setValue(default_epochs(start))
        self._tell()

    def _show_advanced(self, on: bool) -> None:
        self._scroll.setVisible(on)
        self.advanced.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)

    def _problem(self) -> str:
        return self._base_problem or why_not_a_name(self.name_field.text().strip())

    def _show_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _tell(self) -> None:
        self._show_problem(self._problem())
        costs = {} if self.checked is None else {c[0]: c[1:] for c in self.checked.costs}
        for start, words in self.times.items():
            if start not in costs:
                words.setText("")
                continue
            fixed, epoch = costs[start]
            epochs = self.epochs.value() if start == self.start else default_epochs(start)
            seconds = (fixed + epochs * epoch) / self.plan.workers(start)
            words.setText(duration_words(seconds))
        self.changed.emit()
