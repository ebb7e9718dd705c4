"""What is timed takes turns, and the table says how many times as fast the bundle is."""

from __future__ import annotations

from argparse import Namespace

import torch

from tests.benchmarks.against_reference import REFERENCE, Runner, figures, interleaved, ours


def test_all_take_turns_and_the_first_turn_does_not_count() -> None:
    called: list[str] = []

    def call(name: str, took: float) -> tuple[float, float]:
        called.append(name)
        return took * len(called), took

    times = interleaved([lambda: call("a", 1.0), lambda: call("b", 2.0)], repeats=2)
    assert called == ["a", "b"] * 3
    assert times == (((3.0, 1.0), (5.0, 1.0)), ((8.0, 2.0), (12.0, 2.0)))


def test_the_table_names_both_and_their_ratio() -> None:
    runners = [Runner(name, (), torch.zeros(1)) for name in ("ours", "theirs")]
    times = [[(0.1, 0.2), (0.2, 0.2)], [(4.0, 5.0), (6.0, 7.0)]]
    options = Namespace(batch=10, threads=2, repeats=2)
    own, its, ratio = figures(runners, times, options)
    assert own.value == "15.00 ms (20.00 of the processor)"
    assert its.value == "500.00 ms (600.00 of the processor)"
    assert ratio.what == "times as fast as theirs"
    assert ratio.value == "35 × (30–40); of the processor 30 ×"
    assert ratio.goal == "≥ 30 ×"


def test_the_default_bundle_answers_with_all_its_members() -> None:
    runner = ours(None, 2)
    assert len(runner.networks) > 1
    assert [network(runner.batch).shape for network in runner.networks] == [(2, 420)] * len(
        runner.networks
    )
    assert REFERENCE == ("conv1d_v2", "resnet50_1d")
