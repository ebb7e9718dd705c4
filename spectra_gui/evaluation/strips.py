"""Strips of many spectra at once. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Array = NDArray[np.float64]
Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Evidence of one strip: ``members`` (m, n, n_pixels) ≥ 0, each scaled to its own peak."""

    members: Array

    @property
    def relevance(self) -> Array:
        """(n, n_pixels) mean over the members, as it is shown."""
        return np.asarray(self.members.mean(axis=0))


def to_resolution(maps: Array, sigma_px: float) -> Array:
    """(n, n_pixels) smoothed along the spectrum: finer than that is the network's raster."""
    return np.asarray(gaussian_filter1d(maps, sigma_px, axis=-1, mode="constant"))
