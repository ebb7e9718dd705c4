"""Guided Grad-CAM leaves networks as they were, takes turns, and refuses what it would misread."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from spectra_gui.inference.cam import exclusive, guided_grad_cam
from spectra_gui.networks import Network
from spectra_gui.networks.check import StructureError

from .cam_reference import Small, cells, profiles, real, small, spectra

EVERY_KIND = pytest.mark.parametrize("kind", ["residual", "three_branch"])


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
