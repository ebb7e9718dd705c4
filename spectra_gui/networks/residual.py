"""A slim one-dimensional bottleneck residual network (He et al. 2016, CVPR 770, fig. 5 right).

Beside the convolutions a linear path leads from the flux's principal components to the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectra_gui.networks.base import (
    N_CELLS,
    N_CHANNELS,
    CamLayer,
    GapFilling,
    LinearPath,
    Network,
    flatten,
    pooled_length,
    to_positions,
)


@dataclass(frozen=True)
class ResidualConfig:
    """Sizes of a `ResidualNet`: bottleneck ``widths`` and ``depths`` per stage.

    The stem leaves a quarter of the length and every stage halves it. ``components``: width of the
    linear path. With ``fills_gaps`` the convolutions see no gaps (see `GapFilling`).
    """

    n_pixels: int = 2441
    widths: tuple[int, ...] = (16, 24)
    depths: tuple[int, ...] = (2, 2)
    expansion: int = 2
    kernel: int = 7
    stem_kernel: int = 11
    positions: int = 38
    squeezed: int = 16
    hidden: int = 128
    components: int = 100
    dropout: float = 0.3
    fills_gaps: bool = False


class Bottleneck(nn.Module):
    """1×1 down, k×1, 1×1 up, with a shortcut."""

    def __init__(self, c_in: int, width: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        c_out = width * expansion
        self.down = nn.Conv1d(c_in, width, 1, bias=False)
        self.norm1 = nn.BatchNorm1d(width)
        self.act1 = nn.ReLU()
        self.conv = nn.Conv1d(width, width, kernel, stride, kernel // 2, bias=False)
        self.norm2 = nn.BatchNorm1d(width)
        self.act2 = nn.ReLU()
        self.up = nn.Conv1d(width, c_out, 1, bias=False)
        self.norm3 = nn.BatchNorm1d(c_out)
        self.act3 = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or c_in != c_out:
            self.shortcut = nn.Sequential(
                nn.Conv1d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm1d(c_out)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.act1(self.norm1(self.down(x)))
        y = self.act2(self.norm2(self.conv(y)))
        out: Tensor = self.act3(self.norm3(self.up(y)) + self.shortcut(x))
        return out


class ResidualNet(Network):
    """The residual classifier; see `ResidualConfig`."""

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__()
        if config.kernel % 2 == 0 or config.stem_kernel % 2 == 0:
            raise ValueError("kernel sizes must be odd")
        self.config = config
        self.filling = GapFilling(config.n_pixels) if config.fills_gaps else None
        stem = config.widths[0]
        self.stem = nn.Sequential(
            nn.Conv1d(N_CHANNELS, stem, config.stem_kernel, 4, config.stem_kernel // 2, bias=False),
            nn.BatchNorm1d(stem),
            nn.ReLU(),
        )
        blocks: list[nn.Module] = []
        channels = stem
        for width, depth in zip(config.widths, config.depths, strict=True):
            for i in range(depth):
                stride = 2 if i == 0 else 1
                blocks.append(Bottleneck(channels, width, config.expansion, config.kernel, stride))
                channels = width * config.expansion
        self.blocks = nn.Sequential(*blocks)
        self.stride_px = 4 * 2 ** len(config.widths)
        length = pooled_length(config.n_pixels, [4] + [2] * len(config.widths))
        self.pool, positions = to_positions(length, config.positions)
        self.squeeze = nn.Conv1d(channels, config.squeezed, 1)
        self.squeeze_norm = nn.BatchNorm1d(config.squeezed)
        self.squeeze_act = nn.ReLU()
        n = config.squeezed * positions
        self.drop_in = nn.Dropout(config.dropout)
        self.mix = nn.Linear(n, config.hidden)
        self.mix_norm = nn.BatchNorm1d(config.hidden)
        self.mix_act = nn.ReLU()
        self.drop_out = nn.Dropout(config.dropout)
        self.linear = LinearPath(config.n_pixels, config.components)
        self.drop_linear = nn.Dropout(0.1)
        self.logits = nn.Linear(config.hidden + config.components, N_CELLS)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("residual",)

    @property
    def linear_path(self) -> LinearPath:
        return self.linear

    @property
    def gap_filling(self) -> GapFilling | None:
        return self.filling

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        seen = [self.drop_out(self._mixed(x)), self.drop_linear(self.linear(x))]
        out: Tensor = self.logits(torch.cat(seen, 1))
        return out

    def features(self, x: Tensor) -> Tensor:
        return torch.cat([self._mixed(x), self.linear(x)], 1)

    def _mixed(self, x: Tensor) -> Tensor:
        if self.filling is not None:
            x = self.filling(x)
        x = self.pool(self.blocks(self.stem(x)))
        # (batch, channels, positions) → (batch, squeezed * positions) → (batch, hidden)
        x = flatten(self.squeeze_act(self.squeeze_norm(self.squeeze(x))))
        out: Tensor = self.mix_act(self.mix_norm(self.mix(self.drop_in(x))))
        return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        last = self.get_submodule(f"blocks.{len(self.blocks) - 1}.act3")
        return (CamLayer("residual", last, 0.0, self.stride_px),)
