"""Template matching: the class mean with the least reduced χ², over small shifts.

What a rule-free classifier does without learning: means of the training stars of every box of the
MK grid, the scatter about them pixel by pixel as the error. Knows no fold and no library.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import box_steps
from spectra_gui.data.mk import N_LUMINOSITY, used_subtypes
from spectra_gui.evaluation.rows import Array, Ints, Labels
from spectra_gui.inference.calibrate import N_TYPES

SHIFTS_PX: Final = (-2, -1, 0, 1, 2)
"""Shifts that are tried; further ones are no star at rest."""

EVIDENCE: Final = 50.0
"""Independent pixels that a residual is worth, about; the temperature finds the true number."""

_LEAST_SCATTER: Final = 0.003
_ABSENT: Final = -1e12
"""Score of a letter + class without training stars: below any that was matched."""


def match(
    train_flux: NDArray[np.floating], labels: Labels, test_flux: NDArray[np.floating]
) -> tuple[Array, Array]:
    """Log scores of letter + class (n_test, 42) and the best template's temperature (n_test,).

    The score of a letter + class is that of its best box.

    Parameters
    ----------
    train_flux, test_flux : (n, n_pixels) continuum-normalised
    labels : of the training rows; a range of classes counts as its fainter end
    """
    box, members = _boxes(labels)
    means = np.stack([train_flux[members == k].mean(axis=0) for k in range(len(box))])
    means = means.astype(np.float64)
    weight = 1.0 / _variance(train_flux, means, members)
    chi2 = np.full((len(test_flux), len(box)), np.inf)
    for shift in SHIFTS_PX:
        found = _reduced(np.asarray(test_flux, np.float64), means, weight, shift)
        chi2 = np.minimum(chi2, found)
    letter = box // N_LUMINOSITY // 10
    cell = letter * N_LUMINOSITY + box % N_LUMINOSITY
    log_types = np.full((len(test_flux), N_TYPES), _ABSENT)
    for k in np.unique(cell):
        log_types[:, k] = -0.5 * EVIDENCE * chi2[:, cell == k].min(axis=1)
    best = box[chi2.argmin(axis=1)]
    return log_types, (best // N_LUMINOSITY).astype(np.float64)


def _boxes(labels: Labels) -> tuple[Ints, Ints]:
    """Populated boxes (k,) as row · 6 + class, and which of them each star is in (n,)."""
    used = np.flatnonzero(used_subtypes())
    row = used[np.rint(box_steps(labels.code)).astype(np.intp)]
    box, members = np.unique(row * N_LUMINOSITY + labels.headline_class, return_inverse=True)
    return box.astype(np.intp), members.astype(np.intp)


def _variance(train_flux: NDArray[np.floating], means: Array, members: Ints) -> Array:
    """(n_pixels,) scatter of stars about their box's mean, one degree of freedom a box taken."""
    square = np.zeros(means.shape[1])
    for k in range(len(means)):
        square += ((train_flux[members == k] - means[k]) ** 2).sum(axis=0)
    freedom = max(len(train_flux) - len(means), 1)
    variance: Array = np.maximum(square / freedom, _LEAST_SCATTER**2)
    return variance


def _reduced(flux: Array, means: Array, weight: Array, shift: int) -> Array:
    """(n, k) reduced χ² with the star moved by ``shift`` pixels, on the pixels that remain."""
    n = flux.shape[1]
    own = slice(max(shift, 0), n + min(shift, 0))
    star = slice(max(-shift, 0), n + min(-shift, 0))
    f, t, w = flux[:, star], means[:, own], weight[own]
    chi2: Array = (f**2 @ w)[:, None] - 2.0 * (f @ (w * t).T) + ((t**2) @ w)[None]
    reduced: Array = np.maximum(chi2, 0.0) / (n - abs(shift))
    return reduced
