"""Names of stars as catalogues and people write them, brought to one form to be compared.

Knows the habits of HD, BD, HIP, Gliese and their like, and of `star_names` the brightest; resolves
no other name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spectra_gui.data.star_names import hd_number

_ZONE: Final = re.compile(
    r"(?<![a-z])(bd|cd|cpd)\s*([+\-−])\s*(?:(\d{1,2})\s*[°d_*\s]\s*|(\d\d))"
    r"0*(\d{1,6})(?!\d)\s?([a-d]?)(?![a-z])"
)
"""Durchmusterung: a zone of declination with its sign and a number in it (``BD+04 4551``)."""

_CATALOGUES: Final = "hde?|hip|hr|sao|gj|gl|gliese|lhs|ltt|nltt|lp|ross|wolf|tic|kic|epic|hic"
_NUMBERED: Final = re.compile(
    rf"(?<![a-z])({_CATALOGUES})[\s_\-]*0*(\d+(?:\.\d+)?)(?!\d)\s?([a-d]?)(?![a-z])"
)
_GAIA: Final = re.compile(r"(?<![a-z])gaia[\s_\-]*(e?dr\d)[\s_\-]*(\d{5,})")
_SAME_NUMBERS: Final = {"gl": "gj", "gliese": "gj", "hde": "hd", "hic": "hip"}
_PREFIXES: Final = re.compile(r"^(?:name|v\*|\*\*|\*|em\*)\s+")


def star_key(name: str) -> str:
    """A star's name as it is compared: ``HD 012345``, ``hd_12345`` and ``HD-12345`` are one."""
    text = name.casefold().strip()
    whole = next((key for key, span in _identifiers(text) if span == (0, len(text))), None)
    if whole is not None:
        return whole
    text = re.sub(r"[\s_]+", "", _PREFIXES.sub("", text))
    text = re.sub(r"(?<=[a-z])-(?=\d)", "", text)
    return re.sub(r"(?<=[a-z])0+(?=\d)", "", text)


def star_keys(text: str) -> tuple[str, ...]:
    """The text as a name, and every catalogue number within it (``hd95735_2020-01.fits``)."""
    found = [key for key, _ in _identifiers(text.casefold().replace("_", " ").strip())]
    number = hd_number(text)
    keys = (star_key(text), *found, f"hd{number}" if number else "")
    return tuple(key for key in dict.fromkeys(keys) if key)


def _identifiers(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _ZONE.finditer(text):
        sign = "+" if match[2] == "+" else "-"
        zone = int(match[3] or match[4])
        yield f"{match[1]}{sign}{zone} {match[5]}{match[6]}", match.span()
    for match in _NUMBERED.finditer(text):
        catalogue = _SAME_NUMBERS.get(match[1], match[1])
        yield f"{catalogue}{match[2]}{match[3]}", match.span()
    for match in _GAIA.finditer(text):
        yield f"gaia{match[1]} {match[2]}", match.span()


def display_name(star: str) -> str:
    """A catalogue's name for a person: ``HD31128`` as ``HD 31128``, ``BD+04_4551`` spaced."""
    spaced = star.replace("_", " ").strip()
    return re.sub(r"^(HDE?|HIP|HR|SAO|GJ|Gl|LHS|TIC)(?=\d)", r"\1 ", spaced)
