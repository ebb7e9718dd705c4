"""A kernel classifier of the flux's principal components, as a member beside the CNNs.

It compares a spectrum with the stars that it learnt from, as a support-vector machine does, yet
holds none of them: what a Gaussian kernel would say is written with random waves in the space of
the components (Rahimi & Recht 2007, NeurIPS 20, 1177). Where the linear classifier draws planes
between types, this one may bend. It has no branch to explain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectra_gui.networks.base import N_CELLS, CamLayer, LinearPath, Network


@dataclass(frozen=True)
class KernelConfig:
    """Shape of a `KernelNet`.

    ``components`` of the training spectra span the space; ``evening`` is how far their variances
    are made alike in it (0: as they are, so that the broad differences count; 1: all the same).
    Stars at the squared distance d², which is 2 on average, are alike by exp(−``sharpness`` d²).
    ``waves`` is the number of random waves, ``penalty`` how strongly the fit holds the weights
    down.
    """

    n_pixels: int = 2441
    components: int = 100
    evening: float = 0.5
    sharpness: float = 0.5
    waves: int = 2000
    penalty: float = 1.0


class KernelNet(Network):
    """The kernel classifier; see `KernelConfig`."""

    frequencies: Tensor
    phases: Tensor

    def __init__(self, config: KernelConfig) -> None:
        super().__init__()
        self.config = config
        self.linear = LinearPath(config.n_pixels, config.components)
        self.register_buffer("frequencies", torch.zeros(config.waves, config.components))
        self.register_buffer("phases", torch.zeros(config.waves))
        self.logits = nn.Linear(config.waves, N_CELLS)

    def draw_waves(self, variances: Tensor, seed: int) -> None:
        """Draw the waves for a projection whose outputs vary by ``variances`` (components,)."""
        random = torch.Generator().manual_seed(seed)
        config = self.config
        scale = variances.clamp_min(torch.finfo(variances.dtype).tiny) ** (-0.5 * config.evening)
        # A component that is not there has no variance and no say.
        scale = torch.where(variances > 0, scale, torch.zeros_like(scale))
        scale = scale / (scale**2 * variances).sum().sqrt()
        drawn = torch.randn(config.waves, config.components, generator=random)
        self.frequencies.copy_(drawn * (2.0 * config.sharpness) ** 0.5 * scale)
        self.phases.copy_(2.0 * torch.pi * torch.rand(config.waves, generator=random))

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("kernel",)

    @property
    def linear_path(self) -> LinearPath:
        return self.linear

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        out: Tensor = self.logits(self.features(x))
        return out

    def features(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            turned = nn.functional.linear(self.linear(x), self.frequencies, self.phases)
            out: Tensor = (2.0 / self.config.waves) ** 0.5 * turned.cos()
            return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return ()
