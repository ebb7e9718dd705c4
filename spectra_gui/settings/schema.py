"""The settings, each declared once: key, kind, default, help, and what is allowed.

Knows no file and no widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SettingValue = str | int | float | bool


class SettingError(ValueError):
    """A value that a setting does not take; the message names key, value and what is allowed."""

    def __init__(self, key: str, value: object, allowed: str) -> None:
        super().__init__(f"{key} = {value!r} is not allowed; allowed: {allowed}")
        self.key = key
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    The kind is the type of ``default``. ``choices`` limits text, ``minimum`` and ``maximum``
    numbers (both ends are allowed); ``unit`` stands behind the number in dialog and
    documentation; ``restart`` is True where a change takes effect with the next start of the
    children.
    """

    key: str
    section: str
    label: str
    default: SettingValue
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    restart: bool = False

    @property
    def kind(self) -> type:
        """``str``, ``int``, ``float`` or ``bool``."""
        return type(self.default)

    @property
    def allowed(self) -> str:
        """What the setting takes, in words."""
        if self.choices:
            return ", ".join(self.choices)
        if self.kind is bool:
            return "true, false"
        if self.kind is str:
            return "text"
        what = "a whole number" if self.kind is int else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{what} from {self.minimum:g} to {self.maximum:g}{unit}"

    def check(self, value: object) -> SettingValue:
        """``value`` as this setting keeps it; raises `SettingError` where it is not allowed."""
        kind = self.kind
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise SettingError(self.key, value, self.allowed)
        checked: Any = value
        if self.choices and checked not in self.choices:
            raise SettingError(self.key, value, self.allowed)
        low, high = self.minimum, self.maximum
        # Written so that NaN is outside.
        if low is not None and high is not None and not low <= checked <= high:
            raise SettingError(self.key, value, self.allowed)
        return checked  # type: ignore[no-any-return]


SCHEMA: Final[tuple[Setting, ...]] = (
    Setting(
        "device",
        "Engine",
        "Device",
        "auto",
        "Where the networks run. auto takes a graphics card where torch sees one.",
        choices=("auto", "cpu", "cuda", "mps"),
        restart=True,
    ),
    Setting(
        "threads",
        "Engine",
        "Threads",
        0,
        "Processor threads of the networks. 0 takes half of the processors, four at most.",
        minimum=0,
        maximum=256,
        restart=True,
    ),
    Setting(
        "bundle",
        "Engine",
        "Model",
        "",
        "Name or folder of the model to type with. Empty takes the one that came with the program.",
        restart=True,
    ),
    Setting(
        "read_memory_mb",
        "Reading",
        "Memory for a file",
        1024,
        "Memory that reading one file may take. A file that takes more becomes an unreadable row.",
        minimum=768,
        maximum=65536,
        unit="MiB",
        restart=True,
    ),
    Setting(
        "read_time_s",
        "Reading",
        "Time for a file",
        5.0,
        "Processor time that reading one file may take; on the clock four times as much, since the "
        "machine may be busy. A file that takes longer becomes an unreadable row.",
        minimum=1,
        maximum=3600,
        unit="s",
        restart=True,
    ),
    Setting(
        "theme",
        "Window",
        "Appearance",
        "system",
        "Light, dark, or as the desktop says.",
        choices=("system", "light", "dark"),
    ),
    Setting(
        "autosave_seconds",
        "Window",
        "Autosave after",
        3,
        "How soon a correction is saved beside the session, so that a crash loses no more. 0 turns "
        "autosave off.",
        minimum=0,
        maximum=3600,
        unit="s",
    ),
    Setting(
        "show_line_marks",
        "Window",
        "Line marks",
        True,
        "Mark known lines and bands on the spectrum.",
    ),
    Setting(
        "explanation_target",
        "Explanation",
        "Explain",
        "joint",
        "What an explanation is about: the whole type, the temperature or the luminosity class.",
        choices=("joint", "temperature", "luminosity"),
    ),
    Setting(
        "explanation_method",
        "Explanation",
        "Method",
        "guided_grad_cam",
        "Guided Grad-CAM shows one strip for each branch of the network; occlusion covers parts "
        "of the spectrum and watches the answer.",
        choices=("guided_grad_cam", "occlusion"),
    ),
)

_BY_KEY: Final = {declared.key: declared for declared in SCHEMA}


def setting(key: str) -> Setting:
    """The setting of a key; raises ``KeyError`` with the known keys."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise KeyError(f"no setting {key!r}; there are: {', '.join(_BY_KEY)}") from None


def to_markdown() -> str:
    """The documentation of all settings, a table for each section."""
    lines: list[str] = []
    for section in dict.fromkeys(declared.section for declared in SCHEMA):
        lines += [f"### {section}", "", "| key | default | allowed | |", "|---|---|---|---|"]
        for declared in SCHEMA:
            if declared.section == section:
                default = _toml_text(declared.default)
                lines.append(
                    f"| `{declared.key}` | `{default}` | {declared.allowed} | {declared.help} |"
                )
        lines.append("")
    return "\n".join(lines)


def _toml_text(value: SettingValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
