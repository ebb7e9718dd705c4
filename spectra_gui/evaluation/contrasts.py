"""Answers of several recipes on the same stars, each beside the first of them, as one table.

Every fold is calibrated on the others, a left-out library on the folds' stars of the library that
taught, and only its development half is scored. Repetitions with other seeds are more answers for
the same stars, which the bootstrap draws together; by how much seeds differ widens the intervals.
Knows logits and labels; knows no network.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import label_grid
from spectra_gui.evaluation.bootstrap import (
    Difference,
    Figure,
    difference_of,
    draw_weights,
    figure_of,
)
from spectra_gui.evaluation.halves import in_half
from spectra_gui.evaluation.metrics import NAMED
from spectra_gui.evaluation.rows import Array, Labels, Scored, score_rows
from spectra_gui.inference.calibrate import cross_fitted, ensemble_mean, fit_ensemble, type_mass
from spectra_gui.training import LabelledSet

FOLDS: Final = "folds"
"""The set of all stars of the folds, among the names of sets; the others are left-out splits."""

METRICS: Final = ("joint", "letter", "luminosity", "macro_f1_5", "subtype_mean", "nll_type")

LEVEL: Final = 0.05

NORMAL_95: Final = 1.959964
"""Standard deviations that hold 95 % of a normal distribution on both sides."""

Rows = NDArray[np.intp]
Answered = tuple[Rows, NDArray[np.floating]]
"""Rows (n,) of the labelled set and logits (m, n, 420) of m members."""

_TITLES: Final = {"miles": "MILES", "cflib": "CFLIB"}


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Of one variant: for each fold and each left-out split one entry a repetition."""

    folds: Mapping[str, Sequence[Answered]]
    left_out: Mapping[str, Sequence[Answered]]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A variant on one set of stars: its figures, and those minus the base's on the same stars."""

    stars: str
    n_spectra: int
    n_systems: int
    figures: Mapping[str, Figure]
    differences: Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class Line:
    """A variant of the table; ``contrasts`` is empty where fits lack, the base's have no
    differences.
    """

    name: str
    group: str
    about: str
    changes: Mapping[str, Any]
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A variant on one set of stars: every metric, once a repetition and over bootstrap draws.

    ``scored`` holds the rows of all repetitions, ``values`` (k,) one figure a repetition,
    ``together`` that of all rows and ``draws`` (d,) its bootstrap draws.
    """

    scored: Scored
    values: Mapping[str, Array]
    together: Mapping[str, float]
    draws: Mapping[str, Array]


def score(answers: Answers, data: LabelledSet) -> dict[str, Sampled]:
    """Scored and sampled rows by the name of a set of stars: the folds, and each left-out split."""
    found: dict[str, list[Scored]] = {}
    for again in range(len(next(iter(answers.folds.values())))):
        rows, logits, fold = _parts(answers.folds, again)
        labels, targets = _labels(data, rows)
        calibrated = cross_fitted(logits, targets, fold).probabilities
        found.setdefault(FOLDS, []).append(score_rows(calibrated, labels))
        for split, parts in answers.left_out.items():
            taught = data.library[rows] == split.split("-")[1]
            temperatures, own = fit_ensemble(logits[:, taught], targets[taught])
            its_rows, its_logits = parts[again]
            half = in_half(data.system[its_rows], "development")
            grid = ensemble_mean(its_logits[:, half], temperatures, own)
            its_labels, _ = _labels(data, its_rows[half])
            found.setdefault(split, []).append(score_rows(grid, its_labels))
    return {stars: _sample(parts) for stars, parts in found.items()}


def _sample(parts: Sequence[Scored]) -> Sampled:
    """Repetitions of the same rows; a draw of a star draws all its answers."""
    joined = Scored(
        **{f.name: np.concatenate([getattr(one, f.name) for one in parts]) for f in fields(Scored)}
    )
    weights = draw_weights(joined.system)
    values = {
        name: np.array([NAMED[name].compute(one, np.ones((1, len(one))))[0] for one in parts])
        for name in METRICS
    }
    ones = np.ones((1, len(joined)))
    together = {name: float(NAMED[name].compute(joined, ones)[0]) for name in METRICS}
    draws = {name: NAMED[name].compute(joined, weights) for name in METRICS}
    return Sampled(joined, values, together, draws)


def _parts(
    folds: Mapping[str, Sequence[Answered]], again: int
) -> tuple[Rows, NDArray[np.floating], NDArray[np.intp]]:
    """Rows (n,), logits (m, n, 420) and fold numbers (n,) of one repetition."""
    parts = [answered[again] for answered in folds.values()]
    rows = np.concatenate([rows for rows, _ in parts])
    number = np.concatenate([np.full(len(rows), k) for k, (rows, _) in enumerate(parts)])
    return rows, np.concatenate([logits for _, logits in parts], axis=1), number


def _labels(data: LabelledSet, rows: Rows) -> tuple[Labels, Array]:
    labels = Labels(data.code[rows], data.luminosity[rows], data.system[rows])
    grid = label_grid(labels.code, labels.luminosity)
    return labels, type_mass(grid.reshape(len(rows), -1))


def contrast(
    ours: Mapping[str, Sampled],
    base: Mapping[str, Sampled] | None,
    seeds: Mapping[str, Mapping[str, float]],
) -> tuple[Contrast, ...]:
    """A variant's figures on every set of stars, with the difference to the base's (None: none).

    Parameters
    ----------
    seeds : `seed_variance` by the set of stars

    Raises
    ------
    ValueError
        Where the rows differ.
    """
    found = []
    for stars, own in ours.items():
        differences = {}
        if base is not None:
            differences = {n: _difference_of(own, base[stars], n, seeds[stars]) for n in METRICS}
        figures = {
            name: figure_of(NAMED[name], own.together[name], own.draws[name]) for name in METRICS
        }
        n_rows, n_systems = len(own.scored), len(np.unique(own.scored.system))
        n_spectra = n_rows // len(own.values[METRICS[0]])
        found.append(Contrast(stars, n_spectra, n_systems, figures, differences))
    return tuple(found)


def _difference_of(
    own: Sampled, base: Sampled, name: str, seeds: Mapping[str, float]
) -> Difference:
    same = np.array_equal(own.scored.system, base.scored.system)
    if not (same and np.array_equal(own.scored.true_code, base.scored.true_code)):
        raise ValueError("variants are compared on the same rows")
    value = own.together[name] - base.together[name]
    found = difference_of(value, own.draws[name] - base.draws[name])
    return widen(found, 2.0 * seeds[name] / len(own.values[name]))


def widen(difference: Difference, variance: float) -> Difference:
    """A difference whose interval holds another, independent, normal source of chance too."""
    if variance == 0.0:
        return difference
    value, more = difference.value, (NORMAL_95 * math.sqrt(variance)) ** 2
    low = value - math.hypot(value - difference.low, math.sqrt(more))
    high = value + math.hypot(difference.high - value, math.sqrt(more))
    deviation = (high - low) / (2.0 * NORMAL_95)
    p = math.erfc(abs(value) / deviation / math.sqrt(2.0))
    return Difference(value, low, high, max(p, difference.p))


def seed_variance(variants: Iterable[Mapping[str, Sampled]]) -> dict[str, dict[str, float]]:
    """By set of stars and metric, what one seed differs from another by, over all variants.

    Two or three seeds of one variant tell its variance badly; those of all together tell it well.
    0 where nothing is repeated.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for sampled in variants:
        for stars, own in sampled.items():
            for name, values in own.values.items():
                if len(values) > 1:
                    by_metric = found.setdefault(stars, {}).setdefault(name, [])
                    by_metric.append(float(values.var(ddof=1)))
    return defaultdict(
        lambda: dict.fromkeys(METRICS, 0.0),
        {s: {n: float(np.mean(v)) for n, v in names.items()} for s, names in found.items()},
    )


