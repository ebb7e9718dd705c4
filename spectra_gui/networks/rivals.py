"""Two more kinds of network that the published study compared, as their own papers describe them.

ConvTran: Foumani et al. 2023, Data Mining and Knowledge Discovery 38, 22 (arXiv:2305.16642), a
transformer for time series whose positions are encoded for their length (tAPE) and, in the
attention, by distance (eRPE). Conv-KAN: convolutions whose kernels are learnt functions instead of
numbers (Bodner et al. 2024, arXiv:2406.13155), each a sum of B-splines as in Liu et al. 2024
(Kolmogorov–Arnold networks, arXiv:2404.19756). Written anew; the study does not give its sizes, so
these are ours. Neither has ReLUs, so guided backpropagation has nothing to follow: both are
explained by occlusion. They see the flux alone and know no subtypes, like those of `reference`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from spectra_gui.networks.base import CamLayer, Network
from spectra_gui.networks.reference import TypeHead, flux_alone


@dataclass(frozen=True)
class ConvTranConfig:
    """Sizes of a `ConvTranNet`.

    ``width`` of a token, ``heads`` of the attention, ``forward`` width between its linear layers.
    A convolution of ``kernel`` at every ``stride``-th pixel makes the tokens: attention over all
    pairs of 2305 pixels would take gigabytes.
    """

    n_pixels: int = 2305
    width: int = 64
    heads: int = 8
    forward: int = 256
    kernel: int = 17
    stride: int = 8
    dropout: float = 0.1


@dataclass(frozen=True)
class ConvKANConfig:
    """Sizes of a `ConvKANNet`: ``channels`` of the layers, each at every ``stride``-th position.

    ``splines`` of order 3 a function, on the interval −``reach`` to ``reach``.
    """

    n_pixels: int = 2305
    channels: tuple[int, ...] = (16, 32, 64, 64)
    kernel: int = 7
    stride: int = 3
    splines: int = 8
    reach: float = 3.0
    hidden: int = 256
    dropout: float = 0.1


class _OneBranchNet(Network):
    """A network of one branch without a layer that Grad-CAM could look at."""

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("whole",)

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        (x,) = inputs
        out: Tensor = self.logits(self.features(x))
        return out

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return ()


class ConvTranNet(_OneBranchNet):
    """The transformer; see `ConvTranConfig`."""

    def __init__(self, config: ConvTranConfig) -> None:
        super().__init__()
        self.config = config
        if config.width % (2 * config.heads):
            raise ValueError(f"width {config.width} is no multiple of 2 × {config.heads} heads")
        n_tokens = (config.n_pixels - config.kernel) // config.stride + 1
        if n_tokens < 2:
            raise ValueError(f"a grid of {config.n_pixels} pixels gives fewer than two tokens")
        self.embed = nn.Sequential(
            nn.Conv1d(1, 4 * config.width, config.kernel, config.stride),
            nn.BatchNorm1d(4 * config.width),
            nn.GELU(),
            nn.Conv1d(4 * config.width, config.width, 1),
            nn.BatchNorm1d(config.width),
            nn.GELU(),
        )
        self.register_buffer("position", time_encoding(n_tokens, config.width), persistent=False)
        self.attend = DistanceAttention(n_tokens, config.width, config.heads, config.dropout)
        self.norm_attended = nn.LayerNorm(config.width)
        self.mix = nn.Sequential(
            nn.Linear(config.width, config.forward),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.forward, config.width),
            nn.Dropout(config.dropout),
        )
        self.norm_mixed = nn.LayerNorm(config.width)
        self.logits = TypeHead(config.width)

    def features(self, x: Tensor) -> Tensor:
        # (batch, width, tokens) → (batch, tokens, width)
        tokens = self.embed(flux_alone(x)).transpose(1, 2)
        tokens = self.norm_attended(tokens + self.attend(tokens + self.position))
        tokens = self.norm_mixed(tokens + self.mix(tokens))
        out: Tensor = tokens.mean(1)
        return out


def time_encoding(n: int, width: int) -> Tensor:
    """(n, width) tAPE: sines whose frequency follows the number of positions (eq. 13)."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angle = torch.arange(n)[:, None] * rate * (width / n)
    # (n, width / 2, 2) → (n, width): sine and cosine take turns
    return torch.stack([angle.sin(), angle.cos()], 2).reshape(n, width)


