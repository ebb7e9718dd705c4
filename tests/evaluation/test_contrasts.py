"""A better recipe on the same stars: how the difference is found and how the table shows it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.evaluation.contrasts import FOLDS, Answers, Line, contrast, score, to_markdown
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
    on_folds, left_out = contrast(better, base)
    joint = on_folds.differences["joint"]
    assert on_folds.stars == FOLDS
    assert joint.low > 0.0
    assert (
        joint.value
        == on_folds.figures["joint"].value - contrast(base, None)[0].figures["joint"].value
    )
    assert left_out.stars == SPLIT
    assert left_out.n_spectra == sum(half(str(s)) == "development" for s in data.system[60:])


def test_repetitions_narrow_what_the_seeds_add_and_leave_the_stars() -> None:
    data = stars()
    once, thrice = (score(answers(data, 0.3, repeats=n), data)[FOLDS] for n in (1, 3))
    assert len(thrice) == 3 * len(once)
    assert len(np.unique(thrice.system)) == len(np.unique(once.system))


def test_the_table_keeps_what_is_worse_and_names_what_lacks() -> None:
    data = stars()
    base, worse = (score(answers(data, wrong), data) for wrong in (0.05, 0.4))
    lines = [
        Line("base", "", "the recipe", {}, contrast(base, None)),
        Line("worse", "loss", "a worse loss", {}, contrast(worse, base)),
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
