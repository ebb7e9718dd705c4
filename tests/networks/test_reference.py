"""The rebuilt networks have the published sizes and say nothing of what they do not know."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from spectra_gui.networks import Network, build_network

PUBLISHED_TYPES = 39
"""Letters + classes that the study's stars populate; ours have an output for all 42."""


def on_paper(kind: str) -> Network:
    """The network at its full size, without memory for its weights."""
    with torch.device("meta"):
        return build_network(kind, {})


def weights(network: Network) -> int:
    """Weights that it has with as many outputs as published."""
    total = sum(p.numel() for p in network.parameters())
    return total - (42 - PUBLISHED_TYPES) * (network.head.in_features + 1)


@pytest.mark.parametrize(
    ("kind", "millions"), [("conv1d_v1", 18.8), ("conv1d_v2", 40.1), ("resnet50_1d", 16.0)]
)
def test_a_network_has_as_many_weights_as_published(kind: str, millions: float) -> None:
    assert round(weights(on_paper(kind)) / 1e6, 1) == millions


def test_the_first_network_joins_6867_positions() -> None:
    linear = [m for m in on_paper("conv1d_v1").modules() if isinstance(m, nn.Linear)]
    sizes = [(m.in_features, m.out_features) for m in linear]
    assert sizes == [(6867, 2048), (2048, 1024), (1024, 42)]
    assert weights(on_paper("conv1d_v1")) == 18_794_855


def test_the_second_network_flattens_3168_numbers() -> None:
    linear = [m for m in on_paper("conv1d_v2").modules() if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in linear] == [(3168, 2048), (2048, 42)]
    convolutions = [m for m in on_paper("conv1d_v2").modules() if isinstance(m, nn.Conv1d)]
    branch = [(m.in_channels, m.out_channels, m.stride[0]) for m in convolutions[:7]]
    assert branch == [
        (1, 32, 1), (32, 128, 2), (128, 512, 2), (512, 2048, 2), (2048, 512, 2), (512, 128, 2),
        (128, 32, 2),
    ]  # fmt: skip
    assert [m.kernel_size[0] for m in convolutions[::7]] == [3, 5, 7]
    assert {m.padding[0] for m in convolutions} == {0}


def test_the_resnet_has_three_four_six_and_three_bottlenecks() -> None:
    network = on_paper("resnet50_1d")
    widths = [block.conv.out_channels for block in network.blocks]
    assert widths == [64] * 3 + [128] * 4 + [256] * 6 + [512] * 3
    assert [block.conv.stride[0] for block in network.blocks].count(2) == 3
    assert network.head.in_features == 2048


@pytest.mark.parametrize("kind", ["conv1d_v1", "conv1d_v2", "resnet50_1d"])
def test_a_letter_s_subtypes_are_equally_likely(kind: str) -> None:
    network = build_network(kind, {"n_pixels": 601, **TINY[kind]}).eval()
    grid = network(torch.randn(3, 2, 601)).softmax(1).view(3, 7, 10, 6)
    assert torch.equal(grid, grid[:, :, :1].expand_as(grid))
    assert not torch.allclose(grid[:, 0, 0], grid[:, 1, 0])


@pytest.mark.parametrize("kind", ["conv1d_v1", "conv1d_v2", "resnet50_1d"])
def test_only_the_flux_is_looked_at(kind: str) -> None:
    network = build_network(kind, {"n_pixels": 601, **TINY[kind]}).eval()
    x = torch.randn(1, 2, 601)
    other = x.clone()
    other[:, 1] = 0.0
    assert torch.equal(network(x), network(other))


def test_a_grid_that_is_too_short_is_told() -> None:
    with pytest.raises(ValueError, match="300 pixels is too short for kernels of 7"):
        build_network("conv1d_v2", {"n_pixels": 300})


TINY: dict[str, dict[str, object]] = {
    "conv1d_v1": {"channels": [4, 4], "hidden": [8]},
    "conv1d_v2": {"channels": [4, 4], "strides": [1, 2], "hidden": 8},
    "resnet50_1d": {"widths": [4], "depths": [1]},
}
