"""Fit a linear member: a convex problem, solved to its end instead of walked in steps.

The same loss, labels and stars as for the networks, on the spectra as they are: augmentation blurs
the small differences that a linear classifier lives on. Knows no ensemble.
"""

from __future__ import annotations

import math
import time
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectra_gui.networks import Network, build_network
from spectra_gui.recipes import EpochDone, MemberConfig, RunConfig
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fitted import CancelledError, FitPlace, Fitted, learn_projection
from spectra_gui.training.loss import distance_aware_loss, soft_targets
from spectra_gui.training.predict import feature_rows, predict_rows, score_logits
from spectra_gui.training.prior import log_prior
from spectra_gui.training.weights import teaching_weights

ITERATIONS: Final = 200
"""More than the fits of the bundled data needed until nothing changed."""


def fit_linear(
    data: LabelledSet,
    train: NDArray[np.intp],
    validation: NDArray[np.intp],
    *,
    member: MemberConfig,
    config: RunConfig,
    place: FitPlace,
) -> Fitted:
    """Fit the head of a linear network by L-BFGS, each star counting once.

    The penalty is half the squared weights over the number of spectra, which is that of a logistic
    regression with C = 1. Nothing is drawn by chance, so the member's seed changes nothing.

    Raises
    ------
    CancelledError
        If ``place.cancelled()`` turned true.
    """
    began = time.monotonic()
    network = build_network(member.kind, config.architecture_of(member))
    learn_projection(network, data.flux[train], data.valid[train])
    network.eval()
    loss = _minimise(network, data, train, config, place)
    logits = predict_rows(network, data, validation)
    nll, letter, luminosity, joint, _ = score_logits(logits, data, validation)
    seconds = time.monotonic() - began
    place.listener(
        EpochDone(place.task, 1, 1, loss, nll, letter, luminosity, joint, 0.0, seconds, True)
    )
    _take_prior(network, log_prior(data, train), config)
    tensors = {k: v.detach().numpy().copy() for k, v in network.state_dict().items()}
    return Fitted(tensors, 1, nll)


def _minimise(
    network: Network,
    data: LabelledSet,
    train: NDArray[np.intp],
    config: RunConfig,
    place: FitPlace,
) -> float:
    """Solve for the head's weights in place; the loss that is left."""
    features = torch.from_numpy(feature_rows(network, data, train))  # (n, components)
    code = torch.from_numpy(data.code[train].astype(np.float32))
    shares = torch.from_numpy(data.luminosity[train].astype(np.float32))
    temperature, luminosity = soft_targets(code, shares, config.loss)
    letter = (code // 10).long()
    weights = torch.from_numpy(teaching_weights(data, config.data)[train].astype(np.float32))
    head = network.head
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    solver = torch.optim.LBFGS(
        head.parameters(), max_iter=ITERATIONS, history_size=10, line_search_fn="strong_wolfe"
    )
    last = math.nan

    def closure() -> Tensor:
        nonlocal last
        if place.cancelled():
            raise CancelledError
        solver.zero_grad()
        loss = distance_aware_loss(
            head(features), temperature, luminosity, config.loss, letter=letter, shares=shares,
            weights=None if bool((weights == 1.0).all()) else weights,
        )  # fmt: skip
        last = float(loss.detach())
        penalised = loss + (head.weight**2).sum() / (2.0 * len(train))
        penalised.backward()  # type: ignore[no-untyped-call]
        return penalised

    solver.step(closure)  # type: ignore[no-untyped-call]
    return last


def _take_prior(network: Network, log_share: NDArray[np.float64], config: RunConfig) -> None:
    """Leave the head as much of the prior as a network that was fitted on balanced draws has.

    Each star counted once, so the fit holds the whole prior; balanced draws would have taken
    ``balance`` of it and ``prior_share`` of that would have come back.
    """
    taken = (1.0 - config.data.prior_share) * config.data.balance * log_share
    with torch.no_grad():
        network.head.bias.sub_(torch.from_numpy(taken.astype(np.float32)))
