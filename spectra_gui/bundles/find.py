"""Where bundles stand: with the program, and in the user's data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spectra_gui import assets
from spectra_gui.bundles.bundle import DOCUMENT, BundleError

DEFAULT: Final = "mk-ensemble-2"
"""The bundle that is used where nobody chose one."""


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A bundle that was seen but not verified: name, title, folder and where it is from."""

    name: str
    title: str
    path: Path
    installed_by_user: bool


def find_bundles() -> list[BundleEntry]:
    """All folders that look like bundles, those of the program first; nothing is verified."""
    entries = []
    for folder, by_user in ((assets.models_folder(), False), (assets.user_models_folder(), True)):
        if not folder.is_dir():
            continue
        for file in sorted(folder.glob(f"*/{DOCUMENT}")):
            if file.parent.name.startswith("."):
                continue
            entries.append(
                BundleEntry(file.parent.name, _title(file), file.parent, installed_by_user=by_user)
            )
    return entries


def _title(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8")).get("title", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def find_bundle(name_or_folder: str | Path | None) -> Path:
    """The folder of a bundle by name or path; the default one for None or an empty name.

    Raises
    ------
    BundleError
        If there is no such bundle; the sentence lists those that there are.
    """
    if not name_or_folder:
        return default_bundle_path()
    folder = Path(name_or_folder)
    if (folder / DOCUMENT).is_file():
        return folder
    entries = find_bundles()
    for entry in entries:
        if entry.name == str(name_or_folder):
            return entry.path
    known = ", ".join(e.name for e in entries) or "none"
    raise BundleError(str(name_or_folder), "there is no such bundle.", f"Bundles at hand: {known}.")


def default_bundle_path() -> Path:
    """The folder of the bundle that comes with the program."""
    return assets.models_folder() / DEFAULT
