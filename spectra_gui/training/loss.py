"""The distance-aware loss on the MK grid and the soft targets it compares with."""

from __future__ import annotations

import torch
from torch import Tensor

from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES, used_subtypes
from spectra_gui.recipes import LossConfig


def soft_targets(code: Tensor, luminosity: Tensor, config: LossConfig) -> tuple[Tensor, Tensor]:
    """Target distributions of the two axes.

    Parameters
    ----------
    code : (n,) temperature on 0–70
    luminosity : (n, 6) rows of sum 1 (two halves for a range), or 0 where the class is unknown

    Returns
    -------
    (n, 70) and (n, 6); rows of the second stay 0 where the class is unknown.
    """
    rows = torch.arange(N_SUBTYPES, dtype=torch.float32)
    used = torch.as_tensor(used_subtypes(), dtype=torch.float32)
    # A subtype box holds its decimals: G2.5 lies between boxes 42 and 43.
    bell = torch.exp(-0.5 * ((rows - code[:, None]) / config.subtype_sigma) ** 2) * used
    temperature = bell / bell.sum(1, keepdim=True).clamp_min(1e-12)
    leak = torch.zeros(N_LUMINOSITY, N_LUMINOSITY)
    for c in range(N_LUMINOSITY - 1):  # class VI is metallicity: it leaks nowhere
        beside = [d for d in (c - 1, c + 1) if 0 <= d < N_LUMINOSITY - 1]
        leak[c, c] = 1.0 - config.class_leak
        leak[c, beside] = config.class_leak / len(beside)
    leak[-1, -1] = 1.0
    return temperature, luminosity @ leak


def distance_aware_loss(
    logits: Tensor, temperature: Tensor, luminosity: Tensor, config: LossConfig
) -> Tensor:
    """Mean over the batch of (1 - α) cross-entropy + α ½ squared distance on the MK grid.

    After Sezen 2025 (M.Sc. thesis, METU, hdl 11511/115569), on 70 × 6 cells and with soft targets:
    the distance is between the mean position under the predicted probabilities and the mean
    position of the target. Where the luminosity class is unknown both terms use the temperature
    marginal alone.

    Parameters
    ----------
    logits : (batch, 420)
    temperature, luminosity : (batch, 70) and (batch, 6), see `soft_targets`
    """
    log_p = torch.log_softmax(logits, 1).view(-1, N_SUBTYPES, N_LUMINOSITY)
    log_p_temperature = torch.logsumexp(log_p, 2)
    known = luminosity.sum(1) > 0
    joint = temperature[:, :, None] * luminosity[:, None, :]
    cross_entropy = torch.where(
        known, -(joint * log_p).sum((1, 2)), -(temperature * log_p_temperature).sum(1)
    )
    rows = torch.arange(N_SUBTYPES, dtype=log_p.dtype) / 10.0
    columns = torch.arange(N_LUMINOSITY, dtype=log_p.dtype)
    p = log_p.exp()
    off_temperature = ((p.sum(2) - temperature) @ rows) * config.temperature_scale
    off_luminosity = ((p.sum(1) - luminosity) @ columns) * config.luminosity_scale * known
    squared = off_temperature**2 + off_luminosity**2
    a = config.distance_weight
    return ((1.0 - a) * cross_entropy + 0.5 * a * squared).mean()
