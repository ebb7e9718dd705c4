"""Variants of a recipe, each a named change of it, as a TOML file lists them.

A file names a recipe and the members of it that stand for it, then its variants::

    base = "../mk-ensemble-2/train.toml"
    members = ["three-branch-1"]

    [[variants]]
    name = "no-gaps"
    group = "augmentation"
    about = "no ranges lost in training"
    augment = { gap_probability = 0.0 }

What a variant changes is written as in a recipe, section by section; ``architecture`` changes every
member, and ``members`` names others of the recipe. What decides which stars are scored, and in
which fold, stays the same for all. Knows no network and no spectrum.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from spectra_gui.recipes import ConfigError, RunConfig, config_from_dict, read_config

_ABOUT: Final = ("name", "group", "about")
_SECTIONS: Final = ("data", "preparation", "augment", "loss", "optimiser")
_CHANGES: Final = (*_SECTIONS, "members", "architecture")
_FIXED: Final = ("libraries", "label_table", "min_coverage", "test")
"""Values of ``data`` that decide which stars are scored and how they fall into folds."""

BASE: Final = "base"
"""The name of the recipe as it is, among the variants."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A recipe that differs from the base by what ``about`` says in words; ``changes`` as given."""

    name: str
    group: str
    about: str
    changes: Mapping[str, Any]
    config: RunConfig


@dataclass(frozen=True, slots=True)
class Variants:
    """A base, what is made of it, and the folder that a relative label table is relative to."""

    base: Variant
    others: tuple[Variant, ...]
    recipe: Path

    def __iter__(self) -> Any:
        return iter((self.base, *self.others))


def read_variants(path: Path) -> Variants:
    """The variants that a file lists.

    Raises
    ------
    ConfigError
        Where the file or its recipe cannot be read, or a variant changes what it must not; the
        message names the variant and the key.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    unknown = sorted(set(values) - {"base", "members", "about", "variants"})
    if unknown or not isinstance(values.get("base"), str):
        wrong = f"unknown key {unknown[0]}" if unknown else "base is missing"
        raise ConfigError(f"{path}: {wrong}; allowed: base (a recipe), members, about, variants")
    recipe = path.parent / values["base"]
    whole = read_config(recipe)
    if whole.start != "scratch":
        raise ConfigError(f"{recipe}: start is {whole.start!r}; variants are trained from scratch")
    chosen = values.get("members", [member.name for member in whole.members])
    config = replace(whole, members=_members(chosen, whole, str(path)))
    base = Variant(BASE, "", str(values.get("about", "the recipe as it is")), {}, config)
    others = tuple(_variant(entry, config, whole, path) for entry in values.get("variants", []))
    names = [variant.name for variant in (base, *others)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: two variants have the name {twice[0]!r}")
    return Variants(base, others, recipe)


def _variant(entry: Any, base: RunConfig, whole: RunConfig, path: Path) -> Variant:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        raise ConfigError(f"{path}: every one of the variants needs a name")
    where = f"{path}: {entry['name']}"
    changes = {key: value for key, value in entry.items() if key not in _ABOUT}
    for key, value in changes.items():
        if key not in _CHANGES:
            allowed = ", ".join((*_ABOUT, *_CHANGES))
            raise ConfigError(f"{where}: unknown key {key}; allowed: {allowed}")
        if key != "members" and not isinstance(value, Mapping):
            raise ConfigError(f"{where}: {key} must be a table such as {{ noise = 0.0 }}")
    for key in _FIXED:
        if key in changes.get("data", {}):
            raise ConfigError(
                f"{where}: data.{key} cannot be changed, since all variants are scored on the "
                "same stars in the same folds"
            )
    values = base.to_dict()
    if "members" in changes:
        members = _members(changes["members"], whole, where)
        values["members"] = replace(base, members=members).to_dict()["members"]
    for member in values["members"]:
        member["architecture"] = {**member["architecture"], **changes.get("architecture", {})}
    for section in _SECTIONS:
        values[section] = {**values[section], **changes.get(section, {})}
    try:
        config = config_from_dict(values)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    group, about = str(entry.get("group", "")), str(entry.get("about", ""))
    return Variant(entry["name"], group, about, changes, config)


def _members(names: Any, whole: RunConfig, where: str) -> tuple[Any, ...]:
    known = {member.name: member for member in whole.members}
    listed = names if isinstance(names, Sequence) and not isinstance(names, str) else [names]
    for name in listed:
        if name not in known:
            raise ConfigError(f"{where}: members has {name!r}; allowed: {', '.join(known)}")
    if not listed:
        raise ConfigError(f"{where}: members is empty; allowed: {', '.join(known)}")
    return tuple(known[name] for name in listed)
