"""Several spectra below each other in one list of points: cut where the wavelengths start over, or
where a column numbers the orders.

Knows arrays only. Orders of an echelle without numbers, which overlap little, are left together.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.found import Piece
from spectra_gui.readers.merge import MOST_PARTS

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
    return [_cut(piece, slice(*span), row, f"block {row + 1}") for row, span in enumerate(spans)]


def split_by_order(piece: Piece, numbers: NDArray[np.float64]) -> list[Piece]:
    """The orders of a list whose points have ``numbers`` (n,); the piece itself where none are.

    Orders that do not overlap are one spectrum as they stand.
    """
    if numbers.shape != piece.axis.shape or not np.all(np.isfinite(numbers)):
        return [piece]
    orders = np.unique(numbers)
    if not 2 <= orders.size <= MOST_PARTS or np.any(orders != np.round(orders)):
        return [piece]
    places = [np.flatnonzero(numbers == order) for order in orders]
    if min(place.size for place in places) < _FEWEST_POINTS:
        return [piece]
    ends = np.sort([(piece.axis[place].min(), piece.axis[place].max()) for place in places], axis=0)
    if not np.any(ends[1:, 0] < ends[:-1, 1]):
        return [piece]
    return [
        _cut(piece, place, row, f"order {order:.0f}")
        for row, (place, order) in enumerate(zip(places, orders, strict=True))
    ]


def _same_light(piece: Piece, first: tuple[int, int], second: tuple[int, int]) -> bool:
    ends = [np.sort(piece.axis[[begin, end - 1]]) for begin, end in (first, second)]
    shared = min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0])
    return bool(shared > _OVERLAP * min(high - low for low, high in ends))


def _cut(piece: Piece, part: slice | NDArray[np.int64], row: int, called: str) -> Piece:
    width = piece.fwhm_aa
    power = piece.resolving_power
    return replace(
        piece,
        axis=piece.axis[part],
        flux=piece.flux[part],
        noise=None if piece.noise is None else piece.noise[part],
        bad=None if piece.bad is None else piece.bad[part],
        fwhm_aa=width[part] if isinstance(width, np.ndarray) else width,
        resolving_power=power[part] if isinstance(power, np.ndarray) else power,
        name=f"{piece.name} {called}".strip(),
        row=row,
        meta=dict(piece.meta),
    )
