"""ConvTran and Conv-KAN do what their papers say, and say nothing of subtypes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline

from spectra_gui.networks import build_network
from spectra_gui.networks.rivals import (
    ConvKANConfig,
    DistanceAttention,
    FunctionConvolution,
    cubic_splines,
    time_encoding,
    uniform_knots,
)

SMALL: dict[str, dict[str, object]] = {
    "conv_tran": {"width": 16, "heads": 2, "forward": 8},
    "conv_kan": {"channels": [4], "hidden": 8},
}


def test_splines_are_those_of_scipy_and_add_up_to_one() -> None:
    knots = uniform_knots(8, 3.0)
    x = torch.linspace(-2.99, 2.99, 101)
    found = cubic_splines(x[None, None], knots)[0, 0]
    for k in range(8):
        element = BSpline.basis_element(knots[k : k + 5].numpy(), extrapolate=False)
        expected = np.nan_to_num(element(x.numpy()))
        np.testing.assert_allclose(found[k].numpy(), expected, atol=1e-5)
    torch.testing.assert_close(found.sum(0), torch.ones(101))


def test_a_learnt_function_may_be_any_cubic() -> None:
    """A kernel of one pixel is a function of it; splines through a parabola are that parabola."""
    config = ConvKANConfig(kernel=1, stride=1)
    layer = FunctionConvolution(1, 1, config).requires_grad_(False)
    x = torch.linspace(-2.9, 2.9, 400)
    basis = cubic_splines(x[None, None], layer.knots)[0, 0].T
    layer.smooth.weight.zero_()
    layer.splines.bias.zero_()
    layer.splines.weight[0, :, 0] = torch.linalg.lstsq(basis, x**2).solution
    torch.testing.assert_close(layer(x[None, None])[0, 0], x**2, atol=1e-3, rtol=0.0)


def test_positions_turn_by_the_length_of_the_series() -> None:
    found = time_encoding(50, 16)
    assert found.shape == (50, 16)
    torch.testing.assert_close(found[0, ::2], torch.zeros(8))
    torch.testing.assert_close(found[3, 0], torch.tensor(3.0 * 16 / 50).sin())
    torch.testing.assert_close(found[3, 1], torch.tensor(3.0 * 16 / 50).cos())


def test_attention_may_look_at_a_distance_alone() -> None:
    """All else silent, a weight for the distance +2 gives each token the value two behind it."""
    torch.manual_seed(1)
    attend = DistanceAttention(9, 8, 2, 0.0).requires_grad_(False).eval()
    attend.norm = torch.nn.Identity()
    x = torch.randn(1, 9, 8)
    plain = attend(x)
    attend.by_distance[:, 9 - 1 + 2] = 1.0
    value = attend.ask(x)[:, :, 16:]
    torch.testing.assert_close((attend(x) - plain)[:, 2:], value[:, :-2], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close((attend(x) - plain)[:, :2], torch.zeros(1, 2, 8))


@pytest.mark.parametrize("kind", SMALL)
def test_a_letter_s_subtypes_are_equally_likely(kind: str) -> None:
    network = build_network(kind, {"n_pixels": 601, **SMALL[kind]}).eval()
    grid = network(torch.randn(3, 2, 601)).view(3, 7, 10, 6)
    assert torch.equal(grid, grid[:, :, :1].expand_as(grid))


@pytest.mark.parametrize(
    ("kind", "setting", "told"),
    [
        ("conv_tran", {"heads": 7}, "width 64 is no multiple of 2 × 7 heads"),
        ("conv_tran", {"n_pixels": 20}, "20 pixels gives fewer than two tokens"),
        ("conv_kan", {"n_pixels": 20}, "20 pixels is too short"),
        ("conv_kan", {"splines": 3}, "3 cubic splines do not cover"),
    ],
)
def test_sizes_that_do_not_fit_are_told(kind: str, setting: dict[str, int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        build_network(kind, setting)
