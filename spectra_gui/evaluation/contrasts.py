"""Answers of several recipes on the same stars, each beside the first of them, as one table.

Every fold is calibrated on the others, a left-out library on the folds' stars of the library that
taught, and only its development half is scored. Repetitions with other seeds count as more answers
for the same stars, which the bootstrap draws together. Knows logits and labels; knows no network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import label_grid
from spectra_gui.evaluation.bootstrap import Difference, Figure, intervals, paired_difference
from spectra_gui.evaluation.halves import in_half
from spectra_gui.evaluation.metrics import NAMED
from spectra_gui.evaluation.rows import Array, Labels, Scored, score_rows
from spectra_gui.inference.calibrate import cross_fitted, ensemble_mean, fit_ensemble, type_mass
from spectra_gui.training import LabelledSet

FOLDS: Final = "folds"
"""The set of all stars of the folds, among the names of sets; the others are left-out splits."""

METRICS: Final = ("joint", "letter", "luminosity", "macro_f1_5", "subtype_mean", "nll_type")

LEVEL: Final = 0.05

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


def score(answers: Answers, data: LabelledSet) -> dict[str, Scored]:
    """Scored rows by the name of a set of stars: the folds, and each left-out split."""
    folds = [_parts(answers.folds, again) for again in _repetitions(answers.folds)]
    found: dict[str, list[tuple[Array, Labels]]] = {}
    for again, (rows, logits, fold) in enumerate(folds):
        labels, targets = _labels(data, rows)
        calibrated = cross_fitted(logits, targets, fold).probabilities
        found.setdefault(FOLDS, []).append((calibrated, labels))
        for split, parts in answers.left_out.items():
            taught = data.library[rows] == split.split("-")[1]
            temperatures, own = fit_ensemble(logits[:, taught], targets[taught])
            its_rows, its_logits = parts[again]
            half = in_half(data.system[its_rows], "development")
            grid = ensemble_mean(its_logits[:, half], temperatures, own)
            found.setdefault(split, []).append((grid, _labels(data, its_rows[half])[0]))
    return {name: _together(parts) for name, parts in found.items()}


def _repetitions(parts: Mapping[str, Sequence[Answered]]) -> range:
    return range(len(next(iter(parts.values()))))


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


def _together(parts: list[tuple[Array, Labels]]) -> Scored:
    grid = np.concatenate([probabilities for probabilities, _ in parts])
    labels = [labels for _, labels in parts]
    joined = Labels(
        *(np.concatenate([getattr(one, name) for one in labels])
          for name in ("code", "luminosity", "system"))
    )  # fmt: skip
    return score_rows(grid, joined)


def contrast(ours: Mapping[str, Scored], base: Mapping[str, Scored] | None) -> tuple[Contrast, ...]:
    """A variant's figures on every set of stars, with the difference to the base's (None: none)."""
    found = []
    for stars, scored in ours.items():
        differences = {}
        if base is not None:
            differences = {
                name: paired_difference(scored, base[stars], metric=name) for name in METRICS
            }
        figures = intervals(scored, metrics=[NAMED[name] for name in METRICS])
        n_systems = len(np.unique(scored.system))
        found.append(Contrast(stars, len(scored), n_systems, figures, differences))
    return tuple(found)


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
    seeds = "one seed" if repeats == 1 else f"the mean over {repeats} seeds"
    return (
        "Joint: letter and luminosity class right; behind it, and under Δ, the variant minus the "
        "base on the same stars, with the 95 % interval of 2000 paired bootstrap draws over star "
        "systems; bold where p < .05. In brackets the base's own figures. Every recipe is fitted "
        f"with {seeds}: intervals hold the chance of which stars there are, not that of the seed, "
        "which the variants of another seed show. Subtype error and NLL are better when lower."
    )


def _chance(others: Sequence[Line], n_sets: int) -> str:
    tests = [one.differences["joint"].p for line in others for one in line.contrasts]
    found = sum(p < LEVEL for p in tests)
    return (
        f"Of {len(tests)} differences of joint ({len(others)} variants on {n_sets} sets of stars) "
        f"{found} have p < .05; {LEVEL * len(tests):.1f} would by chance alone."
    )
