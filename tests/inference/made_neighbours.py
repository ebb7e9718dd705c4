"""Training stars of three features, in the form that a bundle holds them in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Neighbours
from spectra_gui.inference.neighbours import features
from spectra_gui.inference.novelty import fit_components

N_PIXELS = 300
SHAPES = np.stack([np.exp(-0.5 * ((np.arange(N_PIXELS) - c) / 6.0) ** 2) for c in (60, 150, 240)])


def made_flux(depths: NDArray[np.floating]) -> NDArray[np.float32]:
    """(n, n_pixels) of depths (n, 3) of the features."""
    return (1.0 - np.asarray(depths) @ SHAPES).astype(np.float32)


def everywhere(flux: NDArray[Any]) -> NDArray[np.bool_]:
    return np.ones(flux.shape, bool)


def made_neighbours(depths: NDArray[np.floating], labels: list[tuple[int, int, str]]) -> Neighbours:
    """Stars of these depths with (row, column, catalogue type), named HD1, HD2, …"""
    flux = made_flux(depths)
    mean, components = fit_components(flux, everywhere(flux), 3)
    n = len(flux)
    luminosity = np.zeros((n, 6))
    luminosity[np.arange(n), [column for _, column, _ in labels]] = 1.0
    values: dict[str, Any] = {
        "mean": mean, "components": components, "variances": np.ones(3, np.float32),
        "noise": 1e-3, "unit": 1.0, "far": 1.0, "features": np.zeros((n, 3), np.float32),
        "code": np.array([float(row) for row, _, _ in labels]), "luminosity": luminosity,
        "composite": np.zeros(n, bool), "stars": tuple(f"HD{i + 1}" for i in range(n)),
        "labels": tuple(label for _, _, label in labels), "aliases": ((),) * n,
        "ra_deg": np.full(n, np.nan), "dec_deg": np.full(n, np.nan),
    }  # fmt: skip
    space = Neighbours(**values)
    values["features"] = features(space, flux, everywhere(flux)).astype(np.float32)
    return Neighbours(**values)
