"""[Fe/H] by the coordinates of a spectrum, fitted where libraries tell it: who is metal-weak.

Only for groups of types of which it is true out of fold. Knows labelled sets; knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness
from spectra_gui.inference.likeness import Floats, project
from spectra_gui.training.dataset import LabelledSet

FEWEST_STARS: Final = 100
"""With a known [Fe/H], that a group needs to be given one: 60 coordinates lead to it."""

LARGEST_ERROR: Final = 0.4
"""Out-of-fold rms above which a group's [Fe/H] says nothing; a star's catalogues differ by .1."""

RIDGE: Final = 0.3
"""In units of the squared coordinates: about what noise of S/N 20 adds to those of 500 stars."""


def fit_metals(
    data: LabelledSet,
    copies: NDArray[np.float32],
    own: NDArray[np.intp],
    fold: NDArray[np.intp],
    parts: Mapping[int, Likeness],
    whole: Likeness,
) -> tuple[Floats, dict[int, Floats]]:
    """(g, k + 1) weights and offset for each group, rows of 0 where none is true; and by fold.

    Parameters
    ----------
    copies : (n, n_pixels) the same spectra, blurred and noisy, which teach beside them
    own, fold : (n,) group and fold of every row
    parts : what was learnt without each fold
    """
    known = np.isfinite(data.feh) & ~data.composite
    found = np.full(len(data), np.nan)
    shape = (len(whole.centres), len(whole.components) + 1)
    metals, by_fold = np.zeros(shape), {k: np.zeros(shape) for k in parts}
    for k, part in parts.items():
        coordinates = _coordinates(part, data, copies)
        for group in range(len(whole.centres)):
            inside = known & (own == group)
            if inside.sum() >= FEWEST_STARS:
                by_fold[k][group] = _fit(coordinates, data.feh, inside & (fold != k))
                tested = inside & (fold == k)
                found[tested] = _with_one(coordinates[0][tested]) @ by_fold[k][group]
    coordinates = _coordinates(whole, data, copies)
    for group in range(len(metals)):
        inside = known & (own == group)
        errors = (found - data.feh)[inside & np.isfinite(found)]
        if errors.size >= FEWEST_STARS and np.sqrt(np.mean(errors**2)) <= LARGEST_ERROR:
            metals[group] = _fit(coordinates, data.feh, inside)
        else:
            for weights in by_fold.values():
                weights[group] = 0.0
    return metals, by_fold


def _coordinates(
    part: Likeness, data: LabelledSet, copies: NDArray[np.float32]
) -> tuple[Floats, Floats]:
    flux = np.where(data.valid, data.flux, np.float32(1.0))
    return project(part, flux, data.valid)[0], project(part, copies, data.valid)[0]


def _fit(coordinates: tuple[Floats, Floats], feh: Floats, inside: NDArray[np.bool_]) -> Floats:
    rows = _with_one(np.concatenate([part[inside] for part in coordinates]))
    target = np.concatenate([feh[inside]] * len(coordinates))
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[-1] = 0.0
    weights: Floats = np.linalg.solve(rows.T @ rows + np.diag(ridge), rows.T @ target)
    return weights


def _with_one(coordinates: Floats) -> Floats:
    return np.hstack([coordinates, np.ones((len(coordinates), 1))])
