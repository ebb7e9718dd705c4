"""Several spectra below each other in one list of points: cut where the wavelengths start over.

Knows arrays only. Orders of an echelle, which overlap little, are left together.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from spectra_gui.readers.found import Piece

_FEWEST_POINTS: Final = 5
_OVERLAP: Final = 0.5
"""From this part of the shorter block on, two blocks cover the same light."""


def split_repeated(piece: Piece) -> list[Piece]:
    """The spectra of a list whose wavelengths start over; the piece itself where they do not."""
    steps = np.diff(piece.axis)
    if steps.size < 2 * _FEWEST_POINTS or not np.all(np.isfinite(steps)):
        return [piece]
    forward = np.sign(np.median(steps))
    starts = np.flatnonzero(np.sign(steps) == -forward) + 1
    bounds = [0, *(int(start) for start in starts), piece.axis.size]
    if len(bounds) < 3 or min(np.diff(bounds)) < _FEWEST_POINTS:
        return [piece]
    spans = list(pairwise(bounds))
    if not all(_same_light(piece, a, b) for a, b in pairwise(spans)):
        return [piece]
    return [_cut(piece, slice(*span), row) for row, span in enumerate(spans)]


def _same_light(piece: Piece, first: tuple[int, int], second: tuple[int, int]) -> bool:
    ends = [np.sort(piece.axis[[begin, end - 1]]) for begin, end in (first, second)]
    shared = min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0])
    return bool(shared > _OVERLAP * min(high - low for low, high in ends))


def _cut(piece: Piece, part: slice, row: int) -> Piece:
    return replace(
        piece,
        axis=piece.axis[part],
        flux=piece.flux[part],
        noise=None if piece.noise is None else piece.noise[part],
        bad=None if piece.bad is None else piece.bad[part],
        name=f"{piece.name} block {row + 1}".strip(),
        row=row,
        meta=dict(piece.meta),
    )
