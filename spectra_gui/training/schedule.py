"""How the learning rate goes over a fit. Knows no network and no data."""

from __future__ import annotations

import torch

from spectra_gui.recipes import OptimiserConfig


def make_schedule(
    optimiser: torch.optim.Optimizer, config: OptimiserConfig, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """The rate of every one of ``steps``."""
    if config.schedule == "constant":
        return torch.optim.lr_scheduler.LambdaLR(optimiser, lambda _step: 1.0)
    total = max(2, steps)
    total += config.warm_up * total == 1.0  # OneCycleLR divides by the steps after the first
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=total, pct_start=config.warm_up
    )
