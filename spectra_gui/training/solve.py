"""Solve for a classifier's head over fixed features: a convex problem, carried to its end.

The same loss, labels and stars as for the networks, on the spectra as they are: augmentation blurs
the small differences that such a classifier lives on. Knows features and labels; knows no network.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.recipes import RunConfig
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fitted import CancelledError
from spectra_gui.training.loss import distance_aware_loss, soft_targets
from spectra_gui.training.prior import log_prior
from spectra_gui.training.weights import teaching_weights

ITERATIONS: Final = 200
"""More than the fits of the bundled data needed until nothing changed."""


def solve_head(
    head: nn.Linear,
    features: NDArray[np.float32],
    data: LabelledSet,
    rows: NDArray[np.intp],
    config: RunConfig,
    *,
    penalty: float = 1.0,
    cancelled: Callable[[], bool],
) -> float:
    """Fit ``head`` in place by L-BFGS, each star counting once; the loss that is left.

    The penalty is half the squared weights over the number of spectra, times ``penalty``: at 1 that
    of a logistic regression with C = 1. Nothing is drawn by chance. Each star counted once, so the
    fit holds the whole prior; the head is left as much of it as a network that was fitted on
    balanced draws has: those would have taken ``balance`` of it and ``prior_share`` of that would
    have come back.

    Parameters
    ----------
    features : (len(rows), n_features)

    Raises
    ------
    CancelledError
        If ``cancelled()`` turned true.
    """
    loss = _minimise(head, torch.from_numpy(features), data, rows, config, penalty, cancelled)
    taken = (1.0 - config.data.prior_share) * config.data.balance * log_prior(data, rows)
    with torch.no_grad():
        head.bias.sub_(torch.from_numpy(taken.astype(np.float32)))
    return loss


def _minimise(
    head: nn.Linear,
    features: Tensor,
    data: LabelledSet,
    rows: NDArray[np.intp],
    config: RunConfig,
    penalty: float,
    cancelled: Callable[[], bool],
) -> float:
    code = torch.from_numpy(data.code[rows].astype(np.float32))
    shares = torch.from_numpy(data.luminosity[rows].astype(np.float32))
    temperature, luminosity = soft_targets(code, shares, config.loss)
    letter = (code // 10).long()
    weights = torch.from_numpy(teaching_weights(data, config.data)[rows].astype(np.float32))
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    solver = torch.optim.LBFGS(
        head.parameters(), max_iter=ITERATIONS, history_size=10, line_search_fn="strong_wolfe"
    )
    last = math.nan

    def closure() -> Tensor:
        nonlocal last
        if cancelled():
            raise CancelledError
        solver.zero_grad()
        loss = distance_aware_loss(
            head(features), temperature, luminosity, config.loss, letter=letter, shares=shares,
            weights=None if bool((weights == 1.0).all()) else weights,
        )  # fmt: skip
        last = float(loss.detach())
        penalised = loss + penalty * (head.weight**2).sum() / (2.0 * len(rows))
        penalised.backward()  # type: ignore[no-untyped-call]
        return penalised

    solver.step(closure)  # type: ignore[no-untyped-call]
    return last
