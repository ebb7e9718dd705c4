"""Where a wizard's run lives on disk, and the command line that works in it.

A run's folder holds the label table, the prepared data, and for every recipe that was tried one
folder with its config, its fits and its bundle; so a recipe that is taken up again goes on where it
was. Knows no Qt.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from spectra_gui import assets
from spectra_gui.recipes import ConfigError, RunConfig, config_to_toml, read_config
from spectra_gui.settings.locks import take_lock
from spectra_gui.window.wizard.labels import Label, write_labels

LABELS = "labels.csv"
_LOCK = "wizard.lock"
_INSTALLED = "installed.txt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One recipe in a run's folder."""

    folder: Path
    name: str

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def work(self) -> Path:
        return self.folder / "fits"

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle" / self.name

    @property
    def judgement(self) -> Path:
        return self.work / "judgement.json"

    @property
    def is_trained(self) -> bool:
        return (self.bundle / "bundle.json").is_file()

    def mark_installed(self, bundle: Path) -> None:
        """Note that the run came to its end; raises ``OSError``."""
        (self.folder / _INSTALLED).write_text(f"{bundle}\n", encoding="utf-8")

    @property
    def is_installed(self) -> bool:
        return (self.folder / _INSTALLED).is_file()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that no wizard works in, and whose model was not installed: its newest attempt."""

    folder: Path
    attempt: Attempt
    config: RunConfig
    n_spectra: int
    used_at: float


class RunFolder:
    """The folder of one wizard; made, and locked for others, when something is first written."""

    def __init__(self, root: Path | None = None) -> None:
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        self.path = (root or runs_folder()) / f"{stamp}-{os.getpid()}"
        self._lock: IO[bytes] | None = None

    def take_up(self, found: Unfinished) -> bool:
        """Work in an earlier run's folder from now on; False where another window does.

        Raises ``OSError`` where it is not there any more.
        """
        lock = take_lock(found.folder / _LOCK)
        if lock is None:
            return False
        self.release()
        self.path, self._lock = found.folder, lock
        return True

    def release(self) -> None:
        """Let others take the run up."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def prepared(self) -> Path:
        return self.path / "prepared"

    def write_labels(self, labels: Sequence[Label]) -> Path:
        """Write the label table; raises ``OSError`` or `LabelError`."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = take_lock(self.path / _LOCK)
        write_labels(labels, self.path / LABELS)
        return self.path / LABELS

    def write_check(self, config: RunConfig) -> Path:
        """Write the config that the data are checked with; raises ``OSError``."""
        path = self.path / "check.toml"
        path.write_text(config_to_toml(_with_table(config, self.path)), encoding="utf-8")
        return path

    def attempt(self, config: RunConfig) -> Attempt:
        """The folder of a recipe, with its config written; raises ``OSError``."""
        text = config_to_toml(_with_table(config, self.path))
        table = (self.path / LABELS).read_bytes()
        digest = hashlib.sha256(text.encode() + table).hexdigest()[:10]
        attempt = Attempt(self.path / digest, config.name)
        attempt.folder.mkdir(parents=True, exist_ok=True)
        attempt.config.write_text(text, encoding="utf-8")
        return attempt

    def left_out(self) -> list[tuple[str, int]]:
        """(reason, row of the label table from 0) of every spectrum that the check left out."""
        try:
            about = json.loads((self.prepared / "data.json").read_text(encoding="utf-8"))
            return [
                (str(reason), int(name.rpartition(":")[2]))
                for reason, names in about["left_out"]
                for name in names
            ]
        except (OSError, ValueError, KeyError, TypeError):
            return []


def runs_folder() -> Path:
    """Where the runs of all wizards of this user lie."""
    return assets.user_data_folder() / "runs"


def find_unfinished(root: Path | None = None) -> list[Unfinished]:
    """Runs that can be gone on with, newest first; what is damaged or in use is passed over."""
    found = []
    for labels in (root or runs_folder()).glob(f"*/{LABELS}"):
        run = _unfinished(labels.parent)
        if run is not None:
            found.append(run)
    return sorted(found, key=lambda run: run.used_at, reverse=True)


def delete_run(folder: Path) -> None:
    """Delete what a training has done; raises ``OSError``, too where a window works in it."""
    lock = take_lock(folder / _LOCK)
    if lock is None:
        raise BlockingIOError(
            errno.EAGAIN, "another window has gone on with this training", str(folder)
        )
    lock.close()
    shutil.rmtree(folder)


def _unfinished(folder: Path) -> Unfinished | None:
    attempts = []
    try:
        lock = take_lock(folder / _LOCK)
        if lock is None:
            return None
        lock.close()
        for path in folder.glob("*/config.toml"):
            config = read_config(path)
            attempts.append((path.stat().st_mtime, Attempt(path.parent, config.name), config))
        lines = (folder / LABELS).read_bytes().count(b"\n")
    except (OSError, ConfigError):
        return None
    if not attempts or any(attempt.is_installed for _, attempt, _ in attempts):
        return None
    used_at, attempt, config = max(attempts, key=lambda entry: entry[0])
    return Unfinished(folder, attempt, config, max(0, lines - 1), used_at)


def _with_table(config: RunConfig, folder: Path) -> RunConfig:
    return replace(config, data=replace(config.data, label_table=str(folder / LABELS)))


def read_judgement(path: Path) -> dict[str, Any] | None:
    """The judgement that the child wrote; None where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def train_command(*arguments: str) -> list[str]:
    """The command line of ``spectra-gui train`` for an installed program and for a frozen one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "train", *arguments]
    # -P: a file numpy.py in the folder where the program was started must not be imported.
    return [sys.executable, "-P", "-m", "spectra_gui", "train", *arguments]


def package_root() -> Path:
    """What the child's PYTHONPATH needs, so that it is this very package that runs."""
    return Path(assets.__file__).resolve().parents[1]
