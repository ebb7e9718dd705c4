"""Strips of many spectra at once, and the target's probability when their input is changed.

The maps are those of `spectra_gui.inference.cam`, scaled and averaged as an explanation averages
them, so that what is measured is what people see. Knows networks and prepared input; knows no
bundle and no score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.evaluation.explanations import TOGETHER
from spectra_gui.evaluation.strips import Array, Cells, Strips
from spectra_gui.inference.cam import TargetScore, chosen, evaluating, exclusive, guided_grad_cam
from spectra_gui.networks import Network, for_answers

BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A member with convolutions: as it was built, and a copy that answers faster."""

    name: str
    kind: str
    network: Network
    answering: Network
    temperature: float


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Prepared spectra with their targets.

    ``x`` (n, 2, n_pixels) float32 as networks take it, ``cells`` (n, 70, 6) the target's boxes.
    """

    x: NDArray[np.float32]
    cells: Cells

    @property
    def valid(self) -> Cells:
        """(n, n_pixels)."""
        return np.asarray(self.x[:, 1] > 0)

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, which: NDArray[np.generic] | slice) -> Sample:
        """The spectra that a mask, indices or a slice choose."""
        return Sample(self.x[which], self.cells[which])

    def with_flux(self, centred: NDArray[np.floating]) -> Sample:
        """The same targets and gaps with another flux − 1 (n, n_pixels)."""
        flux = np.where(self.valid, centred, 0.0)
        return Sample(np.stack([flux, self.x[:, 1]], axis=1).astype(np.float32), self.cells)


def explained_member(name: str, kind: str, network: Network, temperature: float) -> Explained:
    """A member from its network as it was built."""
    return Explained(name, kind, network.eval(), for_answers(network), temperature)


MapsOf = Callable[[Network, Sample], dict[str, Array]]
"""A network and spectra to non-negative maps (n, n_pixels) by branch."""


def evidence_of(network: Network, sample: Sample) -> dict[str, Array]:
    """Guided Grad-CAM as strips show it: its size, and 0 where there is no pixel."""
    return {name: maps["evidence"] for name, maps in parts_of(network, sample).items()}


def parts_of(network: Network, sample: Sample) -> dict[str, dict[str, Array]]:
    """By branch the ``evidence`` and its two factors, ``guided gradient`` and ``Grad-CAM``."""
    found: dict[str, dict[str, list[Array]]] = {}
    for rows in _batches(len(sample)):
        some = sample.rows(rows)
        for one in guided_grad_cam(network, torch.from_numpy(some.x), some.cells):
            kept = found.setdefault(one.branch, {})
            for name, values in (
                ("evidence", np.abs(one.product)),
                ("guided gradient", np.abs(one.guided)),
                ("Grad-CAM", one.placed),
            ):
                kept.setdefault(name, []).append(np.where(some.valid, values, 0.0))
    return {
        branch: {name: np.concatenate(values) for name, values in kept.items()}
        for branch, kept in found.items()
    }


def gradient_of(network: Network, sample: Sample) -> dict[str, Array]:
    """The size of the plain gradient of the target's score, by branch."""
    found: dict[str, list[Array]] = {name: [] for name in network.branch_names}
    with exclusive(network), torch.enable_grad(), evaluating(network):
        for rows in _batches(len(sample)):
            some = sample.rows(rows)
            x = torch.from_numpy(some.x)
            copies = [x.clone().requires_grad_() for _ in network.branch_names]
            score = TargetScore(network, chosen(some.cells, x))(*copies).sum()
            gradients = torch.autograd.grad(score, copies)
            for name, gradient in zip(network.branch_names, gradients, strict=True):
                size = np.abs(gradient[:, 0].double().numpy())
                found[name].append(np.where(some.valid, size, 0.0))
    return {name: np.concatenate(values) for name, values in found.items()}


def strips_of(
    members: Sequence[Explained], sample: Sample, maps_of: MapsOf = evidence_of
) -> dict[str, Strips]:
    """A strip a branch, by name, over the members that have it, and the mean of all strips."""
    maps: dict[str, list[Array]] = {}
    for member in members:
        for branch, values in maps_of(member.network, sample).items():
            maps.setdefault(branch, []).append(_scaled(values))
    strips = {branch: Strips(np.stack(values)) for branch, values in maps.items()}
    if len(strips) > 1:
        strips[TOGETHER] = Strips(np.stack([s.relevance for s in strips.values()]))
    return strips


def target_probability(
    members: Sequence[Explained], sample: Sample, changed: NDArray[np.float32], strip: str
) -> Array:
    """(n,) probability of the targets when what a strip explains sees ``changed`` instead.

    A branch's strip is about the input copy of that branch alone, by the members that have it; all
    other branches see the spectrum as it is. `TOGETHER` is about all inputs of all members.
    """
    asked = [m for m in members if strip == TOGETHER or strip in m.network.branch_names]
    whole, other = torch.from_numpy(sample.x), torch.from_numpy(changed)
    cells = torch.from_numpy(sample.cells.reshape(len(sample), -1))
    total = np.zeros(len(sample))
    with torch.inference_mode():
        for rows in _batches(len(sample), 2 * BATCH):
            for member in asked:
                inputs = [
                    other[rows] if strip in (TOGETHER, name) else whole[rows]
                    for name in member.network.branch_names
                ]
                logits = member.answering.forward_branches(inputs) / member.temperature
                mass = (logits.double().softmax(1) * cells[rows]).sum(1)
                total[rows] += mass.numpy()
    return total / len(asked)


def ensemble_grid(members: Sequence[Explained], x: NDArray[np.float32]) -> Array:
    """(n, 70, 6) mean calibrated probability of the members."""
    total = np.zeros((len(x), 420))
    with torch.inference_mode():
        for rows in _batches(len(x), 2 * BATCH):
            part = torch.from_numpy(x[rows])
            for member in members:
                logits = member.answering(part) / member.temperature
                total[rows] += logits.double().softmax(1).numpy()
    return (total / len(members)).reshape(-1, 70, 6)


def _scaled(values: Array) -> Array:
    peak = values.max(axis=1, keepdims=True)
    return np.asarray(np.divide(values, peak, out=np.zeros_like(values), where=peak > 0))


def _batches(n: int, size: int = BATCH) -> list[slice]:
    return [slice(top, min(top + size, n)) for top in range(0, n, size)]
