"""Guided Grad-CAM of one network, branch by branch, along the wavelength axis.

After Selvaraju et al. 2017 (ICCV, arXiv:1610.02391) with guided backpropagation of Springenberg
et al. 2015 (arXiv:1412.6806), both through captum. Three things are ours: every branch is
explained against an input copy of its own; units of the layer are placed on the grid by the
centre of what they see, because a plain stretch is off by half the stride; and networks that
guided backpropagation would silently misread are refused (`spectra_gui.networks.check`).

Knows networks and their inputs; knows no spectrum, no bundle and no verdict. captum is imported at
the first explanation.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.networks.base import CamLayer, Network
from spectra_gui.networks.check import check_explainable

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BranchMap:
    """Guided Grad-CAM of one branch.

    Attributes
    ----------
    guided : (batch, n_pixels) guided gradient of the target with respect to the flux channel of
        this branch's input. Below zero where *less* flux would speak for the target, as in an
        absorption line; above zero where more flux would
    cam : (batch, n_units) Σ over channels of activation × mean gradient over the length; below
        zero where the layer speaks against the target
    placed : (batch, n_pixels) ReLU(cam), interpolated linearly between the centres of its units
        and constant beyond the outermost
    """

    branch: str
    guided: Array
    cam: Array
    placed: Array

    @property
    def product(self) -> Array:
        """(batch, n_pixels) guided × placed: Guided Grad-CAM with the sign of the gradient."""
        return self.guided * self.placed


class TargetScore(nn.Module):
    """Log-sum-exp of a network's logits over the target's cells, from one input per branch.

    Starts from the logits: a softmax would mix the evidence against all other cells in.
    ``cells`` is (batch, 420) bool.
    """

    def __init__(self, network: Network, cells: Tensor) -> None:
        super().__init__()
        self.network = network
        self._outside = ~cells

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.of_logits(self.network.forward_branches(inputs))

    def of_logits(self, logits: Tensor) -> Tensor:
        """(batch, 420) logits → (batch,) scores."""
        return logits.masked_fill(self._outside, -torch.inf).logsumexp(1)


_locks: WeakKeyDictionary[nn.Module, threading.RLock] = WeakKeyDictionary()
_explainable: WeakSet[nn.Module] = WeakSet()
_registry = threading.Lock()


def exclusive(network: nn.Module) -> threading.RLock:
    """The lock of a network: guided backpropagation hooks its modules while it runs.

    Whoever calls the same network on another thread takes it too.
    """
    with _registry:
        return _locks.setdefault(network, threading.RLock())


def guided_grad_cam(network: Network, x: Tensor, cells: NDArray[np.bool_]) -> tuple[BranchMap, ...]:
    """Guided Grad-CAM of every branch for one target.

    Works under ``no_grad`` and ``inference_mode`` of the caller and leaves no trace in the
    network, also after an exception: no hooks, modes, statistics or gradients.

    Parameters
    ----------
    x : (batch, 2, n_pixels) as `Network.forward` takes it; rows do not influence each other
    cells : (70, 6) the target's cells for all rows, or (batch, 70, 6)

    Returns
    -------
    One map a branch, in the order of ``network.branch_names``.

    Raises
    ------
    StructureError
        For a network that guided backpropagation cannot follow.
    ValueError
        For a target without cells and for input that is not finite.
    """
    with exclusive(network), torch.inference_mode(False), torch.enable_grad(), evaluating(network):
        inputs = on_device(network, x)
        _check_once(network, inputs[:1])
        score = TargetScore(network, chosen(cells, inputs))
        gradients = _guided_gradients(score, inputs)
        return tuple(
            _branch_map(layer, gradient, _grad_cam(score, layer, inputs))
            for layer, gradient in zip(network.cam_layers(), gradients, strict=True)
        )


def place(cam: Array, layer: CamLayer, n_pixels: int) -> Array:
    """(batch, n_units) → (batch, n_pixels): units at their centres, straight lines between."""
    pixels = np.arange(n_pixels, dtype=np.float64)
    centres = layer.first_px + layer.stride_px * np.arange(cam.shape[1], dtype=np.float64)
    return np.stack([np.interp(pixels, centres, row) for row in cam])


def on_device(network: Network, x: Tensor) -> Tensor:
    """A copy of (batch, 2, n_pixels) with the network's device and precision, free of history.

    Raises
    ------
    ValueError
        Where values are not finite.
    """
    like = next(network.parameters())
    copy = x.detach().clone().to(device=like.device, dtype=like.dtype)
    if not bool(torch.isfinite(copy).all()):
        raise ValueError("the prepared spectrum holds values that are not finite")
    return copy


def chosen(cells: NDArray[np.bool_], like: Tensor) -> Tensor:
    """(70, 6) or (batch, 70, 6) bool → (batch, 420) on the device of ``like`` (batch, …).

    Raises
    ------
    ValueError
        For a target without a cell.
    """
    flat = np.asarray(cells, dtype=bool).reshape(-1, cells.shape[-2] * cells.shape[-1])
    if not flat.any(axis=1).all():
        raise ValueError("a target needs at least one cell of the MK grid")
    return torch.from_numpy(flat.copy()).to(like.device).expand(len(like), -1)


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode for a while; every module gets its own mode back."""
    before = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def _check_once(network: Network, x: Tensor) -> None:
    with _registry:
        known = network in _explainable
    if not known:
        check_explainable(network, x)
        with _registry:
            _explainable.add(network)


def _guided_gradients(score: TargetScore, x: Tensor) -> Sequence[Tensor]:
    """Per branch (batch, 2, n_pixels); a fresh GuidedBackprop, since it keeps its old hooks."""
    attribution = _captum().GuidedBackprop(score)
    gradients: Sequence[Tensor] = attribution.attribute(_copies(score, x))
    return gradients


def _grad_cam(score: TargetScore, layer: CamLayer, x: Tensor) -> Tensor:
    """(batch, 1, n_units), signed."""
    attribution = _captum().LayerGradCam(score, layer.module)
    cam: Tensor = attribution.attribute(_copies(score, x))
    return cam


def _copies(score: TargetScore, x: Tensor) -> tuple[Tensor, ...]:
    return tuple(x.clone().requires_grad_() for _ in score.network.branch_names)


def _branch_map(layer: CamLayer, gradient: Tensor, cam: Tensor) -> BranchMap:
    guided = gradient[:, 0].detach().cpu().double().numpy()
    units = cam[:, 0].detach().cpu().double().numpy()
    placed = place(np.maximum(units, 0.0), layer, guided.shape[1])
    return BranchMap(layer.branch, guided, units, placed)


def _captum() -> Any:
    """captum.attr, imported at the first use because it takes as long as torch itself."""
    import captum.attr

    # captum announces its hooks at every call; that they are gone afterwards is tested.
    warnings.filterwarnings("ignore", message="Setting backward hooks on ReLU", module="captum")
    return captum.attr
