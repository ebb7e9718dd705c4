"""Occlusion says what the score loses when a stretch is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spectra_gui.inference.occlusion import occlusion_drop
from spectra_gui.networks import Network, build_network
from spectra_gui.networks.base import N_CELLS, CamLayer

N_PIXELS = 203


class Weighted(Network):
    """Logit of one cell = Σ weight × flux channel; all others 0. Its activation is no ReLU."""

    def __init__(self, weights: Tensor, cell: int) -> None:
        super().__init__()
        self.act = nn.GELU()
        self.weights = nn.Parameter(weights)
        self.cell = cell

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("all",)

    @property
    def head(self) -> nn.Linear:
        raise NotImplementedError

    def features(self, x: Tensor) -> Tensor:
        return (x[:, 0] * self.weights).sum(1)

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        logits = torch.zeros(len(inputs[0]), N_CELLS, dtype=inputs[0].dtype)
        logits[:, self.cell] = self.features(inputs[0])
        return logits

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return ()


CELLS = np.zeros((70, 6), dtype=bool)
CELLS[40:50, 4] = True
ONE = np.zeros((70, 6), dtype=bool)
ONE[42, 4] = True


def spectrum(flux: Tensor | None = None) -> Tensor:
    if flux is None:
        flux = 0.2 * torch.randn(N_PIXELS, generator=torch.Generator().manual_seed(0))
    return torch.stack([flux, torch.ones_like(flux)])[None]


def at(*pixels: int, value: float = 1.0) -> Tensor:
    out = torch.zeros(N_PIXELS)
    out[list(pixels)] = value
    return out


def test_a_drop_is_the_mean_of_what_the_covering_windows_take_away() -> None:
    net = Weighted(at(104, value=-2.0), 42 * 6 + 4)
    drop = occlusion_drop(net, spectrum(at(104, value=-0.5)), ONE, window_px=20, step_px=10)
    # Windows 90–110 and 100–120 hold pixel 104; 80–100 and 110–130 do not.
    assert drop[100:110] == pytest.approx(1.0)
    assert drop[90:100] == pytest.approx(0.5)
    assert drop[110:120] == pytest.approx(0.5)
    assert not drop[:90].any()
    assert not drop[120:].any()


def test_what_speaks_against_the_target_is_below_zero() -> None:
    net = Weighted(at(104, value=2.0), 42 * 6 + 4)
    drop = occlusion_drop(net, spectrum(at(104, value=-0.5)), ONE)
    assert drop.min() == pytest.approx(-1.0)
    assert drop.max() == 0.0


def test_the_score_is_the_log_of_the_summed_exponentials_over_the_cells() -> None:
    net = Weighted(at(50, value=-2.0), 42 * 6 + 4)
    drop = occlusion_drop(net, spectrum(at(50, value=-0.5)), CELLS)
    assert drop.max() == pytest.approx(math.log((9 + math.e) / 10), rel=1e-5)


def test_ends_are_covered_and_the_length_is_kept() -> None:
    for pixel in (0, N_PIXELS - 1):
        net = Weighted(at(pixel, value=-1.0), 42 * 6 + 4)
        drop = occlusion_drop(net, spectrum(at(pixel, value=-1.0)), ONE)
        assert drop.shape == (N_PIXELS,)
        assert drop[pixel] == pytest.approx(1.0)


def test_missing_stretches_are_not_asked_about() -> None:
    net = Weighted(torch.ones(N_PIXELS), 42 * 6 + 4)
    asked: list[int] = []
    net.register_forward_pre_hook(lambda _m, inputs: asked.append(len(inputs[0])))
    x = spectrum()
    x[:, :, 60:160] = 0.0
    drop = occlusion_drop(net, x, ONE)
    assert not drop[70:150].any()
    assert sum(asked) < 1 + N_PIXELS // 10 - 6


def test_a_spectrum_without_a_valid_pixel_gives_zero() -> None:
    net = Weighted(torch.ones(N_PIXELS), 42 * 6 + 4)
    assert not occlusion_drop(net, torch.zeros(1, 2, N_PIXELS), ONE).any()


@pytest.mark.parametrize("kind", ["residual", "three_branch"])
def test_batches_change_nothing_and_no_mode_is_left_behind(kind: str) -> None:
    torch.manual_seed(3)
    network = build_network(kind, {"n_pixels": 601, "positions": 12}).train()
    statistics = {k: v.clone() for k, v in network.state_dict().items()}
    flux = 0.2 * torch.randn(601, generator=torch.Generator().manual_seed(0))
    x = torch.stack([flux, torch.ones_like(flux)])[None]
    drop = occlusion_drop(network, x, CELLS)
    assert all(module.training for module in network.modules())
    assert all(torch.equal(v, statistics[k]) for k, v in network.state_dict().items())
    network.eval()
    without = x.clone()
    without[:, :, 300:320] = 0.0
    inside = torch.from_numpy(CELLS.ravel())
    with torch.no_grad():
        expected = (
            network(x)[:, inside].logsumexp(1) - network(without)[:, inside].logsumexp(1)
        ).item()
    # Pixels 300–309 lie in windows 290–310 and 300–320; the second is the one computed here.
    without = x.clone()
    without[:, :, 290:310] = 0.0
    with torch.no_grad():
        other = (
            network(x)[:, inside].logsumexp(1) - network(without)[:, inside].logsumexp(1)
        ).item()
    assert drop[305] == pytest.approx((expected + other) / 2, abs=1e-5)


def test_values_that_are_not_finite_and_empty_targets_are_refused() -> None:
    net = Weighted(torch.ones(N_PIXELS), 0)
    with pytest.raises(ValueError, match="not finite"):
        occlusion_drop(net, spectrum(at(3, value=math.inf)), ONE)
    with pytest.raises(ValueError, match="at least one cell"):
        occlusion_drop(net, spectrum(), np.zeros((70, 6), dtype=bool))
