"""Several spectra among named arrays: in groups (``star1/flux``), or side by side (``flux_b``).

Knows names and shapes; knows no container. Each is read by itself, as `arrays` reads one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from spectra_gui.data import Override
from spectra_gui.readers import roles
from spectra_gui.readers.arrays import Named, Stored, holds_spectrum, read_arrays
from spectra_gui.readers.found import Found
from spectra_gui.readers.merge import MOST_PARTS
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.sides import find_sides
from spectra_gui.readers.sisters import are_alike, beyond, left_out, take_in


@dataclass(frozen=True, slots=True)
class _Group:
    """Arrays that belong together; ``called`` has names that some of them are to be known by."""

    label: str
    arrays: Mapping[str, Stored]
    called: Mapping[str, str] = field(default_factory=dict)


def read_groups(
    probe: Probe,
    arrays: Mapping[str, Stored],
    units: Mapping[str, str],
    override: Override,
    *,
    description: str,
    evidence: str,
) -> Found:
    """The spectra in named arrays, of which several may lie in groups of their own.

    Raises ``ReadError``: ``not_a_spectrum`` where names tell no wavelength or no flux.
    """

    def read_one(group: _Group) -> Found:
        found = read_arrays(
            probe,
            group.arrays,
            units,
            override,
            description=description,
            evidence=evidence,
            called=group.called,
        )
        if group.called and len(found.pieces) == 1:
            found.pieces[0].name = ""
        return found

    groups = _groups(arrays) if override.columns is None else []
    if not groups:
        return read_one(_Group("", arrays))
    if len(groups) > 1 and all(array.n_rows == 1 for array in groups[0].arrays.values()):
        # What a person counts are groups here, and all of them are read.
        override, probe.window = replace(override, rows=None), None
    found = read_one(groups[0])
    if len(found.pieces) != 1 or found.total_rows:
        found.warnings += left_out([group.label for group in groups[1:]], "its arrays")
        return found
    own: list[tuple[str, Found]] = []
    others: list[str] = []
    for group in groups[1:MOST_PARTS]:
        other = read_one(group)
        if are_alike(found, other) and not other.total_rows:
            own.append((group.label, other))
        else:
            others.append(group.label)
    found.warnings += left_out(others, "its arrays") + beyond(len(groups), MOST_PARTS)
    take_in(found, own, label=groups[0].label)
    return found


def _groups(arrays: Mapping[str, Stored]) -> list[_Group]:
    """The groups that have wavelengths and a flux to them."""
    folders: dict[str, dict[str, Stored]] = {}
    for name, array in arrays.items():
        folders.setdefault(name.rpartition("/")[0], {})[name] = array
    groups = []
    for folder, own in folders.items():
        sides = _sides(folder, own)
        shared = {} if sides or holds_spectrum(own, {}) else _waves_above(folder, folders)
        groups += sides or [_Group(folder, {**shared, **own})]
    return [group for group in groups if holds_spectrum(group.arrays, group.called)]


def _sides(folder: str, arrays: Mapping[str, Stored]) -> list[_Group]:
    """Those whose wavelengths and fluxes are told by how their names end."""
    names = list(arrays)
    groups = []
    for side in find_sides([_short(name) for name in names]):
        kinds = {
            side.roles.wavelength: "wave",
            side.roles.flux: "flux",
            side.roles.mask: "mask",
            side.roles.noise: side.roles.noise_kind,
        }
        called = {names[place]: kind for place, kind in kinds.items() if place is not None}
        label = f"{folder}/{side.label}" if folder else side.label
        groups.append(_Group(label, {name: arrays[name] for name in called}, called))
    return groups


def _waves_above(folder: str, folders: Mapping[str, Mapping[str, Stored]]) -> dict[str, Stored]:
    """The wavelengths that stand above a group, for all groups below, without a flux to them."""
    while folder:
        folder = folder.rpartition("/")[0]
        above = folders.get(folder, {})
        names = list(above)
        place = roles.assign([Named(_short(name)) for name in names]).wavelength
        if place is not None:
            return {} if holds_spectrum(above, {}) else {names[place]: above[names[place]]}
    return {}


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]
