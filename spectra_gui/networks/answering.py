"""A network made ready to answer and nothing else: the same logits in a third of the time.

Batch norms go into the weights before them, and every convolution and average runs with the
channels innermost, which is how the processor's kernels want them. Such a copy cannot be trained,
and is not explained: guided backpropagation looks at the network as it was built. Knows modules;
knows no bundle.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from spectra_gui.networks.base import Network


def for_answers(network: Network) -> Network:
    """A copy whose logits differ from those of ``network.eval()`` by rounding (1e-5) only.

    A norm belongs to the convolution or linear layer that its module registers right before it.
    """
    copy = deepcopy(network).eval().requires_grad_(False)
    for module in list(copy.modules()):
        _fold_norms(module)
    for module in list(copy.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv1d):
                setattr(module, name, _Convolution(child))
            elif isinstance(child, nn.AvgPool1d):
                setattr(module, name, _Average(child))
    return copy


def _fold_norms(module: nn.Module) -> None:
    for (name, layer), (norm_name, norm) in pairwise(list(module.named_children())):
        if not isinstance(norm, nn.BatchNorm1d):
            continue
        if isinstance(layer, nn.Conv1d):
            setattr(module, name, fuse_conv_bn_eval(layer, norm))
        elif isinstance(layer, nn.Linear):
            setattr(module, name, fuse_linear_bn_eval(layer, norm))
        else:
            continue
        setattr(module, norm_name, nn.Identity())


class _Convolution(nn.Module):
    """(batch, channels, n) as a picture of one row, whose memory holds the channels innermost."""

    weight: Tensor
    bias: Tensor | None

    def __init__(self, layer: nn.Conv1d) -> None:
        super().__init__()
        weight = layer.weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        self.register_buffer("weight", weight)
        self.register_buffer("bias", layer.bias)
        self._stride, self._groups = (1, *layer.stride), layer.groups
        self._padding, self._dilation = (0, int(layer.padding[0])), (1, *layer.dilation)

    def forward(self, x: Tensor) -> Tensor:
        row = x.unsqueeze(2)
        return conv2d(
            row, self.weight, self.bias, self._stride, self._padding, self._dilation, self._groups
        ).squeeze(2)


class _Average(nn.Module):
    """As `_Convolution`: the one-dimensional average of torch takes seven times as long."""

    def __init__(self, layer: nn.AvgPool1d) -> None:
        super().__init__()
        self._size, self._stride = _as_row(layer.kernel_size, 1), _as_row(layer.stride, 1)
        self._padding = _as_row(layer.padding, 0)
        self._counts_padding = layer.count_include_pad

    def forward(self, x: Tensor) -> Tensor:
        row = x.unsqueeze(2)
        return avg_pool2d(
            row,
            self._size,
            self._stride,
            self._padding,
            count_include_pad=self._counts_padding,
        ).squeeze(2)


def _as_row(along: int | tuple[int, ...], across: int) -> tuple[int, int]:
    """A size along the spectrum as that of a picture of one row."""
    return across, along if isinstance(along, int) else along[0]
