"""The bundle that a run starts from: its members, its preparation, its tables.

`with_base` makes a config whole: what it leaves to the base is filled in, what it says against the
base is told. Knows bundles and configs; knows no labelled spectrum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from spectra_gui.bundles import Bundle, Member, find_bundle, load_bundle
from spectra_gui.bundles.bundle import BundleError
from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.recipes import ConfigError, MemberConfig, RunConfig

AS_THEY_STAND: Final = (
    "The table's spectra are learnt without a measured velocity: those that are not at rest and "
    "whose file gives no velocity stay shifted."
)


def load_base(config: RunConfig) -> Bundle | None:
    """The verified bundle that a run starts from; None for one from scratch."""
    return None if config.start == "scratch" else load_bundle(find_bundle(config.base))


def with_base(config: RunConfig, base: Bundle | None) -> RunConfig:
    """The config with every member written out as the base has it.

    Raises
    ------
    ConfigError
        Where the config asks for what the base is not: another preparation, an unknown member,
        another architecture.
    """
    if base is None:
        return config
    _check_preparation(config.preparation, base)
    known = {member.name: member for member in base.members}
    if not config.members:
        named = enumerate(base.members)
        wanted = tuple(MemberConfig(m.name, m.kind, config.seed + i) for i, m in named)
    else:
        wanted = config.members
    return replace(config, members=tuple(_as_in_base(m, known, base) for m in wanted))


def base_member(base: Bundle, name: str) -> Member:
    """The base's member of this name, which `with_base` has seen."""
    return next(member for member in base.members if member.name == name)


def rest_templates(
    config: RunConfig, base: Bundle | None, *, notice: Callable[[str], None]
) -> Templates | None:
    """Class means on the config's grid, to bring spectra to rest with; None where there are none.

    A run from scratch borrows those of the bundle that it names as ``base``, or else of the one
    that came with the program.

    Parameters
    ----------
    notice : told, where there are none, what that means for the spectra

    Raises
    ------
    BundleError
        If the bundle that the config names is not used. Without the program's own a run goes on.
    """
    if base is None:
        try:
            base = load_bundle(find_bundle(config.base))
        except BundleError as error:
            if config.base:
                raise
            notice(f"{AS_THEY_STAND} {error}")
            return None
    if base.preparation != config.preparation:
        notice(
            f"{AS_THEY_STAND} The class means of {base.name}, which velocities are measured by, "
            "are on another grid than the config's preparation."
        )
        return None
    return base.templates


def _check_preparation(wanted: PreparationSpec, base: Bundle) -> None:
    pairs = {f.name: (getattr(wanted, f.name), getattr(base.preparation, f.name))
             for f in fields(PreparationSpec)}  # fmt: skip
    other = [
        f"preparation.{key} is {mine!r} and {its!r} there"
        for key, (mine, its) in pairs.items()
        if mine != its
    ]
    if other:
        raise ConfigError(
            f"the base {base.name} prepares spectra in another way: {'; '.join(other)}. "
            "Take the base's values."
        )


def _as_in_base(member: MemberConfig, known: Mapping[str, Member], base: Bundle) -> MemberConfig:
    if member.name not in known:
        raise ConfigError(
            f"members has {member.name!r}, which the base {base.name} has not; it has: "
            f"{', '.join(known)}"
        )
    its = known[member.name]
    if member.kind != its.kind:
        raise ConfigError(
            f"members: {member.name} has kind = {member.kind!r}; in the base it is {its.kind!r}"
        )
    architecture = own_architecture(its.architecture)
    for key, value in member.architecture.items():
        if key not in architecture or _plain(value) != _plain(architecture[key]):
            raise ConfigError(
                f"members: {member.name} has architecture.{key} = {value!r}; in the base it is "
                f"{architecture.get(key, 'left at its default')!r}"
            )
    return replace(member, architecture=architecture)


def own_architecture(architecture: Mapping[str, Any]) -> dict[str, Any]:
    """An architecture as a config writes it: without the grid, which is the preparation's."""
    return {key: _plain(value) for key, value in architecture.items() if key != "n_pixels"}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
