"""Where a wizard's run lives on disk, and the command line that works in it.

A run's folder holds the label table, the prepared data, and for every recipe that was tried one
folder with its config, its fits and its bundle; so a recipe that is taken up again goes on where it
was. Knows no Qt.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spectra_gui import assets
from spectra_gui.recipes import RunConfig, config_to_toml
from spectra_gui.window.wizard.labels import Label, write_labels

LABELS = "labels.csv"


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


class RunFolder:
    """The folder of one wizard; made when something is first written."""

    def __init__(self, root: Path | None = None) -> None:
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        self.path = (root or assets.user_data_folder() / "runs") / f"{stamp}-{os.getpid()}"

    @property
    def prepared(self) -> Path:
        return self.path / "prepared"

    def write_labels(self, labels: Sequence[Label]) -> Path:
        """Write the label table; raises ``OSError`` or `LabelError`."""
        self.path.mkdir(parents=True, exist_ok=True)
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
