"""Splits by star system that never depend on row order, library versions or a random generator.

Knows names and strata only; which rows may be scored is not decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def folds(
    systems: Sequence[str] | NDArray[np.str_],
    *,
    strata: ArrayLike | None = None,
    n: int = 5,
    seed: int = 0,
) -> NDArray[np.intp]:
    """(n_rows,) fold 0 … n-1 of every row; all rows of a system share a fold.

    Systems are shuffled by a hash of their name and dealt out stratum by stratum, those with most
    rows first, so that folds differ by few rows and every stratum is spread over all folds.

    Parameters
    ----------
    systems : (n_rows,) the group of each row
    strata : (n_rows,) integers, e.g. letter x class; a system takes the smallest of its rows
    n : number of folds, at least 2
    seed : another number gives another split

    Raises
    ------
    ValueError
        For fewer systems than folds.
    """
    names, index, counts = np.unique(
        np.asarray(systems, dtype=str), return_inverse=True, return_counts=True
    )
    if n < 2 or len(names) < n:
        raise ValueError(f"{len(names)} star systems cannot be split into {n} folds")
    stratum = np.zeros(len(names), dtype=np.int64)
    if strata is not None:
        stratum[:] = np.iinfo(np.int64).max
        np.minimum.at(stratum, index, np.asarray(strata, dtype=np.int64))
    keys = [hashlib.sha256(f"{seed}:{name}".encode()).hexdigest() for name in names]
    order = sorted(range(len(names)), key=lambda i: (stratum[i], -counts[i], keys[i]))
    fold_of = np.empty(len(names), dtype=np.intp)
    # Dealing goes on over the strata, so that small ones do not all start with fold 0.
    fold_of[order] = np.arange(len(names)) % n
    return fold_of[index]
