"""Every kind of network builds from a config, answers on the grid, and can be explained."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest
import torch
from torch import Tensor, nn

from spectra_gui.networks import KINDS, KernelNet, Network, build_network
from spectra_gui.networks.base import N_CELLS, N_CHANNELS, CamLayer
from spectra_gui.networks.check import StructureError, check_explainable

N_PIXELS = 601
SMALL: dict[str, dict[str, object]] = {
    "three_branch": {"positions": 12},
    "residual": {"positions": 12},
    "linear": {},
    "kernel": {"waves": 64},
    "conv1d_v1": {"channels": [8, 8], "hidden": [12, 8]},
    "conv1d_v2": {"channels": [8, 12, 8], "strides": [1, 2, 2], "hidden": 8},
    "resnet50_1d": {"widths": [4, 6], "depths": [1, 2]},
    "conv_tran": {"width": 16, "heads": 2, "forward": 8},
    "conv_kan": {"channels": [4, 6], "hidden": 8},
}
BY_OCCLUSION = {"linear", "kernel", "conv_tran", "conv_kan"}
"""Kinds that have no layer for Grad-CAM to look at."""
EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
CONVOLUTIONAL = pytest.mark.parametrize("kind", sorted(set(KINDS) - BY_OCCLUSION))


def small(kind: str, n_pixels: int = N_PIXELS) -> Network:
    torch.manual_seed(1)
    network = build_network(kind, {"n_pixels": n_pixels, **SMALL[kind]})
    path = network.linear_path
    if path is not None:
        components = torch.randn(path.n_components, n_pixels) / n_pixels**0.5
        variances = torch.full((path.n_components,), 0.01)
        path.set_projection(torch.zeros(n_pixels), components, variances, noise=0.1)
    if isinstance(network, KernelNet):
        network.draw_waves(torch.ones(network.config.components), seed=1)
    return network


def spectra(n: int, n_pixels: int = N_PIXELS) -> Tensor:
    flux = 0.1 * torch.randn(n, n_pixels, generator=torch.Generator().manual_seed(2))
    return torch.stack([flux, torch.ones_like(flux)], 1)


@EVERY_KIND
def test_the_default_config_answers_every_cell_of_the_grid(kind: str) -> None:
    config = KINDS[kind][1]()
    network = build_network(kind, {}).eval()
    x = spectra(2, config.n_pixels)
    assert network(x).shape == (2, N_CELLS)
    seen = network.features(x)
    assert seen.shape == (2, network.head.in_features)
    assert torch.equal(network.head(seen), network(x))


@EVERY_KIND
@pytest.mark.parametrize("n_pixels", [600, 601, 607, 640])
def test_the_grid_may_have_any_length(kind: str, n_pixels: int) -> None:
    assert small(kind, n_pixels).eval()(spectra(2, n_pixels)).shape == (2, N_CELLS)


@EVERY_KIND
def test_a_config_survives_json(kind: str) -> None:
    config = asdict(small(kind).config)
    read_back = json.loads(json.dumps(config))
    one, other = build_network(kind, config), build_network(kind, read_back)
    other.load_state_dict(one.state_dict())
    x = spectra(2)
    assert torch.equal(one.eval()(x), other.eval()(x))


@EVERY_KIND
def test_the_same_seed_gives_the_same_network(kind: str) -> None:
    x = spectra(1)
    assert torch.equal(small(kind).eval()(x), small(kind).eval()(x))


@EVERY_KIND
def test_an_unknown_setting_is_named_with_those_that_exist(kind: str) -> None:
    with pytest.raises(ValueError, match=r"'wings'.*n_pixels"):
        build_network(kind, {"wings": 2})


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"'transformer'.*linear, residual.*three_branch"):
        build_network("transformer", {})


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("three_branch", {"kernels": [3, 6, 15]}),
        ("residual", {"kernel": 6}),
        ("residual", {"stem_kernel": 4}),
    ],
)
def test_even_kernels_are_refused_because_they_shift_the_grid(
    kind: str, setting: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="must be odd"):
        build_network(kind, setting)


@EVERY_KIND
def test_a_loss_reaches_every_parameter(kind: str) -> None:
    network = small(kind).train()
    network(spectra(8)).square().mean().backward()
    silent = [
        name for name, p in network.named_parameters() if p.grad is None or not bool(p.grad.any())
    ]
    assert silent == []


@EVERY_KIND
def test_rows_of_a_batch_do_not_influence_each_other(kind: str) -> None:
    network, x = small(kind).eval(), spectra(3)
    alone = torch.cat([network(row[None]) for row in x])
    assert torch.allclose(network(x), alone, atol=1e-5)


@EVERY_KIND
def test_no_spectrum_gives_no_answer(kind: str) -> None:
    network = small(kind).eval()
    assert network(spectra(0)).shape == (0, N_CELLS)
    assert network.features(spectra(0)).shape == (0, network.head.in_features)


@EVERY_KIND
def test_each_branch_reads_its_own_input(kind: str) -> None:
    network, x = small(kind).eval(), spectra(2)
    copies = [x.clone().requires_grad_() for _ in network.branch_names]
    together = network.forward_branches(copies)
    assert torch.equal(together, network(x))
    for gradient in torch.autograd.grad(together.sum(), copies):
        assert bool(gradient.any())


@CONVOLUTIONAL
def test_there_is_one_layer_to_look_at_in_each_branch(kind: str) -> None:
    network = small(kind)
    layers = network.cam_layers()
    assert tuple(layer.branch for layer in layers) == network.branch_names
    modules = set(network.modules())
    assert all(layer.module in modules for layer in layers)


@CONVOLUTIONAL
@pytest.mark.parametrize("n_pixels", [601, 614])
def test_a_unit_looks_at_the_pixel_that_its_layer_gives(kind: str, n_pixels: int) -> None:
    """With all weights equal, what a unit sees is symmetric about its centre."""
    network = small(kind, n_pixels).eval().double()
    for module in network.modules():
        if isinstance(module, nn.Conv1d):
            nn.init.constant_(module.weight, 0.01)
        if isinstance(module, nn.MaxPool1d):  # of equal values it would take the first
            module.register_forward_hook(lambda _m, i, _o: nn.functional.avg_pool1d(i[0], 3, 2, 1))
    x = torch.ones(1, N_CHANNELS, n_pixels, dtype=torch.float64)
    for i, layer in enumerate(network.cam_layers()):
        copies = [x.clone().requires_grad_() for _ in network.branch_names]
        kept: list[Tensor] = []
        handle = layer.module.register_forward_hook(lambda _m, _i, out, kept=kept: kept.append(out))
        network.forward_branches(copies)
        handle.remove()
        unit = kept[0].shape[2] // 2
        (seen,) = torch.autograd.grad(kept[0][0, 0, unit], copies[i])
        pixels = torch.arange(n_pixels, dtype=torch.float64)
        centre = float((seen[0, 0] * pixels).sum() / seen[0, 0].sum())
        assert centre == pytest.approx(layer.first_px + layer.stride_px * unit, abs=1e-6)


@CONVOLUTIONAL
def test_guided_backpropagation_can_follow_it(kind: str) -> None:
    network = small(kind).eval()
    check_explainable(network, spectra(1))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())


def test_a_linear_network_sees_the_flux_on_its_components() -> None:
    network = build_network("linear", {"n_pixels": 8, "components": 2}).eval()
    mean, components = torch.linspace(-1, 1, 8), torch.eye(2, 8)
    network.linear_path.set_projection(mean, components, torch.full((2,), 0.25), noise=0.1)
    x = torch.stack([mean + 0.25 * components[0] - components[1], torch.ones(8)])[None]
    torch.testing.assert_close(network.features(x), torch.tensor([[0.5, -2.0]]))
    assert network.cam_layers() == ()


def test_fewer_spectra_than_components_leave_the_others_silent() -> None:
    network = build_network("linear", {"n_pixels": 8, "components": 5}).eval()
    network.linear_path.set_projection(torch.zeros(8), torch.eye(2, 8), torch.ones(2), noise=0.1)
    assert network.features(torch.ones(1, 2, 8))[0].tolist() == [1, 1, 0, 0, 0]


def waves(n: int, n_pixels: int = 200) -> tuple[Tensor, Tensor]:
    """Orthonormal slow waves (3, n_pixels), and n spectra (n, n_pixels) that they make up."""
    place = torch.linspace(0.0, 1.0, n_pixels)
    basis = torch.stack([torch.cos(k * torch.pi * place) for k in (1, 2, 3)])
    basis = torch.linalg.qr(basis.T)[0].T
    generator = torch.Generator().manual_seed(4)
    return basis, torch.randn(n, 3, generator=generator) @ basis


def test_a_gap_in_a_known_shape_changes_a_linear_network_s_view_little() -> None:
    basis, flux = waves(4)
    network = build_network("linear", {"n_pixels": 200, "components": 3}).eval()
    network.linear_path.set_projection(torch.full((200,), 0.1), basis, torch.ones(3), noise=1e-3)
    whole = torch.stack([flux + 0.1, torch.ones_like(flux)], 1)
    gappy = whole.clone()
    gappy[1, :, 40:110] = 0.0
    seen, told = network.features(gappy), network.features(whole)
    torch.testing.assert_close(seen, told, atol=0.01, rtol=0.0)


def test_where_hardly_anything_is_there_the_mean_spectrum_is_seen() -> None:
    basis, flux = waves(1)
    network = build_network("linear", {"n_pixels": 200, "components": 3}).eval()
    network.linear_path.set_projection(torch.full((200,), 0.1), basis, torch.ones(3), noise=1.0)
    x = torch.zeros(1, 2, 200)
    x[0, :, 3] = torch.tensor([float(flux[0, 3]), 1.0])
    assert network.features(x).abs().max() < 0.1


def test_gradients_pass_through_a_filled_gap() -> None:
    basis, flux = waves(1)
    network = build_network("linear", {"n_pixels": 200, "components": 3}).eval()
    network.linear_path.set_projection(torch.zeros(200), basis, torch.ones(3), noise=0.1)
    x = torch.stack([flux, torch.ones_like(flux)], 1)
    x[0, :, 50:80] = 0.0
    x.requires_grad_(True)
    network.features(x).sum().backward()
    slope = x.grad[0, 0]
    assert torch.isfinite(slope).all()
    assert slope[50:80].abs().max() == 0.0
    assert slope[:50].abs().max() > 0.0


@pytest.mark.parametrize("kind", ["three_branch", "residual"])
def test_a_network_that_fills_gaps_sees_a_known_shape_whole(kind: str) -> None:
    basis, flux = waves(4)
    torch.manual_seed(1)
    shape = {"n_pixels": 200, "positions": 12, "fills_gaps": True}
    network = build_network(kind, shape).eval()
    network.gap_filling.set_projection(torch.full((200,), 0.1), basis, torch.ones(3), noise=1e-3)
    whole = torch.stack([flux + 0.1, torch.ones_like(flux)], 1)
    gappy = whole.clone()
    gappy[1, :, 40:110] = 0.0
    seen = network.gap_filling(gappy)
    torch.testing.assert_close(seen[:, 0], whole[:, 0], atol=0.01, rtol=0.0)
    assert torch.equal(seen[:, 1], gappy[:, 1])
    unfilled = build_network(kind, {**shape, "fills_gaps": False})
    unfilled.load_state_dict(network.state_dict(), strict=False)
    moved = (network(gappy) - network(whole)).abs().max()
    assert moved < (unfilled.eval()(gappy) - network(whole)).abs().max()


def test_what_fills_a_gap_is_no_evidence() -> None:
    basis, flux = waves(1)
    network = build_network("three_branch", {"n_pixels": 200, "positions": 12, "fills_gaps": True})
    network.eval().gap_filling.set_projection(torch.zeros(200), basis, torch.ones(3), noise=0.1)
    x = torch.stack([flux, torch.ones_like(flux)], 1)
    x[0, :, 50:80] = 0.0
    check_explainable(network, x)
    x.requires_grad_(True)
    network(x).sum().backward()
    slope = x.grad[0, 0]
    assert slope[50:80].abs().max() == 0.0
    assert slope[:50].abs().max() > 0.0


class Odd(Network):
    """Two convolutions with one thing wrong between them."""

    def __init__(self, between: Callable[[Odd, Tensor], Tensor], act: nn.Module) -> None:
        super().__init__()
        self.first = nn.Conv1d(N_CHANNELS, 3, 3, padding=1)
        self.act = act
        self.second = nn.Conv1d(3, 2, 3, padding=1)
        self.last = nn.ReLU()
        self.logits = nn.Linear(2, N_CELLS)
        self._between = between

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("one",)

    def features(self, x: Tensor) -> Tensor:
        return self.last(self.second(self._between(self, self.first(x)))).mean(2)

    def forward_branches(self, inputs: tuple[Tensor, ...]) -> Tensor:
        return self.logits(self.features(inputs[0]))

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return (CamLayer("one", self.last, 0.0, 1),)


def through_module(net: Odd, x: Tensor) -> Tensor:
    return net.act(x)


@pytest.mark.parametrize(
    ("between", "act", "said"),
    [
        (lambda _, x: torch.relu(x), nn.ReLU(), "applies 'relu'"),
        (lambda _, x: x.clamp(min=0), nn.ReLU(), "applies 'clamp"),
        (lambda _, x: torch.where(x > 0, x, 0.0), nn.ReLU(), "applies 'gt'"),
        (through_module, nn.GELU(), r"'act' \(GELU\) applies 'gelu'"),
        (through_module, nn.SiLU(), r"'act' \(SiLU\) applies 'silu'"),
        (through_module, nn.LeakyReLU(), r"'act' \(LeakyReLU\) applies 'leaky_relu'"),
        (through_module, nn.ReLU6(), r"'act' \(ReLU6\) applies 'hardtanh'"),
        (through_module, nn.Sigmoid(), r"'act' \(Sigmoid\) applies 'sigmoid'"),
        (lambda net, x: net.act(net.act(x) - 0.1), nn.ReLU(), "the ReLU 'act' is used 2 times"),
        (lambda net, x: net.last(x), nn.ReLU(), "the ReLU 'last' is used 2 times"),
        (through_module, nn.ReLU(inplace=True), "the ReLU 'act' works in place"),
        (lambda net, x: net.act(x) + x, nn.ReLU(), "goes into the ReLU 'act' is used elsewhere"),
    ],
)
def test_what_guided_backpropagation_would_misread_is_refused(
    between: Callable[[Odd, Tensor], Tensor], act: nn.Module, said: str
) -> None:
    network = Odd(between, act).eval()
    with pytest.raises(StructureError, match=said) as caught:
        check_explainable(network, spectra(1))
    assert "occlusion" in str(caught.value)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())


def test_a_relu_of_its_own_is_accepted() -> None:
    check_explainable(Odd(through_module, nn.ReLU()).eval(), spectra(1))


def test_without_the_validity_channel_only_the_flux_counts() -> None:
    x = spectra(2)
    gappy = x.clone()
    gappy[:, 1, 100:200] = 0.0
    for validity, same in ((True, False), (False, True)):
        torch.manual_seed(1)
        settings = {"n_pixels": N_PIXELS, "positions": 12, "validity": validity}
        network = build_network("three_branch", settings).eval()
        check_explainable(network, x)
        assert torch.equal(network(x), network(gappy)) is same
