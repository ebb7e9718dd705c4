"""Data: the reviewed rows of the list, or a folder with a label table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from spectra_gui.recipes import needs_words, stars_for_verdict, why_too_few
from spectra_gui.session import Document
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.background import Background
from spectra_gui.window.wizard.labels import (
    ROLES,
    LabelError,
    Labels,
    TextTable,
    guess_columns,
    labels_of_rows,
    labels_of_table,
    read_table,
)
from spectra_gui.window.wizard.parts import Page, fill, left_out_words, text_table
from spectra_gui.window.wizard.plan import TEST_SHARE

PREVIEW_ROWS = 6
PROBLEMS_SHOWN = 200
_NONE = "—"
_TITLES = {"file": "File", "type": "MK type", "star": "Star", "index": "Number in file"}


class DataPage(Page):
    """``labels`` are what the next pages work with; None until they are read."""

    def __init__(self, document: Document) -> None:
        super().__init__(
            "What to learn from",
            "Spectra with the MK types that you trust. The files stay where they are. "
            + needs_words(TEST_SHARE),
        )
        self._document = document
        self.labels: Labels | None = None
        self._table: TextTable | None = None
        self._reading = Background(LabelError)
        self._reading.answered.connect(self._take_table)
        self._matching = Background(LabelError)
        self._matching.answered.connect(self._take_labels)
        self.from_list = QRadioButton()
        self.from_table = QRadioButton("A folder with a label table")
        self.path = QLineEdit()
        self.choose = QPushButton("Choose…")
        self.choose.setAutoDefault(False)
        self.columns: dict[str, QComboBox] = {}
        self.preview = text_table(("",), name="First rows of the table")
        self.summary = Words(wrap=True)
        self.problems = text_table(("Row", "Says", "Left out because"), name="Rows left out")
        self._lay_out()
        reviewed = len(document.reviewed_rows())
        self.from_list.setText(f"The reviewed rows of the list ({reviewed})")
        (self.from_list if reviewed else self.from_table).setChecked(True)
        self.from_list.setEnabled(reviewed > 0)
        for button in (self.from_list, self.from_table):
            button.toggled.connect(self._source_changed)
        self.choose.clicked.connect(self._choose)
        self.path.returnPressed.connect(self.read)
        self.path.editingFinished.connect(self.read)
        self._source_changed()

    def _lay_out(self) -> None:
        of = theme.current()
        self.body.addWidget(self.from_list)
        self.body.addWidget(self.from_table)
        self.path.setPlaceholderText("labels.csv: a column of file names and one of MK types")
        self.path.setAccessibleName("Label table")
        line = QHBoxLayout()
        line.setContentsMargins(of.space_5, 0, 0, 0)
        line.addWidget(self.path, 1)
        line.addWidget(self.choose)
        self._source = QWidget()
        self._source.setLayout(line)
        self.body.addWidget(self._source)
        roles = QHBoxLayout()
        roles.setContentsMargins(of.space_5, 0, 0, 0)
        roles.setSpacing(of.space_2)
        for role in ROLES:
            combo = QComboBox()
            combo.setAccessibleName(f"Column: {_TITLES[role]}")
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            combo.setMaximumWidth(180)
            combo.activated.connect(self._match)
            self.columns[role] = combo
            roles.addWidget(Words(_TITLES[role], size="small", token="text_muted"))
            roles.addWidget(combo)
            roles.addSpacing(of.space_2)
        roles.addStretch(1)
        self._roles = QWidget()
        self._roles.setLayout(roles)
        self.body.addWidget(self._roles)
        self.preview.setFixedHeight(24 * (PREVIEW_ROWS + 1) + 8)
        self.body.addWidget(self.preview)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.problems, 1)
        self.body.addStretch(0)

    @property
    def is_ready(self) -> bool:
        return self.labels is not None and bool(self.labels.good)

    def enter(self) -> None:
        if self.from_list.isChecked():
            self._ask_list()

    def end(self) -> None:
        self._reading.forget()
        self._matching.forget()

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            "Choose a label table",
            self.path.text(),
            "Tables (*.csv *.tsv *.txt *.dat);;All (*)",
        )
        if name:
            self.path.setText(name)
            self.read()

    def _source_changed(self) -> None:
        own = self.from_table.isChecked()
        self._source.setVisible(own)
        self._roles.setVisible(own and self._table is not None)
        self.preview.setVisible(own and self._table is not None)
        self._show(None)
        if not own:
            self._ask_list()
        elif self._table is not None:
            self._match()

    def _ask_list(self) -> None:
        rows = self._document.reviewed_rows()
        self._matching.ask(lambda: labels_of_rows(rows))

    def read(self) -> None:
        """Read the table whose name stands in the field."""
        text = self.path.text().strip()
        if not text or (self._table is not None and str(self._table.path) == text):
            return
        self._table = None
        self._show(None, "Reading…")
        path = Path(text).expanduser()
        self._reading.ask(lambda: _read(path))

    def _take_table(self, found: tuple[TextTable, Mapping[str, int]] | LabelError) -> None:
        shown = not isinstance(found, LabelError)
        self._roles.setVisible(shown)
        self.preview.setVisible(shown)
        if isinstance(found, LabelError):
            self._show(None, str(found), token="refuse")
            return
        self._table, guessed = found
        for role, combo in self.columns.items():
            combo.clear()
            combo.addItem(_NONE)
            combo.addItems(list(self._table.header))
            combo.setCurrentIndex(guessed.get(role, -1) + 1)
        self.preview.setColumnCount(len(self._table.header))
        self.preview.setHorizontalHeaderLabels(list(self._table.header))
        resize = QHeaderView.ResizeMode.ResizeToContents
        self.preview.horizontalHeader().setSectionResizeMode(resize)
        fill(self.preview, self._table.rows[:PREVIEW_ROWS])
        self._match()

    def _match(self) -> None:
        table = self._table
        if table is None:
            return
        chosen = {r: c.currentIndex() - 1 for r, c in self.columns.items() if c.currentIndex() > 0}
        self._show(None, "Matching…")
        self._matching.ask(lambda: labels_of_table(table, chosen))

    def _take_labels(self, found: Labels | LabelError) -> None:
        if isinstance(found, LabelError):
            self._show(None, str(found), token="refuse")
            return
        n, bad = len(found.good), len(found.problems)
        stars = len({label.star for label in found.good})
        words = f"{n} spectra of {stars} stars have an MK type that can teach."
        too_few = why_too_few(n, stars)
        if n and too_few:
            words = too_few
        elif stars < stars_for_verdict(TEST_SHARE):
            words += " Enough to learn from; for a verdict on the new model they may be too few."
        if bad:
            words += f" {left_out_words(bad)}:"
        self._show(found, words, token="refuse" if too_few else "text")

    def _show(self, labels: Labels | None, words: str = "", *, token: str = "text") -> None:
        self.labels = labels
        self.summary.setText(words)
        self.summary.set_token(token)
        problems = () if labels is None else labels.problems[:PROBLEMS_SHOWN]
        fill(self.problems, [(str(p.number), p.what, p.why) for p in problems], right=(0,))
        self.problems.setVisible(bool(problems))
        self.changed.emit()


def _read(path: Path) -> tuple[TextTable, Mapping[str, int]]:
    table = read_table(path)
    return table, guess_columns(table)