def to_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Plain values, as JSON has them."""
    return [asdict(line) for line in lines]


def to_markdown(lines: Sequence[Line], *, command: str, repeats: int) -> str:
    """The table with what its columns mean; variants without all fits are named below it."""
    there = [line for line in lines if line.contrasts]
    base, *others = there
    sets = [one.stars for one in base.contrasts]
    heads = ["what is changed", *(_heading(one) for one in base.contrasts)]
    heads[2:2] = ["Δ letter", "Δ lum.", "Δ macro-F1", "Δ subtype error", "Δ NLL"]
    rows = [heads, ["---"] * len(heads)]
    group = ""
    for line in there:
        if line.group != group:
            group = line.group
            rows.append([f"**{group}**", *[""] * (len(heads) - 1)])
        rows.append(_cells(line))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    lacking = [line.name for line in lines if not line.contrasts]
    return (
        "\n\n".join(
            [
                "# Ablations",
                f"Made by `{command}`. The base: {base.about}.",
                table,
                _legend(repeats),
                _chance(others, len(sets)),
                *([f"Not fitted yet: {', '.join(lacking)}."] if lacking else []),
            ]
        )
        + "\n"
    )


def _heading(one: Contrast) -> str:
    if one.stars == FOLDS:
        return f"joint on the folds (n {one.n_spectra})"
    _, taught, tested = one.stars.split("-", 2)
    pair = f"{_TITLES.get(taught, taught)} → {_TITLES.get(tested, tested)}-only"
    return f"joint {pair}, development half (n {one.n_spectra})"


def _cells(line: Line) -> list[str]:
    first, *rest = line.contrasts
    small = [_difference(first, name) for name in METRICS[1:]]
    named = line.about or line.name
    return [named, _joint(first), *small, *(_joint(one) for one in rest)]


def _joint(one: Contrast) -> str:
    figure = one.figures["joint"]
    if not one.differences:
        return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
    d = one.differences["joint"]
    text = f"{figure.value:.3f}, {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
    return _signed(f"**{text}**" if d.p < LEVEL else text)


def _difference(one: Contrast, name: str) -> str:
    if not one.differences:
        figure = one.figures[name].value
        return f"({figure:.3f})"
    d = one.differences[name]
    text = f"{d.value:+.3f}"
    return _signed(f"**{text}**" if d.p < LEVEL else text)


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _legend(repeats: int) -> str:
    seeds = (
        "Every recipe is fitted with one seed, so the intervals hold the chance of which stars "
        "there are and not that of the seed, which the variants of another seed show: a smaller "
        "difference than theirs tells nothing, whatever its p"
        if repeats == 1
        else f"Every figure is the mean over {repeats} seeds, and the intervals hold, beside the "
        "chance of which stars there are, that of the seeds, as all variants together show it"
    )
    return (
        "Joint: letter and luminosity class right; behind it, and under Δ, the variant minus the "
        "base on the same stars, with the 95 % interval of 2000 paired bootstrap draws over star "
        f"systems; bold where p < .05. In brackets the base's own figures. {seeds}. Subtype error "
        "and NLL are better when lower."
    )


def _chance(others: Sequence[Line], n_sets: int) -> str:
    tests = [one.differences["joint"].p for line in others for one in line.contrasts]
    found = sum(p < LEVEL for p in tests)
    return (
        f"Of {len(tests)} differences of joint ({len(others)} variants on {n_sets} sets of stars) "
        f"{found} have p < .05; {LEVEL * len(tests):.1f} would by chance alone."
    )
