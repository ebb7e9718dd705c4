"""Does the probability of an answer mean what it says: expected calibration error and its noise.

About the top label, letter + class, in 15 equal bins (Guo et al. 2017, arXiv:1706.04599). Even a
perfectly calibrated model shows an error on few stars, so the band of such a model stands beside
it. Knows no model and no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_gui.evaluation.rows import Array, Scored

N_BINS: Final = 15
N_SIMULATIONS: Final = 2000

_erf = np.vectorize(erf, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One bin of a reliability diagram; ``low`` and ``high`` bound the accuracy at 95 %."""

    n: int
    confidence: float
    accuracy: float
    low: float
    high: float


def ece(scored: Scored, weights: Array) -> Array:
    """(d,) expected calibration error: mean |accuracy − confidence| over the bins."""
    n, accuracy, confidence = _binned(scored, weights)
    error: Array = (n * np.abs(accuracy - confidence)).sum(1) / n.sum(1)
    return error


def debiased_ece(scored: Scored, weights: Array) -> Array:
    """(d,) the error without the part that sampling noise adds, never below 0.

    Kumar, Liang & Ma 2019 (NeurIPS, arXiv:1909.10155): the noise of each bin's accuracy is added
    once more, and what that adds to the error is taken away. The expected |normal| is in closed
    form (Leone et al. 1961, Technometrics 3, 543), so nothing is random.
    """
    n, accuracy, confidence = _binned(scored, weights)
    gap = accuracy - confidence
    sigma = np.sqrt(np.maximum(accuracy * (1.0 - accuracy), 0.0) / np.maximum(n, 1.0))
    ratio = np.divide(gap, sigma, out=np.zeros_like(gap), where=sigma > 0)
    noisy = sigma * sqrt(2.0 / np.pi) * np.exp(-0.5 * ratio**2) + gap * _erf(ratio / sqrt(2.0))
    noisy = np.where(sigma > 0, noisy, np.abs(gap))
    plain, more = ((n * v).sum(1) / n.sum(1) for v in (np.abs(gap), noisy))
    error: Array = np.maximum(2.0 * plain - more, 0.0)
    return error


def perfect_band(
    confidence: ArrayLike, *, n_simulations: int = N_SIMULATIONS, seed: int = 0
) -> tuple[float, float, float]:
    """ECE of a perfectly calibrated model with these confidences: 2.5 %, median, 97.5 %.

    Parameters
    ----------
    confidence : (n,) top-label probabilities; labels are drawn from them
    """
    p = np.clip(np.asarray(confidence, dtype=np.float64), 0.0, 1.0)
    members = np.eye(N_BINS)[_bin_of(p)]
    right = np.random.default_rng(seed).random((n_simulations, len(p))) < p
    gaps = np.abs((right.astype(np.float64) - p) @ members).sum(1) / len(p)
    low, middle, high = np.quantile(gaps, (0.025, 0.5, 0.975))
    return float(low), float(middle), float(high)


def perfect_bins(
    confidence: ArrayLike, *, n_simulations: int = N_SIMULATIONS, seed: int = 0
) -> list[tuple[float, float]]:
    """Where a perfectly calibrated model's accuracy lies at 95 %, in each populated bin.

    Parameters
    ----------
    confidence : (n,) top-label probabilities; labels are drawn from them
    """
    p = np.clip(np.asarray(confidence, dtype=np.float64), 0.0, 1.0)
    members = np.eye(N_BINS)[_bin_of(p)]
    members = members[:, members.any(axis=0)]
    right = np.random.default_rng(seed).random((n_simulations, len(p))) < p
    accuracy = (right.astype(np.float64) @ members) / members.sum(axis=0)
    low, high = np.quantile(accuracy, (0.025, 0.975), axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def reliability(scored: Scored) -> list[ReliabilityBin]:
    """The populated bins of the reliability diagram, by rising confidence (Wilson intervals)."""
    n, accuracy, confidence = (v[0] for v in _binned(scored, np.ones((1, len(scored)))))
    z = 1.96
    out = []
    for k in np.flatnonzero(n > 0):
        a, m = accuracy[k], n[k]
        middle = (a + z * z / (2 * m)) / (1 + z * z / m)
        reach = z * sqrt(a * (1 - a) / m + z * z / (4 * m * m)) / (1 + z * z / m)
        low, high = float(middle - reach), float(middle + reach)
        out.append(ReliabilityBin(int(m), float(confidence[k]), float(a), low, high))
    return out


def _bin_of(confidence: Array) -> NDArray[np.intp]:
    bins: NDArray[np.intp] = np.clip(np.ceil(confidence * N_BINS) - 1, 0, N_BINS - 1).astype(
        np.intp
    )
    return bins


def _binned(scored: Scored, weights: Array) -> tuple[Array, Array, Array]:
    """Weight, accuracy and mean confidence of the bins, each (d, 15); empty bins are 0."""
    members = np.eye(N_BINS)[_bin_of(scored.confidence)]
    right = (scored.cell == scored.true_cell).astype(np.float64)
    n = weights @ members
    some = np.maximum(n, 1e-12)
    accuracy = (weights @ (members * right[:, None])) / some
    confidence = (weights @ (members * scored.confidence[:, None])) / some
    return n, accuracy, confidence
