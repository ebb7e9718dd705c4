"""Every figure of the accuracy table, as functions of scored rows and row weights.

A metric takes ``(scored, weights)`` with weights (draws, n) and returns (draws,): one row of ones
gives the figure, rows of bootstrap counts give its distribution, without a loop over draws. Knows
no model, no file, no bootstrap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import box_steps
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY
from spectra_gui.evaluation.ece import debiased_ece, ece
from spectra_gui.evaluation.rows import Array, Ints, Scored

MIN_STARS: Final = 5
"""Star systems that a cell needs to count in the second macro-F1."""

Values = Callable[[Scored], Array]
Weighted = Callable[[Scored, Array], Array]
Kind = Literal["share", "number"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: its name in files, its heading for people, how it is computed and which way is up.

    ``compute(scored, weights (d, n)) -> (d,)``; ``biased`` marks figures that resampling shifts
    (a calibration error grows with every bit of noise), whose interval is centred on the figure.
    """

    name: str
    title: str
    compute: Weighted
    higher_is_better: bool | None = True
    kind: Kind = "share"
    biased: bool = False


def _ones_where(mask: NDArray[np.bool_]) -> Array:
    return np.where(mask, 1.0, 0.0)


def joint(s: Scored) -> Array:
    """Letter and luminosity class both right."""
    return _ones_where((s.letter == s.true_letter) & (s.luminosity == s.true_class))


def set_match(s: Scored) -> Array:
    """Letter right, and any class of the label's range hit."""
    hit = s.named[np.arange(len(s)), s.luminosity]
    return _ones_where((s.letter == s.true_letter) & hit)


def letter(s: Scored) -> Array:
    """Letter right."""
    return _ones_where(s.letter == s.true_letter)


def luminosity(s: Scored) -> Array:
    """Luminosity class right."""
    return _ones_where(s.luminosity == s.true_class)


def subtype_error(s: Scored) -> Array:
    """Distance in subtypes on 0–70."""
    return np.abs(s.code - s.true_code)


def step_error(s: Scored) -> Array:
    """Distance in boxes that the MK system uses."""
    return np.abs(box_steps(s.code) - box_steps(s.true_code))


def close(s: Scored) -> Array:
    """Within two subtypes and one luminosity class."""
    near = (subtype_error(s) <= 2.0) & (np.abs(s.luminosity - s.true_class) <= 1)
    return _ones_where(near)


def mean_of(values: Values) -> Weighted:
    """The weighted mean of a per-row value."""

    def compute(s: Scored, weights: Array) -> Array:
        mean: Array = (weights @ values(s)) / weights.sum(1)
        return mean

    return compute


def median_of(values: Values) -> Weighted:
    """The weighted median of a per-row value (the middle of two where the weights halve there)."""

    def compute(s: Scored, weights: Array) -> Array:
        v = values(s)
        order = np.argsort(v, kind="stable")
        ranked = v[order]
        cumulative = np.cumsum(weights[:, order], axis=1)
        half = 0.5 * cumulative[:, -1:]
        low = (cumulative >= half).argmax(1)
        high = (cumulative > half).argmax(1)
        middle: Array = 0.5 * (ranked[low] + ranked[high])
        return middle

    return compute


def confusion(truth: Ints, answers: Ints, weights: Array, size: int) -> Array:
    """(d, size, size) weighted counts, truth along the second axis."""
    pairs = np.eye(size * size)[truth * size + answers]
    counts: Array = (weights @ pairs).reshape(-1, size, size)
    return counts


def kappa(truth: Ints, answers: Ints, weights: Array, *, size: int, quadratic: bool) -> Array:
    """(d,) Cohen's kappa (1960), with squared distances as costs where ``quadratic`` (1968)."""
    counts = confusion(truth, answers, weights, size)
    total = counts.sum((1, 2))
    index = np.arange(size)
    cost = (index[:, None] - index[None, :]) ** 2.0
    if not quadratic:
        cost = (cost > 0).astype(float)
    expected = counts.sum(2)[:, :, None] * counts.sum(1)[:, None, :] / total[:, None, None]
    seen, chance = (counts * cost).sum((1, 2)), (expected * cost).sum((1, 2))
    agreement: Array = 1.0 - np.divide(seen, chance, out=np.zeros_like(seen), where=chance > 0)
    return agreement


