"""Where the program's own files lie: bundles, example spectra, and the user's installed bundles.

A wheel carries ``models/`` and ``resources/`` inside the package; a checkout (and an editable
install) has them beside it. The package is looked at first. Knows no file format.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

APPLICATION: Final = "spectra-gui"
"""The name under which settings, installed bundles and autosaves are kept."""

EXAMPLES_TABLE: Final = "EXAMPLES.csv"
"""The table that describes the example spectra, beside them."""

_PACKAGE: Final = Path(__file__).resolve().parent


def _own_folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def models_folder() -> Path:
    """The folder of the bundles that came with the program (it may be absent)."""
    return _own_folder("models")


def resources_folder() -> Path:
    """The folder of examples, icons and other data files (it may be absent)."""
    return _own_folder("resources")


def examples_folder() -> Path:
    """The folder of the example spectra (it may be absent)."""
    return resources_folder() / "examples"


def example_files() -> list[Path]:
    """The example spectra in their order, without the table that describes them."""
    folder = examples_folder()
    if not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return [folder / name for name in names if name != EXAMPLES_TABLE]


def user_data_folder() -> Path:
    """Where the program keeps the user's own data; not created here."""
    import platformdirs

    return Path(platformdirs.user_data_path(APPLICATION, appauthor=False))


def user_models_folder() -> Path:
    """Where bundles are installed that the user trained or fetched; not created here."""
    return user_data_folder() / "models"


def user_config_folder() -> Path:
    """Where the settings file lies; not created here."""
    import platformdirs

    return Path(platformdirs.user_config_path(APPLICATION, appauthor=False))


def bundle_folders() -> tuple[Path, ...]:
    """Folders that hold bundles, the program's own first; each bundle is a folder in one."""
    return (models_folder(), user_models_folder())
