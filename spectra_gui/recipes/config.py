"""The run config: everything that decides what a training run makes, in one TOML file.

One dataclass a section, shared by the command line, the wizard and the bundle that keeps it. Knows
no torch; errors name the key, the value and what is allowed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from spectra_gui.data import PreparationSpec

T = TypeVar("T")


class ConfigError(ValueError):
    """A config that cannot be run; the message names the key, the value and what is allowed."""


@dataclass(frozen=True)
class DataConfig:
    """What is learnt from.

    ``libraries``: names of labelled libraries. ``label_table``: a table of the columns file, index
    and type (and, if there, star), relative to the config. ``min_coverage``: spectra that cover
    less of the grid are left out. ``validation``: share of the star systems that choose the epoch.
    ``test``: share of the star systems that nothing is learnt, chosen or calibrated from, to judge
    the new bundle by. ``balance``: the sampling weight of a letter + class cell is its count to the
    power of minus this. ``prior_share``: how much of that balancing is taken back in the answer (0
    = the rare types stay as likely as they were drawn, 1 = as likely as they are in the data);
    linear members, which see each star once, carry the same share of it.
    """

    libraries: tuple[str, ...] = ()
    label_table: str = ""
    min_coverage: float = 0.5
    validation: float = 0.1
    test: float = 0.0
    balance: float = 0.5
    prior_share: float = 0.5


@dataclass(frozen=True)
class AugmentConfig:
    """How strong each augmentation is; 0 switches one off.

    ``noise``: largest standard deviation added, in continuum units. ``shift_px``: standard
    deviation of the shift. ``blur_px``: largest standard deviation of the extra line-spread
    function. ``slope``: standard deviation of ln(flux) from end to end, of slope and of curvature.
    ``ripple``: standard deviation of a sine of 60–600 px period. ``reddening``: largest E(B−V) of
    either sign. ``gap_probability``: share of spectra that lose a range; ``gap_fraction``: the
    largest part of the grid lost. ``draws``: augmented copies of each spectrum that ``adapt`` keeps
    the features of (other starts augment anew each time).
    """

    noise: float = 0.03
    shift_px: float = 0.5
    blur_px: float = 1.0
    slope: float = 0.2
    ripple: float = 0.01
    reddening: float = 0.3
    gap_probability: float = 0.3
    gap_fraction: float = 0.3
    draws: int = 3


@dataclass(frozen=True)
class LossConfig:
    """The distance-aware loss and its soft target.

    ``distance_weight`` α: share of the squared distance on the grid (0 = cross-entropy only).
    ``temperature_scale``, ``luminosity_scale`` β: weights of the axes, with temperature counted in
    letters and luminosity in classes. ``type_weight``: share of the cross-entropy of letter + class
    in that of the grid's cells. ``subtype_sigma``: width of the soft target in subtypes;
    ``class_leak``: share given to the neighbouring luminosity classes.
    """

    distance_weight: float = 0.25
    temperature_scale: float = 1.0
    luminosity_scale: float = 1.5
    type_weight: float = 0.5
    subtype_sigma: float = 0.7
    class_leak: float = 0.05


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with a one-cycle learning rate, an exponential moving average and an early stop.

    ``epochs``: how often as many spectra are drawn as there are. ``batch_size``: spectra a step.
    ``learning_rate``: the highest of the cycle. ``weight_decay``: how strongly weights are pulled
    to zero. ``warm_up``: share of the steps until the highest rate. ``ema_decay``: memory of the
    moving average over steps. ``clip_norm``: the longest gradient that is followed in full.
    ``patience``: epochs without a better validation NLL after which a run ends. ``settled``: the
    weights of an epoch before this share of the epochs are never kept, since the rate is still high
    and few stars choose by chance. ``precision``: ``bfloat16`` computes the networks' layers in
    half precision where the device is faster so; weights, loss and answers stay in float32.
    """

    epochs: int = 40
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warm_up: float = 0.25
    ema_decay: float = 0.995
    clip_norm: float = 5.0
    patience: int = 15
    settled: float = 0.6
    precision: Literal["float32", "bfloat16"] = "float32"


@dataclass(frozen=True)
class MemberConfig:
    """One network of the ensemble; ``architecture`` overrides the defaults of its kind."""

    name: str = "member-1"
    kind: str = "three_branch"
    seed: int = 1
    architecture: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoringConfig:
    """How the recipe is scored and calibrated.

    ``folds``: cross-validation folds by star system; 0 calibrates on the validation stars instead.
    ``left_out``: pairs (trained on, tested on) of libraries, only stars that the first has not.
    """

    folds: int = 0
    left_out: tuple[tuple[str, str], ...] = ()


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
    "augment.noise": (0.0, 1.0),
    "augment.shift_px": (0.0, 20.0),
    "augment.blur_px": (0.0, 10.0),
    "augment.slope": (0.0, 2.0),
    "augment.ripple": (0.0, 0.5),
    "augment.reddening": (0.0, 3.0),
    "augment.gap_probability": (0.0, 1.0),
    "augment.gap_fraction": (0.0, 0.9),
    "augment.draws": (1, 100),
    "loss.distance_weight": (0.0, 1.0),
    "loss.type_weight": (0.0, 1.0),
    "loss.temperature_scale": (0.0, 100.0),
    "loss.luminosity_scale": (0.0, 100.0),
    "loss.subtype_sigma": (0.1, 10.0),
    "loss.class_leak": (0.0, 0.9),
    "optimiser.epochs": (1, 10_000),
    "optimiser.batch_size": (2, 65_536),
    "optimiser.learning_rate": (1e-7, 1.0),
    "optimiser.weight_decay": (0.0, 10.0),
    "optimiser.warm_up": (0.01, 0.9),
    "optimiser.ema_decay": (0.0, 0.99999),
    "optimiser.clip_norm": (1e-3, 1e6),
    "optimiser.patience": (1, 10_000),
    "optimiser.settled": (0.0, 1.0),
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
    for key, (low, high) in _RANGES.items():
        value: Any = config
        for part in key.split("."):
            value = getattr(value, part)
        if not low <= value <= high:
            raise ConfigError(f"{key} is {value}; allowed: {low:g} to {high:g}")
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
