"""The one rule that turns MK-grid probabilities into an answer, an interval and a credible set.

Inference, evaluation and every table use these functions, so that a score is the score of the
answer that a person sees. Pure numpy; knows no network, no spectrum and no label.

A row of the grid stands for a subtype ± 0.5, so quantiles fall between rows. The subtype of an
answer is the box that holds the median, or the half subtype between two boxes where the median
lies near their common edge (G2 and G3 with one half each give G2.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_gui.data.mk import (
    LUMINOSITY_NAMES,
    N_LETTERS,
    N_LUMINOSITY,
    N_SUBTYPES,
    subtype_name,
    used_subtypes,
)

Ints = NDArray[np.intp]

CREDIBLE_LEVEL: Final = 0.9
"""Probability that the credible set of a verdict holds."""

EDGE: Final = 0.1
"""A median this close to the edge between two boxes gives the half subtype between them.

Catalogues write whole subtypes, so whole boxes have the least mean error; halves near the edge
lower the median error and cost the mean 2 % (halves from .25 on: 8 %; on left-out stars)."""


def cells(probabilities: ArrayLike) -> NDArray[np.float64]:
    """(n, 70, 6) grid probabilities summed to letter + class: (n, 7, 6)."""
    grid = _grid(probabilities)
    summed: NDArray[np.float64] = grid.reshape(-1, N_LETTERS, 10, N_LUMINOSITY).sum(axis=2)
    return summed


def answer(probabilities: ArrayLike) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """The most probable letter + class with its posterior-median subtype.

    Parameters
    ----------
    probabilities : (n, 70, 6), rows need not be normalised

    Returns
    -------
    letter : (n,) 0–6
    luminosity : (n,) 0–5
    code : (n,) temperature on 0–70, always within the letter
    """
    grid = _grid(probabilities)
    best = cells(grid).reshape(len(grid), -1).argmax(axis=1)
    letter, luminosity = np.divmod(best, N_LUMINOSITY)
    return letter, luminosity, median_code(grid, letter, luminosity)


def median_code(
    probabilities: ArrayLike, letter: ArrayLike, luminosity: ArrayLike
) -> NDArray[np.float64]:
    """(n,) posterior-median temperature (0–70, whole or half) of one letter + class per row.

    Parameters
    ----------
    probabilities : (n, 70, 6)
    letter, luminosity : (n,) indices of the cell, 0–6 and 0–5
    """
    grid = _grid(probabilities)
    letters = np.asarray(letter, dtype=np.intp)
    folded = grid.reshape(len(grid), N_LETTERS, 10, N_LUMINOSITY)
    mass = folded[np.arange(len(grid)), letters, :, np.asarray(luminosity, dtype=np.intp)]
    median = _quantile(mass, 0.5)
    box = np.rint(median)
    beside = median - box
    halves = np.where(np.abs(beside) > 0.5 - EDGE, 0.5 * np.sign(beside), 0.0)
    within: NDArray[np.float64] = np.clip(box + halves, 0.0, 9.0)
    return 10.0 * letters + within


def subtype_interval(
    probabilities: ArrayLike, low: float = 0.16, high: float = 0.84
) -> NDArray[np.float64]:
    """(n, 2) quantiles of the temperature marginal on 0–70; the default pair is ±1 σ."""
    marginal = _grid(probabilities).sum(axis=2)
    ends = [np.clip(_quantile(marginal, q), 0.0, N_SUBTYPES - 0.5) for q in (low, high)]
    return np.stack(ends, axis=1)


def credible_set(probabilities: ArrayLike, level: float = CREDIBLE_LEVEL) -> NDArray[np.bool_]:
    """(n, 70, 6) True on the smallest set of cells whose probability reaches ``level``."""
    grid = _grid(probabilities).reshape(-1, N_SUBTYPES * N_LUMINOSITY)
    order = np.argsort(-grid, axis=1, kind="stable")
    ranked = np.take_along_axis(grid, order, axis=1)
    before = np.cumsum(ranked, axis=1) - ranked
    wanted = level * ranked.sum(axis=1, keepdims=True) * (1.0 - 1e-9)
    inside = np.zeros(grid.shape, dtype=bool)
    np.put_along_axis(inside, order, (before < wanted) & (ranked > 0), axis=1)
    return inside.reshape(-1, N_SUBTYPES, N_LUMINOSITY)


def credible_cells(
    probabilities: ArrayLike, level: float = CREDIBLE_LEVEL
) -> tuple[tuple[int, int], ...]:
    """The credible set of one (70, 6) grid as (row, class) pairs, most probable first."""
    grid = np.asarray(probabilities, dtype=np.float64)
    flat = np.flatnonzero(credible_set(grid[None], level)[0])
    flat = flat[np.argsort(-grid.ravel()[flat], kind="stable")]
    return tuple((int(cell // N_LUMINOSITY), int(cell % N_LUMINOSITY)) for cell in flat)


def credible_text(members: Iterable[tuple[int, int]]) -> str:
    """A set of (row, class) cells in words, e.g. ``"G0–G4, IV–V"``.

    Temperatures that the set leaves out split the text (``"A0–A2, V; A5, IV–V"``); boxes that the
    MK system does not use are no gap (K7 and M0 are neighbours).
    """
    steps = {int(row): step for step, row in enumerate(np.flatnonzero(used_subtypes()))}
    chosen = sorted(set(members))
    rows = sorted({row for row, _ in chosen})
    groups: list[list[int]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        if last is not None and steps.get(row, row) - steps.get(last, last) == 1:
            groups[-1].append(row)
        else:
            groups.append([row])
    texts = []
    for group in groups:
        classes = sorted({c for row, c in chosen if row in group})
        texts.append(f"{_span([subtype_name(row) for row in group])}, {_class_text(classes)}")
    return "; ".join(texts)


def _class_text(classes: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for c in classes:
        if runs and c == runs[-1][-1] + 1:
            runs[-1].append(c)
        else:
            runs.append([c])
    return " and ".join(_span([LUMINOSITY_NAMES[c] for c in run]) for run in runs)


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


def _quantile(mass: NDArray[np.float64], q: float) -> NDArray[np.float64]:
    """(n,) position of quantile ``q`` in (n, k) mass, bin i covering i ± 0.5."""
    cumulative = np.cumsum(mass, axis=1)
    wanted = q * cumulative[:, -1]
    # The tolerance keeps a certain bin from being passed over by the rounding of the sum.
    hit = np.argmax(cumulative >= (wanted * (1.0 - 1e-12))[:, None], axis=1)
    rows = np.arange(len(mass))
    here = mass[rows, hit]
    below = cumulative[rows, hit] - here
    share = np.divide(wanted - below, here, out=np.full(len(mass), 0.5), where=here > 0)
    position: NDArray[np.float64] = hit - 0.5 + share
    return position


def _grid(probabilities: ArrayLike) -> NDArray[np.float64]:
    grid = np.asarray(probabilities, dtype=np.float64)
    if grid.ndim != 3 or grid.shape[1:] != (N_SUBTYPES, N_LUMINOSITY):
        raise ValueError(f"probabilities have shape {grid.shape}, expected (n, 70, 6)")
    return grid
