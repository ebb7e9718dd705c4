"""Guided Grad-CAM equals independent computations, stands where the line stands, leaves no trace.

Two references share nothing with the code: a small network differentiated by hand in numpy, and
the real networks with their ReLUs replaced by one whose own backward pass is guided.
"""

from __future__ import annotations

import copy
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES
from spectra_gui.inference.cam import BranchMap, exclusive, guided_grad_cam, place
from spectra_gui.networks import KINDS, Network, build_network
from spectra_gui.networks.base import N_CELLS, N_CHANNELS, CamLayer
from spectra_gui.networks.check import StructureError

Array = NDArray[np.float64]
N_PIXELS = 301
EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))


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


@EVERY_KIND
@pytest.mark.parametrize("seed", range(3))
def test_the_real_networks_equal_guided_relus_of_our_own(kind: str, seed: int) -> None:
    network, x = real(kind, seed), spectra(2, seed=seed)
    reference = by_autograd(network, x, cells())
    for one, (guided, cam) in zip(guided_grad_cam(network, x, cells()), reference, strict=True):
        assert np.abs(guided).max() > 0
        assert np.abs(one.guided - guided).max() < 1e-10 * max(1.0, np.abs(guided).max())
        assert np.abs(one.cam - cam).max() < 1e-10 * max(1.0, np.abs(cam).max())


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


def profiles(maps: Sequence[BranchMap]) -> Array:
    return np.concatenate([np.abs(one.product[0]) for one in maps])


@EVERY_KIND
def test_the_map_responds_to_the_target(kind: str) -> None:
    network, x = real(kind), spectra()
    one = profiles(guided_grad_cam(network, x, cells(slice(0, 10), 0)))
    other = profiles(guided_grad_cam(network, x, cells(slice(60, 70), 5)))
    assert np.corrcoef(one, other)[0, 1] < 0.9


@EVERY_KIND
def test_the_map_responds_to_randomised_weights(kind: str) -> None:
    x, trained = spectra(), real(kind, 3)
    headless = copy.deepcopy(trained)
    torch.manual_seed(11)
    headless.head.reset_parameters()
    before = profiles(guided_grad_cam(trained, x, cells()))
    for changed in (headless, real(kind, 4)):
        assert np.corrcoef(before, profiles(guided_grad_cam(changed, x, cells())))[0, 1] < 0.9


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


def state_of(network: Network) -> tuple[object, ...]:
    return (
        {name: value.clone() for name, value in network.state_dict().items()},
        [p.requires_grad for p in network.parameters()],
        [p.grad for p in network.parameters()],
        [m.training for m in network.modules()],
        [
            [*m._forward_hooks, *m._forward_pre_hooks, *m._backward_hooks, *m._backward_pre_hooks]
            for m in network.modules()
        ],
    )


def assert_untouched(before: tuple[object, ...], network: Network) -> None:
    weights, *rest = state_of(network)
    assert rest == list(before[1:])
    assert isinstance(weights, dict)
    assert isinstance(before[0], dict)
    assert all(torch.equal(weights[name], before[0][name]) for name in weights)


@EVERY_KIND
def test_nothing_is_left_behind(kind: str) -> None:
    network, x = real(kind), spectra(2)
    network.train()
    next(network.modules()).training = False
    list(network.parameters())[2].requires_grad_(False)
    before, given = state_of(network), x.clone()
    guided_grad_cam(network, x, cells())
    assert_untouched(before, network)
    assert torch.equal(x, given)
    assert not x.requires_grad


@EVERY_KIND
@pytest.mark.parametrize("dies_at_call", [0, 1, 2, 3])
def test_nothing_is_left_behind_after_an_exception(
    kind: str, dies_at_call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, x = real(kind), spectra()
    guided_grad_cam(network, x, cells())
    network.train()
    before, calls, forward = state_of(network), [], network.head.forward

    def dying(features: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) > min(dies_at_call, len(network.branch_names)):
            raise MemoryError("out of memory")
        return forward(features)

    monkeypatch.setattr(network.head, "forward", dying)
    with pytest.raises(MemoryError):
        guided_grad_cam(network, x, cells())
    monkeypatch.undo()
    assert_untouched(before, network)


@EVERY_KIND
def test_training_mode_of_the_caller_changes_nothing(kind: str) -> None:
    network, x = real(kind), spectra(2)
    expected = profiles(guided_grad_cam(network, x, cells()))
    network.train()
    assert np.array_equal(profiles(guided_grad_cam(network, x, cells())), expected)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
@EVERY_KIND
def test_it_works_where_the_caller_has_switched_gradients_off(
    kind: str, context: Callable[[], torch.no_grad]
) -> None:
    network, x = real(kind), spectra()
    expected = profiles(guided_grad_cam(network, x, cells()))
    for p in network.parameters():
        p.requires_grad_(False)
    with context():
        given = x * 1.0
        assert np.array_equal(profiles(guided_grad_cam(network, given, cells())), expected)


def test_threads_take_turns_on_one_network() -> None:
    network, x = real("residual"), spectra(4)
    chosen = [cells(slice(10 * i, 10 * i + 10), i % 6) for i in range(4)]
    expected = [profiles(guided_grad_cam(network, x[i : i + 1], chosen[i])) for i in range(4)]
    logits = network(x).detach()
    found: list[list[bool]] = [[] for _ in range(5)]

    def explain_one(i: int) -> None:
        for _ in range(5):
            one = profiles(guided_grad_cam(network, x[i : i + 1], chosen[i]))
            found[i].append(np.array_equal(one, expected[i]))

    def classify() -> None:
        for _ in range(10):
            with exclusive(network), torch.inference_mode():
                found[4].append(torch.equal(network(x), logits))

    threads = [threading.Thread(target=explain_one, args=(i,)) for i in range(4)]
    threads.append(threading.Thread(target=classify))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(results) for results in found] == [5, 5, 5, 5, 10]
    assert all(all(results) for results in found)


class Functional(Small):
    def _mixed(self, inputs: Sequence[Tensor]) -> Tensor:
        parts = [branch(x).flatten(1) for branch, x in zip(self.branches, inputs, strict=True)]
        return torch.relu(self.mix(torch.cat(parts, 1)))


def test_a_network_that_captum_would_misread_is_refused_every_time() -> None:
    network = Functional(61).double().eval()
    before = state_of(network)
    for _ in range(2):
        with pytest.raises(StructureError, match="applies 'relu'"):
            guided_grad_cam(network, spectra(1, 61), cells())
    assert_untouched(before, network)


def test_a_target_without_cells_and_values_that_are_not_finite_are_refused() -> None:
    net, x = small(), spectra(1, 61)
    with pytest.raises(ValueError, match="at least one cell"):
        guided_grad_cam(net, x, np.zeros((70, 6), dtype=bool))
    x[0, 0, 7] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        guided_grad_cam(net, x, cells())


def test_captum_is_not_imported_before_the_first_explanation() -> None:
    program = (
        "import sys, spectra_gui.inference.explain; "
        "sys.exit('captum' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_it_is_quiet(recwarn: pytest.WarningsRecorder) -> None:
    guided_grad_cam(small(), spectra(1, 61), cells())
    assert [str(w.message) for w in recwarn if "captum" in str(w.filename)] == []
