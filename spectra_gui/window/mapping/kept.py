"""The list of mappings that are kept, to be renamed and deleted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from spectra_gui.data import FileMapping
from spectra_gui.settings import (
    MappingError,
    Mappings,
    delete_mapping,
    load_mappings,
    rename_mapping,
)
from spectra_gui.window import theme
from spectra_gui.window.panels.section import Words
from spectra_gui.window.wizard.parts import text_table


class KeptMappings(QDialog):
    """``changed`` carries the `Mappings` after each change. A name is changed in its cell."""

    changed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Mappings of columns")
        self.resize(760, 340)
        of = theme.current()
        self._filling = False
        self._mappings: Mappings = load_mappings()
        self.table = text_table(("Name", "Used for", "Says"), name="Mappings", stretch=1)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.itemChanged.connect(self._rename)
        self.table.itemSelectionChanged.connect(self._enable)
        self.words = Words(token="text_muted", wrap=True)
        self.rename = QPushButton("Rename")
        self.delete = QPushButton("Delete")
        self.delete.setToolTip("Files like this are read as before; what is in the list stays")
        self.rename.clicked.connect(self._edit)
        self.delete.clicked.connect(self._delete)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        for button in (self.rename, self.delete):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(of.space_5, of.space_4, of.space_5, of.space_4)
        column.setSpacing(of.space_3)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        column.addWidget(buttons)
        self._show(self._mappings)

    @property
    def _line(self) -> int:
        lines = self.table.selectionModel().selectedRows()
        return lines[0].row() if lines else -1

    def _show(self, mappings: Mappings, *, line: int = 0) -> None:
        self._mappings = mappings
        self._filling = True
        self.table.setRowCount(len(mappings))
        fixed = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        for i, mapping in enumerate(mappings):
            for j, text in enumerate(
                (mapping.name, _files(mapping, mappings), said_words(mapping))
            ):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if j:
                    item.setFlags(fixed)
                self.table.setItem(i, j, item)
        self._filling = False
        if len(mappings):
            self.table.selectRow(min(max(line, 0), len(mappings) - 1))
        none = "There is none yet. “Map columns…” makes one from a file that is not read."
        self._tell(" ".join(mappings.problems) or ("" if len(mappings) else none))
        self._enable()

    def _enable(self) -> None:
        for button in (self.rename, self.delete):
            button.setEnabled(self._line >= 0)

    def _tell(self, text: str, token: str = "text_muted") -> None:
        self.words.set_token(token)
        self.words.setText(text)
        self.words.setVisible(bool(text))

    def _edit(self) -> None:
        item = self.table.item(self._line, 0)
        if item is not None:
            self.table.editItem(item)

    def _rename(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != 0:
            return
        old, line = self._mappings[item.row()].name, item.row()
        if item.text().strip() == old:
            return
        try:
            self._take(rename_mapping(old, item.text()), line)
        except MappingError as error:
            self._show(load_mappings(), line=line)
            self._tell(str(error), "refuse")

    def _delete(self) -> None:
        line = self._line
        if line < 0:
            return
        try:
            self._take(delete_mapping(self._mappings[line].name), line)
        except MappingError as error:
            self._show(load_mappings(), line=line)
            self._tell(str(error), "refuse")

    def _take(self, mappings: Mappings, line: int) -> None:
        self._show(mappings, line=line)
        self.changed.emit(mappings)


def _files(mapping: FileMapping, mappings: Mappings) -> str:
    """Which files are read by a mapping, or by which newer one they are."""
    newer = mappings.used_instead_of(mapping)
    return mapping.looks if newer is None else f"– (“{newer.name}” is newer): {mapping.looks}"


def said_words(mapping: FileMapping) -> str:
    """``columns wl, flux; unit nm``: what a mapping says, in short."""
    words = {"wavelength_unit": "unit", "skip_rows": "skip", "fwhm_aa": "FWHM", "hdu": "table"}
    return "; ".join(
        f"{words.get(key, key)} {', '.join(map(str, v)) if isinstance(v, list) else v}"
        for key, v in mapping.override.to_dict().items()
    )
