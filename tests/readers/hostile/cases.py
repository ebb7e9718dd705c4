"""A hostile file and what must come of it; recipes enter themselves here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MEMORY_MB = 1024
TIME_S = 5.0
CODES = {
    "not_found", "is_directory", "permission", "empty", "truncated", "too_large",
    "unknown_format", "no_wavelength", "not_a_spectrum", "unsupported", "no_good_pixels",
    "damaged",
}  # fmt: skip

Recipe = Callable[[Path], Path | str | None]


@dataclass(frozen=True)
class Case:
    """``write`` makes the file (at the path it is given, or at the one that it returns)."""

    name: str
    write: Recipe
    codes: tuple[str, ...] = ()
    points: int = 0


CASES: list[Case] = []


def declined(*codes: str, name: str = "") -> Callable[[Recipe], Recipe]:
    """A recipe whose file must be declined with one of the codes."""

    def note(write: Recipe) -> Recipe:
        CASES.append(Case(name or write.__name__, write, codes=codes))
        return write

    return note


def is_read(points: int, name: str = "") -> Callable[[Recipe], Recipe]:
    """A recipe whose file has a right reading, of so many points."""

    def note(write: Recipe) -> Recipe:
        CASES.append(Case(name or write.__name__, write, points=points))
        return write

    return note
