"""Spectra in two or three long lines: all wavelengths, all fluxes, and maybe their sigmas.

Knows lines of text; knows no units.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_gui.readers.textlines import TextTable

_FEWEST_POINTS: Final = 20
_MOST_POINTS: Final = 1_000_000
_COMMENT: Final = re.compile(r"^\s*(#|%|;|!|//|\*)")


def columns_of_long_lines(text: str) -> TextTable | None:
    """The lines of a text as columns, or None where they are not two or three long ones.

    A word before the numbers of each line is its name. The first line must rise or fall throughout.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line for line in lines if _COMMENT.match(line)]
    rows = [line for line in lines if not _COMMENT.match(line)]
    if not 2 <= len(rows) <= 3:
        return None
    names, values = [], []
    for row in rows:
        words = re.split(r"[,;\s]+", row.strip(" \t,;[]()"), maxsplit=_MOST_POINTS)
        name = "" if re.match(r"[+-]?\.?\d", words[0]) else words.pop(0).strip("\"':=[(")
        if words and words[0] in ("=", ":"):
            words.pop(0)
        names.append(name)
        try:
            values.append(np.array([float(word) for word in words]))
        except ValueError:
            return None
    n = values[0].size
    if n < _FEWEST_POINTS or any(row.size != n for row in values):
        return None
    steps = np.diff(values[0])
    if not (np.all(steps > 0.0) or np.all(steps < 0.0)):
        return None
    return TextTable(
        np.column_stack(values),
        names=tuple(names) if all(names) else (),
        separator="line ends",
        comments=tuple(re.sub(r"^[\s#%;!/*]+", "", line)[:200] for line in comments[:200]),
    )
