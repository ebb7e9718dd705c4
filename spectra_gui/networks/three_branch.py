"""Three residual branches with different kernel sizes over one spectrum.

After the joint temperature–luminosity network of Sezen 2025 (M.Sc. thesis, METU, hdl 11511/115569):
branches that see the same spectrum through kernels of three sizes and meet in a common head. Ours
are residual, normalised, padded, and keep where on the grid a feature stands, because a line is
identified by its wavelength.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from spectra_gui.networks.base import (
    N_CELLS,
    N_CHANNELS,
    CamLayer,
    GapFilling,
    Network,
    ResidualBlock,
    flatten,
    pooled_length,
    to_positions,
)


@dataclass(frozen=True)
class ThreeBranchConfig:
    """Sizes of a `ThreeBranchNet`.

    The stem quarters the length (a stride of 2 and an average over 3 at every second unit); each
    residual block after it halves it: one more entry of ``channels``. Without ``validity`` only the
    flux is seen, in which a missing pixel looks like continuum, or with ``fills_gaps`` like what
    the others make likely (see `GapFilling`).
    """

    n_pixels: int = 2441
    kernels: tuple[int, ...] = (3, 7, 15)
    channels: tuple[int, ...] = (16, 24, 32)
    positions: int = 38
    squeezed: int = 8
    hidden: int = 128
    dropout: float = 0.3
    validity: bool = True
    fills_gaps: bool = False


class Branch(nn.Module):
    """One kernel size: (batch, 2, n_pixels) → (batch, squeezed * positions)."""

    def __init__(self, kernel: int, config: ThreeBranchConfig) -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"kernel sizes must be odd, not {kernel}")
        first, *rest = config.channels
        self.n_seen = N_CHANNELS if config.validity else 1
        self.stem = nn.Sequential(
            nn.Conv1d(self.n_seen, first, kernel, 2, kernel // 2, bias=False),
            nn.BatchNorm1d(first),
            nn.ReLU(),
            nn.AvgPool1d(3, 2, 1),
        )
        sizes = [first, *rest]
        blocks = [ResidualBlock(a, b, kernel, 2) for a, b in pairwise(sizes)]
        self.blocks = nn.Sequential(*blocks)
        self.last_activation = f"blocks.{len(blocks) - 1}.act2"
        length = pooled_length(config.n_pixels, [2, *([2] * len(sizes))])
        self.pool, positions = to_positions(length, config.positions)
        self.squeeze = nn.Conv1d(sizes[-1], config.squeezed, 1)
        self.norm = nn.BatchNorm1d(config.squeezed)
        self.act = nn.ReLU()
        self.n_out = config.squeezed * positions

    def forward(self, x: Tensor) -> Tensor:
        # (batch, 2, n_pixels) → (batch, channels, length) → (batch, squeezed, positions)
        x = self.blocks(self.stem(x[:, : self.n_seen]))
        return flatten(self.act(self.norm(self.squeeze(self.pool(x)))))


class ThreeBranchNet(Network):
    """The three-branch classifier; see `ThreeBranchConfig`."""

    def __init__(self, config: ThreeBranchConfig) -> None:
        super().__init__()
        self.config = config
        self.filling = GapFilling(config.n_pixels) if config.fills_gaps else None
        branches = [Branch(k, config) for k in config.kernels]
        self.branches = nn.ModuleList(branches)
        n = sum(branch.n_out for branch in branches)
        self.drop_in = nn.Dropout(config.dropout)
        self.mix = nn.Linear(n, config.hidden)
        self.mix_norm = nn.BatchNorm1d(config.hidden)
        self.mix_act = nn.ReLU()
        self.drop_out = nn.Dropout(config.dropout)
        self.logits = nn.Linear(config.hidden, N_CELLS)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return tuple(f"k = {k}" for k in self.config.kernels)

    @property
    def gap_filling(self) -> GapFilling | None:
        return self.filling

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        out: Tensor = self.logits(self.drop_out(self._mixed(inputs)))
        return out

    def features(self, x: Tensor) -> Tensor:
        return self._mixed([x] * len(self.branches))

    def _mixed(self, inputs: Sequence[Tensor]) -> Tensor:
        seen = inputs if self.filling is None else _each_once(self.filling, inputs)
        parts = [branch(x) for branch, x in zip(self.branches, seen, strict=True)]
        # (batch, branches * squeezed * positions) → (batch, hidden)
        out: Tensor = self.mix_act(self.mix_norm(self.mix(self.drop_in(torch.cat(parts, 1)))))
        return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        # 'same' padding with odd kernels puts unit n exactly at n * stride: (k-1)/2 - p = 0.
        stride = 2 ** (1 + len(self.config.channels))
        modules = [branch.get_submodule(str(branch.last_activation)) for branch in self.branches]
        return tuple(
            CamLayer(name, module, 0.0, stride)
            for name, module in zip(self.branch_names, modules, strict=True)
        )


def _each_once(module: nn.Module, inputs: Sequence[Tensor]) -> list[Tensor]:
    """``module`` of every input; branches that share one share what becomes of it."""
    if all(x is inputs[0] for x in inputs):
        return [module(inputs[0])] * len(inputs)
    return [module(x) for x in inputs]
