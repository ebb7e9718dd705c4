"""Times the whole of a bundle's networks against the rebuilt reference ensemble.

    python -m tests.benchmarks.against_reference [--bundle NAME] [--repeats 5] [--threads 2]

The bundle's networks answer as the predictor runs them; the reference is Conv1D-v2 + ResNet50 of
full size with random weights, once as it was published and once made ready to answer like ours.
They answer in turns, so that other work on the machine slows all alike; medians. Where that work
takes more than a little, the time by the clock says nothing, and that of the processor with
``--threads 1`` still does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from spectra_gui.bundles import find_bundle, load_bundle, load_weights
from spectra_gui.networks import build_network, for_answers
from tests.benchmarks.report import Figure, markdown

REFERENCE: Final = ("conv1d_v2", "resnet50_1d")
REFERENCE_PX: Final = 2305
GOAL: Final = 30.0


@dataclass(frozen=True)
class Runner:
    """Networks that answer one batch after each other."""

    name: str
    networks: tuple[nn.Module, ...]
    batch: Tensor

    def seconds(self) -> tuple[float, float]:
        """Of one batch through all of them: by the clock, and of the processor."""
        began = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            for network in self.networks:
                network(self.batch)
        return time.perf_counter() - began[0], time.process_time() - began[1]


def main() -> int:
    """Measure and print the table."""
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    runners = (ours(options.bundle, options.batch), *reference(options.batch))
    times = interleaved([runner.seconds for runner in runners], repeats=options.repeats)
    sys.stdout.write(markdown(figures(runners, times, options)))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.against_reference", description=__doc__
    )
    parser.add_argument("--bundle", metavar="NAME", help="default: the one that is used")
    parser.add_argument("--batch", type=int, default=64, help="spectra at once")
    parser.add_argument("--threads", type=int, default=2, help="of the processor")
    parser.add_argument("--repeats", type=int, default=5, help="turns that are timed")
    return parser.parse_args()


def ours(name: str | None, n: int) -> Runner:
    """All members of a bundle, as `Predictor` has them."""
    bundle = load_bundle(find_bundle(name))
    networks = []
    for member in bundle.members:
        network = build_network(member.kind, member.architecture)
        weights = load_weights(bundle, member)
        network.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()})
        networks.append(for_answers(network.eval()))
    return Runner(bundle.name, tuple(networks), spectra(n, bundle.preparation.n_pixels))


def reference(n: int) -> tuple[Runner, Runner]:
    """The published networks as they are, and made ready to answer."""
    networks = tuple(build_network(kind, {}).eval() for kind in REFERENCE)
    ready = tuple(for_answers(network) for network in networks)
    batch = spectra(n, REFERENCE_PX)
    return (
        Runner("reference, as published", networks, batch),
        Runner("reference, made ready to answer like ours", ready, batch),
    )


def spectra(n: int, n_pixels: int) -> Tensor:
    """(n, 2, n_pixels): noise about the continuum, all valid."""
    return torch.stack([0.1 * torch.randn(n, n_pixels), torch.ones(n, n_pixels)], 1)


def interleaved(
    calls: Sequence[Callable[[], tuple[float, float]]], *, repeats: int
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The ``repeats`` results of every call, taken in turns after one that does not count."""
    for call in calls:
        call()
    turns = [tuple(call() for call in calls) for _ in range(repeats)]
    return tuple(zip(*turns, strict=True))


def figures(
    runners: Sequence[Runner],
    times: Sequence[Sequence[tuple[float, float]]],
    options: argparse.Namespace,
) -> list[Figure]:
    """Milliseconds a spectrum of each, and how many times the first is faster than the others."""
    how = f"batch {options.batch}, {options.threads} threads, median of {options.repeats} turns"
    found = []
    for runner, took in zip(runners, times, strict=True):
        clock, processor = (
            1000 * statistics.median(t) / options.batch for t in zip(*took, strict=True)
        )
        found.append(
            Figure(f"{runner.name}, {how}", f"{clock:.2f} ms ({processor:.2f} of the processor)")
        )
    for runner, took in zip(runners[1:], times[1:], strict=True):
        pairs = list(zip(took, times[0], strict=True))
        clock = [its[0] / own[0] for its, own in pairs]
        processor = statistics.median(its[1] / own[1] for its, own in pairs)
        found.append(
            Figure(
                f"times as fast as {runner.name}",
                f"{statistics.median(clock):.0f} × ({min(clock):.0f}–{max(clock):.0f}); "
                f"of the processor {processor:.0f} ×",
                f"≥ {GOAL:.0f} ×",
            )
        )
    return found


if __name__ == "__main__":
    raise SystemExit(main())
