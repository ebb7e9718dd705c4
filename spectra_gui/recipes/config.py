"""The run config: everything that decides what a training run makes, in one TOML file.

Shared by the command line, the wizard and the bundle that keeps it; `recipes.sections` has its
sections. Knows no torch; errors name the key, the value and what is allowed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from spectra_gui.data import PreparationSpec
from spectra_gui.recipes.sections import (
    MEMBERS_OWN,
    AugmentConfig,
    DataConfig,
    LossConfig,
    MemberConfig,
    OptimiserConfig,
    ScoringConfig,
)

T = TypeVar("T")


class ConfigError(ValueError):
    """A config that cannot be run; the message names the key, the value and what is allowed."""


TABLES: Final = "tables"
"""Name of a bundle's file of tables, beside which that of a member cannot stand."""

Start = Literal["scratch", "fine_tune", "adapt"]

START_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "scratch": {},
    "fine_tune": {"epochs": 15, "learning_rate": 3e-4, "patience": 6, "settled": 0.3},
    "adapt": {"epochs": 30, "learning_rate": 3e-3, "patience": 10, "settled": 0.3},
}
"""``optimiser`` values of a file that does not give them, where they depend on ``start``."""


@dataclass(frozen=True)
class RunConfig:
    """A training run.

    ``start``: ``scratch``; ``fine_tune`` starts all layers from ``base`` (a bundle's name or
    folder); ``adapt`` trains the last layer on the base's frozen features. With a base,
    ``preparation`` is the base's and ``members`` are some of the base's by name, or empty for all.
    ``workers``: members that train side by side; one worker on one thread repeats a run bit for
    bit. ``threads``: processor threads a member. ``device``: cpu, cuda, mps or auto.
    """

    name: str = "my-ensemble"
    title: str = ""
    seed: int = 1
    start: Start = "scratch"
    base: str = ""
    workers: int = 1
    threads: int = 1
    device: str = "cpu"
    data: DataConfig = field(default_factory=DataConfig)
    preparation: PreparationSpec = field(default_factory=PreparationSpec)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    scoring: ScoringConfig = field(default_factory=ScoringConfig)
    members: tuple[MemberConfig, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON and TOML hold them."""
        return _plain(asdict(self))  # type: ignore[no-any-return]

    def architecture_of(self, member: MemberConfig) -> dict[str, Any]:
        """A member's whole architecture: its own settings and the grid, which is the run's."""
        return {**member.architecture, "n_pixels": self.preparation.n_pixels}

    def optimiser_of(self, member: MemberConfig) -> OptimiserConfig:
        """The run's optimiser with what is the member's own."""
        return replace(self.optimiser, **member.optimiser)


def read_config(path: Path) -> RunConfig:
    """The config in a TOML file.

    Raises
    ------
    ConfigError
        If the file cannot be read, is no TOML, or holds a key or value that is not allowed.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    return config_from_dict(values)


def config_from_dict(values: Mapping[str, Any]) -> RunConfig:
    """The config of plain values; raises `ConfigError` like `read_config`."""
    filled = _with_start_defaults(values)
    config = _build(RunConfig, filled, "")
    _check(config)
    return config


def _with_start_defaults(values: Mapping[str, Any]) -> Mapping[str, Any]:
    own = values.get("optimiser", {})
    start = values.get("start", "scratch")
    if not isinstance(own, Mapping) or not isinstance(start, str):
        return values  # told when the types are checked
    return {**values, "optimiser": {**START_DEFAULTS.get(start, {}), **own}}


def write_config(config: RunConfig, path: Path) -> None:
    """Write TOML that `read_config` reads back to an equal config."""
    path.write_text(config_to_toml(config), encoding="utf-8")


def config_to_toml(config: RunConfig) -> str:
    """The config as TOML, sections in the order of the dataclass."""
    values = config.to_dict()
    lines = [f"{k} = {_toml(v)}" for k, v in values.items() if not isinstance(v, dict | list)]
    for section, content in values.items():
        if isinstance(content, dict):
            lines += ["", f"[{section}]", *(f"{k} = {_toml(v)}" for k, v in content.items())]
    for member in values["members"]:
        lines += ["", "[[members]]", *(f"{k} = {_toml(v)}" for k, v in member.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants written out.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return repr(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _build(kind: type[T], values: Mapping[str, Any], where: str) -> T:
    """A dataclass from plain values, every field checked against its type."""
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in names:
            raise ConfigError(f"unknown key {where}{key}; allowed here: {', '.join(names)}")
    typed = {k: _typed(hints[k], v, f"{where}{k}") for k, v in values.items()}
    return kind(**typed)


def _typed(hint: Any, value: Any, key: str) -> Any:
    origin = get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{key} must be a section, not {value!r}")
        return _build(hint, value, f"{key}.")
    if origin is Literal:
        if value not in get_args(hint):
            allowed = ", ".join(map(str, get_args(hint)))
            raise ConfigError(f"{key} is {value!r}; allowed: {allowed}")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"{key} must be a list, not {value!r}")
        inner = get_args(hint)
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
        if len(kinds) != len(value):
            raise ConfigError(f"{key} needs {len(kinds)} values, not {value!r}")
        pairs = enumerate(zip(kinds, value, strict=True))
        return tuple(_typed(k, v, f"{key}[{i}]") for i, (k, v) in pairs)
    if origin is Mapping and not isinstance(value, Mapping):
        raise ConfigError(f"{key} must be a table such as {{ dropout = 0.2 }}, not {value!r}")
    if origin in (Union, UnionType) or hint is Any or origin is not None:
        return dict(value) if isinstance(value, Mapping) else value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise ConfigError(f"{key} is {value!r}; it must be a {hint.__name__}")
    return value


_RANGES: dict[str, tuple[float, float]] = {
    "data.min_coverage": (0.0, 1.0),
    "data.validation": (0.01, 0.5),
    "data.test": (0.0, 0.5),
    "data.balance": (0.0, 1.0),
    "data.prior_share": (0.0, 1.0),
    "data.composite_weight": (0.0, 1.0),
    "data.unclassed_weight": (0.0, 1.0),
    "data.disputed_weight": (0.0, 1.0),
    "augment.noise": (0.0, 1.0),
    "augment.shift_px": (0.0, 20.0),
    "augment.blur_px": (0.0, 10.0),
    "augment.slope": (0.0, 2.0),
    "augment.ripple": (0.0, 0.5),
    "augment.reddening": (0.0, 3.0),
    "augment.gap_probability": (0.0, 1.0),
    "augment.gap_fraction": (0.0, 0.9),
    "augment.draws": (1, 100),
    "augment.least_noise": (0.0, 1.0),
    "augment.noise_power": (0.1, 10.0),
    "loss.distance_weight": (0.0, 1.0),
    "loss.type_weight": (0.0, 1.0),
    "loss.temperature_scale": (0.0, 100.0),
    "loss.luminosity_scale": (0.0, 100.0),
    "loss.subtype_sigma": (0.1, 10.0),
    "loss.class_leak": (0.0, 0.9),
    "loss.parameter_weight": (0.0, 10.0),
    "optimiser.epochs": (1, 10_000),
    "optimiser.batch_size": (2, 65_536),
    "optimiser.learning_rate": (1e-7, 1.0),
    "optimiser.weight_decay": (0.0, 10.0),
    "optimiser.warm_up": (0.01, 0.9),
    "optimiser.ema_decay": (0.0, 0.99999),
    "optimiser.clip_norm": (1e-3, 1e6),
    "optimiser.patience": (1, 10_000),
    "optimiser.settled": (0.0, 1.0),
    "optimiser.temperature_first": (0.0, 1.0),
    "optimiser.momentum": (0.0, 0.9999),
    "optimiser.scale_memory": (0.0, 0.99999),
    "preparation.start_aa": (2000.0, 25_000.0),
    "preparation.step_aa": (0.05, 50.0),
    "preparation.n_pixels": (256, 100_000),
    "preparation.fwhm_aa": (0.1, 100.0),
    "preparation.continuum_sigma_aa": (5.0, 5000.0),
    "scoring.folds": (0, 20),
    "workers": (1, 256),
    "threads": (1, 256),
}


def _check(config: RunConfig) -> None:
    for key in _RANGES:
        value: Any = config
        for part in key.split("."):
            value = getattr(value, part)
        _check_range(key, key, value)
    if config.augment.least_noise > config.augment.noise:
        raise ConfigError(
            f"augment.least_noise is {config.augment.least_noise}; allowed: 0 to augment.noise, "
            f"which is {config.augment.noise}"
        )
    for member in config.members:
        _check_members_own(member)
    if config.scoring.folds == 1:
        raise ConfigError("scoring.folds is 1; allowed: 0 (validation stars) or 2 and more")
    _check_names(config.name, [m.name for m in config.members])
    if config.start == "scratch" and not config.members:
        raise ConfigError("members is empty; a run from scratch needs at least one [[members]]")
    if config.start != "scratch" and not config.base:
        raise ConfigError(f"base is empty; start = {config.start!r} needs a bundle to start from")
    if not config.data.libraries and not config.data.label_table:
        raise ConfigError("data has neither libraries nor a label_table: nothing to learn from")
    _check_libraries(config.data, config.scoring)


def _check_range(key: str, name: str, value: float) -> None:
    """Raise `ConfigError`, which calls it ``name``, where a value of ``key`` is out of range."""
    low, high = _RANGES[key]
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value}; allowed: {low:g} to {high:g}")


def _check_members_own(member: MemberConfig) -> None:
    hints = get_type_hints(OptimiserConfig)
    for key, value in member.optimiser.items():
        name = f"members: {member.name}: optimiser.{key}"
        if key not in MEMBERS_OWN:
            raise ConfigError(f"unknown key {name}; allowed here: {', '.join(MEMBERS_OWN)}")
        _check_range(f"optimiser.{key}", name, _typed(hints[key], value, name))


def _check_names(run: str, members: Sequence[str]) -> None:
    """Names become those of files."""
    for key, name in (("name", run), *(("members: name", member) for member in members)):
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", name):
            raise ConfigError(f"{key} is {name!r}; allowed: letters, digits, '-', '_' and '.'")
    if len(set(members)) != len(members):
        raise ConfigError(f"members have the same name twice: {list(members)}")
    if TABLES in members:
        raise ConfigError(f"members: name is {TABLES!r}, which a bundle's own tables have")


def _check_libraries(data: DataConfig, scoring: ScoringConfig) -> None:
    if len(set(data.libraries)) != len(data.libraries):
        raise ConfigError(f"data.libraries has a library twice: {list(data.libraries)}")
    known = [*data.libraries, *(["table"] if data.label_table else [])]
    for pair in scoring.left_out:
        for library in pair:
            if library not in known:
                raise ConfigError(
                    f"scoring.left_out has {library!r}, which the run does not learn from; "
                    f"allowed: {', '.join(known)}"
                )
