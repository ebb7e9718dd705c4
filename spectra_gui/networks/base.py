"""What every network of an ensemble offers: logits over the MK grid, and branches to explain."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

N_CHANNELS = 2
"""Input channels: flux − 1 (0 where not valid) and validity (0 or 1)."""

N_CELLS = 420
"""Logits: 70 subtypes × 6 luminosity classes, row-major."""


@dataclass(frozen=True)
class CamLayer:
    """Where Grad-CAM looks in a branch.

    ``module``: the activation whose output is weighted. ``first_px`` and ``stride_px``: centre of
    its unit n on the input grid is ``first_px + stride_px * n``.
    """

    branch: str
    module: nn.Module
    first_px: float
    stride_px: int


class Network(nn.Module):
    """A classifier of prepared spectra ``(batch, 2, n_pixels)`` → logits ``(batch, 420)``."""

    logits: nn.Linear

    @property
    def head(self) -> nn.Linear:
        """The last linear layer, (n_features → 420)."""
        return self.logits

    @property
    @abstractmethod
    def branch_names(self) -> tuple[str, ...]:
        """One name a branch; a network without branches has one."""

    @abstractmethod
    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        """Logits from one input copy per branch, so that each can be explained alone."""

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """(batch, n_features): what the last linear layer sees."""

    @abstractmethod
    def cam_layers(self) -> tuple[CamLayer, ...]:
        """One layer per branch, in the order of `branch_names`."""

    @property
    def linear_path(self) -> LinearPath | None:
        """The path whose fixed projection is learnt before training, where there is one."""
        return None

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_branches([x] * len(self.branch_names))


class LinearPath(nn.Module):
    """The flux on the principal components of the training spectra: (batch, 2, n) → (batch, k).

    What a linear classifier sees. From few spectra it learns the broad differences between types
    more surely than convolutions do, which then add what it cannot see (Cheng et al. 2016, wide
    and deep learning, arXiv:1606.07792). The projection is fixed; it is no parameter.
    """

    weight: Tensor
    offset: Tensor

    def __init__(self, n_pixels: int, n_components: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(n_components, n_pixels))
        self.register_buffer("offset", torch.zeros(n_components))

    @property
    def n_components(self) -> int:
        return int(self.weight.shape[0])

    def set_projection(self, mean: Tensor, components: Tensor, scale: float) -> None:
        """Project ``x[:, 0] - mean`` on ``components`` (≤ k, n) over ``scale``; others stay 0."""
        self.weight.zero_()
        self.offset.zero_()
        self.weight[: len(components)] = components / scale
        self.offset[: len(components)] = -(components @ mean) / scale

    def forward(self, x: Tensor) -> Tensor:
        # Sums over thousands of pixels lose their small differences in half precision.
        with torch.autocast(x.device.type, enabled=False):
            return nn.functional.linear(x[:, 0].to(self.weight.dtype), self.weight, self.offset)


class ResidualBlock(nn.Module):
    """Two convolutions of one kernel size with a shortcut (He et al. 2016, CVPR 770)."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int) -> None:
        super().__init__()
        pad = kernel // 2
        self.conv1 = nn.Conv1d(c_in, c_out, kernel, stride, pad, bias=False)
        self.norm1 = nn.BatchNorm1d(c_out)
        self.act1 = nn.ReLU()
        self.conv2 = nn.Conv1d(c_out, c_out, kernel, 1, pad, bias=False)
        self.norm2 = nn.BatchNorm1d(c_out)
        self.act2 = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or c_in != c_out:
            self.shortcut = nn.Sequential(
                nn.Conv1d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm1d(c_out)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.act1(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        out: Tensor = self.act2(y + self.shortcut(x))
        return out


def pooled_length(n: int, strides: Sequence[int]) -> int:
    """Length after 'same'-padded odd-kernel convolutions of these strides."""
    for stride in strides:
        n = (n - 1) // stride + 1
    return n


def to_positions(n_in: int, n_out: int) -> tuple[nn.AvgPool1d, int]:
    """Average pooling without padding that leaves about ``n_out`` positions, and how many."""
    size = max(1, n_in // n_out)
    return nn.AvgPool1d(size), n_in // size


def flatten(x: Tensor) -> Tensor:
    """(batch, channels, positions) → (batch, channels * positions)."""
    return torch.flatten(x, 1)
