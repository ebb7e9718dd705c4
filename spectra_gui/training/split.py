"""Who teaches, who chooses the epoch and who judges: whole star systems, by a hash of their names.

No part depends on the order of rows or on a random generator. Knows no network and no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.identifiers import star_key
from spectra_gui.training.dataset import DataError, LabelledSet

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

FEWEST_VALIDATION: Final = 5
"""Star systems that choose the epoch at least, where the share of a small set has fewer."""


def known_systems(data: LabelledSet, stars: Iterable[str]) -> set[str]:
    """The star systems of ``data`` that a bundle knows which learnt from ``stars``, by name.

    A bundle names stars and no systems: of a double star one component may have taught it, and the
    other is then no judge of it. The rows of ``data`` say which names are one system.
    """
    keys = {star_key(star) for star in stars}
    pairs = zip(data.star.tolist(), data.system.tolist(), strict=True)
    return {system for star, system in pairs if not keys.isdisjoint(map(star_key, (star, system)))}


def split_test(data: LabelledSet, fraction: float, seed: int) -> Mask:
    """(n,) rows of the star systems that are kept back to judge by, spread over all types.

    Only systems with a scored spectrum can be chosen, since others cannot judge; all rows of a
    chosen system are kept back.
    """
    systems, index = np.unique(data.system, return_inverse=True)
    stratum = np.full(len(systems), np.iinfo(np.int64).max)
    np.minimum.at(stratum, index[data.scored], data.strata()[data.scored])
    able = [i for i in range(len(systems)) if stratum[i] != np.iinfo(np.int64).max]
    order = sorted(able, key=lambda i: (stratum[i], _hash(f"test:{seed}:{systems[i]}")))
    n_test = round(fraction * len(order))
    # Every so many-th of the sorted systems: rare types are met as often as frequent ones.
    places = ((np.arange(n_test) + 0.5) * len(order) / max(n_test, 1)).astype(np.intp)
    chosen = np.zeros(len(systems), bool)
    chosen[[order[place] for place in places]] = True
    kept_back: Mask = chosen[index]
    return kept_back


def split_validation(
    data: LabelledSet, rows: Mask, fraction: float, seed: int
) -> tuple[Rows, Rows]:
    """Row numbers that teach and that choose the epoch.

    Composites always teach: they have no identity and nothing is chosen by them. A small set gives
    a few systems more than its share, so that there is something to choose by.

    Raises
    ------
    DataError
        If no scored spectrum is left to choose the epoch, or none at all to teach.
    """
    able = np.unique(data.system[rows & data.scored])
    keys = {str(name): _hash(f"validation:{seed}:{name}") for name in able}
    fewest = sorted(keys, key=keys.__getitem__)[: min(FEWEST_VALIDATION, len(keys) // 2)]
    chosen = {name for name, key in keys.items() if key < fraction * 2.0**64} | set(fewest)
    held_back = rows & np.isin(data.system, sorted(chosen))
    train, validation = np.flatnonzero(rows & ~held_back), np.flatnonzero(held_back & data.scored)
    if not len(train) or not len(validation):
        raise DataError(
            "Some stars must teach and others, of letter, subtype and one luminosity class I–V, "
            f"choose the best epoch; star systems of such a type that are left: {len(able)}. Add "
            "labels with a full type, or change data.test, data.validation or scoring."
        )
    return train, validation


def shared_systems(data: LabelledSet, *parts: Rows) -> int:
    """Star systems that stand in more than one part: 0 for a split that does not leak."""
    named = [set(data.system[part].tolist()) for part in parts]
    return sum(len(set.union(*named[:i]) & named[i]) for i in range(1, len(named)))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
