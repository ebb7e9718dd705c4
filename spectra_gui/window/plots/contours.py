"""Smooth contours of a small grid, as line segments. Pure numpy."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FINE: Final = 8
"""Points per cell on the refined grid."""

_BLUR_CELLS: Final = 0.45


def smooth_segments(grid: Array, *, shares: tuple[float, ...]) -> list[Array]:
    """Contours at shares of the peak: one (k, 4) array of x0, y0, x1, y1 for each share.

    ``grid`` (n_x, n_y); coordinates are in cells, so that cell (i, j) covers i…i+1, j…j+1. The
    grid is refined and blurred by about half a cell, or contours would follow the boxes.
    """
    padded = np.pad(np.asarray(grid, np.float64), 1)
    fine = np.repeat(np.repeat(padded, FINE, axis=0), FINE, axis=1)
    for axis in (0, 1):
        fine = _blur(fine, axis)
    peak = float(fine.max())
    if not peak > 0:
        return [np.empty((0, 4)) for _ in shares]
    # The first fine point stands half a step into the padding cell.
    return [segments(fine, share * peak) / FINE + (0.5 / FINE - 1.0) for share in shares]


def _blur(values: Array, axis: int) -> Array:
    sigma = _BLUR_CELLS * FINE
    reach = np.arange(-int(3 * sigma), int(3 * sigma) + 1)
    kernel = np.exp(-0.5 * (reach / sigma) ** 2)
    kernel /= kernel.sum()
    return np.apply_along_axis(np.convolve, axis, values, kernel, mode="same")


def segments(values: Array, level: float) -> Array:
    """(k, 4) x0, y0, x1, y1 in index units where ``values`` (n_x, n_y) crosses ``level``.

    Marching triangles: every square is cut along its diagonal, so that no case is ambiguous.
    """
    n_x, n_y = values.shape
    i, j = (part.ravel() for part in np.mgrid[0 : n_x - 1, 0 : n_y - 1])
    found = []
    for corners in (((0, 0), (1, 0), (0, 1)), ((1, 1), (1, 0), (0, 1))):
        x = [i + dx for dx, _ in corners]
        y = [j + dy for _, dy in corners]
        v = [values[a, b] for a, b in zip(x, y, strict=True)]
        above = [part >= level for part in v]
        for odd in range(3):
            p, q = (odd + 1) % 3, (odd + 2) % 3
            cut = (above[odd] != above[p]) & (above[odd] != above[q])
            ends = []
            for other in (p, q):
                share = (level - v[odd][cut]) / (v[other][cut] - v[odd][cut])
                ends.append(x[odd][cut] + share * (x[other] - x[odd])[cut])
                ends.append(y[odd][cut] + share * (y[other] - y[odd])[cut])
            found.append(np.stack(ends, axis=1))
    return np.concatenate(found)
