"""Spectra side by side, as the names of columns tell them: ``wave2 flux2``, ``flux_HD1 flux_HD2``.

Knows names; knows no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from spectra_gui.readers.roles import Roles, assign

_WAVE: Final = re.compile(
    r"(?:log)?(?:wave(?:length|len)?s?|lambda|lam|wvl|wl|w)[\W_]*(?P<ending>\w{0,12})", re.I
)
_FLUX: Final = re.compile(
    r"(?:flux(?:es)?|fl|f|intensity|int|spectrum|spec|counts?)[\W_]+(?P<ending>[\w+.-]*\d[\w+.-]*)",
    re.I,
)
_OF_AXIS: Final = re.compile(
    r"(air|vac\w*|obs\w*|rest\w*|bary\w*|helio\w*|topo\w*|corr?\w*|nm|um|a|aa|ang\w*|mic\w*|cm|m|"
    r"log|lin|cal\w*|opt|err\w*|unc\w*|sig\w*|std|min|max|step|bin\w*|sol\w*|raw|norm\w*|cont\w*|"
    r"sky|back\w*|model\w*|fit\w*|synth\w*|templ\w*|tell\w*|smooth\w*|conv\w*|int\w*|resamp\w*)"
)
"""What wavelengths, or both columns of a pair, may be called that is about the same star."""

_OF_NOISE: Final = r"(?:[\W_]+(?P<more>e|err\w*|sig\w*|unc\w*|std\w*|ivar|var\w*|mask|dq|flags?))?"
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Side:
    """One of several spectra: what its columns have in common, and their places."""

    label: str
    roles: Roles


@dataclass(frozen=True, slots=True)
class _Short:
    name: str
    utype: str = ""
    ucd: str = ""


def find_sides(names: Sequence[str]) -> list[Side]:
    """Two spectra or more, in the order of their columns; [] where names tell none or one."""
    bare = [re.sub(r"\s*[\[(].*?[\])]\s*", "", name).strip() for name in names]
    if len({name.lower() for name in bare}) < len(bare):
        return []
    return _pairs(bare) or _fluxes(bare)


def _pairs(names: Sequence[str]) -> list[Side]:
    """Those with wavelengths of their own."""
    endings = [match["ending"] for name in names if (match := _WAVE.fullmatch(name))]
    # ``wave_sky`` beside ``wave`` is of the same star, ``wave2`` of another.
    allowed = r"\d{0,4}" if "" in endings else rf"(?!{_OF_AXIS.pattern}$)\w+"
    if len(set(endings)) < _FEWEST or not all(re.fullmatch(allowed, e, re.I) for e in endings):
        return []
    places = {e: _places(names, e) for e in endings if e}
    if "" in endings:
        taken = {place for own in places.values() for place in own}
        rest = {i: name for i, name in enumerate(names) if i not in taken}
        places = {"": rest, **places}
    sides = [_side(ending, own) for ending, own in places.items()]
    if any(side is None or side.roles.wavelength is None for side in sides):
        return []
    return [side for side in sides if side is not None]


def _fluxes(names: Sequence[str]) -> list[Side]:
    """Those that share their wavelengths: ``flux_HD1 flux_HD2``, which differ by a number."""
    roles = assign([_Short(name) for name in names])
    if roles.wavelength is None or roles.flux is None:
        return []
    first = _FLUX.fullmatch(names[roles.flux])
    if first is None:
        return []
    pattern = _without_numbers(names[roles.flux])
    alike = [m for n in names if _without_numbers(n) == pattern and (m := _FLUX.fullmatch(n))]
    sides = [_side(m["ending"], _places(names, m["ending"])) for m in alike]
    found = [side for side in sides if side is not None]
    if not _FEWEST <= len(found) == len(sides):
        return []
    return [replace(s, roles=replace(s.roles, wavelength=roles.wavelength)) for s in found]


def _without_numbers(name: str) -> str:
    return re.sub(r"\d+", "0", name.lower())


def _places(names: Sequence[str], ending: str) -> dict[int, str]:
    """The places of the columns with an ending, and their names without it."""
    pattern = re.compile(rf"(?P<stem>.*?[^\W\d_])[\W_]*{re.escape(ending)}{_OF_NOISE}", re.I)
    found = {}
    for place, name in enumerate(names):
        if match := pattern.fullmatch(name):
            found[place] = "_".join(filter(None, (match["stem"], match["more"])))
    return found


def _side(ending: str, columns: dict[int, str]) -> Side | None:
    """The spectrum in some columns by their places; None where they have no flux."""
    places = list(columns)
    roles = assign([_Short(name) for name in columns.values()])
    if roles.flux is None:
        return None

    def place(number: int | None) -> int | None:
        return None if number is None else places[number]

    return Side(
        ending or "1",
        Roles(
            place(roles.wavelength),
            places[roles.flux],
            place(roles.noise),
            roles.noise_kind,
            place(roles.mask),
            "names in pairs",
        ),
    )
