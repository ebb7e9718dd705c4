"""Opening files, folders and sessions; saving, autosaving and recovering a session.

Knows dialogs and the document; reading itself is the children's work.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from spectra_gui import assets
from spectra_gui.session import (
    SUFFIX,
    Autosave,
    Changes,
    Document,
    Recoverable,
    SessionError,
    StoredSession,
    discard_recoverable,
    load_session,
    save_session,
)
from spectra_gui.window.adding import Adding
from spectra_gui.window.beside import do_beside
from spectra_gui.window.dropped import read_dropped
from spectra_gui.window.notices import Notices
from spectra_gui.window.places import Places, is_folder
from spectra_gui.window.questions import ask_to_save, path_with_ending
from spectra_gui.window.recovery import Recovery

LONGEST_WAIT_S: Final = 5.0
"""How long an autosave is waited for that a slow disk holds up."""


class Files(QObject):
    """What is being added stands in ``adding``; ``session_changed()`` where another file is
    the session's."""

    session_changed = Signal()

    def __init__(
        self,
        window: QWidget,
        document: Document,
        notices: Notices,
        places: Places,
        *,
        autosave_folder: Path,
        autosave_s: float,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._notices = notices
        self._places = places
        self._folder = autosave_folder
        self.recovery = Recovery(self, notices, autosave_folder, recover=self.recover)
        self._autosave: Autosave | None = None
        self._writing: threading.Thread | None = None
        self._is_saving = False
        self._wanted: object = None
        """The autosave that may take its place when it is written."""
        self._unsubscribe = document.subscribe(self._follow)
        self.adding = Adding(document, notices, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(max(1, round(1000 * autosave_s)))
        self._timer.timeout.connect(self.autosave)
        self._does_autosave = autosave_s > 0

    # Opening

    def open_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open spectra", self._start_folder(), "All files (*)"
        )
        self.open_paths(Path(name) for name in names)

    def open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder", self._start_folder())
        if name:
            self.open_paths([Path(name)])

    def open_examples(self) -> None:
        examples = assets.example_files()
        if examples:
            self.adding.add(examples)
        else:
            self._notices.tell(
                "The example spectra did not come with this installation.", kind="caution"
            )

    def open_paths(self, paths: Iterable[str | Path]) -> None:
        """Open files, folders and a session, as they were dropped, chosen or named."""
        given = [os.fspath(path) for path in paths]
        sessions = [Path(path) for path in given if path.endswith(SUFFIX)]
        if sessions:
            self.open_session_file(sessions[0])
        if len(sessions) > 1:
            names = ", ".join(path.name for path in sessions[1:])
            verb = "was" if len(sessions) == 2 else "were"
            self._notices.tell(
                f"The window shows one session at a time; {names} {verb} not opened.",
                kind="caution",
                key="sessions",
            )
        rest = [path for path in given if not path.endswith(SUFFIX)]
        if rest:
            self._remember(Path(rest[0]))
            self.adding.add(rest)

    def open_mime(self, mime: QMimeData) -> bool:
        """Open what was dropped, and say what of it is no file here; False where all is."""
        dropped = read_dropped(mime)
        self.open_paths(dropped.paths)
        if dropped.problem:
            self._notices.tell(dropped.problem, kind="caution", key="dropped")
        return bool(dropped.paths)

    def _start_folder(self) -> str:
        return str(self._places.folder())

    def _remember(self, path: Path) -> None:
        self._places.keep_folder(path if is_folder(path) else path.parent)

    # Sessions

    def open_session(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a session",
            self._start_folder(),
            f"Sessions (*{SUFFIX});;All files (*)",
        )
        if name:
            self.open_session_file(Path(name))

    def open_session_file(self, path: Path) -> bool:
        """Show a session instead of the present list; asks first where that would lose labels."""
        stored = self._load(path)
        if stored is None or not self.may_leave():
            return False
        self._remember(path)
        self.adding.forget()
        self._document.replace_all(stored.rows, path)
        self._notices.withdraw("session")
        self.session_changed.emit()
        return True

    def _load(self, path: Path) -> StoredSession | None:
        """A session, read on a thread; None where it cannot be, which is told."""
        loaded: list[StoredSession] = []
        try:
            do_beside(lambda: loaded.append(load_session(path)))
        except SessionError as error:
            self._notices.tell(str(error), kind="error", key="session")
            return None
        return loaded[0]

    def save_session(self) -> bool:
        """Save where the session is from, else ask where to."""
        path = self._document.path
        return self.save_session_as() if path is None else self.save_session_to(path)

    def save_session_as(self) -> bool:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the session", self._start_folder(), f"Sessions (*{SUFFIX})"
        )
        if not name:
            return False
        path: Path | None = Path(name)
        if not name.endswith(SUFFIX):
            path = path_with_ending(self._window, Path(name), SUFFIX)
        return path is not None and self.save_session_to(path)

    def save_session_to(self, path: Path) -> bool:
        """Write the session; False where the disk refuses, which is told."""
        if self._is_saving:
            return False
        self._is_saving = True
        rows = self._document.snapshot()
        try:
            do_beside(lambda: save_session(rows, path))
            self._document.mark_saved(path)
            self._wanted = None  # what is written now is older than what was saved
            do_beside(self._wait_for_autosave)
        except SessionError as error:
            self._notices.tell(str(error), kind="error", key="session")
            return False
        finally:
            self._is_saving = False
        self._remember(path)
        self._notices.withdraw("session")
        if self._autosave is not None:
            self._autosave.clear()
        self.session_changed.emit()
        return True

    def may_leave(self) -> bool:
        """True where nothing unsaved would be lost, or a person says that it may be."""
        if self._is_saving:
            return False
        if not self._document.has_unsaved_corrections:
            return True
        choice = ask_to_save(self._window)
        if choice == QMessageBox.StandardButton.Save:
            return self.save_session()
        return choice == QMessageBox.StandardButton.Discard

    # Autosave and recovery

    def autosave(self) -> None:
        """Write what is unsaved beside the session, on a thread; nothing where all is saved."""
        if self._writing is not None and self._writing.is_alive():
            self._timer.start()
            return
        rows, origin = self._document.snapshot(), self._document.path
        is_unsaved = self._document.unsaved_check()
        self._wanted = this = object()

        def write() -> None:
            try:
                if not is_unsaved():
                    if self._autosave is not None:
                        self._autosave.clear()
                    return
                if self._autosave is None:
                    self._autosave = Autosave(self._folder)
                self._autosave.write(rows, origin=origin, is_wanted=lambda: self._wanted is this)
            except (SessionError, OSError) as error:
                self._notices.tell_from_anywhere(
                    f"Corrections cannot be autosaved. {error}", "caution", "autosave"
                )

        self._writing = threading.Thread(target=write, name="autosave", daemon=True)
        self._writing.start()

    def recover(self, item: Recoverable) -> bool:
        """Show an autosaved session; it stays unsaved until it is saved under a name."""
        stored = self._load(item.path)
        if stored is None or not self.may_leave():
            return False
        origin = Path(stored.origin) if stored.origin else None
        self.adding.forget()
        self._document.replace_all(stored.rows, origin, saved=False)
        self._wait_for_autosave()
        self.autosave()
        self._wait_for_autosave()
        if self._is_kept() or not self._document.has_unsaved_corrections:
            discard_recoverable(item)
        self.session_changed.emit()
        return True

    def tell_set_aside(self, row_ids: Iterable[int]) -> None:
        """Labels were kept apart because their files changed since."""
        apart = [row for row in self._document.rows(row_ids) if row.set_aside is not None]
        changed = [row for row in apart if row.set_aside is not None and row.set_aside.confirmed]
        if changed:
            first = changed[0].title
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            self._notices.tell(
                f"{first}{more} changed on disk since the label was given; the label is kept "
                "apart. Review, Attach the earlier review uses it all the same.",
                kind="caution",
                key="set_aside",
            )

    def end(self) -> None:
        """The window closes in peace: no autosave stays behind."""
        self.adding.close()
        self._timer.stop()
        self._unsubscribe()
        self._wanted = None
        self._wait_for_autosave()
        if self._autosave is not None:
            self._autosave.discard()
            self._autosave = None

    def _is_kept(self) -> bool:
        """True where the autosave of this window stands on the disk as it was asked for."""
        is_written = self._writing is None or not self._writing.is_alive()
        return is_written and self._autosave is not None and self._autosave.path.is_file()

    def _wait_for_autosave(self) -> None:
        if self._writing is not None:
            self._writing.join(LONGEST_WAIT_S)

    def _follow(self, changes: Changes) -> None:
        # "history": an undo that brings rows back brings their labels back, too.
        work = {"review", "override", "set_aside", "removed", "history"}
        if self._does_autosave and changes.kinds & work and not self._timer.isActive():
            self._timer.start()
