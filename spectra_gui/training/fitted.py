"""What every kind of fit is given and what it leaves: a place, weights, a projection, an end.

Knows no loss and no loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.inference.novelty import fit_components
from spectra_gui.networks import Network
from spectra_gui.networks.base import LinearPath
from spectra_gui.recipes import Event

FILLINGS: Final = 3
"""Turns of filling; a further one changes a filled pixel by less than a spectrum's noise."""


class CancelledError(Exception):
    """A person cancelled the run; the last checkpoint stands."""


class FitError(Exception):
    """A fit that cannot give a network; the message is for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The averaged weights of the best epoch, by tensor name, and how that epoch scored.

    Epoch 0 is the base as it came: no epoch was better. ``epochs`` were trained, and
    ``rising_epoch`` is the last whose validation macro-F1 was higher than any before: one that is
    among the last says that training on might have helped. Both are 0 for a fit without epochs.
    """

    tensors: dict[str, NDArray[Any]]
    best_epoch: int
    validation_nll: float
    epochs: int = 0
    rising_epoch: int = 0


@dataclass(frozen=True, slots=True)
class FitPlace:
    """Who a fit reports to and where it keeps its checkpoint."""

    task: str
    checkpoint: Path
    listener: Callable[[Event], None]
    cancelled: Callable[[], bool]


def learn_projection(network: Network, flux: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
    """Fix what a network projects on and fills gaps with on the spectra (n, n_pixels) that teach.

    What they lack is filled by the few components that fill when the network answers, found by
    turns: components, filling, components again.
    """
    for path in (network.linear_path, network.gap_filling):
        if path is not None:
            _learn_path(path, flux, valid)


def _learn_path(path: LinearPath, flux: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
    device = path.weight.device
    there = torch.from_numpy(valid).to(device)
    everywhere = np.ones_like(valid)
    whole = np.where(valid, flux, 1.0).astype(np.float32)
    turns = () if valid.all() else (path.n_filling,) * FILLINGS
    for n_components in (*turns, path.n_components):
        mean, components = fit_components(whole, everywhere, n_components)
        scores = (whole - mean) @ components.T
        fill = min(len(components), path.n_filling)
        left = whole - mean - scores[:, :fill] @ components[:fill]
        path.set_projection(
            torch.from_numpy(mean - 1.0).to(device),
            torch.from_numpy(components).to(device),
            torch.from_numpy(scores.var(0)).to(device),
            float(left.std()),
        )
        filled = path.filled(torch.from_numpy(whole - 1.0).to(device), there)
        whole = filled.cpu().numpy() + np.float32(1.0)
