"""Colours of probabilities: a perceptually uniform map that fades into the background at zero."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from spectra_gui.window import theme

_STEPS = 256
_OPAQUE_FROM = 0.3
"""Share of the (square-root) scale from which the map covers the background."""

_CEILINGS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


@cache
def _table(name: str, reverse: bool) -> NDArray[np.uint8]:
    """(256, 4) premultiplied BGRA from transparent to the map's far end."""
    ramp = np.linspace(0.0, 1.0, _STEPS)
    colours = pg.colormap.get(name).map(1.0 - ramp if reverse else ramp, mode="float")[:, :3]
    alpha = np.clip(ramp / _OPAQUE_FROM, 0.0, 1.0)[:, None]
    table = np.concatenate((colours[:, ::-1] * alpha, alpha), axis=1)
    return np.round(255 * table).astype(np.uint8)


def nice_ceiling(peak: float) -> float:
    """A round number at or above the highest probability, for the end of the colour bar."""
    return next((top for top in _CEILINGS if peak <= top), 1.0)


def probability_image(grid: NDArray[np.floating], *, top: float) -> QImage:
    """A picture of one pixel a cell, (n_x, n_y) → width n_x, height n_y; square-root scale."""
    of = theme.current()
    share = np.sqrt(np.clip(np.asarray(grid, np.float64) / top, 0.0, 1.0))
    index = np.round(share.T * (_STEPS - 1)).astype(np.intp)
    pixels = np.ascontiguousarray(_table(of.probability_map, of.probability_map_reversed)[index])
    height, width = index.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()
