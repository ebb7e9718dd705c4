"""The distance-aware loss on the MK grid and the soft targets it compares with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor

from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES, used_subtypes
from spectra_gui.recipes import LossConfig

SUBTYPES: Final = N_SUBTYPES // N_LETTERS
"""Boxes of a letter."""

LEAST: Final = 1e-6
"""No share counts as nearer to 0 or 1, so that a sure error costs no infinity."""


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
    logits: Tensor,
    temperature: Tensor,
    luminosity: Tensor,
    config: LossConfig,
    *,
    letter: Tensor,
    shares: Tensor,
    weights: Tensor | None = None,
) -> Tensor:
    """Mean over the batch of (1 - α) cross-entropy + α ½ squared distance on the MK grid.

    After Sezen 2025 (M.Sc. thesis, METU, hdl 11511/115569), with two cross-entropies: that of the
    420 cells to a soft target, and that of the 42 letters + classes to the label itself, since a
    soft target blurs the border between letters where catalogues do not. The distance is between
    the mean position under the predicted probabilities and that of the soft target, or what
    ``config.distance`` says. Where the luminosity class is unknown all terms use the temperature
    marginal alone.

    As published it is with ``distance = "letters"``, ``type_weight = 1`` and α = .75.

    Parameters
    ----------
    logits : (batch, 420)
    temperature, luminosity : (batch, 70) and (batch, 6), see `soft_targets`
    letter : (batch,) 0–6
    shares : (batch, 6) the label's luminosity classes, 0 where unknown
    weights : (batch,) how much each spectrum counts; None for all the same
    """
    log_p = torch.log_softmax(logits, 1).view(-1, N_SUBTYPES, N_LUMINOSITY)
    known = luminosity.sum(1) > 0
    soft = _soft_cross_entropy(log_p, temperature, luminosity, known)
    hard = _type_cross_entropy(log_p, letter, shares, known)
    p = log_p.exp()
    if config.distance == "letters":
        squared = _letter_distance(p, letter, shares, known, config)
    else:
        squared = _DISTANCES[config.distance](p, temperature, luminosity, known, config)
    a, t = config.distance_weight, config.type_weight
    loss = (1.0 - a) * ((1.0 - t) * soft + t * hard) + 0.5 * a * squared
    return loss.mean() if weights is None else (weights * loss).sum() / weights.sum()


def _soft_cross_entropy(
    log_p: Tensor, temperature: Tensor, luminosity: Tensor, known: Tensor
) -> Tensor:
    """(batch,) over the 420 cells, or over the 70 subtypes where the class is unknown."""
    joint = temperature[:, :, None] * luminosity[:, None, :]
    marginal = torch.logsumexp(log_p, 2)
    return torch.where(known, -(joint * log_p).sum((1, 2)), -(temperature * marginal).sum(1))


def _type_cross_entropy(log_p: Tensor, letter: Tensor, shares: Tensor, known: Tensor) -> Tensor:
    """(batch,) over the 42 letters + classes, or over the 7 letters where the class is unknown."""
    folded = log_p.view(-1, N_LETTERS, SUBTYPES, N_LUMINOSITY)
    log_type = torch.logsumexp(folded, 2)  # (batch, 7, 6)
    own = log_type[torch.arange(len(letter), device=letter.device), letter]  # (batch, 6)
    return torch.where(known, -(shares * own).sum(1), -torch.logsumexp(own, 1))


def _squared_distance(
    p: Tensor, temperature: Tensor, luminosity: Tensor, known: Tensor, config: LossConfig
) -> Tensor:
    """(batch,) with temperature in letters and luminosity in classes."""
    rows = torch.arange(N_SUBTYPES, dtype=p.dtype, device=p.device) / 10.0
    columns = torch.arange(N_LUMINOSITY, dtype=p.dtype, device=p.device)
    off_temperature = ((p.sum(2) - temperature) @ rows) * config.temperature_scale
    off_luminosity = ((p.sum(1) - luminosity) @ columns) * config.luminosity_scale * known
    return off_temperature**2 + off_luminosity**2


def _letter_distance(
    p: Tensor, letter: Tensor, shares: Tensor, known: Tensor, config: LossConfig
) -> Tensor:
    """(batch,) between whole letters and classes, as Sezen 2025 has it."""
    letters = torch.arange(N_LETTERS, dtype=p.dtype, device=p.device)
    columns = torch.arange(N_LUMINOSITY, dtype=p.dtype, device=p.device)
    of_letters = p.sum(2).view(len(p), N_LETTERS, -1).sum(2)  # (batch, 7)
    off_temperature = (of_letters @ letters - letter) * config.temperature_scale
    off_luminosity = ((p.sum(1) - shares) @ columns) * config.luminosity_scale * known
    return off_temperature**2 + off_luminosity**2


def _earth_mover(
    p: Tensor, temperature: Tensor, luminosity: Tensor, known: Tensor, config: LossConfig
) -> Tensor:
    """(batch,) squared differences of the cumulative shares, summed over letters and classes.

    Hou, Yu & Samaras 2016, arXiv:1611.05916, eq. 4, on each axis.
    """
    off_temperature = torch.cumsum(p.sum(2) - temperature, 1) * config.temperature_scale
    off_luminosity = torch.cumsum(p.sum(1) - luminosity, 1) * config.luminosity_scale
    return (off_temperature**2).sum(1) / SUBTYPES + (off_luminosity**2).sum(1) * known


def _ordinal(
    p: Tensor, temperature: Tensor, luminosity: Tensor, known: Tensor, config: LossConfig
) -> Tensor:
    """(batch,) cross-entropy of "later than this" at every step along an axis, in letters.

    After CORAL (Cao, Mirjalili & Raschka 2020, Pattern Recognition Letters 140, 325), with the
    network's own cumulative shares in place of its thresholds.
    """
    off_temperature = _steps_cross_entropy(p.sum(2), temperature) * config.temperature_scale**2
    off_luminosity = _steps_cross_entropy(p.sum(1), luminosity) * config.luminosity_scale**2
    return off_temperature / SUBTYPES + off_luminosity * known


def _steps_cross_entropy(p: Tensor, target: Tensor) -> Tensor:
    """(batch,) summed over the steps between the boxes of an axis."""
    later = (1.0 - torch.cumsum(p, 1)[:, :-1]).clamp(LEAST, 1.0 - LEAST)
    wanted = (1.0 - torch.cumsum(target, 1)[:, :-1]).clamp(0.0, 1.0)
    return -(wanted * later.log() + (1.0 - wanted) * torch.log1p(-later)).sum(1)


_DISTANCES: Final[Mapping[str, Callable[..., Tensor]]] = {
    "subtypes": _squared_distance,
    "earth_mover": _earth_mover,
    "ordinal": _ordinal,
}
"""By the names that ``loss.distance`` has, those that compare with the soft target."""
