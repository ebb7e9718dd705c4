"""The main window: puts list, panels, bars and actions together and keeps them in agreement.

Made in two strokes: the frame with list and menus, which paints at once, then the panels with
their plots, one step a turn of the event loop. Knows every part and does none of their work.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spectra_gui import assets
from spectra_gui.session import Changes, Document
from spectra_gui.settings import Settings
from spectra_gui.window import theme
from spectra_gui.window.actions import Actions
from spectra_gui.window.conditions import conditions
from spectra_gui.window.edits import Edits
from spectra_gui.window.files import Files
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.later import Later
from spectra_gui.window.list_model import ListModel
from spectra_gui.window.notices import Notices
from spectra_gui.window.palette import Palette
from spectra_gui.window.panels.empty_state import EmptyState
from spectra_gui.window.panels.notice_bar import NoticeBar
from spectra_gui.window.panels.skeleton import Skeleton
from spectra_gui.window.places import Places
from spectra_gui.window.preferences import Preferences
from spectra_gui.window.questions import may_stop_training
from spectra_gui.window.reviews import Reviews
from spectra_gui.window.spectra_list import SpectraList
from spectra_gui.window.status_bar import StatusBar, count_words, engine_text
from spectra_gui.window.turns import NextTurn
from spectra_gui.window.unveiling import Unveiling
from spectra_gui.window.your_answer import YourAnswer

DEFAULT_SIZE: Final = QSize(1440, 900)
LIST_WIDTH: Final = 330
TITLE: Final = "Spectra"

_CONTEXT: Final = (
    "review.accept", "review.edit", None,
    "classify.again", "spectrum.map", "edit.copy", "edit.remove", None, "review.attach",
)  # fmt: skip


class MainWindow(QMainWindow):
    """``completed()`` once every panel stands; ``closed()`` when all children have ended."""

    completed = Signal()
    closed = Signal()

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        settings: Settings,
        notices: Notices,
        *,
        geometry: QSettings,
        log_path: Path | None = None,
    ) -> None:
        super().__init__()
        self.document, self.jobs, self.settings, self.notices = document, jobs, settings, notices
        self.places = Places(geometry)
        self._log_path = log_path
        self._steps: list[Callable[[], None]] = []
        self._is_complete = False
        self._unveiling = Unveiling(self)
        self.parts: dict[str, Any] = {"window": self}
        self.setAcceptDrops(True)
        self.setWindowTitle(TITLE)
        self.resize(DEFAULT_SIZE)
        self._build_frame()
        self.splitters = {"panes": self.panes}
        self._refresh = QTimer(self, singleShot=True, interval=40)
        self._refresh.timeout.connect(self.refresh)
        self._unsubscribe = document.subscribe(self._follow)
        self._connect_frame()
        self.refresh()

    # First stroke: what paints at once

    def _build_frame(self) -> None:
        self.model = ListModel(self.document, is_pending=self.jobs.is_pending, parent=self)
        self.list = SpectraList(self.model)
        self.answer = YourAnswer()
        self.empty = EmptyState()
        self.whole = QWidget()
        self.notice_bar = NoticeBar(self.whole)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.files = Files(
            self,
            self.document,
            self.notices,
            self.places,
            autosave_folder=assets.user_data_folder() / "autosave",
            autosave_s=self.settings.number("autosave_seconds"),
        )
        self.reviews = Reviews(self.document, self.list, self.answer)
        self.edits = Edits(self.document, self.list)
        self.preferences = Preferences(self, self.settings, self.notices, self.parts)
        self.parts |= {
            "files": self.files, "reviews": self.reviews, "edits": self.edits,
            "preferences": self.preferences,
        }  # fmt: skip
        self.actions_table = Actions(self, self.parts)
        self.actions_table.check("view.list")
        self.actions_table.fill(self.menuBar())
        self._palette_hint = QLabel("Ctrl+K  find an action")
        self._palette_hint.setContentsMargins(8, 5, 8, 2)
        self.menuBar().setCornerWidget(self._palette_hint)
        self._lay_out()
        self._dress()
        theme.notifier().changed.connect(self._dress)

    def _lay_out(self) -> None:
        """The list beside the workspace or the invitation, notices below both."""
        self.workspace = QSplitter(Qt.Orientation.Horizontal)
        self._skeleton = Skeleton()
        self.workspace.addWidget(self._skeleton)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.workspace)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        self.panes.addWidget(self.list)
        self.panes.addWidget(self.stack)
        self.panes.setStretchFactor(0, 1)
        self.panes.setStretchFactor(1, 7)
        self.list.setMinimumWidth(300)
        self.panes.setSizes([LIST_WIDTH, DEFAULT_SIZE.width() - LIST_WIDTH])
        for splitter in (self.panes, self.workspace):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self.whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panes)
        self.notice_bar.room_wanted.connect(
            lambda height: column.setContentsMargins(0, 0, 0, height)
        )
        self.notices.use_bar(self.notice_bar)
        self.setCentralWidget(self.whole)

    def _connect_frame(self) -> None:
        self.list.current_changed.connect(self._show_current)
        self.list.selection_changed.connect(self.refresh_soon)
        self.list.menu_requested.connect(self._open_context_menu)
        self.list.activated.connect(self.reviews.edit)
        self.empty.open_requested.connect(self.files.open_files)
        self.empty.examples_requested.connect(self.files.open_examples)
        self.files.adding.started.connect(self._show_added)
        self.files.adding.changed.connect(self._follow_work)
        self.files.session_changed.connect(self.refresh_soon)
        self.notice_bar.action_triggered.connect(self.notices.act)
        self.notice_bar.dismissed.connect(self.files.recovery.hear_dismissed)
        self.jobs.notice.connect(
            lambda text, kind, key: self.notices.tell(text, kind=kind, key=key)
        )
        self.jobs.notice_withdrawn.connect(self.notices.withdraw)
        self.jobs.engine_changed.connect(self._follow_engine)
        self.jobs.work_changed.connect(self._follow_work)
        self.status.stop_requested.connect(self.stop)

    def restore_geometry(self) -> None:
        """Size, place and panes as they were left."""
        self.places.restore_window(self)
        self.places.restore_panes(self.splitters)

    # Second stroke: the panels

    def complete_soon(self) -> None:
        """Build the panels, one step a turn of the event loop."""
        self._steps = self._completing_steps()
        self._turn = NextTurn(self._next_step, self)
        self._later = Later(self)
        self._later.imported.connect(self._turn.start, Qt.ConnectionType.QueuedConnection)
        self._later.start()

    def complete(self) -> None:
        """Build the panels now."""
        self._steps = self._completing_steps()
        while self._steps:
            self._steps.pop(0)()

    def _next_step(self) -> None:
        if self._steps and not self.parts.get("closed"):
            self._steps.pop(0)()
            self._turn.start()
        else:
            # What stands now stays: looking through it for garbage takes longer than a frame.
            gc.freeze()

    def _completing_steps(self) -> list[Callable[[], None]]:
        return [self._make_view, self._make_parts, self._finish]

    def _make_view(self) -> None:
        from spectra_gui.window.row_view import RowView

        self.view = RowView(self.document, self.jobs, self.answer, parent=self)
        self._steps[:0] = self.view.building_steps()

    def _make_parts(self) -> None:
        from spectra_gui.window.display import Display
        from spectra_gui.window.exports import Exports
        from spectra_gui.window.help import Help
        from spectra_gui.window.mapping.mapper import Mapper
        from spectra_gui.window.models import Models

        save = self.preferences.save
        self.models = Models(
            self, self.document, self.jobs, self.list, self.notices, self.settings,
            save_settings=save,
        )  # fmt: skip
        display = Display(self, self.view, self.settings, list_pane=self.list, save_settings=save)
        exports = Exports(
            self, self.document, self.notices, picture=self.picture, file_stem=self._file_stem
        )
        helps = Help(self, self.jobs, self.notices, log_path=lambda: self._log_path)
        mapper = Mapper(self, self.document, self.jobs, self.list, self.view)
        self.parts |= {
            "models": self.models, "display": display, "exports": exports, "help": helps,
            "mapper": mapper,
        }  # fmt: skip
        display.start(self.actions_table)

    def _panes(self) -> list[QWidget]:
        """What takes long to paint, the most important first."""
        if not self._is_complete:
            return []
        return [self.view.plots, self.list.table, self.view.right, self.view.details]

    def _finish(self) -> None:
        self._is_complete = True
        self._unveiling.veil(self._panes())
        self.workspace.addWidget(self.view.middle)
        self.workspace.addWidget(self.view.right)
        self._skeleton.setParent(None)
        self._skeleton.deleteLater()
        for part, share in enumerate((8, 1)):
            self.workspace.setStretchFactor(part, share)
        self.workspace.setSizes([self.width(), 0])
        self.splitters |= {"workspace": self.workspace, "details": self.view.split}
        self.places.restore_panes(self.splitters)
        self.view.cursor_moved.connect(
            lambda cursor: self.status.show_cursor("" if cursor is None else cursor.text)
        )
        self.view.type_chosen.connect(self.reviews.give_label)
        self.models.bundle_loaded.connect(self._use_bundle)
        self._show_current(self.list.current_id)
        self.models.load_in_background()
        self.refresh()
        self.completed.emit()

    # Keeping the parts in agreement

    def _follow(self, changes: Changes) -> None:
        if self._is_complete:
            self.view.follow(changes)
        if "set_aside" in changes.kinds:
            self.files.tell_set_aside(changes.rows)
        self.refresh_soon()

    def _show_current(self, row_id: int | None) -> None:
        if self._is_complete:
            self.view.show_row(row_id)
        self.refresh_soon()

    def _show_added(self, path: str) -> None:
        first = self.document.rows_of(path)
        field = self.focusWidget()
        is_written = isinstance(field, QLineEdit) and field.isModified()
        # What is being written of the row that is shown must not go on in another star's field.
        if first and (not is_written or field is self.list.filter):
            self.list.select([first[0].id])

    def _use_bundle(self, bundle: object) -> None:
        self.view.use_bundle(bundle)  # type: ignore[arg-type]
        self.refresh_soon()

    def _follow_engine(self) -> None:
        self.status.show_engine(*engine_text(self.jobs))
        if self._is_complete:
            self.view.refresh_head()
        self.model.tell_all()
        self.refresh_soon()

    def _follow_work(self) -> None:
        adding = self.files.adding
        self.status.show_work(self.jobs.work(), found=adding.n_found if adding.is_busy else None)
        self.actions_table["classify.cancel"].setEnabled(self._is_busy())

    def _is_busy(self) -> bool:
        return self.files.adding.is_busy or self.jobs.work().total > 0

    def stop(self) -> None:
        """Look for no more files, read and type nothing more; what is in the list stays."""
        self.files.adding.cancel()
        self.jobs.cancel()
        self.model.tell_all()

    def refresh_soon(self) -> None:
        """Refresh once for all changes of the next moment, however fast they come."""
        if not self._refresh.isActive():
            self._refresh.start()

    def refresh(self) -> None:
        """Counts, title, enabled actions and the page that is shown."""
        n = len(self.document)
        if n and self.stack.currentWidget() is self.empty:
            self._unveiling.veil(self._panes())
        self.stack.setCurrentWidget(self.workspace if n else self.empty)
        self.list.setVisible(n > 0 and self.actions_table["view.list"].isChecked())
        self.list.set_counts(count_words(self.document) if n else "")
        self.edits.name_steps(self.actions_table)
        self.actions_table.enable(self._conditions())
        path = self.document.path
        self.setWindowTitle(f"{path.name} – {TITLE}" if path is not None else TITLE)

    def _conditions(self) -> set[str]:
        has_bundle = self._is_complete and self.models.bundle is not None
        return conditions(
            self.document, self.list, busy=self._is_busy(), has_bundle=has_bundle,
            has_plots=self._is_complete,
        )  # fmt: skip

    def _dress(self) -> None:
        self._palette_hint.setFont(theme.font("small"))
        self._palette_hint.setStyleSheet(f"color: {theme.current().text_muted};")

    # What a person does to the window itself

    def open_palette(self) -> None:
        palette = Palette(self, self.actions_table)
        palette.show()
        palette.search.setFocus()

    def _open_context_menu(self, at: QPoint) -> None:
        self.list.menu([None if i is None else self.actions_table[i] for i in _CONTEXT], at)

    def picture(self) -> QPixmap | None:
        """Headline and plots as they are shown, None before they stand."""
        return self.view.middle.grab() if self._is_complete else None

    def _file_stem(self) -> str:
        row = self.view.row
        return Path(row.path).stem if row is not None else "spectrum"

    # Dropping and closing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()  # whatever it is, the drop opens it or says why not
        self._show_drag(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drag(False)

    def _show_drag(self, active: bool) -> None:
        self.empty.set_drag_active(active)
        self.list.set_drag_active(active)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drag(False)
        if self.files.open_mime(event.mimeData()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for what is unsaved, then end every child, whatever they are at."""
        if not self.parts.get("closed"):
            if not (may_stop_training(self) and self.files.may_leave()):
                event.ignore()
                return
            self.parts["closed"] = True
            self.places.keep(self, self.splitters)
            self.hide()
            if self._is_complete:
                self.view.close()
            self.files.end()
            self.jobs.close()
            self._unsubscribe()
            self.model.close()
            self.closed.emit()
        event.accept()
