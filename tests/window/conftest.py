"""A window with children that answer when told to, and nothing of the person's own folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from spectra_gui.engine.client import ReadDone
from spectra_gui.settings import Settings
from spectra_gui.window.app import build_main_window
from spectra_gui.window.main_window import MainWindow

from .fakes import READY, FakeEngine, FakeReader, make_reading


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data and settings of the program lie in a folder of the test."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    return home


class Bench:
    """A complete window over fakes."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.reader, self.engine = FakeReader(), FakeEngine()
        self.settings = Settings(path=folder / "settings.toml")
        self.window: MainWindow = build_main_window(
            settings=self.settings,
            make_reader=self.reader.listen,
            make_engine=self.engine.listen,
            geometry=QSettings(str(folder / "geometry.ini"), QSettings.Format.IniFormat),
        )
        qtbot.addWidget(self.window, before_close_func=lambda w: w.document.mark_saved(None))
        self.window.resize(1280, 800)
        self.window.complete()
        self.window.show()
        qtbot.waitExposed(self.window)
        self.document = self.window.document

    def start_engine(self) -> None:
        self.window.jobs.start_engine()
        self.engine.tell(READY)
        self.settle()

    def files(self, *names: str) -> list[Path]:
        paths = [self.folder / name for name in names]
        for path in paths:
            path.write_text(f"4000 1 {path.name}\n", errors="surrogateescape")
        return paths

    def open(self, *names: str) -> list[int]:
        """Open files, all read and typed; their row ids."""
        if self.window.jobs.engine_state != "ready":
            self.start_engine()
        self.window.files.open_paths(self.files(*names))
        self.answer()
        return list(self.document.ids)

    def answer(self, *types: str) -> None:
        """Let the children answer until nothing is asked any more."""
        while self.window.jobs.is_busy:
            while self.reader.asked:
                ticket, path, override = self.reader.asked.pop(0)
                self.reader.tell(ReadDone(ticket, path, make_reading(path, override=override)))
            self.settle()
            self.engine.answer_all(*types)
            self.settle()

    def settle(self) -> None:
        view, jobs = self.window.view, self.window.jobs
        self.qtbot.waitUntil(lambda: not jobs.has_answers and view.is_up_to_date, timeout=20_000)

    def act(self, action_id: str) -> None:
        self.window.refresh()
        action = self.window.actions_table[action_id]
        assert action.isEnabled(), f"{action_id} is disabled"
        action.trigger()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    yield made
    made.window.document.mark_saved(None)
    made.window.close()


@pytest.fixture
def answer_close(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], list[int]]:
    """Answer the question for unsaved corrections; the list grows with every time it is asked."""

    def give(button: object) -> list[int]:
        asked: list[int] = []

        def ask(_: object) -> object:
            asked.append(1)
            return button

        monkeypatch.setattr("spectra_gui.window.files.ask_to_save", ask)
        return asked

    return give
