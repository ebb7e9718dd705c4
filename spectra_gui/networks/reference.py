"""The networks of the published study that ours are compared with, with its own layer sizes.

Sezen 2025 (M.Sc. thesis, METU, hdl 11511/115569): Conv1D-v1 and Conv1D-v2, three branches without
padding or norm, and a one-dimensional ResNet50. Written anew from the published sizes. They look at
the flux alone, continuum 1, and know no subtypes; the study has the 39 letters + classes that its
stars populate, here all 42 have an output. Every activation is a module of its own, as everywhere.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES
from spectra_gui.networks.base import N_CELLS, CamLayer, Network, flatten
from spectra_gui.networks.residual import Bottleneck

N_TYPES: Final = N_LETTERS * N_LUMINOSITY
"""Letters + luminosity classes."""

STEM_CHANNELS: Final = 64
"""Of the ResNet50 (He et al. 2016, CVPR 770, table 1)."""


class TypeHead(nn.Linear):
    """A last layer that tells letters + classes apart and no subtypes.

    (batch, n_features) → (batch, 420): each of the 42 logits stands in all ten subtypes of its
    letter, so that a softmax spreads what the letter has evenly over them.
    """

    def __init__(self, n_features: int) -> None:
        super().__init__(n_features, N_TYPES)

    def forward(self, x: Tensor) -> Tensor:
        # (batch, 42) → (batch, 7, 1, 6) → (batch, 7, 10, 6) → (batch, 420)
        types = super().forward(x).view(-1, N_LETTERS, 1, N_LUMINOSITY)
        return types.expand(-1, -1, N_SUBTYPES // N_LETTERS, -1).reshape(-1, N_CELLS)

    @staticmethod
    def of_cells(cells: NDArray[np.float32]) -> NDArray[np.float32]:
        """(420,) values that are alike within a letter + class → the (42,) that they are."""
        return cells.reshape(N_LETTERS, -1, N_LUMINOSITY)[:, 0].ravel()


def flux_alone(x: Tensor) -> Tensor:
    """(batch, 2, n) as networks take it → (batch, 1, n) flux with continuum 1."""
    return x[:, :1] + 1.0


@dataclass(frozen=True)
class Conv1DV1Config:
    """Sizes of a `Conv1DV1Net`; the published ones are the defaults."""

    n_pixels: int = 2305
    kernels: tuple[int, ...] = (3, 5, 7)
    channels: tuple[int, ...] = (512, 256, 128, 64)
    hidden: tuple[int, ...] = (2048, 1024)


@dataclass(frozen=True)
class Conv1DV2Config:
    """Sizes of a `Conv1DV2Net`; the published ones are the defaults."""

    n_pixels: int = 2305
    kernels: tuple[int, ...] = (3, 5, 7)
    channels: tuple[int, ...] = (32, 128, 512, 2048, 512, 128, 32)
    strides: tuple[int, ...] = (1, 2, 2, 2, 2, 2, 2)
    hidden: int = 2048


@dataclass(frozen=True)
class ResNet50Config:
    """Sizes of a `ResNet50Net`; the published ones are the defaults."""

    n_pixels: int = 2305
    widths: tuple[int, ...] = (64, 128, 256, 512)
    depths: tuple[int, ...] = (3, 4, 6, 3)


class PlainBranch(nn.Module):
    """Convolutions of one kernel size without padding: (batch, 1, n) → (batch, channels, length).

    ``first_px`` and ``stride_px`` place the units of the last layer, see `CamLayer`.
    """

    def __init__(
        self, kernel: int, channels: Sequence[int], strides: Sequence[int], n_pixels: int
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        self.first_px, self.stride_px, self.length = 0.0, 1, n_pixels
        for (c_in, c_out), stride in zip(pairwise((1, *channels)), strides, strict=True):
            layers += [nn.Conv1d(c_in, c_out, kernel, stride), nn.ReLU()]
            self.first_px += 0.5 * (kernel - 1) * self.stride_px
            self.stride_px *= stride
            self.length = (self.length - kernel) // stride + 1
        if self.length < 1:
            raise ValueError(f"a grid of {n_pixels} pixels is too short for kernels of {kernel}")
        self.layers = nn.Sequential(*layers)
        self.last_activation = f"layers.{len(layers) - 1}"

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


class _PlainBranchNet(Network):
    """What both have in common: branches that end in a row of numbers each, and a linear head."""

    logits: TypeHead

    def __init__(
        self,
        kernels: Sequence[int],
        channels: Sequence[int],
        strides: Sequence[int],
        n_pixels: int,
    ) -> None:
        super().__init__()
        self.kernels = tuple(kernels)
        branches = [PlainBranch(kernel, channels, strides, n_pixels) for kernel in kernels]
        self.branches = nn.ModuleList(branches)
        self.lengths = [branch.length for branch in branches]
        self._placed = [(branch.first_px, branch.stride_px) for branch in branches]

    @abstractmethod
    def _joined(self, rows: Tensor) -> Tensor:
        """(batch, n) of all branches → (batch, n_features)."""

    @abstractmethod
    def _row(self, x: Tensor) -> Tensor:
        """(batch, channels, length) → (batch, n) of one branch."""

    @property
    def branch_names(self) -> tuple[str, ...]:
        return tuple(f"k = {k}" for k in self.kernels)

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        pairs = zip(self.branches, inputs, strict=True)
        rows = [self._row(branch(flux_alone(x))) for branch, x in pairs]
        out: Tensor = self.logits(self._joined(torch.cat(rows, 1)))
        return out

    def features(self, x: Tensor) -> Tensor:
        flux = flux_alone(x)
        return self._joined(torch.cat([self._row(branch(flux)) for branch in self.branches], 1))

    def cam_layers(self) -> tuple[CamLayer, ...]:
        modules = [b.get_submodule(str(b.last_activation)) for b in self.branches]
        pairs = zip(self.branch_names, modules, self._placed, strict=True)
        return tuple(CamLayer(name, module, *placed) for name, module, placed in pairs)


class Conv1DV1Net(_PlainBranchNet):
    """The first published network: the maximum over channels at each position, two hidden layers.

    18.8 million weights.
    """

    def __init__(self, config: Conv1DV1Config) -> None:
        strides = [1] * len(config.channels)
        super().__init__(config.kernels, config.channels, strides, config.n_pixels)
        self.config = config
        layers: list[nn.Module] = []
        for n_in, n_out in pairwise((sum(self.lengths), *config.hidden)):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        self.mix = nn.Sequential(*layers)
        self.logits = TypeHead(config.hidden[-1])

    def _row(self, x: Tensor) -> Tensor:
        return x.max(1).values

    def _joined(self, rows: Tensor) -> Tensor:
        out: Tensor = self.mix(rows)
        return out


class Conv1DV2Net(_PlainBranchNet):
    """The second published network: wider, with strides, all of it flattened; 40.1 million weights.

    Linear layers start after Glorot & Bengio 2010 (AISTATS, 249), biases at .01, as published.
    """

    def __init__(self, config: Conv1DV2Config) -> None:
        super().__init__(config.kernels, config.channels, config.strides, config.n_pixels)
        self.config = config
        self.mix = nn.Linear(sum(self.lengths) * config.channels[-1], config.hidden)
        self.mix_act = nn.ReLU()
        self.logits = TypeHead(config.hidden)
        for layer in (self.mix, self.logits):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.constant_(layer.bias, 0.01)

    def _row(self, x: Tensor) -> Tensor:
        return flatten(x)

    def _joined(self, rows: Tensor) -> Tensor:
        out: Tensor = self.mix_act(self.mix(rows))
        return out


class ResNet50Net(Network):
    """The published ResNet50 of one dimension: 16.0 million weights, no wavelength kept."""

    def __init__(self, config: ResNet50Config) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Sequential(
            nn.Conv1d(1, STEM_CHANNELS, 7, 2, 3, bias=False),
            nn.BatchNorm1d(STEM_CHANNELS),
            nn.ReLU(),
            nn.MaxPool1d(3, 2, 1),
        )
        blocks: list[nn.Module] = []
        channels = STEM_CHANNELS
        for stage, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                blocks.append(Bottleneck(channels, width, 4, 3, stride))
                channels = 4 * width
        self.blocks = nn.Sequential(*blocks)
        self.logits = TypeHead(channels)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("residual",)

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        out: Tensor = self.logits(self.features(x))
        return out

    def features(self, x: Tensor) -> Tensor:
        # (batch, channels, length) → (batch, channels)
        out: Tensor = self.blocks(self.stem(flux_alone(x))).mean(2)
        return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        last = self.get_submodule(f"blocks.{len(self.blocks) - 1}.act3")
        # The stem leaves a quarter of the length and every stage but the first halves it.
        return (CamLayer("residual", last, 0.0, 4 * 2 ** (len(self.config.widths) - 1)),)
