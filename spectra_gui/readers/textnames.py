"""Names of columns that a header lists one below the other: ``# 1 WAVELENGTH … [nm]``.

Source: SExtractor's ASCII_HEAD catalogues, https://sextractor.readthedocs.io ; others write
``# Column 2: flux (mJy)``. Knows lines; knows no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_ENTRY: Final = re.compile(
    r"(?P<word>col(?:umn)?\.?\s*)?[(\[]?(?P<number>\d{1,2})[)\]]?\s*[:.=)-]?\s+(?P<rest>[A-Za-zλ].*)",
    re.I,
)
_UNIT: Final = re.compile(r"[\[(]([^\])]*)[\])]")


def numbered_columns(
    lines: Sequence[str], n_columns: int
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Names and units of all columns; None where lines do not number them all, in order."""
    entries = [match for line in lines if (match := _ENTRY.fullmatch(line.strip()))]
    for place in range(len(entries) - n_columns + 1):
        run = entries[place : place + n_columns]
        numbers = [int(match["number"]) for match in run]
        if numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + n_columns)):
            return tuple(map(_name, run)), tuple(map(_unit, run))
    return None


def _name(entry: re.Match[str]) -> str:
    bare = _UNIT.sub(" ", entry["rest"])
    if entry["word"]:
        # What follows a comma or a dash explains the name.
        words = re.split(r"[,;:]| - ", bare)[0].split()
        return "_".join(words) if len(words) < 4 else words[0]
    return bare.split()[0]


def _unit(entry: re.Match[str]) -> str:
    bracket = _UNIT.findall(entry["rest"])
    return bracket[-1].strip() if bracket else ""
