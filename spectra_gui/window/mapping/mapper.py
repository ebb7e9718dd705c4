"""Opens the dialog for a row and brings what was chosen into the document and the store.

The one place that knows the dialog, the document and the user's mappings.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from spectra_gui.data import FileMapping, Override, mapping_in
from spectra_gui.session import Document, Row, SetOverride, Together
from spectra_gui.settings import MappingError, Mappings, add_mapping, load_mappings
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.mapping.asker import Asker
from spectra_gui.window.mapping.dialog import Asked, Chosen, MappingDialog
from spectra_gui.window.mapping.draft import as_others
from spectra_gui.window.mapping.kept import KeptMappings
from spectra_gui.window.row_view import RowView
from spectra_gui.window.spectra_list import SpectraList

MOST_OTHERS = 5_000
"""Files of the list that are looked at whether they are like the one of the dialog."""


class Mapper(QObject):
    """``open`` maps the columns of the file that is shown, ``show_list`` lists what is kept."""

    def __init__(
        self, window: QWidget, document: Document, jobs: Jobs, spectra: SpectraList, view: RowView
    ) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._jobs, self._list = jobs, spectra
        self.dialog: MappingDialog | None = None
        view.how.map_wanted.connect(self.open)
        view.plots.absence.map_columns.clicked.connect(self.open)
        view.override_changed.connect(self._override)

    def open(self) -> None:
        """Ask which columns of the current row's file are which."""
        row_id = self._list.current_id
        row = None if row_id is None else self._document.row(row_id)
        if row is None or self.dialog is not None:
            return
        mapping = _mapping_of(row)
        asked = Asked(
            row.path,
            row.override if mapping is None else mapping.under(row.override),
            mapping,
            self._others(row),
            tuple(load_mappings()),
        )
        asker = Asker(self._jobs, self)
        self.dialog = MappingDialog(
            self._window, asked, asker, lambda wanted: self._keep(wanted, mapping)
        )
        self.dialog.chosen.connect(lambda chosen: self._take(row.path, chosen))
        self.dialog.destroyed.connect(self._forget)
        self.dialog.show()

    def show_list(self) -> None:
        """The mappings that are kept, to rename and delete."""
        kept = KeptMappings(self._window)
        kept.changed.connect(self._use)
        kept.show()

    def _override(self, path: str, override: Override) -> None:
        self._document.do(SetOverride(path, override))

    def _forget(self) -> None:
        self.dialog = None

    def _others(self, row: Row) -> list[str]:
        # Where other columns are read, what was said of the spectra before them is taken off.
        kept = {row.path, *(other.path for other in self._document if other.review)}
        unsure = {other.path: None for other in self._document if _is_unsure(other)}
        return [path for path in unsure if path not in kept][:MOST_OTHERS]

    def _take(self, path: str, chosen: Chosen) -> None:
        commands = []
        for one in (path, *chosen.also):
            rows = self._document.rows_of(one)
            own = rows[0].override if rows else Override()
            wanted = chosen.override if one == path else as_others(chosen.override, own)
            if rows and wanted != own:  # what changes nothing has nothing to take back
                commands.append(SetOverride(one, wanted))
        if len(commands) == 1:
            self._document.do(commands[0])
        elif commands:
            self._document.do(Together(commands, "change how files are read"))

    def _keep(self, wanted: FileMapping, before: FileMapping | None) -> str:
        """Remember a mapping; what is wrong with it, "" where nothing is."""
        try:
            same = before is not None and before.name == wanted.name
            self._use(add_mapping(wanted, replaces=same))
        except MappingError as error:
            return str(error)
        return ""

    def _use(self, mappings: Mappings) -> None:
        self._jobs.reader.use_mappings(mappings)


def _is_unsure(row: Row) -> bool:
    """Whether a row's file gave no spectrum, or one by guess of which a person said nothing."""
    if row.error is not None:
        return row.error.has_columns
    if row.reading_info is None or row.override != Override():
        return False
    return any(d.subject == "Columns" and d.assumed for d in row.reading_info.decisions)


def _mapping_of(row: Row) -> FileMapping | None:
    """The mapping that a row was read by, as it is kept now."""
    by = None if row.reading_info is None else mapping_in(row.reading_info.decisions)
    if by is None:
        return None
    return next((kept for kept in load_mappings() if kept.name == by.value), None)
