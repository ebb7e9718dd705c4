"""Install a trained bundle under the user's models, with the person's words on its card.

The weights stay byte for byte what the training wrote. Which bundle is typed with is a setting.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spectra_gui import assets
from spectra_gui.bundles.bundle import CARD, DOCUMENT
from spectra_gui.bundles.load import load_bundle
from spectra_gui.bundles.write import new_folder, write_document


class InstallError(Exception):
    """A bundle that could not be installed; the message is for a person."""


def why_not_a_name(name: str) -> str:
    """Why a bundle cannot be installed under a name; "" where it can."""
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}", name):
        return "A name has letters, digits, '-', '_' and '.' only, 100 at most."
    if any((folder / name).exists() for folder in assets.bundle_folders()):
        return f"There is a model named {name} already. Choose another name."
    return ""


def install_bundle(
    source: Path, name: str, *, words: str = "", judgement: Mapping[str, Any] | None = None
) -> Path:
    """Copy a bundle to the user's models under a new name; never over another.

    Parameters
    ----------
    words : what the person says about it, for the card
    judgement : the comparison with another bundle, for the card and the scores

    Raises
    ------
    InstallError
        If the name is taken or not allowed, or the disk does not take it.
    BundleError
        If the bundle is damaged.
    """
    problem = why_not_a_name(name)
    if problem:
        raise InstallError(problem)
    folder = assets.user_models_folder() / name
    try:
        with new_folder(folder) as draft:
            shutil.copytree(source, draft, dirs_exist_ok=True)
            _rewrite(draft, name, words.strip(), judgement)
            load_bundle(draft)
    except OSError as error:
        raise InstallError(
            f"{folder} cannot be written ({error.strerror}). Free some space, or see that the "
            "folder may be written to."
        ) from error
    return folder


def _rewrite(folder: Path, name: str, words: str, judgement: Mapping[str, Any] | None) -> None:
    document = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
    old_title, card = document["title"], (folder / CARD).read_text(encoding="utf-8")
    document["name"] = document["title"] = name
    card = card.replace(f"# {old_title}\n", f"# {name}\n", 1)
    if judgement is not None:
        document["scores"] = {**document.get("scores", {}), "judged": dict(judgement)}
        card += f"\n## Beside {judgement['present']}\n\n{judgement['verdict']}\n"
    if words:
        card += f"\n## In the words of the person who trained it\n\n{words}\n"
    (folder / CARD).write_text(card, encoding="utf-8")
    document["sha256"][CARD] = hashlib.sha256((folder / CARD).read_bytes()).hexdigest()
    write_document(document, folder)
