"""The settings file: TOML that holds only what differs from the defaults.

Keys that this version does not know are kept, so that an older program does not lose a newer
one's settings. Values that are not allowed are not used, which is told, and stay in the file until
the setting is changed: a slip of the pen is there to be mended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from spectra_gui import assets
from spectra_gui.settings.disk import set_aside, write_in_one_step
from spectra_gui.settings.schema import SCHEMA, SettingError, SettingValue, setting
from spectra_gui.settings.toml import write_toml

VERSION: Final = 1
_VERSION_KEY: Final = "version"

MIGRATIONS: Final[Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""For each past version, what turns its values into those of the next one."""


class Settings:
    """The settings in use. Reading a key never fails; `set` checks, `save` writes."""

    def __init__(
        self,
        values: Mapping[str, SettingValue] | None = None,
        *,
        path: Path | None = None,
        unknown: Mapping[str, Any] | None = None,
        unused: Mapping[str, Any] | None = None,
        problems: tuple[str, ...] = (),
        version: int = VERSION,
        broken: bool = False,
    ) -> None:
        self.path = path
        self._broken = broken
        self.problems = problems
        self._version = version
        self._values: dict[str, SettingValue] = {}
        self._unknown = dict(unknown or {})
        self._unused = dict(unused or {})
        """Values of the file that are not allowed."""
        for key, value in (values or {}).items():
            self.set(key, value)

    def get(self, key: str) -> SettingValue:
        """The value in use; raises ``KeyError`` for a key that is not declared."""
        return self._values.get(key, setting(key).default)

    def text(self, key: str) -> str:
        """The value of a text setting."""
        return str(self.get(key))

    def number(self, key: str) -> float:
        """The value of a numeric setting."""
        return float(self.get(key))

    def flag(self, key: str) -> bool:
        """The value of a yes-or-no setting."""
        return bool(self.get(key))

    def set(self, key: str, value: object) -> None:
        """Change a setting; raises ``KeyError`` and `SettingError`."""
        declared = setting(key)
        checked = declared.check(value)
        self._unused.pop(key, None)
        if checked == declared.default:
            self._values.pop(key, None)
        else:
            self._values[key] = checked

    def reset(self, key: str) -> None:
        """Back to the default."""
        self.set(key, setting(key).default)

    def differing(self) -> dict[str, SettingValue]:
        """The settings that differ from their defaults, in the order of the schema."""
        return {s.key: self._values[s.key] for s in SCHEMA if s.key in self._values}

    def save(self) -> None:
        """Write the file in one step; raises ``OSError`` where the disk refuses.

        A file that could not be read is kept beside the new one, as ``settings.toml.unread``.
        """
        path = self.path or settings_path()
        if self._broken and path.exists():
            set_aside(path)
            self._broken = False
        text = write_toml(
            {_VERSION_KEY: self._version, **self.differing(), **self._unused, **self._unknown}
        )
        write_in_one_step(path, text)


def settings_path() -> Path:
    """Where the settings file of this user lies, whether it exists or not."""
    return assets.user_config_folder() / "settings.toml"


def load_settings(path: Path | None = None) -> Settings:
    """The settings of a file; defaults where it is absent.

    What is wrong in the file or unknown to this version is told in ``problems``, a sentence for
    each point, and stays out of the settings.
    """
    where = settings_path() if path is None else path
    try:
        values = tomllib.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(path=where)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"The settings file {where} cannot be read ({error}); the defaults are used."
        return Settings(path=where, problems=(problem,), broken=True)
    return _from_file(values, where)


def _from_file(values: dict[str, Any], path: Path) -> Settings:
    version = values.pop(_VERSION_KEY, VERSION)
    while isinstance(version, int) and version in MIGRATIONS:
        values = MIGRATIONS[version](values)
        version += 1
    known = {declared.key for declared in SCHEMA}
    unknown = {key: value for key, value in values.items() if key not in known}
    allowed: dict[str, SettingValue] = {}
    unused, problems = {}, []
    for key in values.keys() & known:
        try:
            allowed[key] = setting(key).check(values[key])
        except SettingError as error:
            unused[key] = values[key]
            problems.append(f"In {path}: {error}. The default {setting(key).default!r} is used.")
    problems += [
        f"In {path}: {key} is no setting of this version; it is kept, not used." for key in unknown
    ]
    return Settings(
        allowed,
        path=path,
        unknown=unknown,
        unused=unused,
        problems=tuple(sorted(problems)),
        # A newer program must not take its own file for one of this version.
        version=version if isinstance(version, int) and version > VERSION else VERSION,
    )
