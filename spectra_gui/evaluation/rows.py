"""Labels and answers of the same rows, reduced to the per-row facts that every metric needs.

Knows the counting rules of labels (ranges, decimals); knows no model, no file and no library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_gui.data.answer import CREDIBLE_LEVEL, answer, cells, credible_set
from spectra_gui.data.labels import fainter_class, label_grid, read_labels
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES
from spectra_gui.inference.calibrate import FLOOR

Array = NDArray[np.float64]
Ints = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Full MK types of n rows.

    Attributes
    ----------
    code : (n,) temperature on 0–70
    luminosity : (n, 6) shares of the classes, rows of sum 1
    system : (n,) star system, the unit of the bootstrap
    """

    code: Array
    luminosity: Array
    system: NDArray[np.str_]

    def __post_init__(self) -> None:
        n = len(self.code)
        if self.luminosity.shape != (n, N_LUMINOSITY) or len(self.system) != n:
            raise ValueError("code, luminosity and system of the labels differ in length")
        if not (np.isfinite(self.code).all() and (self.luminosity.sum(1) > 0).all()):
            raise ValueError("some labels are not full MK types; leave those rows out first")

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, rows: NDArray[np.generic]) -> Labels:
        return Labels(self.code[rows], self.luminosity[rows], self.system[rows])

    @property
    def letter(self) -> Ints:
        """(n,) 0–6."""
        return np.clip(self.code // 10, 0, 6).astype(np.intp)

    @property
    def headline_class(self) -> Ints:
        """(n,) 0–5, the fainter of a range."""
        return fainter_class(self.luminosity)

    @property
    def cell(self) -> Ints:
        """(n,) letter + class cell 0–41 as the headline counts it."""
        return self.letter * N_LUMINOSITY + self.headline_class


def labels_from_text(
    texts: Sequence[str], systems: Sequence[str] | NDArray[np.str_]
) -> tuple[Labels, Mask]:
    """Labels of the rows that are full MK types of single stars, and which rows these are."""
    code, luminosity = read_labels(texts)
    full = np.isfinite(code)
    return Labels(code[full], luminosity[full], np.asarray(systems, dtype=str)[full]), full


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Answers beside labels, one entry a row (n,) unless a shape is given.

    Attributes
    ----------
    letter, luminosity, code : the answer
    has_subtype : False where the answer's probabilities are the same for all subtypes of a letter,
        so that ``code`` is the letter's middle and says nothing
    true_letter, true_class, true_code : the label, a range of classes as its fainter end
    true_cell, cell : letter + class cells 0–41
    named : (n, 6) classes that the label names
    confidence : probability of the answer's letter + class
    nll_type : −log probability of the label's letter + class, averaged over a range
    nll_grid : the same on the 420 cells, averaged over the cells that share the label
    set_size : cells in the credible set
    set_share : share of the label inside the credible set
    set_any : 1 where any of the label's cells is inside
    system : (n,) integers, equal for rows of one star system
    """

    letter: Ints
    luminosity: Ints
    code: Array
    has_subtype: Mask
    true_letter: Ints
    true_class: Ints
    true_code: Array
    true_cell: Ints
    cell: Ints
    named: Mask
    confidence: Array
    nll_type: Array
    nll_grid: Array
    set_size: Array
    set_share: Array
    set_any: Array
    system: Ints

    def __len__(self) -> int:
        return len(self.letter)

    def take(self, rows: NDArray[np.generic]) -> Scored:
        """The rows chosen by a mask or by indices."""
        return Scored(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def score_rows(
    probabilities: ArrayLike, labels: Labels, *, level: float = CREDIBLE_LEVEL
) -> Scored:
    """Put answers beside labels.

    A range of classes counts as its fainter end in the headline and as equal shares in the
    likelihoods. A label of several cells (a range, a decimal) is covered by the share of it that
    lies in the credible set: a model that is right about its doubts covers ``level`` so.

    Parameters
    ----------
    probabilities : (n, 70, 6) or (n, 420), rows of sum 1
    labels : of the same n rows
    level : probability that the credible set is built to hold
    """
    grid = np.asarray(probabilities, dtype=np.float64).reshape(-1, N_SUBTYPES, N_LUMINOSITY)
    if len(grid) != len(labels):
        raise ValueError(f"{len(grid)} answers do not go with {len(labels)} labels")
    letter, luminosity, code = answer(grid)
    types = cells(grid)
    rows = np.arange(len(grid))
    share = label_grid(labels.code, labels.luminosity)
    inside = credible_set(grid, level)
    true_types = types[rows, labels.letter]
    return replace(
        score_answers(letter, luminosity, code, labels),
        has_subtype=_has_subtype(grid),
        confidence=types[rows, letter, luminosity],
        nll_type=-(labels.luminosity * np.log(np.maximum(true_types, FLOOR))).sum(1),
        nll_grid=-(share * np.log(np.maximum(grid, FLOOR))).sum((1, 2)),
        set_size=inside.sum((1, 2)).astype(np.float64),
        set_share=(share * inside).sum((1, 2)),
        set_any=np.where(((share > 0) & inside).any((1, 2)), 1.0, 0.0),
    )


def _has_subtype(grid: Array) -> Mask:
    """(n,) False for (n, 70, 6) grids that spread each letter + class evenly."""
    letters = grid.reshape(len(grid), N_LETTERS, -1, N_LUMINOSITY)
    return np.asarray((letters != letters[:, :, :1]).any((1, 2, 3)))


def score_answers(letter: Ints, luminosity: Ints, code: Array, labels: Labels) -> Scored:
    """Answers without probabilities (another catalogue's) beside labels; the rest is nan."""
    none = np.full(len(labels), np.nan)
    return Scored(
        letter=letter,
        luminosity=luminosity,
        code=code,
        has_subtype=np.ones(len(labels), dtype=bool),
        true_letter=labels.letter,
        true_class=labels.headline_class,
        true_code=labels.code,
        true_cell=labels.cell,
        cell=letter * N_LUMINOSITY + luminosity,
        named=labels.luminosity > 0,
        confidence=none,
        nll_type=none,
        nll_grid=none,
        set_size=none,
        set_share=none,
        set_any=none,
        system=np.unique(labels.system, return_inverse=True)[1].astype(np.intp),
    )
