"""Small networks, and two computations of Guided Grad-CAM that share nothing with the program.

`by_hand` differentiates a small network in numpy; `by_autograd` takes any network and replaces its
ReLUs by one whose own backward pass is guided.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES
from spectra_gui.inference.cam import BranchMap
from spectra_gui.networks import Network, build_network
from spectra_gui.networks.base import N_CELLS, N_CHANNELS, CamLayer

Array = NDArray[np.float64]
N_PIXELS = 301


def cells(rows: slice | int = slice(40, 50), columns: slice | int = 4) -> NDArray[np.bool_]:
    chosen = np.zeros((N_SUBTYPES, N_LUMINOSITY), dtype=bool)
    chosen[rows, columns] = True
    return chosen


def spectra(n: int = 1, n_pixels: int = N_PIXELS, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    flux = 0.2 * torch.randn(n, n_pixels, generator=generator, dtype=torch.float64)
    return torch.stack([flux, torch.ones_like(flux)], 1)


def real(kind: str, seed: int = 3, n_pixels: int = N_PIXELS) -> Network:
    """A random network of a kind with running statistics as after training, float64."""
    torch.manual_seed(seed)
    network = build_network(kind, {"n_pixels": n_pixels, "positions": 9}).double()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean, 0.0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
            nn.init.normal_(module.bias, 0.0, 0.1)
    return network.eval()


class Branch(nn.Module):
    def __init__(self, kernel: int, strides: tuple[int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(N_CHANNELS, 4, kernel, strides[0], kernel // 2)
        self.act1 = nn.ReLU()
        self.conv2 = nn.Conv1d(4, 5, kernel, strides[1], kernel // 2)
        self.act2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.act2(self.conv2(self.act1(self.conv1(x))))


class Small(Network):
    """Two branches of two convolutions, a hidden layer, logits: simple enough to do by hand."""

    def __init__(self, n_pixels: int, strides: tuple[int, int] = (2, 3)) -> None:
        super().__init__()
        self.n_pixels, self.strides = n_pixels, strides
        self.branches = nn.ModuleList(Branch(k, strides) for k in (3, 7))
        n = sum(branch(torch.zeros(1, N_CHANNELS, n_pixels)).numel() for branch in self.branches)
        self.mix = nn.Linear(n, 16)
        self.act = nn.ReLU()
        self.logits = nn.Linear(16, N_CELLS)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("k = 3", "k = 7")

    @property
    def head(self) -> nn.Linear:
        return self.logits

    def features(self, x: Tensor) -> Tensor:
        return self._mixed([x, x])

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        return self.logits(self._mixed(inputs))

    def _mixed(self, inputs: Sequence[Tensor]) -> Tensor:
        parts = [branch(x).flatten(1) for branch, x in zip(self.branches, inputs, strict=True)]
        return self.act(self.mix(torch.cat(parts, 1)))

    def cam_layers(self) -> tuple[CamLayer, ...]:
        stride = self.strides[0] * self.strides[1]
        return tuple(
            CamLayer(name, branch.act2, 0.0, stride)
            for name, branch in zip(self.branch_names, self.branches, strict=True)
        )


def small(seed: int = 5, n_pixels: int = 61) -> Small:
    torch.manual_seed(seed)
    return Small(n_pixels).double().eval()


def matrix_of(conv: nn.Conv1d, n_in: int) -> tuple[Array, Array, int]:
    """A convolution as (out_channels * n_out, in_channels * n_in), its bias, and n_out."""
    weight, bias = conv.weight.detach().numpy(), conv.bias.detach().numpy()
    n_channels_out, n_channels_in, kernel = weight.shape
    stride, pad = conv.stride[0], conv.padding[0]
    n_out = (n_in + 2 * pad - kernel) // stride + 1
    matrix = np.zeros((n_channels_out, n_out, n_channels_in, n_in))
    for j in range(n_out):
        for t in range(kernel):
            i = j * stride + t - pad
            if 0 <= i < n_in:
                matrix[:, j, :, i] = weight[:, :, t]
    size = (n_channels_out * n_out, n_channels_in * n_in)
    return matrix.reshape(size), np.repeat(bias, n_out), n_out


def by_hand(net: Small, x: Array, chosen: NDArray[np.bool_]) -> list[tuple[Array, Array]]:
    """(guided gradient of the flux (n,), Grad-CAM (units,)) per branch, in numpy."""
    n = x.shape[1]
    states, flat = [], []
    for branch in net.branches:
        m1, b1, n1 = matrix_of(branch.conv1, n)
        z1 = m1 @ x.ravel() + b1
        m2, b2, n2 = matrix_of(branch.conv2, n1)
        z2 = m2 @ np.maximum(z1, 0) + b2
        states.append((m1, z1, m2, z2, n2))
        flat.append(np.maximum(z2, 0))
    w_mix, b_mix = net.mix.weight.detach().numpy(), net.mix.bias.detach().numpy()
    w_out, b_out = net.logits.weight.detach().numpy(), net.logits.bias.detach().numpy()
    z = w_mix @ np.concatenate(flat) + b_mix
    logits = w_out @ np.maximum(z, 0) + b_out
    inside = chosen.ravel()
    share = np.where(inside, np.exp(logits - logits[inside].max()), 0.0)
    hidden = w_out.T @ (share / share.sum())
    plain = w_mix.T @ (hidden * (z > 0))
    guided = w_mix.T @ (np.maximum(hidden, 0) * (z > 0))
    out, start = [], 0
    for m1, z1, m2, z2, n2 in states:
        part = slice(start, start + z2.size)
        start += z2.size
        at_z2 = np.maximum(guided[part], 0) * (z2 > 0)
        at_z1 = np.maximum(m2.T @ at_z2, 0) * (z1 > 0)
        weights = plain[part].reshape(-1, n2).mean(axis=1)
        cam = (weights[:, None] * np.maximum(z2, 0).reshape(-1, n2)).sum(axis=0)
        out.append(((m1.T @ at_z1)[:n], cam))
    return out


class _Guided(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradient.clamp(min=0) * (x > 0)


class GuidedReLU(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return _Guided.apply(x)


def with_guided_relus(network: Network) -> Network:
    """A copy in which every ReLU has guided backpropagation for its backward pass."""
    guided = copy.deepcopy(network)
    for parent in list(guided.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.ReLU):
                setattr(parent, name, GuidedReLU())
    return guided


def by_autograd(
    network: Network, x: Tensor, chosen: NDArray[np.bool_]
) -> list[tuple[Array, Array]]:
    inside = torch.from_numpy(chosen.ravel())
    copies = [x.clone().requires_grad_() for _ in network.branch_names]
    score = with_guided_relus(network).forward_branches(copies)[:, inside].logsumexp(1)
    guided = torch.autograd.grad(score.sum(), copies)
    out = []
    for layer, gradient in zip(network.cam_layers(), guided, strict=True):
        kept: list[Tensor] = []
        handle = layer.module.register_forward_hook(lambda _m, _i, o, kept=kept: kept.append(o))
        score = network.forward_branches([c.detach().requires_grad_() for c in copies])
        handle.remove()
        (slope,) = torch.autograd.grad(score[:, inside].logsumexp(1).sum(), kept[0])
        cam = (slope.mean(2, keepdim=True) * kept[0]).sum(1)
        out.append((gradient[:, 0].numpy(), cam.detach().numpy()))
    return out


def matched(n_pixels: int, sign: float) -> Small:
    """Branches that fire on one line profile wherever it stands; ``sign`` −1 for absorption."""
    net = Small(n_pixels).double()
    line = torch.arange(-30.0, 31.0, dtype=torch.float64)
    with torch.no_grad():
        for branch in net.branches:
            kernel = branch.conv1.kernel_size[0]
            offsets = torch.arange(kernel, dtype=torch.float64) - kernel // 2
            profile = torch.exp(-0.5 * (offsets / 1.2) ** 2)
            seen = 0.5 * torch.exp(-0.5 * (line / 1.5) ** 2)
            answer = nn.functional.conv1d(seen[None, None], profile[None, None])[0, 0]
            branch.conv1.weight.zero_()
            branch.conv1.weight[:, 0] = sign * profile
            branch.conv1.bias.fill_(-0.7 * float(answer.max()))  # silent 2 px beside the line
            branch.conv2.weight[:] = torch.exp(-0.5 * (offsets / 1.5) ** 2)
            branch.conv2.bias.zero_()
        net.mix.weight.fill_(0.1)
        net.mix.bias.zero_()
        net.logits.weight.zero_()
        net.logits.bias.zero_()
        net.logits.weight[42 * N_LUMINOSITY + 4] = 1.0
    return net.eval()


def with_line(n_pixels: int, at_px: int, depth: float) -> Tensor:
    pixels = torch.arange(n_pixels, dtype=torch.float64)
    flux = -depth * torch.exp(-0.5 * ((pixels - at_px) / 1.5) ** 2)
    return torch.stack([flux, torch.ones_like(flux)])[None]


def profiles(maps: Sequence[BranchMap]) -> Array:
    return np.concatenate([np.abs(one.product[0]) for one in maps])
