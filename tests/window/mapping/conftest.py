"""The whole window over a real reading child and an engine that answers when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from spectra_gui.engine.client import ReaderClient
from spectra_gui.session import Row
from spectra_gui.settings import Settings, load_mappings
from spectra_gui.window.app import build_main_window
from spectra_gui.window.mapping.dialog import MappingDialog
from tests.window.fakes import READY, FakeEngine


class MappingBench:
    """Opens files as a person does, and looks at what came of them."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.engine = FakeEngine()
        self.window = build_main_window(
            settings=Settings(path=folder / "settings.toml"),
            make_reader=lambda listener: ReaderClient(listener, mappings=load_mappings()),
            make_engine=self.engine.listen,
            geometry=QSettings(str(folder / "geometry.ini"), QSettings.Format.IniFormat),
        )
        qtbot.addWidget(self.window, before_close_func=lambda w: w.document.mark_saved(None))
        self.window.resize(1280, 800)
        self.window.complete()
        self.window.show()
        qtbot.waitExposed(self.window)
        self.document = self.window.document
        self.window.jobs.start_engine()
        self.engine.tell(READY)

    def row(self, path: Path) -> Row:
        return self.document.rows_of(str(path))[0]

    def wait(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=60_000)

    def settle(self, path: Path) -> Row:
        """Wait until the file is typed, or is known to be unreadable."""

        def settled() -> bool:
            self.engine.answer_all()
            return self.row(path).state in ("typed", "unreadable")

        self.wait(settled)
        return self.row(path)

    def open(self, *paths: Path) -> Row:
        """Open files; the row of the last, which is shown."""
        self.window.files.open_paths(list(paths))
        self.wait(lambda: bool(self.document.rows_of(str(paths[-1]))))
        for path in paths:
            self.settle(path)
        self.window.list.select([self.row(paths[-1]).id])
        view = self.window.view
        self.wait(lambda: view.is_up_to_date and view.row is not None)
        return self.row(paths[-1])

    def dialog(self) -> MappingDialog:
        """The dialog of the shown row, as soon as it knows the file."""
        self.window.refresh()
        self.window.actions_table["spectrum.map"].trigger()
        dialog = self.window.parts["mapper"].dialog
        assert dialog is not None
        self.wait(lambda: dialog.preview.sentence.text() != "Looking at the file…")
        return dialog

    def choose(self, dialog: MappingDialog, *roles: str) -> None:
        """Give the columns these roles, from the first on."""
        for combo, role in zip(dialog.table.combos, roles, strict=True):
            index = combo.findText(role)
            combo.setCurrentIndex(index)
            combo.activated.emit(index)

    def preview(self, dialog: MappingDialog) -> None:
        self.wait(dialog.ok.isEnabled)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[MappingBench]:
    made = MappingBench(qtbot, tmp_path)
    yield made
    made.document.mark_saved(None)
    made.window.close()
