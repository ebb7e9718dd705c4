"""Occlusion: how much a network's score for a target falls when a stretch of spectrum is missing.

After Zeiler & Fergus 2014 (ECCV, arXiv:1311.2901). Needs no gradients and no particular
activations, so it is the independent second look beside Guided Grad-CAM, and the only one for
networks that guided backpropagation cannot follow. Knows no spectrum, no bundle and no verdict.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectra_gui.inference.cam import TargetScore, chosen, evaluating, exclusive, on_device
from spectra_gui.networks.base import Network

Array = NDArray[np.float64]

WINDOW_PX: Final = 20
STEP_PX: Final = 10
"""Half the window: every pixel is covered twice; finer steps cost time and add no resolution."""

_BATCH: Final = 32


def occlusion_drop(
    network: Network,
    x: Tensor,
    cells: NDArray[np.bool_],
    *,
    window_px: int = WINDOW_PX,
    step_px: int = STEP_PX,
) -> Array:
    """Fall of the target's log-sum-exp per pixel, mean over the windows that cover it.

    A window is made missing the way gaps are: flux at the continuum, validity 0. Above zero the
    stretch speaks for the target, below zero against it; windows without a valid pixel give 0.

    Parameters
    ----------
    x : (1, 2, n_pixels)
    cells : (70, 6) the target's cells

    Returns
    -------
    (n_pixels,) in logits, signed

    Raises
    ------
    ValueError
        For a target without cells and for input that is not finite.
    """
    with exclusive(network), torch.inference_mode(), evaluating(network):
        whole = on_device(network, x)
        score = TargetScore(network, chosen(cells, whole))
        windows = _windows(whole[0, 1] > 0, window_px, step_px)
        before = score.of_logits(network(whole))
        drops = [
            before - score.of_logits(network(_without(whole, windows[i : i + _BATCH])))
            for i in range(0, len(windows), _BATCH)
        ]
    drop = torch.cat(drops).cpu().double().numpy() if drops else np.zeros(0)
    return _per_pixel(drop, windows, whole.shape[2])


def _windows(valid: Tensor, window_px: int, step_px: int) -> list[tuple[int, int]]:
    """(start, end) of the windows that hold a valid pixel; the outermost are cut at the ends."""
    present = valid.cpu().numpy()
    starts = range(step_px - window_px, len(present), step_px)
    clipped = [(max(0, s), min(len(present), s + window_px)) for s in starts]
    return [(a, b) for a, b in clipped if present[a:b].any()]


def _without(x: Tensor, windows: list[tuple[int, int]]) -> Tensor:
    copies = x.expand(len(windows), -1, -1).clone()
    for copy, (start, end) in zip(copies, windows, strict=True):
        copy[:, start:end] = 0.0
    return copies


def _per_pixel(drop: Array, windows: list[tuple[int, int]], n_pixels: int) -> Array:
    total, count = np.zeros(n_pixels), np.zeros(n_pixels)
    for value, (start, end) in zip(drop, windows, strict=True):
        total[start:end] += value
        count[start:end] += 1
    mean: Array = total / np.maximum(count, 1)
    return mean
