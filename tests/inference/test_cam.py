"""Guided Grad-CAM equals independent computations and stands where the line stands."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from spectra_gui.inference.cam import guided_grad_cam, place
from spectra_gui.networks.base import CamLayer

from .cam_reference import (
    by_autograd,
    by_hand,
    cells,
    matched,
    profiles,
    real,
    small,
    spectra,
    with_line,
)

EVERY_KIND = pytest.mark.parametrize("kind", ["residual", "three_branch"])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("chosen", [cells(), cells(42, 4), cells(slice(0, 70), 2)])
def test_it_equals_the_chain_rule_by_hand(seed: int, chosen: NDArray[np.bool_]) -> None:
    net, x = small(seed), spectra(1, 61, seed)
    reference = by_hand(net, x[0].numpy(), chosen)
    for one, (guided, cam) in zip(guided_grad_cam(net, x, chosen), reference, strict=True):
        assert np.abs(one.guided[0] - guided).max() < 1e-12
        assert np.abs(one.cam[0] - cam).max() < 1e-12
        units = 6.0 * np.arange(cam.size)
        placed = np.interp(np.arange(61), units, np.maximum(cam, 0))
        assert np.abs(one.product[0] - guided * placed).max() < 1e-12


@EVERY_KIND
@pytest.mark.parametrize("seed", range(3))
def test_the_real_networks_equal_guided_relus_of_our_own(kind: str, seed: int) -> None:
    network, x = real(kind, seed), spectra(2, seed=seed)
    reference = by_autograd(network, x, cells())
    for one, (guided, cam) in zip(guided_grad_cam(network, x, cells()), reference, strict=True):
        assert np.abs(guided).max() > 0
        assert np.abs(one.guided - guided).max() < 1e-10 * max(1.0, np.abs(guided).max())
        assert np.abs(one.cam - cam).max() < 1e-10 * max(1.0, np.abs(cam).max())


@pytest.mark.parametrize("n_pixels", [200, 203, 237, 305])
@pytest.mark.parametrize("depth", [0.5, -0.5])
def test_a_planted_line_is_found_within_one_pixel(n_pixels: int, depth: float) -> None:
    net = matched(n_pixels, -np.sign(depth))
    for at_px in [*range(8, 25), n_pixels // 2, n_pixels - 21, n_pixels - 10]:
        for one in guided_grad_cam(net, with_line(n_pixels, at_px, depth), cells(42, 4)):
            product = one.product[0]
            found = np.flatnonzero(np.abs(product) > (1 - 1e-9) * np.abs(product).max())
            assert abs(found.mean() - at_px) <= 1.0, (one.branch, at_px)
            assert np.sign(product[int(found[0])]) == -np.sign(depth)


@pytest.mark.parametrize("n_pixels", [200, 203, 237])
def test_units_stand_at_their_centres_where_a_plain_stretch_is_off(n_pixels: int) -> None:
    from captum.attr import LayerAttribution

    net, stride, off = matched(n_pixels, -1.0), 6, []
    for unit in (2, n_pixels // 12, n_pixels // 6 - 2):
        one = guided_grad_cam(net, with_line(n_pixels, stride * unit, 0.5), cells(42, 4))[1]
        assert int(one.placed[0].argmax()) == stride * unit
        plain = torch.from_numpy(np.maximum(one.cam, 0))[:, None]
        stretched = LayerAttribution.interpolate(plain, (n_pixels,), "linear")[0, 0].numpy()
        top = np.flatnonzero(stretched > (1 - 1e-9) * stretched.max())
        off.append(float(top.mean()) - stride * unit)
    assert max(np.abs(off)) >= (stride - 1) / 2 - 0.5


def test_placing_keeps_the_length_and_is_constant_beyond_the_outermost_units() -> None:
    layer = CamLayer("k = 3", nn.ReLU(), 2.5, 4)
    placed = place(np.array([[1.0, 3.0, 0.0]]), layer, 15)
    assert placed.shape == (1, 15)
    assert placed[0, :3].tolist() == [1.0, 1.0, 1.0]
    assert placed[0, 4] == pytest.approx(1.0 + 2.0 * 1.5 / 4)
    assert placed[0, 11:].tolist() == [0.0] * 4


@EVERY_KIND
@pytest.mark.parametrize("n_pixels", [301, 320, 333])
def test_a_map_is_as_long_as_the_grid(kind: str, n_pixels: int) -> None:
    maps = guided_grad_cam(real(kind, n_pixels=n_pixels), spectra(2, n_pixels), cells())
    assert [one.product.shape for one in maps] == [(2, n_pixels)] * len(maps)


@EVERY_KIND
def test_a_batch_gives_what_single_spectra_give(kind: str) -> None:
    network, x = real(kind), spectra(3)
    chosen = np.stack([cells(), cells(42, 2), cells(slice(0, 10), 0)])
    together = guided_grad_cam(network, x, chosen)
    for i in range(3):
        for one, all_three in zip(
            guided_grad_cam(network, x[i : i + 1], chosen[i]), together, strict=True
        ):
            assert np.allclose(one.product[0], all_three.product[i], rtol=1e-9, atol=1e-15)


@EVERY_KIND
def test_repeating_gives_the_same_map(kind: str) -> None:
    network, x = real(kind), spectra()
    first, second = (guided_grad_cam(network, x, cells()) for _ in range(2))
    assert all(np.array_equal(a.product, b.product) for a, b in zip(first, second, strict=True))


def likeness(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Correlation of two maps; 0 where one has vanished, as maps without positive evidence do."""
    return float(np.corrcoef(one, other)[0, 1]) if one.any() and other.any() else 0.0


