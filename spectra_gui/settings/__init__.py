"""What a person may set once for all: declared settings, their file, and their documentation.

`SCHEMA` declares every setting; dialog, file, command line and documentation follow from it.
Knows no Qt and no torch.
"""

from spectra_gui.settings.schema import (
    SCHEMA,
    Setting,
    SettingError,
    SettingValue,
    setting,
    to_markdown,
)
from spectra_gui.settings.store import Settings, load_settings, settings_path

__all__ = [
    "SCHEMA",
    "Setting",
    "SettingError",
    "SettingValue",
    "Settings",
    "load_settings",
    "setting",
    "settings_path",
    "to_markdown",
]