class DistanceAttention(nn.Module):
    """Attention with eRPE: a learnt number a head and distance is added to the weights."""

    index: Tensor

    def __init__(self, n_tokens: int, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.ask = nn.Linear(width, 3 * width, bias=False)
        self.by_distance = nn.Parameter(torch.zeros(heads, 2 * n_tokens - 1))
        place = torch.arange(n_tokens)
        distance = place[:, None] - place[None, :] + n_tokens - 1
        self.register_buffer("index", distance, persistent=False)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        batch, n, width = x.shape
        # (batch, n, 3 width) → three of (batch, heads, n, width / heads)
        sizes = (batch, n, 3, self.heads, width // self.heads)
        parts = self.ask(x).view(sizes).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        weights = (query @ key.transpose(2, 3) / math.sqrt(width)).softmax(-1)
        weights = weights + self.by_distance[:, self.index]
        # (batch, heads, n, width / heads) → (batch, n, width)
        out: Tensor = self.drop(self.norm((weights @ value).transpose(1, 2).reshape(x.shape)))
        return out


class ConvKANNet(_OneBranchNet):
    """The network of learnt functions; see `ConvKANConfig`."""

    def __init__(self, config: ConvKANConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        length = config.n_pixels
        for c_in, c_out in pairwise((1, *config.channels)):
            layers += [
                FunctionConvolution(c_in, c_out, config),
                nn.BatchNorm1d(c_out),
            ]
            length = (length - config.kernel) // config.stride + 1
        if length < 1:
            raise ValueError(f"a grid of {config.n_pixels} pixels is too short for its kernels")
        self.layers = nn.Sequential(*layers)
        self.drop = nn.Dropout(config.dropout)
        self.mix = FunctionConvolution(
            length * config.channels[-1], config.hidden, config, kernel=1, stride=1
        )
        self.mix_norm = nn.BatchNorm1d(config.hidden)
        self.logits = TypeHead(config.hidden)

    def features(self, x: Tensor) -> Tensor:
        # The flux varies about 0 by a few tenths: functions live on ± reach.
        seen = self.drop(self.layers(flux_alone(x) - 1.0))
        # (batch, channels, length) → (batch, channels * length, 1) → (batch, hidden)
        out: Tensor = self.mix_norm(self.mix(seen.flatten(1).unsqueeze(2))).squeeze(2)
        return out


class FunctionConvolution(nn.Module):
    """A convolution whose kernel holds functions: SiLU and B-splines, each with its weight.

    A sum of functions of single pixels is a plain convolution of what the functions' parts give.
    (batch, c_in, n) → (batch, c_out, length).
    """

    knots: Tensor

    def __init__(
        self,
        c_in: int,
        c_out: int,
        config: ConvKANConfig,
        *,
        kernel: int | None = None,
        stride: int | None = None,
    ) -> None:
        super().__init__()
        size, step = kernel or config.kernel, stride or config.stride
        self.act = nn.SiLU()
        self.smooth = nn.Conv1d(c_in, c_out, size, step, bias=False)
        self.splines = nn.Conv1d(c_in * config.splines, c_out, size, step)
        self.register_buffer("knots", uniform_knots(config.splines, config.reach), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        # (batch, c_in, n) → (batch, c_in, splines, n) → (batch, c_in * splines, n)
        parts = cubic_splines(x, self.knots).flatten(1, 2)
        out: Tensor = self.smooth(self.act(x)) + self.splines(parts)
        return out


def uniform_knots(splines: int, reach: float) -> Tensor:
    """(splines + 4,) knots whose cubic splines add up to 1 between −``reach`` and ``reach``."""
    if splines < 4:
        raise ValueError(f"{splines} cubic splines do not cover an interval; 4 are the least")
    step = 2.0 * reach / (splines - 3)
    return -reach + step * torch.arange(-3, splines + 1, dtype=torch.float32)


def cubic_splines(x: Tensor, knots: Tensor) -> Tensor:
    """(batch, c, n) → (batch, c, splines, n) by the recursion of Cox and de Boor."""
    at = x.unsqueeze(2)
    edges = knots[:, None]
    basis = ((at >= edges[:-1]) & (at < edges[1:])).to(x.dtype)
    for order in (1, 2, 3):
        rising = (at - edges[: -order - 1]) / (edges[order:-1] - edges[: -order - 1])
        falling = (edges[order + 1 :] - at) / (edges[order + 1 :] - edges[1:-order])
        basis = rising * basis[:, :, :-1] + falling * basis[:, :, 1:]
    return basis
