"""The kernel member says what a Gaussian kernel would say, and holds no star."""

from __future__ import annotations

import pytest
import torch

from spectra_gui.networks import KernelConfig, KernelNet

N_PIXELS, COMPONENTS = 50, 5
VARIANCES = torch.tensor([4.0, 2.0, 1.0, 0.5, 0.0])


def network(evening: float, sharpness: float, seed: int = 1) -> KernelNet:
    net = KernelNet(
        KernelConfig(
            n_pixels=N_PIXELS,
            components=COMPONENTS,
            evening=evening,
            sharpness=sharpness,
            waves=20_000,
        )
    ).eval()
    net.linear.set_projection(
        torch.zeros(N_PIXELS), torch.eye(COMPONENTS, N_PIXELS), torch.ones(COMPONENTS), noise=0.1
    )
    net.draw_waves(VARIANCES, seed)
    return net


def stars(n: int = 6) -> torch.Tensor:
    flux = torch.zeros(n, N_PIXELS)
    random = torch.Generator().manual_seed(4)
    flux[:, :COMPONENTS] = torch.randn(n, COMPONENTS, generator=random) * VARIANCES.sqrt()
    return torch.stack([flux, torch.ones_like(flux)], 1)


@pytest.mark.parametrize(("evening", "sharpness"), [(0.0, 2.0), (0.5, 0.5), (1.0, 0.5)])
def test_two_stars_are_alike_by_a_gaussian_of_their_distance(
    evening: float, sharpness: float
) -> None:
    x = stars()
    waves = network(evening, sharpness).features(x)
    there = VARIANCES > 0
    placed = x[:, 0, :COMPONENTS][:, there] * VARIANCES[there] ** (-0.5 * evening)
    placed /= (VARIANCES[there] ** (1.0 - evening)).sum().sqrt()  # d² is 2 on average
    expected = torch.exp(-sharpness * torch.cdist(placed, placed) ** 2)
    assert waves @ waves.T == pytest.approx(expected, abs=0.03)


def test_the_seed_draws_the_waves() -> None:
    assert torch.equal(network(0.5, 0.5).frequencies, network(0.5, 0.5).frequencies)
    assert not torch.equal(network(0.5, 0.5).frequencies, network(0.5, 0.5, 2).frequencies)
