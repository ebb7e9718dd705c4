"""The Classify and Models menus: which bundle types, on which device, and what it was made from."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from spectra_gui.bundles import Bundle, BundleError, default_bundle_path, find_bundle, load_bundle
from spectra_gui.session import Document
from spectra_gui.settings import Settings
from spectra_gui.window.dialogs import BundleList, show_markdown
from spectra_gui.window.jobs import Jobs
from spectra_gui.window.notices import Notices
from spectra_gui.window.spectra_list import SpectraList


class Models(QObject):
    """``bundle_loaded(object)``: the verified `Bundle` in use, None where there is none."""

    bundle_loaded = Signal(object)
    _loaded = Signal(str, object)
    _chosen = Signal(object, object)

    def __init__(
        self,
        window: QWidget,
        document: Document,
        jobs: Jobs,
        spectra: SpectraList,
        notices: Notices,
        settings: Settings,
        *,
        save_settings: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._jobs = window, document, jobs
        self._list, self._notices, self._settings = spectra, notices, settings
        self._save_settings = save_settings
        self.bundle: Bundle | None = None
        self._wanted: Path | None = None
        """The bundle that was chosen last and is still being verified."""
        self._is_device_owed = False
        self._loaded.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._chosen.connect(self._take_chosen, Qt.ConnectionType.QueuedConnection)

    def load_in_background(self) -> None:
        """Load the bundle of the settings for what the panels need of it (templates, grid)."""
        wanted = self._settings.text("bundle")
        _load(lambda: find_bundle(wanted), lambda found: self._loaded.emit(wanted, found))

    def _take(self, wanted: str, found: Bundle | BundleError) -> None:
        if wanted != self._settings.text("bundle"):
            return  # another one was chosen meanwhile
        if isinstance(found, BundleError):
            self.bundle = None
            self._notices.tell(
                str(found),
                kind="error",
                key="engine",
                action="Choose a model…",
                call=self.choose_bundle,
            )
        else:
            self.bundle = found
        self.bundle_loaded.emit(self.bundle)

    # Classify

    def type_again(self) -> None:
        self._type_again(self._list.selected_ids())

    def type_all(self) -> None:
        self._type_again(self._document.ids)

    def _type_again(self, row_ids: list[int] | tuple[int, ...]) -> None:
        """Read again what is unreadable or was stopped, type again what was read."""
        rows = self._document.rows(row_ids)
        with self._document.batch():
            unread = [row.id for row in rows if row.state in ("unreadable", "reading")]
            if unread:
                self._document.read_again(unread)
            self._document.forget_verdicts(row.id for row in rows)
        if self._jobs.engine_state == "failed":
            self._jobs.start_engine()

    def set_device(self, device: str) -> None:
        """Type on another device; the list is typed again there."""
        if device != self._settings.text("device"):
            self._settings.set("device", device)
            self._save_settings()
            self._jobs.restart_engine(device=device)

    def apply_settings(self, changed: set[str]) -> None:
        """Settings were changed in the dialog: restart what they are about."""
        self._is_device_owed = "device" in changed
        if "bundle" in changed:
            try:
                self.use_bundle(find_bundle(self._settings.text("bundle")))
            except BundleError as error:
                self._refuse(error)
        else:
            self._use_owed_device()
        if changed & {"threads", "read_memory_mb", "read_time_s", "autosave_seconds"}:
            self._notices.tell(
                "Threads, limits and autosave take effect at the next start.", key="settings"
            )

    def choose_bundle(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Choose the folder of a model")
        if name:
            self.use_bundle(Path(name))

    def use_bundle(self, path: Path) -> None:
        """Type with another bundle once it is verified; told with its name where it is refused."""
        self._wanted = path
        _load(lambda: path, lambda found: self._chosen.emit(path, found))

    def _take_chosen(self, path: Path, found: Bundle | BundleError) -> None:
        if path != self._wanted:
            return  # another one was chosen meanwhile
        self._wanted = None
        if isinstance(found, BundleError):
            self._refuse(found)
            return
        self._settings.set("bundle", "" if path == default_bundle_path() else str(path))
        self._save_settings()
        self._is_device_owed = False
        self._jobs.restart_engine(bundle=path, device=self._settings.text("device"))
        self.bundle = found
        self.bundle_loaded.emit(found)

    def _refuse(self, error: BundleError) -> None:
        """Tell why a model is not used; the settings go on naming the one that is."""
        self._notices.tell(str(error), kind="error", key="bundle")
        present = None if self.bundle is None else self.bundle.path
        name = "" if present in (None, default_bundle_path()) else str(present)
        if self._settings.text("bundle") != name:
            self._settings.set("bundle", name)
            self._save_settings()
        self._use_owed_device()

    def _use_owed_device(self) -> None:
        """Type on a device that was chosen together with a model, where that is not used."""
        if self._is_device_owed:
            self._is_device_owed = False
            self._jobs.restart_engine(device=self._settings.text("device"))

    # Models

    def show_list(self) -> None:
        current = None if self.bundle is None else self.bundle.path
        dialog = BundleList(self._window, current=current)
        dialog.chosen.connect(self.use_bundle)
        dialog.show()

    def show_card(self) -> None:
        if self.bundle is not None:
            show_markdown(self._window, self.bundle.title or self.bundle.name, self.bundle.card)

    def retrain(self) -> None:
        """Open the wizard, which is imported now: most days nobody retrains."""
        try:
            wizard = import_module("spectra_gui.window.wizard")
        except ModuleNotFoundError:
            self._notices.tell(
                "The retraining wizard is not part of this version. `spectra-gui train` trains "
                "from the command line.",
                kind="caution",
                key="retrain",
            )
            return
        bundle = None if self.bundle is None else self.bundle.path
        wizard.open_wizard(
            self._window, self._document, bundle=bundle, on_installed=self.use_bundle
        )


def _load(find: Callable[[], Path], tell: Callable[[Bundle | BundleError], None]) -> None:
    """Load and verify a bundle on a thread, which reads every byte of it; ``tell`` what came."""

    def load() -> None:
        try:
            found: Bundle | BundleError = load_bundle(find())
        except BundleError as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the window closed meanwhile
            tell(found)

    threading.Thread(target=load, name="bundle", daemon=True).start()
