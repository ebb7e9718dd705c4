"""What a person may set once for all: declared settings, mappings of columns, and their files.

`SCHEMA` declares every setting; dialog, file, command line and documentation follow from it.
Knows no Qt and no torch.
"""

from spectra_gui.settings.mappings import (
    MappingError,
    Mappings,
    MappingsWriteError,
    add_mapping,
    delete_mapping,
    load_mappings,
    mappings_path,
    rename_mapping,
)
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
    "MappingError",
    "Mappings",
    "MappingsWriteError",
    "Setting",
    "SettingError",
    "SettingValue",
    "Settings",
    "add_mapping",
    "delete_mapping",
    "load_mappings",
    "load_settings",
    "mappings_path",
    "rename_mapping",
    "setting",
    "settings_path",
    "to_markdown",
]
