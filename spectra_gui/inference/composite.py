"""Two stars in one spectrum: a hot and a cool class mean that match together what neither does.

Only pairs of different temperature show in line strengths alone; two like stars, and two
velocities, do not. Knows class templates and a bundle's `Likeness`; knows no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness
from spectra_gui.data import Templates
from spectra_gui.inference.likeness import Floats, project

HOT: Final = (5.0, 32.0)
COOL: Final = (42.0, 60.0)
"""Temperatures on 0–70 of the two stars: O5 to F1, G2 to K9."""

SHARES: Final = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Of the continuum that the hot star gives."""

LEAST_RATIO: Final = 2.3
LEAST_GAIN: Final = 2.5e-4
"""How much closer a pair must be than the nearest single mean: ratio of the squared distances, and
their difference as mean square of a pixel. Of 1729 held-out stars 5 pass, at least two of which are
composites; of computed pairs of a B to F and a G to K star of like light 56 %."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    single: Floats
    both: Floats
    names: tuple[tuple[str, str], ...]


def find_pairs(
    likeness: Likeness, templates: Templates, coordinates: Floats
) -> list[tuple[str, str] | None]:
    """Types of the two stars for spectra with ``coordinates`` (b, k), None where one will do."""
    pairs = _pairs(likeness, templates)
    if pairs is None:
        return [None] * len(coordinates)
    one = _squared(coordinates, pairs.single).min(axis=1)
    two = _squared(coordinates, pairs.both)
    nearest = two.argmin(axis=1)
    least = two[np.arange(len(two)), nearest]
    gain = (one - least) / len(likeness.mean)
    seen = (one > LEAST_RATIO * least) & (gain > LEAST_GAIN)
    return [
        pairs.names[int(at) % len(pairs.names)] if yes else None
        for at, yes in zip(nearest, seen, strict=True)
    ]


@lru_cache(maxsize=2)
def _pairs(likeness: Likeness, templates: Templates) -> _Pairs | None:
    """Places of single class means and of mixtures of two; None where there are no two kinds."""
    flux = templates.flux
    hot = np.flatnonzero((templates.codes >= HOT[0]) & (templates.codes < HOT[1]))
    cool = np.flatnonzero((templates.codes >= COOL[0]) & (templates.codes < COOL[1]))
    if not hot.size or not cool.size:
        return None
    single, _ = project(likeness, flux, np.ones(flux.shape, dtype=bool))
    both = [s * single[hot][:, None] + (1.0 - s) * single[cool][None] for s in SHARES]
    names = tuple((templates.names[i], templates.names[j]) for i in hot for j in cool)
    return _Pairs(single, np.concatenate([b.reshape(-1, single.shape[1]) for b in both]), names)


def _squared(coordinates: Floats, places: Floats) -> NDArray[np.float64]:
    """(b, m) squared distances."""
    square = (coordinates**2).sum(axis=1)[:, None] + (places**2).sum(axis=1)[None]
    distance: NDArray[np.float64] = square - 2.0 * coordinates @ places.T
    return np.maximum(distance, 1e-12)
