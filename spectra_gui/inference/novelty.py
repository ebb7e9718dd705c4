"""How far a spectrum lies from all that the networks learnt from.

The training spectra are spanned by principal components; what a new spectrum holds beyond them, and
beyond its own noise, is novel. Pure numpy.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Novelty

N_COMPONENTS: Final = 40
OVERSAMPLED: Final = 10
ITERATIONS: Final = 8

RIDGE: Final = 1e-3
"""Keeps the fit over few valid pixels from following noise (in units of a pixel's weight)."""


def fit_components(
    flux: NDArray[np.float32], valid: NDArray[np.bool_], n_components: int = N_COMPONENTS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (n_pixels,) and components (k, n_pixels) of prepared spectra; invalid pixels are 1."""
    centred = np.where(valid, flux, 1.0).astype(np.float64)
    mean = centred.mean(0)
    centred -= mean
    k = min(n_components, *centred.shape)
    # Subspace iteration (Halko, Martinsson & Tropp 2011, SIAM Review 53, 217, alg. 4.4): the few
    # leading components without the cost of all.
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((centred.shape[1], min(k + OVERSAMPLED, *centred.shape)))
    for _ in range(ITERATIONS):
        basis, _ = np.linalg.qr(centred.T @ (centred @ basis))
    _, _, rotated = np.linalg.svd(centred @ basis, full_matrices=False)
    components = (rotated @ basis.T)[:k]
    # Which way a component points is left to rounding: towards its largest pixel, here.
    largest = components[np.arange(k), np.abs(components).argmax(1)]
    components[largest < 0.0] *= -1.0
    return mean.astype(np.float32), components.astype(np.float32)


def residual(
    novelty: Novelty, flux: NDArray[np.float32], valid: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(b, n) what the components leave of prepared spectra, fitted on valid pixels; 0 elsewhere."""
    components = novelty.components.astype(np.float64)
    offset = np.where(valid, flux - novelty.mean.astype(np.float64), 0.0)
    full = components @ components.T + RIDGE * np.eye(len(components))
    gram = np.repeat(full[None], len(flux), axis=0)
    for i in np.flatnonzero(~valid.all(axis=1)):
        # Fewer pixels are missing than are there, as a rule: take their share out.
        bad = components[:, ~valid[i]]
        gram[i] -= bad @ bad.T
    weights = np.linalg.solve(gram, (offset @ components.T)[:, :, None])[:, :, 0]
    return np.where(valid, offset - weights @ components, 0.0).astype(np.float32)


def relative_novelty(
    novelty: Novelty,
    flux: NDArray[np.float32],
    valid: NDArray[np.bool_],
    noise: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """(b,) rms of the residual in units of ``novelty.limit``, with the noise's share taken out.

    Parameters
    ----------
    noise : (b,) standard deviation of a pixel in units of the continuum
    """
    left = residual(novelty, flux, valid)
    count = np.maximum(valid.sum(1), 1)
    power = (left.astype(np.float64) ** 2).sum(1) / count - np.asarray(noise) ** 2
    rms: NDArray[np.float64] = np.sqrt(np.maximum(power, 0.0)) / novelty.limit
    return rms
