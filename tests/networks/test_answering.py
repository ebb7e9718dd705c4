from __future__ import annotations

import pytest
import torch
from torch import nn

from spectra_gui.networks import Network, build_network, for_answers

SIZES = {
    "three_branch": {"kernels": (3, 7), "channels": (4, 6, 8)},
    "residual": {"widths": (4, 8), "depths": (2, 1), "components": 5},
    "linear": {"components": 5},
    "conv1d_v1": {"channels": (8, 6), "hidden": (8,)},
    "conv1d_v2": {"channels": (8, 6, 8), "strides": (1, 2, 2), "hidden": 8},
    "resnet50_1d": {"widths": (4, 6), "depths": (1, 2)},
    "conv_tran": {"width": 16, "heads": 2, "forward": 8},
    "conv_kan": {"channels": (4, 6), "hidden": 8},
}


def as_trained(kind: str) -> Network:
    """A network whose norms have seen data and are not the identity."""
    torch.manual_seed(3)
    network = build_network(kind, {"n_pixels": 2441, **SIZES[kind]})
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.weight, 0.5, 2.0)
            nn.init.uniform_(module.bias, -1.0, 1.0)
            module.running_mean.uniform_(-1.0, 1.0)
            module.running_var.uniform_(0.5, 2.0)
    if network.linear_path is not None:
        nn.init.normal_(network.linear_path.weight, std=0.05)
    return network.eval()


def spectra(n: int) -> torch.Tensor:
    x = torch.stack([0.2 * torch.randn(n, 2441), torch.ones(n, 2441)], 1)
    x[0, :, :700] = 0.0
    return x


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("n", [1, 5])
def test_a_copy_for_answers_gives_the_same_logits(kind: str, n: int) -> None:
    network = as_trained(kind)
    x = spectra(n)
    with torch.inference_mode():
        torch.testing.assert_close(for_answers(network)(x), network(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", ["three_branch", "residual", "resnet50_1d"])
def test_no_norm_is_left_to_compute(kind: str) -> None:
    copy = for_answers(as_trained(kind))
    assert not [m for m in copy.modules() if isinstance(m, nn.BatchNorm1d | nn.Conv1d)]


@pytest.mark.parametrize("kind", SIZES)
def test_the_network_itself_stays_as_it_was_built(kind: str) -> None:
    network = as_trained(kind)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for_answers(network)
    torch.testing.assert_close(network.state_dict(), before, atol=0.0, rtol=0.0)
