"""Left-out libraries: whose systems the other library does not have, in two fixed halves.

Recipes are chosen on the folds and on the development halves; the report halves are printed for
a released bundle. The halves follow from the names alone, so no run can move a star.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Half = Literal["development", "report"]
HALVES: Final[tuple[Half, Half]] = ("development", "report")

SALT: Final = "spectra left-out halves 1"
"""Part of every published score: another salt is another test."""


def half(system: str) -> Half:
    """The half that a star system belongs to, by the parity of a SHA-256."""
    return HALVES[hashlib.sha256(f"{SALT}:{system}".encode()).digest()[0] & 1]


def in_half(systems: Sequence[str] | NDArray[np.str_], which: Half) -> NDArray[np.bool_]:
    """(n,) True where the row's system belongs to ``which`` half."""
    return np.array([half(str(name)) == which for name in systems], dtype=bool)


def left_out(
    systems: Sequence[str] | NDArray[np.str_],
    libraries: Sequence[str] | NDArray[np.str_],
    *,
    train: str,
    test: str,
) -> NDArray[np.bool_]:
    """(n,) True on rows of library ``test`` whose system the library ``train`` does not hold."""
    systems, libraries = np.asarray(systems), np.asarray(libraries)
    held = np.isin(systems, systems[libraries == train])
    rows: NDArray[np.bool_] = (libraries == test) & ~held
    return rows