def _kappa_of(axis: Literal["letter", "class"], *, quadratic: bool) -> Weighted:
    def compute(s: Scored, weights: Array) -> Array:
        if axis == "letter":
            return kappa(s.true_letter, s.letter, weights, size=N_LETTERS, quadratic=quadratic)
        return kappa(s.true_class, s.luminosity, weights, size=N_LUMINOSITY, quadratic=quadratic)

    return compute


def macro_f1(min_stars: int) -> Weighted:
    """Mean F1 over the letter + class cells that at least ``min_stars`` star systems populate.

    In a bootstrap draw the mean is over those of these cells that the draw populates.
    """

    def compute(s: Scored, weights: Array) -> Array:
        stars = np.bincount(
            np.unique(np.stack([s.true_cell, s.system]), axis=1)[0],
            minlength=N_LETTERS * N_LUMINOSITY,
        )
        populated = np.flatnonzero(stars >= min_stars)
        if not len(populated):
            return np.full(len(weights), np.nan)
        truth = (s.true_cell[:, None] == populated).astype(float)
        given = (s.cell[:, None] == populated).astype(float)
        n_true, n_given, both = weights @ truth, weights @ given, weights @ (truth * given)
        f1 = np.divide(2 * both, n_true + n_given, out=np.zeros_like(both), where=n_true > 0)
        mean: Array = f1.sum(1) / np.maximum((n_true > 0).sum(1), 1)
        return mean

    return compute


METRICS: Final[tuple[Metric, ...]] = (
    Metric("joint", "joint", mean_of(joint)),
    Metric("set_match", "set match", mean_of(set_match)),
    Metric("letter", "letter", mean_of(letter)),
    Metric("luminosity", "lum.", mean_of(luminosity)),
    Metric("macro_f1", "macro-F1", macro_f1(1), biased=True),
    Metric("macro_f1_5", "macro-F1, ≥ 5 stars", macro_f1(MIN_STARS), biased=True),
    Metric("kappa_letter", "κ letter", _kappa_of("letter", quadratic=False)),
    Metric("kappa_luminosity", "κ lum.", _kappa_of("class", quadratic=False)),
    Metric("quadratic_kappa_letter", "quadratic κ letter", _kappa_of("letter", quadratic=True)),
    Metric("quadratic_kappa_luminosity", "quadratic κ lum.", _kappa_of("class", quadratic=True)),
    Metric("subtype_mean", "subtype error, mean", mean_of(subtype_error), False, "number"),
    Metric("subtype_median", "subtype error, median", median_of(subtype_error), False, "number"),
    Metric("steps_mean", "boxes, mean", mean_of(step_error), False, "number"),
    Metric("steps_median", "boxes, median", median_of(step_error), False, "number"),
    Metric("close", "within 2 subtypes and 1 class", mean_of(close)),
    Metric("ece", "ECE", ece, False, biased=True),
    Metric("ece_debiased", "ECE, debiased", debiased_ece, False, biased=True),
    Metric("nll_type", "NLL letter+class", mean_of(lambda s: s.nll_type), False, "number"),
    Metric("nll_grid", "NLL 420 cells", mean_of(lambda s: s.nll_grid), False, "number"),
    Metric("coverage", "90 % set, coverage", mean_of(lambda s: s.set_share), None),
    Metric("coverage_any", "90 % set, any cell", mean_of(lambda s: s.set_any), None),
    Metric("set_size", "90 % set, cells", mean_of(lambda s: s.set_size), False, "number"),
)
"""All figures of a row of the table, in its order."""

OF_SUBTYPES: Final = ("subtype_mean", "subtype_median", "steps_mean", "steps_median", "close")
"""Those that need an answer with a subtype."""

OF_ANSWERS: Final = METRICS[: [m.name for m in METRICS].index("ece")]
"""Those that need no probabilities."""

NAMED: Final = {metric.name: metric for metric in METRICS}


def confusion_counts(scored: Scored) -> dict[str, NDArray[np.int64]]:
    """Counts of label (rows) against answer (columns): ``letter`` (7, 7), ``luminosity`` (6, 6)."""
    ones = np.ones((1, len(scored)))
    pairs = {
        "letter": (scored.true_letter, scored.letter, N_LETTERS),
        "luminosity": (scored.true_class, scored.luminosity, N_LUMINOSITY),
    }
    return {
        name: confusion(truth, given, ones, size)[0].astype(np.int64)
        for name, (truth, given, size) in pairs.items()
    }
