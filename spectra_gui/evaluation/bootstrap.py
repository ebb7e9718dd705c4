"""Intervals and paired differences by resampling star systems, not spectra.

Rows of one system share their star, so they are drawn together. Knows no model and no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from spectra_gui.evaluation.metrics import METRICS, NAMED, Metric
from spectra_gui.evaluation.rows import Array, Scored

N_DRAWS: Final = 2000
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second on the same rows, its 95 % interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


def draw_weights(system: ArrayLike, *, n_draws: int = N_DRAWS, seed: int = 0) -> Array:
    """(n_draws, n) how often each row is drawn when its systems are drawn with replacement."""
    _, index = np.unique(np.asarray(system), return_inverse=True)
    n_systems = int(index.max()) + 1
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n_systems, np.full(n_systems, 1.0 / n_systems), size=n_draws)
    return counts[:, index].astype(np.float64)


def intervals(
    scored: Scored,
    *,
    metrics: Iterable[Metric] = METRICS,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> dict[str, Figure]:
    """Every metric with its interval (percentiles of the draws).

    For metrics that resampling shifts the draws are moved so that their mean is the figure; what
    cannot be negative stays so.
    """
    weights = draw_weights(scored.system, n_draws=n_draws, seed=seed)
    ones = np.ones((1, len(scored)))
    found = {}
    for metric in metrics:
        value = float(metric.compute(scored, ones)[0])
        found[metric.name] = figure_of(metric, value, metric.compute(scored, weights))
    return found


def figure_of(metric: Metric, value: float, draws: Array) -> Figure:
    """A figure with its interval from its bootstrap draws (d,); see `intervals`."""
    if metric.biased:
        draws = np.maximum(draws + (value - draws.mean()), 0.0)
    low, high = np.quantile(draws, (0.5 * (1 - LEVEL), 0.5 * (1 + LEVEL)))
    return Figure(value, float(low), float(high))


def paired_difference(
    first: Scored,
    second: Scored,
    *,
    metric: str = "joint",
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Difference:
    """How much better (or worse) one model scores than another on the same rows.

    p is twice the share of draws on the other side of 0, each side counted with one draw more
    (Davison & Hinkley 1997, *Bootstrap Methods*, eq. 4.11), so it is never 0.

    Raises
    ------
    ValueError
        Where the rows differ.
    """
    same = len(first) == len(second) and np.array_equal(first.system, second.system)
    if not (same and np.array_equal(first.true_code, second.true_code)):
        raise ValueError("a paired difference needs both models on the same rows")
    compute = NAMED[metric].compute
    weights = draw_weights(first.system, n_draws=n_draws, seed=seed)
    ones = np.ones((1, len(first)))
    value = float((compute(first, ones) - compute(second, ones))[0])
    return difference_of(value, compute(first, weights) - compute(second, weights))


def difference_of(value: float, draws: Array) -> Difference:
    """A difference with interval and p from its paired draws (d,); see `paired_difference`."""
    low, high = np.quantile(draws, (0.5 * (1 - LEVEL), 0.5 * (1 + LEVEL)))
    rarer = min(int((draws <= 0).sum()), int((draws >= 0).sum()))
    p = min(1.0, 2.0 * (rarer + 1) / (len(draws) + 1))
    return Difference(value, float(low), float(high), p)
