"""Limits as quantiles over held-out stars: of strangeness, of Balmer emission, of certainty.

Pure numpy; knows no spectrum and no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

STRANGE_SHARE: Final = 0.02
"""Of held-out stars that some way of being strange may caution, all ways together. Of stars that
the limits were not fitted to they caution .008 more."""

CAUTIONED_SHARE: Final = 0.04
"""Of held-out stars that strangeness and doubt of the networks together may caution: so 5 % of
stars that the limits were not fitted to."""

MOST_UNSURE: Final = 0.4
"""However few doubts there are, an answer this probable is none."""

EMISSION_QUANTILE: Final = 0.99
EMISSION_MARGIN: Final = 2.0
LEAST_EMISSION_AA: Final = (1.5, 1.0, 1.0, 1.0)
"""A Balmer line is in emission where it has so much more light than this quantile of the stars
whose labels say nothing of emission, and so much (Hα to Hδ) that it is no line filled in by what
the components lack, such as the wind of a supergiant."""

LEAST_LIMIT: Final = 1e-6
HALVINGS: Final = 20

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]


def strange_limits(looks: Sequence[Floats], groups: Groups, n_groups: int) -> Floats:
    """(5, g) limits with the same share of a group's held-out stars beyond each.

    That share is so small that all ways together caution `STRANGE_SHARE` of the stars as they
    stand.

    Parameters
    ----------
    looks : (5, h) how strange the stars are as they stand, and the same of other copies of them
    groups : (h,)
    """
    low, high = 0.0, STRANGE_SHARE
    for _ in range(HALVINGS):
        share = 0.5 * (low + high)
        beyond = np.any(looks[0] > _quantiles(looks, groups, n_groups, share)[:, groups], axis=0)
        low, high = (low, share) if beyond.mean() > STRANGE_SHARE else (share, high)
    return _quantiles(looks, groups, n_groups, low)


def _quantiles(looks: Sequence[Floats], groups: Groups, n_groups: int, share: float) -> Floats:
    """(5, g) what that share of a group's stars exceeds, in the copy where they stray further."""
    found = [
        np.max([np.quantile(look[:, groups == g], 1.0 - share, axis=1) for look in looks], axis=0)
        for g in range(n_groups)
    ]
    limits: Floats = np.maximum(np.stack(found, axis=1), LEAST_LIMIT)
    return limits


def emission_limits(excess: Floats, usual: NDArray[np.bool_], groups: Groups) -> Floats:
    """(l, g) light in a line that few stars without emission in their label reach, and some more.

    Parameters
    ----------
    excess : (l, h) in Å
    usual : (h,) False where a label tells of emission
    groups : (h,)
    """
    limits = [
        np.quantile(excess[:, usual & (groups == group)], EMISSION_QUANTILE, axis=1)
        for group in range(int(groups.max()) + 1)
    ]
    least = np.array(LEAST_EMISSION_AA)[:, None]
    found: Floats = np.maximum(EMISSION_MARGIN * np.stack(limits, axis=1), least)
    return found


def unsure_limit(certainty: Floats, cautioned: NDArray[np.bool_]) -> float:
    """The certainty below which doubt brings the cautions to `CAUTIONED_SHARE` of these stars.

    Parameters
    ----------
    certainty : (h,) of the answers
    cautioned : (h,) True where something else cautions already
    """
    allowed = int(CAUTIONED_SHARE * len(certainty)) - int(cautioned.sum())
    among = np.sort(certainty[~cautioned])
    if allowed <= 0 or not among.size:
        return 0.0
    return float(min(among[min(allowed, among.size - 1)], MOST_UNSURE))
