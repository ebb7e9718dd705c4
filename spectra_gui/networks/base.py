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

    @property
    def gap_filling(self) -> GapFilling | None:
        """What fills gaps before the convolutions see them, learnt like a path, where it is on."""
        return None

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_branches([x] * len(self.branch_names))


FILL_COMPONENTS = 40
"""So many of the leading components fill what a spectrum lacks; the later ones follow noise."""

LEAST_RIDGE = 1e-6
"""Keeps the filling solvable where spectra without any noise leave a component undetermined."""


class LinearPath(nn.Module):
    """The flux on the principal components of the training spectra: (batch, 2, n) → (batch, k).

    What a linear classifier sees. From few spectra it learns the broad differences between types
    more surely than convolutions do, which then add what it cannot see (Cheng et al. 2016, wide
    and deep learning, arXiv:1606.07792). The projection is fixed; it is no parameter.

    A pixel that is not valid is first filled with what the leading components make of the valid
    ones (gappy PCA: Everson & Sirovich 1995, JOSA A 12, 1657; with the components' variances as
    prior, as Connolly & Szalay 1999, AJ 117, 2052, weigh noise). Left at the continuum, a masked
    line would count as a line that is not there, and the H and K of a G star as those of an O star.
    """

    weight: Tensor
    offset: Tensor
    mean: Tensor
    ridge: Tensor

    def __init__(self, n_pixels: int, n_components: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(n_components, n_pixels))
        self.register_buffer("offset", torch.zeros(n_components))
        self.register_buffer("mean", torch.zeros(n_pixels))
        self.register_buffer("ridge", torch.ones(min(n_components, FILL_COMPONENTS)))

    @property
    def n_components(self) -> int:
        return int(self.weight.shape[0])

    @property
    def n_filling(self) -> int:
        """How many of the components fill gaps."""
        return int(self.ridge.shape[0])

    def set_projection(
        self, mean: Tensor, components: Tensor, variances: Tensor, noise: float
    ) -> None:
        """Project ``x[:, 0] - mean`` on orthonormal ``components`` (≤ k, n); others stay 0.

        Parameters
        ----------
        variances : (≤ k,) of the training spectra along each component, falling; the outputs'
            mean variance becomes 1
        noise : standard deviation of a pixel beyond the components that fill
        """
        scale = float(variances.mean().sqrt())
        self.weight.zero_()
        self.offset.zero_()
        self.weight[: len(components)] = components / scale
        self.offset[: len(components)] = -(components @ mean) / scale
        self.mean.copy_(mean)
        # A component that is not there has no weight; any ridge above 0 keeps it at 0.
        self.ridge.fill_(1.0)
        fill = min(len(components), self.n_filling)
        ridge = noise**2 / variances[:fill].clamp_min(LEAST_RIDGE)
        self.ridge[:fill] = ridge.clamp_min(LEAST_RIDGE) / scale**2

    def forward(self, x: Tensor) -> Tensor:
        # Sums over thousands of pixels lose their small differences in half precision.
        with torch.autocast(x.device.type, enabled=False):
            flux = self.filled(x[:, 0].to(self.weight.dtype), x[:, 1] > 0)
            return nn.functional.linear(flux, self.weight, self.offset)

    def filled(self, flux: Tensor, valid: Tensor) -> Tensor:
        """(batch, n) flux whose pixels that are not ``valid`` come from the leading components."""
        gappy = torch.nonzero(~valid.all(1)).squeeze(1)
        if not len(gappy):
            return flux
        basis = self.weight[: self.n_filling]
        there = valid[gappy].to(flux.dtype)
        offset = (flux[gappy] - self.mean) * there
        gram = torch.diag(self.ridge) + (basis * there[:, None]) @ basis.T
        weights = torch.linalg.solve(gram, offset @ basis.T)
        filled = torch.where(valid[gappy], flux[gappy], self.mean + weights @ basis)
        return flux.index_copy(0, gappy, filled)


class GapFilling(LinearPath):
    """Spectra whose gaps hold what the valid pixels make likely: (batch, 2, n) → the same shape.

    Convolutions take a gap that stands at the continuum for lines that are not there. Validity is
    passed on as it is, so they still see where the gaps were. What is filled in counts as given: it
    is no evidence, and no gradient runs through it.
    """

    def __init__(self, n_pixels: int) -> None:
        super().__init__(n_pixels, FILL_COMPONENTS)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False), torch.no_grad():
            valid = x[:, 1] > 0
            made = self.filled(x[:, 0].to(self.weight.dtype), valid).to(x.dtype)
        return torch.stack([torch.where(valid, x[:, 0], made), x[:, 1]], 1)


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
