"""Curves reduced to what a screen can show: peaks kept, gaps kept, no more points than pixels.

Pure numpy on sorted axes. pyqtgraph's own peak mode spreads one NaN over a whole bin and so loses
curves with scattered bad pixels; here a bin is empty only where all of its pixels are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINTS_PER_COLUMN = 4
"""Fewer points than this for each screen column are drawn as they are."""


def visible_slice(x: Array, low: float, high: float) -> slice:
    """The pixels between two wavelengths and one more on either side; ``x`` (n,) increasing."""
    first = max(int(np.searchsorted(x, low)) - 1, 0)
    last = min(int(np.searchsorted(x, high, side="right")) + 1, x.size)
    return slice(first, max(last, first))


def _column_starts(x: Array, low: float, high: float, n_columns: int) -> NDArray[np.intp]:
    """First pixel of every screen column that holds any; ``x`` must not be empty."""
    edges = np.linspace(low, high, n_columns + 1)[:-1]
    starts = np.unique(np.searchsorted(x, edges))
    starts = starts[starts < x.size]
    return starts if starts.size and starts[0] == 0 else np.concatenate(([0], starts))


def decimate_curve(
    x: Array, y: Array, *, low: float, high: float, n_columns: int
) -> tuple[Array, Array]:
    """The visible part of a curve, at most two points a screen column where it is dense.

    Returns ``(x, y)``; NaN in ``y`` is a gap.
    """
    part = visible_slice(x, low, high)
    x, y = x[part], y[part]
    if x.size <= POINTS_PER_COLUMN * n_columns or not x.size:
        return x, y
    starts = _column_starts(x, low, high, n_columns)
    out_x = np.repeat(x[starts], 2)
    out_y = np.empty(2 * starts.size)
    out_y[0::2] = np.fmin.reduceat(y, starts)
    out_y[1::2] = np.fmax.reduceat(y, starts)
    return out_x, out_y


def decimate_band(
    x: Array, lower: Array, upper: Array, *, low: float, high: float, n_columns: int
) -> tuple[Array, Array, Array]:
    """The visible part of a band between two curves, one point a screen column where dense."""
    part = visible_slice(x, low, high)
    x, lower, upper = x[part], lower[part], upper[part]
    if x.size <= POINTS_PER_COLUMN * n_columns or not x.size:
        return x, lower, upper
    starts = _column_starts(x, low, high, n_columns)
    return x[starts], np.fmin.reduceat(lower, starts), np.fmax.reduceat(upper, starts)


def sample_columns(x: Array, y: Array, *, low: float, high: float, n_columns: int) -> Array:
    """(n_columns,) the largest value in every screen column; 0 outside the axis.

    Between pixels the curve is taken as linear, so that a zoomed-in view stays smooth.
    """
    step = (high - low) / n_columns
    centres = low + step * (np.arange(n_columns) + 0.5)
    if x.size < 2:
        return np.zeros(n_columns)
    values = np.interp(centres, x, y, left=0.0, right=0.0)
    part = visible_slice(x, low, high)
    column = np.floor((x[part] - low) / step).astype(np.intp)
    inside = (column >= 0) & (column < n_columns)
    np.maximum.at(values, column[inside], y[part][inside])
    return np.asarray(np.nan_to_num(values))


def runs(finite: NDArray[np.bool_]) -> list[slice]:
    """Stretches of True, as slices."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def robust_range(values: Array) -> tuple[float, float]:
    """Limits of a flux axis that spikes cannot stretch; ``(0, 1)`` where nothing is finite.

    The inner 99 % set the scale. Beyond them, what three neighbouring pixels share is a line and
    stays in (absorption down to zero, emission up to three times the continuum); what fewer
    share is a cosmic ray, and stays in only within 0.6 of the scale.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low_share, middle, high_share = (float(v) for v in np.percentile(finite, (0.5, 50.0, 99.5)))
    span = high_share - low_share
    low_line, high_line = _sustained(finite)
    deepest = 0.0 if low_share > 0 else low_share - 3 * span
    highest = high_share + max(3 * span, 2 * abs(middle))
    low = min(low_share - 0.6 * span, max(low_line, deepest))
    high = max(high_share + 0.6 * span, min(high_line, highest))
    low, high = max(float(finite.min()), low), min(float(finite.max()), high)
    if high <= low:
        pad = abs(low) * 0.1 or 1.0
        return low - pad, high + pad
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def full_range(values: Array) -> tuple[float, float]:
    """Limits of a flux axis that leave nothing out; ``(0, 1)`` where nothing is finite."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    pad = 0.06 * (high - low) or abs(low) * 0.1 or 1.0
    return low - pad, high + pad


def _sustained(values: Array) -> tuple[float, float]:
    """Lowest and highest level that three neighbouring pixels hold."""
    if values.size < 3:
        return float(values.max()), float(values.min())
    first, second, third = values[:-2], values[1:-1], values[2:]
    held_low = np.maximum(np.maximum(first, second), third).min()
    held_high = np.minimum(np.minimum(first, second), third).max()
    return float(held_low), float(held_high)
