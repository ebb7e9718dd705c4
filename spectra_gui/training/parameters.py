"""Effective temperature, gravity and metallicity taught beside the type (Caruana 1997, *Machine
Learning* 28, 41): what tells them apart may tell types apart too, and more stars have them.

A second head on the features that the network's own head sees. It is part of the fit and of no
bundle. Knows features and catalogue values; knows no type.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.networks import Network
from spectra_gui.training.dataset import LabelledSet

N_PARAMETERS: Final = 3


class ParameterHead:
    """Watches what a network's head is given, and is wrong about its stars' parameters by `loss`.

    It starts from zero, so that it draws no random number: with its loss left out, a fit is the
    same as without it.
    """

    def __init__(
        self, network: Network, data: LabelledSet, train: NDArray[np.intp], device: torch.device
    ) -> None:
        values = standardise(catalogue_values(data.rows(train)))
        self._known = torch.from_numpy(np.isfinite(values)).to(device)
        self._values = torch.from_numpy(np.nan_to_num(values)).to(device)
        self.head = nn.Linear(network.head.in_features, N_PARAMETERS).to(device)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self._seen = torch.empty(0)
        network.head.register_forward_pre_hook(self._watch)

    def _watch(self, _head: nn.Module, inputs: tuple[Any, ...]) -> None:
        self._seen = inputs[0]

    def loss(self, rows: Tensor) -> Tensor:
        """Mean squared error of the batch that went through last, in standard deviations.

        Parameters
        ----------
        rows : (batch,) numbers among the training spectra; unknown values count nothing
        """
        rows = rows.to(self._known.device)
        known = self._known[rows]
        off = (self.head(self._seen.float()) - self._values[rows]) * known
        mean: Tensor = (off**2).sum() / known.sum().clamp_min(1)
        return mean


def catalogue_values(data: LabelledSet) -> NDArray[np.float64]:
    """(n, 3) log Teff / K, log g / (cm/s²) and [Fe/H], nan where unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        log_teff = np.where(data.teff_k > 0, np.log10(data.teff_k), np.nan)
    return np.stack([log_teff, data.logg, data.feh], axis=1)


def standardise(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Columns of mean 0 and standard deviation 1 over what is known; nan stays."""
    standard = np.full(values.shape, np.nan, dtype=np.float32)
    for k, column in enumerate(values.T):
        known = np.isfinite(column)
        if known.any() and np.ptp(column[known]) > 0:
            standard[known, k] = (column[known] - column[known].mean()) / column[known].std()
    return standard
