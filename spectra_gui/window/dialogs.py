"""The few windows beside the main one: models, texts, keys, settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.bundles import Bundle, BundleEntry, BundleError, find_bundles, load_bundle
from spectra_gui.settings import SCHEMA, Setting, SettingError, Settings, SettingValue, setting
from spectra_gui.window import theme
from spectra_gui.window.actions import ACTIONS, key_text


def _dialog_layout(dialog: QDialog) -> QVBoxLayout:
    tokens = theme.current()
    column = QVBoxLayout(dialog)
    column.setContentsMargins(tokens.space_5, tokens.space_4, tokens.space_5, tokens.space_4)
    column.setSpacing(tokens.space_3)
    return column


def show_markdown(window: QWidget, title: str, text: str) -> QDialog:
    """A text to read, e.g. a bundle's card. Opens no link outside the machine by itself."""
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.resize(720, 640)
    view = QTextBrowser()
    view.setOpenLinks(False)
    view.setMarkdown(text)
    view.setFont(theme.font("body"))
    view.setFrameShape(QTextBrowser.Shape.NoFrame)
    _space_out(view.document())
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    column = _dialog_layout(dialog)
    column.addWidget(view)
    column.addWidget(buttons)
    dialog.show()
    return dialog


def _space_out(document: QTextDocument) -> None:
    """Room above headings, and lists that stand in by one step only."""
    document.setIndentWidth(theme.current().space_4)
    block = document.begin()
    while block.isValid():
        form = block.blockFormat()
        if form.headingLevel():
            form.setTopMargin(0 if block == document.begin() else theme.current().space_4)
            form.setBottomMargin(theme.current().space_1)
            QTextCursor(block).setBlockFormat(form)
        block = block.next()


def show_keys(window: QWidget) -> QDialog:
    """All actions that have a key, by menu."""
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys")
    dialog.resize(560, 640)
    table = _text_table(("Menu", "Action", "Key"))
    table.setObjectName("keys")
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    before = ""
    for spec in (spec for spec in ACTIONS if spec.key):
        line = table.rowCount()
        table.insertRow(line)
        menu = "" if spec.menu == before else spec.menu
        before = spec.menu
        for column, text in enumerate((menu, spec.text.rstrip("…"), key_text(spec))):
            table.setItem(line, column, QTableWidgetItem(text))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    layout = _dialog_layout(dialog)
    layout.addWidget(table)
    layout.addWidget(buttons)
    dialog.show()
    return dialog


class BundleList(QDialog):
    """All models with their origin and state; ``chosen(Path)`` when one is to be used.

    They are verified on a thread, which reads every byte of them; their rows stand at once.
    """

    chosen = Signal(object)
    _verified = Signal(int, object)

    def __init__(self, window: QWidget, *, current: Path | None) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Models")
        self.resize(760, 360)
        self._entries = find_bundles()
        self.table = _text_table(("Name", "Title", "From", "Letter and class right", "State"))
        heading = self.table.horizontalHeaderItem(3)
        if heading is not None:
            heading.setToolTip("Of stars that the networks had not learnt from")
        self._current = current
        self._found: dict[int, Bundle | BundleError] = {}
        for entry in self._entries:
            self._add(entry)
        self._verified.connect(self._take, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._verify, name="models", daemon=True).start()
        self.table.itemSelectionChanged.connect(self._enable)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.use = QPushButton("Use")
        self.card = QPushButton("About")
        self.card.setToolTip("How the model was made, its scores and limits")
        self.use.setToolTip("Type with this model")
        self.folder = QPushButton("Open folder")
        for button, call in (
            (self.use, self._use),
            (self.card, self._show_card),
            (self.folder, self._open_folder),
        ):
            button.clicked.connect(call)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        column = _dialog_layout(self)
        column.addWidget(self.table)
        column.addWidget(buttons)
        if self._entries:
            self.table.selectRow(0)
        self._enable()

    def _add(self, entry: BundleEntry) -> None:
        line = self.table.rowCount()
        self.table.insertRow(line)
        origin = "installed by you" if entry.installed_by_user else "came with Spectra"
        for column, text in enumerate((entry.name, entry.title, origin, "", "verifying…")):
            item = QTableWidgetItem(text)
            item.setToolTip(str(entry.path) if column == 0 else text)
            self.table.setItem(line, column, item)

    def _verify(self) -> None:
        for line, entry in enumerate(self._entries):
            try:
                found: Bundle | BundleError = load_bundle(entry.path)
            except BundleError as error:
                found = error
            try:
                self._verified.emit(line, found)
            except RuntimeError:  # the dialog was closed meanwhile
                return

    def _take(self, line: int, found: Bundle | BundleError) -> None:
        self._found[line] = found
        score = ""
        if isinstance(found, BundleError):
            state = found.reason
        else:
            share = found.scores.get("joint")
            score = "" if share is None else f"{100 * share:.0f} %"
            state = "in use" if found.path == self._current else "verified"
        for column, text in ((3, score), (4, state)):
            item = self.table.item(line, column)
            if item is not None:
                item.setText(text)
                item.setToolTip(text)
        self._enable()

    def _selected(self) -> BundleEntry | None:
        lines = self.table.selectionModel().selectedRows()
        return self._entries[lines[0].row()] if lines else None

    def _enable(self) -> None:
        for button in (self.use, self.folder):
            button.setEnabled(self._selected() is not None)
        self.card.setEnabled(self._selected_bundle() is not None)

    def _use(self) -> None:
        entry = self._selected()
        if entry is not None:
            self.chosen.emit(entry.path)
            self.close()

    def _selected_bundle(self) -> Bundle | BundleError | None:
        """What was found of the selected model; None until it was verified."""
        lines = self.table.selectionModel().selectedRows()
        return self._found.get(lines[0].row()) if lines else None

    def _show_card(self) -> None:
        entry, found = self._selected(), self._selected_bundle()
        if isinstance(found, BundleError) and entry is not None:
            show_markdown(self, entry.name, str(found))
        elif isinstance(found, Bundle):
            show_markdown(self, found.title or found.name, found.card)

    def _open_folder(self) -> None:
        entry = self._selected()
        if entry is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path)))


