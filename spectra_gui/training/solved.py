"""Fit the members that are solved for at once instead of walked to in steps: linear and kernel.

Their features follow from the training spectra without any label; only the head is fitted, by
`solve_head`. Knows no ensemble.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spectra_gui.networks import KernelNet, Network, build_network
from spectra_gui.networks.base import N_CELLS
from spectra_gui.recipes import EpochDone, MemberConfig, RunConfig
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fitted import FitPlace, Fitted, learn_projection
from spectra_gui.training.predict import answer_rows, feature_rows, predict_rows, score_logits
from spectra_gui.training.solve import solve_head

SOLVED_KINDS: Final = ("linear", "kernel")

LEADING: Final = 500
"""So many directions of the waves are fitted; what the training spectra hold beyond is noise."""

VARIANCE: Final = 100.0
"""Of all directions together, so that a penalty means the same for any number of waves."""


def fit_solved(
    data: LabelledSet,
    train: NDArray[np.intp],
    validation: NDArray[np.intp],
    *,
    member: MemberConfig,
    config: RunConfig,
    place: FitPlace,
) -> Fitted:
    """Fit a linear or kernel network. The member's seed draws the waves of a kernel, nothing else.

    Raises
    ------
    CancelledError
        If ``place.cancelled()`` turned true.
    """
    began = time.monotonic()
    network = build_network(member.kind, config.architecture_of(member))
    learn_projection(network, data.flux[train], data.valid[train])
    network.eval()
    if isinstance(network, KernelNet):
        loss = _solve_kernel(network, data, train, member.seed, config, place)
    else:
        loss = solve_head(
            network.head, feature_rows(network, data, train), data, train, config,
            cancelled=place.cancelled,
        )  # fmt: skip
    logits = predict_rows(network, data, validation)
    nll, letter, luminosity, joint, _ = score_logits(logits, data, validation)
    seconds = time.monotonic() - began
    place.listener(
        EpochDone(place.task, 1, 1, loss, nll, letter, luminosity, joint, 0.0, seconds, True)
    )
    tensors = {k: v.detach().numpy().copy() for k, v in network.state_dict().items()}
    return Fitted(tensors, 1, nll)


def _solve_kernel(
    network: KernelNet,
    data: LabelledSet,
    train: NDArray[np.intp],
    seed: int,
    config: RunConfig,
    place: FitPlace,
) -> float:
    """Draw the waves for these spectra, and fit the head in their leading directions."""
    components = _components(network, data, train)
    network.draw_waves(torch.from_numpy(components.var(0)), seed)
    waves = feature_rows(network, data, train).astype(np.float64)
    mean = waves.mean(0)
    waves -= mean
    power, turned = np.linalg.eigh(waves.T @ waves / len(waves))
    leading = min(LEADING, len(power))
    basis = turned[:, ::-1][:, :leading]  # (n_waves, leading)
    basis *= np.sqrt(VARIANCE / max(power[::-1][:leading].sum(), np.finfo(float).tiny))
    head = nn.Linear(leading, N_CELLS)
    loss = solve_head(
        head, (waves @ basis).astype(np.float32), data, train, config,
        penalty=network.config.penalty, cancelled=place.cancelled,
    )  # fmt: skip
    with torch.no_grad():
        weight = head.weight.double().numpy() @ basis.T
        network.head.weight.copy_(torch.from_numpy(weight))
        network.head.bias.copy_(head.bias - torch.from_numpy(weight @ mean))
    return loss


def _components(network: Network, data: LabelledSet, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """(len(rows), components) of prepared spectra along the projection."""
    path = network.linear_path
    if path is None:
        raise ValueError(f"{type(network).__name__} has no projection to draw waves for")
    return answer_rows(network, path, data, rows)
