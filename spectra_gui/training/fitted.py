"""What every kind of fit is given and what it leaves: a place, weights, a projection, an end.

Knows no loss and no loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.inference.novelty import fit_components
from spectra_gui.networks import Network
from spectra_gui.recipes import Event


class CancelledError(Exception):
    """A person cancelled the run; the last checkpoint stands."""


class FitError(Exception):
    """A fit that cannot give a network; the message is for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The averaged weights of the best epoch, by tensor name, and how that epoch scored.

    Epoch 0 is the base as it came: no epoch was better.
    """

    tensors: dict[str, NDArray[Any]]
    best_epoch: int
    validation_nll: float


@dataclass(frozen=True, slots=True)
class FitPlace:
    """Who a fit reports to and where it keeps its checkpoint."""

    task: str
    checkpoint: Path
    listener: Callable[[Event], None]
    cancelled: Callable[[], bool]


def learn_projection(network: Network, flux: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
    """Fix a network's linear path, where it has one, on the spectra (n, n_pixels) that teach."""
    path = network.linear_path
    if path is None:
        return
    mean, components = fit_components(flux, valid, path.n_components)
    scores = (np.where(valid, flux, 1.0) - mean) @ components.T
    path.set_projection(
        torch.from_numpy(mean - 1.0).to(path.weight.device),
        torch.from_numpy(np.ascontiguousarray(components)).to(path.weight.device),
        float(scores.std()),
    )
