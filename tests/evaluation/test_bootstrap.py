"""Intervals cover, whole systems are drawn, and differences are paired."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.evaluation.bootstrap import draw_weights, intervals, paired_difference
from spectra_gui.evaluation.metrics import NAMED
from spectra_gui.evaluation.rows import Labels, Scored, score_rows


def answers(right: np.ndarray, systems: np.ndarray) -> Scored:
    """Rows labelled G2 V, answered G2 V with .9 where ``right`` and K2 V elsewhere."""
    p = np.zeros((len(right), 70, 6))
    rows = np.arange(len(right))
    p[rows, np.where(right, 42, 52), 4] = 0.9
    p[rows, np.where(right, 52, 42), 4] = 0.1
    labels = Labels(np.full(len(right), 42.0), np.eye(6)[np.full(len(right), 4)], systems)
    return score_rows(p, labels)


def test_rows_of_a_system_are_drawn_together() -> None:
    systems = np.array(["a", "b", "a", "c"])
    weights = draw_weights(systems, n_draws=200)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_array_equal(weights[:, [0, 1, 3]].sum(1), 3)


def test_intervals_cover_the_true_accuracy() -> None:
    covered = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        scored = answers(rng.random(200) < 0.8, np.arange(200).astype(str))
        joint = intervals(scored, metrics=[NAMED["joint"]], n_draws=400)["joint"]
        covered += joint.low <= 0.8 <= joint.high
    assert 88 <= covered <= 100


def test_intervals_widen_where_rows_share_systems() -> None:
    right = np.repeat(np.random.default_rng(5).random(60) < 0.7, 4)
    together = np.repeat(np.arange(60), 4).astype(str)
    alone = np.arange(240).astype(str)
    widths = []
    for systems in (together, alone):
        joint = intervals(answers(right, systems), metrics=[NAMED["joint"]])["joint"]
        widths.append(joint.high - joint.low)
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.1)


def test_every_figure_lies_in_its_interval() -> None:
    rng = np.random.default_rng(9)
    found = intervals(answers(rng.random(300) < 0.75, rng.integers(0, 200, 300).astype(str)))
    for name, figure in found.items():
        assert figure.low <= figure.value + 1e-9, name
        assert figure.value <= figure.high + 1e-9, name


def test_the_same_seed_gives_the_same_interval() -> None:
    scored = answers(np.arange(100) % 4 > 0, np.arange(100).astype(str))
    assert intervals(scored) == intervals(scored)


def test_paired_difference_sees_what_unpaired_intervals_hide() -> None:
    rng = np.random.default_rng(2)
    second = rng.random(400) < 0.7
    first = second | (rng.random(400) < 0.1)
    systems = np.arange(400).astype(str)
    a, b = answers(first, systems), answers(second, systems)
    better = paired_difference(a, b)
    assert better.low > 0
    assert better.p < 0.01
    assert better.value == pytest.approx(first.mean() - second.mean())
    same = paired_difference(a, a)
    assert (same.value, same.p) == (0.0, 1.0)


def test_paired_difference_refuses_other_rows() -> None:
    a = answers(np.ones(3, dtype=bool), np.array(["a", "b", "c"]))
    b = answers(np.ones(2, dtype=bool), np.array(["a", "b"]))
    with pytest.raises(ValueError, match="same rows"):
        paired_difference(a, b)
