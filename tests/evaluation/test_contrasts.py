"""A better recipe on the same stars: how the difference is found and how the table shows it."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.evaluation.bootstrap import Difference, paired_difference
from spectra_gui.evaluation.contrasts import (
    FOLDS,
    Answers,
    Line,
    contrast,
    score,
    seed_variance,
    to_markdown,
    widen,
)
from spectra_gui.evaluation.halves import half
from spectra_gui.training import LabelledSet
from tests.training.made import made_set

Rows = NDArray[np.intp]

SPLIT = "left-miles-cflib"


def stars() -> LabelledSet:
    """Made stars of two libraries; the second half is in CFLIB alone."""
    data = made_set(120)
    data.library[:] = np.where(np.arange(120) < 60, "miles", "cflib")
    return data


def logits(data: LabelledSet, rows: Rows, wrong: float, seed: int) -> NDArray[np.floating]:
    """(1, n, 420) of a network that gives every so-many-th star another class."""
    rng = np.random.default_rng(seed)
    column = data.luminosity[rows].argmax(1)
    column = np.where(rng.random(len(rows)) < wrong, 6 - column, column)  # V for III
    grid = rng.normal(0.0, 0.3, (1, len(rows), 70, 6))
    grid[0, np.arange(len(rows)), data.code[rows].astype(int), column] += 9.0
    return grid.reshape(1, -1, 420)


def answers(data: LabelledSet, wrong: float, *, repeats: int = 1) -> Answers:
    parts = {"fold-0": np.arange(0, 120, 2), "fold-1": np.arange(1, 120, 2)}
    only = np.arange(60, 120)

    def again(rows: Rows) -> list[tuple[Rows, NDArray[np.floating]]]:
        return [(rows, logits(data, rows, wrong, seed)) for seed in range(repeats)]

    folds = {name: again(rows) for name, rows in parts.items()}
    return Answers(folds, {SPLIT: again(only)})


def test_a_better_recipe_is_better_by_what_it_gets_right() -> None:
    data = stars()
    base, better = (score(answers(data, wrong), data) for wrong in (0.4, 0.05))
    on_folds, left_out = contrast(better, base, seed_variance([base, better]))
    joint = on_folds.differences["joint"]
    assert on_folds.stars == FOLDS
    assert joint.low > 0.0
    shares = [one[FOLDS].together["joint"] for one in (better, base)]
    assert joint.value == pytest.approx(shares[0] - shares[1])
    assert left_out.stars == SPLIT
    assert left_out.n_spectra == sum(half(str(s)) == "development" for s in data.system[60:])


def test_on_one_seed_the_difference_is_that_of_the_report() -> None:
    data = stars()
    base, other = (score(answers(data, wrong), data) for wrong in (0.3, 0.2))
    found = contrast(other, base, seed_variance([base, other]))[0].differences["luminosity"]
    report = paired_difference(other[FOLDS].scored, base[FOLDS].scored, metric="luminosity")
    assert found == report


def test_what_seeds_differ_by_widens_every_difference() -> None:
    """Three seeds of a variant whose share of right types swings by far more than its stars do."""
    data = stars()
    parts = {
        name: [(rows, logits(data, rows, wrong, seed=8)) for wrong in (0.05, 0.3, 0.55)]
        for name, rows in (("fold-0", np.arange(0, 120, 2)), ("fold-1", np.arange(1, 120, 2)))
    }
    swinging = score(Answers(parts, {}), data)
    steady = score(Answers(answers(data, 0.3, repeats=3).folds, {}), data)
    seeds = seed_variance([swinging, steady])
    with_seeds = contrast(swinging, steady, seeds)[0].differences["joint"]
    without = contrast(swinging, steady, seed_variance([]))[0].differences["joint"]
    assert with_seeds.value == without.value
    assert with_seeds.low < without.low - 0.05
    assert with_seeds.high > without.high + 0.05
    assert with_seeds.p >= without.p


def test_a_normal_chance_widens_an_interval_by_the_root_of_the_squares() -> None:
    narrow = Difference(0.02, 0.02 - 0.03, 0.02 + 0.03, 0.2)
    found = widen(narrow, (0.04 / 1.959964) ** 2)
    assert (found.low, found.high) == pytest.approx((0.02 - 0.05, 0.02 + 0.05))
    assert found.p == pytest.approx(2.0 * (1.0 - NormalDist().cdf(0.02 / 0.05 * 1.959964)))
    assert widen(narrow, 0.0) == narrow


def test_variants_on_other_rows_are_not_compared() -> None:
    data = stars()
    one = score(answers(data, 0.2), data)
    other = score(Answers({"fold-0": answers(data, 0.2).folds["fold-0"],
                           "fold-1": answers(data, 0.2).folds["fold-0"]}, {}), data)  # fmt: skip
    with pytest.raises(ValueError, match="on the same rows"):
        contrast(other, one, seed_variance([]))


def test_the_table_keeps_what_is_worse_and_names_what_lacks() -> None:
    data = stars()
    base, worse = (score(answers(data, wrong), data) for wrong in (0.05, 0.4))
    seeds = seed_variance([base, worse])
    lines = [
        Line("base", "", "the recipe", {}, contrast(base, None, seeds)),
        Line("worse", "loss", "a worse loss", {}, contrast(worse, base, seeds)),
        Line("later", "loss", "one to come", {}, ()),
    ]
    table = to_markdown(lines, command="the command", repeats=1)
    (row,) = [line for line in table.splitlines() if line.startswith("| a worse loss")]
    assert "**" in row
    assert "\N{MINUS SIGN}0." in row
    assert "joint MILES → CFLIB-only, development half" in table
    assert "Not fitted yet: later." in table
    assert "Of 2 differences of joint (1 variants on 2 sets of stars) 2 have p < .05" in table
    assert len({line.count("|") for line in table.splitlines() if line.startswith("|")}) == 1