def _text_table(headers: tuple[str, ...]) -> QTableWidget:
    table = QTableWidget(0, len(headers))
    table.setHorizontalHeaderLabels(headers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    room = theme.current().space_2
    table.setStyleSheet(
        f"QTableView::item {{ padding: 0 {room}px; }}"
        f"QHeaderView::section {{ padding: 4px {room + 3}px; }}"
    )
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setMinimumSectionSize(96)
    header.setStretchLastSection(True)
    return table


class SettingsDialog(QDialog):
    """All declared settings, section by section; ``applied(set)`` with the keys that changed."""

    applied = Signal(object)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.resize(560, 0)
        self._settings = settings
        self._values: dict[str, Callable[[], SettingValue]] = {}
        column = _dialog_layout(self)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.current().space_5)
        form.setVerticalSpacing(theme.current().space_2)
        for section in dict.fromkeys(declared.section for declared in SCHEMA):
            title = QLabel(section)
            title.setFont(theme.font("body", bold=True))
            title.setContentsMargins(0, theme.current().space_2, 0, 0)
            form.addRow(title)
            for declared in (declared for declared in SCHEMA if declared.section == section):
                label = QLabel(declared.label)
                label.setToolTip(declared.help)
                field = self._field(declared)
                label.setBuddy(field)
                form.addRow(label, field)
        column.addLayout(form)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setStyleSheet(f"color: {theme.current().refuse};")
        column.addWidget(self.problem)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        buttons.button(standard.Ok).setText("Save")
        buttons.accepted.connect(self.apply)
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)

    def _field(self, declared: Setting) -> QWidget:
        value = self._settings.get(declared.key)
        field, read = _field_for(declared, value)
        field.setObjectName(declared.key)
        field.setToolTip(declared.help)
        field.setAccessibleDescription(declared.help)
        self._values[declared.key] = read
        return field

    def apply(self) -> None:
        """Keep what was chosen; what is not allowed is told and nothing is kept of it."""
        values = {key: read() for key, read in self._values.items()}
        changed = {key: value for key, value in values.items() if value != self._settings.get(key)}
        try:
            for key, value in changed.items():
                setting(key).check(value)
        except SettingError as error:
            self.problem.setText(str(error))
            return
        for key, value in changed.items():
            self._settings.set(key, value)
        self.applied.emit(set(changed))
        self.close()


_CHOICE_WORDS: Final = {
    "auto": "automatic",
    "cpu": "CPU",
    "cuda": "GPU (CUDA or ROCm)",
    "mps": "GPU (Apple)",
    "system": "as the system",
    "joint": "the type",
    "temperature": "the temperature",
    "luminosity": "the luminosity class",
    "guided_grad_cam": "Guided Grad-CAM",
}
_ZERO_WORDS: Final = {"threads": "automatic", "autosave_seconds": "off"}
"""What the least value of a number means."""


def _field_for(
    declared: Setting, value: SettingValue
) -> tuple[QWidget, Callable[[], SettingValue]]:
    """The widget for a setting and what reads its value."""
    if declared.choices:
        combo = QComboBox()
        combo.addItems([_CHOICE_WORDS.get(choice, choice) for choice in declared.choices])
        combo.setCurrentIndex(declared.choices.index(str(value)))
        return combo, lambda: declared.choices[combo.currentIndex()]
    if declared.kind is bool:
        box = QCheckBox()
        box.setChecked(bool(value))
        return box, box.isChecked
    if declared.kind is str:
        edit = QLineEdit(str(value))
        edit.setPlaceholderText("as it comes with Spectra")
        return edit, lambda: edit.text().strip()
    number = QSpinBox() if declared.kind is int else QDoubleSpinBox(decimals=1)
    number.setRange(declared.minimum, declared.maximum)  # type: ignore[arg-type]
    number.setValue(value)  # type: ignore[arg-type]
    number.setSuffix(f" {declared.unit}" if declared.unit else "")
    number.setSpecialValueText(_ZERO_WORDS.get(declared.key, ""))
    return number, number.value
