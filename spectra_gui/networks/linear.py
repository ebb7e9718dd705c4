"""A linear classifier of the flux's principal components, as a member beside the CNNs.

It errs elsewhere than convolutions do, so a mean over both kinds errs less than either. It has no
branch to explain: what it sees has no place on the grid that a single layer could tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from spectra_gui.networks.base import N_CELLS, CamLayer, LinearPath, Network


@dataclass(frozen=True)
class LinearConfig:
    """Sizes of a `LinearNet`: ``components`` of the training spectra lead to the logits."""

    n_pixels: int = 2441
    components: int = 100
    dropout: float = 0.1


class LinearNet(Network):
    """The linear classifier; see `LinearConfig`."""

    def __init__(self, config: LinearConfig) -> None:
        super().__init__()
        self.config = config
        self.linear = LinearPath(config.n_pixels, config.components)
        self.drop = nn.Dropout(config.dropout)
        self.logits = nn.Linear(config.components, N_CELLS)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("linear",)

    @property
    def linear_path(self) -> LinearPath:
        return self.linear

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        out: Tensor = self.logits(self.drop(self.linear(x)))
        return out

    def features(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(x)
        return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return ()