@EVERY_KIND
def test_the_map_responds_to_the_target(kind: str) -> None:
    network, x = real(kind, 7), spectra()
    one = profiles(guided_grad_cam(network, x, cells(slice(0, 10), 0)))
    other = profiles(guided_grad_cam(network, x, cells(slice(60, 70), 5)))
    assert one.any()
    assert likeness(one, other) < 0.9


@EVERY_KIND
def test_the_map_responds_to_randomised_weights(kind: str) -> None:
    x, trained = spectra(), real(kind, 3)
    headless = copy.deepcopy(trained)
    torch.manual_seed(11)
    headless.head.reset_parameters()
    before = profiles(guided_grad_cam(trained, x, cells()))
    assert before.any()
    for changed in (headless, real(kind, 4)):
        assert likeness(before, profiles(guided_grad_cam(changed, x, cells()))) < 0.9


def test_the_score_is_the_logits_own_so_that_other_cells_do_not_matter() -> None:
    net, x = small(), spectra(1, 61)
    other = copy.deepcopy(net)
    with torch.no_grad():
        other.logits.weight[:100] *= 3.0  # far from the target's rows 40–49
    before, after = (guided_grad_cam(n, x, cells()) for n in (net, other))
    assert all(np.array_equal(a.product, b.product) for a, b in zip(before, after, strict=True))


def test_a_change_in_one_branch_leaves_the_strip_of_the_other() -> None:
    """True where the head is linear over what both branches say, as it is made here."""
    net, x = small(), spectra(1, 61)
    with torch.no_grad():
        net.mix.weight.abs_()
        net.mix.bias.fill_(50.0)  # every hidden unit stays on
        net.logits.weight[:] = net.logits.weight[:1].abs()  # the same slope whatever the cell
    other = copy.deepcopy(net)
    with torch.no_grad():
        other.branches[1].conv1.weight.neg_()
    before, after = (guided_grad_cam(n, x, cells()) for n in (net, other))
    assert before[0].product.any()
    assert before[1].product.any()
    assert np.allclose(before[0].product, after[0].product, rtol=1e-9)
    assert not np.allclose(before[1].product, after[1].product, rtol=0.1)


def test_a_network_that_is_against_the_target_has_no_positive_map() -> None:
    net = matched(200, -1.0)
    with torch.no_grad():
        net.logits.weight.neg_()
    for one in guided_grad_cam(net, with_line(200, 90, 0.5), cells(42, 4)):
        assert one.cam.min() < 0
        assert one.product.shape == (1, 200)
        assert not one.product.any()
