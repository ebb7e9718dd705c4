"""Who answered for which stars, and how: the lines of the accuracy table before their figures.

Each fold is calibrated on the others, a left-out library on the folds of the other library. Knows
labels and outputs; knows no network, no library file and no renderer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import METAL_POOR_FEH, headline_types, is_subdwarf
from spectra_gui.evaluation import baseline
from spectra_gui.evaluation.halves import HALVES, in_half
from spectra_gui.evaluation.outputs import LeftOutOutputs, Outputs, OutputsError
from spectra_gui.evaluation.rows import (
    Array,
    Ints,
    Labels,
    Mask,
    Scored,
    labels_from_text,
    score_rows,
)
from spectra_gui.inference.calibrate import (
    N_CELLS,
    CrossFit,
    cross_fitted,
    ensemble_mean,
    fit_ensemble,
)

FOLDS: Final = "Stars that no network saw: folds by star system"
STRANGERS: Final = "Stars that the bundle did not learn from"
PARTS: Final = "Parts of these stars"
LEFT_OUT: Final = "Trained without a library, tested on stars that only it has"
CATALOGUES: Final = "Two catalogues on the same stars, the second scored by the first"

SECTIONS: Final = (FOLDS, STRANGERS, PARTS, LEFT_OUT, CATALOGUES)
"""In the order of the report."""

ENSEMBLE: Final = "Ensemble"
CLASS_VI: Final = "class VI (metal-poor labels)"
"""Among the parts: which stars, as the table names them."""
MEMBER: Final = "member "
"""What the names of single members begin with in the table."""
COMPARED: Final = ("joint", "letter", "luminosity", "subtype_mean", "nll_type")
"""Figures whose paired difference to the ensemble is reported."""

KIND_TITLES: Final = {
    "three_branch": "three-branch CNNs",
    "residual": "residual CNNs",
    "linear": "linear classifiers",
    "kernel": "kernel classifiers",
}
LIBRARY_TITLES: Final = {"miles": "MILES", "cflib": "CFLIB", "cool_dwarfs": "cool dwarfs"}


@dataclass(frozen=True, slots=True, eq=False)
class Stars:
    """The scored rows of a bundle's outputs.

    ``outputs`` and ``labels`` hold the same rows: full MK types with a fold; ``headline`` is False
    for class VI and whatever else is scored apart; ``targets`` (n, 42) are the labels' letter +
    class as the headline counts it, 0 where a row may teach no calibration.
    """

    outputs: Outputs
    labels: Labels
    headline: Mask
    targets: Array

    @property
    def titles(self) -> dict[str, str]:
        """Library names for people."""
        names = sorted(set(self.outputs.library[self.headline].tolist()), reverse=True)
        return {name: LIBRARY_TITLES.get(name, name) for name in names}


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One line of the table before its figures: who answered for which stars, and how."""

    section: str
    classifier: str
    stars: str
    scored: Scored


def choose_stars(outputs: Outputs) -> Stars:
    """The rows that can be scored.

    Raises
    ------
    OutputsError
        If there are none.
    """
    labels, full = labels_from_text(outputs.label.tolist(), outputs.system)
    held = outputs.fold[full] >= 0
    rows = np.flatnonzero(full)[held]
    labels = labels[held]
    headline = outputs.scored[rows] & ~is_subdwarf(labels.luminosity)
    if not headline.any():
        raise OutputsError("The bundle's outputs hold no full MK type of class I–V to score.")
    targets = headline_types(labels.code, labels.luminosity)
    return Stars(outputs.rows(rows), labels, headline, np.where(headline[:, None], targets, 0.0))


def calibrate(stars: Stars) -> CrossFit:
    """All members together, each fold calibrated on the headline rows of the others."""
    outputs = stars.outputs
    return cross_fitted(outputs.logits, stars.targets, outputs.fold, outputs.rule)


def fold_entries(stars: Stars, whole: CrossFit) -> Iterator[Entry]:
    """The ensemble, the members of each kind together, and each member, out of fold."""
    outputs, headline = stars.outputs, stars.headline
    named = " + ".join(stars.titles.values())
    labels = stars.labels[headline]

    def entry(classifier: str, probabilities: Array) -> Entry:
        return Entry(FOLDS, classifier, named, score_rows(probabilities[headline], labels))

    yield entry(ENSEMBLE, whole.probabilities)
    kinds = dict.fromkeys(outputs.kinds)
    for kind in kinds if len(kinds) > 1 else ():
        chosen = np.array([k == kind for k in outputs.kinds])
        if chosen.sum() > 1:
            part = cross_fitted(outputs.logits[chosen], stars.targets, outputs.fold, outputs.rule)
            yield entry(f"{KIND_TITLES.get(kind, kind)} ({chosen.sum()})", part.probabilities)
    if len(outputs.members) > 1:
        for name, probabilities in zip(outputs.members, whole.members, strict=True):
            yield entry(f"{MEMBER}{name}", probabilities)
    yield from _part_entries(stars, whole.probabilities)


def _part_entries(stars: Stars, probabilities: Array) -> Iterator[Entry]:
    outputs, headline = stars.outputs, stars.headline
    parts = {title: headline & (outputs.library == n) for n, title in stars.titles.items()}
    if len(parts) == 1:
        parts = {}
    poor = outputs.feh < METAL_POOR_FEH
    parts["[Fe/H] ≥ −1"] = headline & (outputs.feh >= METAL_POOR_FEH)
    parts["[Fe/H] < −1"] = headline & poor
    parts[CLASS_VI] = is_subdwarf(stars.labels.luminosity)
    for title, rows in parts.items():
        if rows.any():
            scored = score_rows(probabilities[rows], stars.labels[rows])
            yield Entry(PARTS, ENSEMBLE, title, scored)


def left_out_entries(stars: Stars, part: LeftOutOutputs) -> Iterator[Entry]:
    """Networks trained without a library, on its development half, its report half and both."""
    rows, probabilities = left_out_probabilities(stars, part)
    yield from _half_entries(stars, part, ENSEMBLE, rows, probabilities)


def left_out_probabilities(stars: Stars, part: LeftOutOutputs) -> tuple[Ints, Array]:
    """Headline rows of ``stars`` and (k, 420) what networks trained without their library say.

    Calibrated on the out-of-fold rows of the library that taught.
    """
    rows, kept = _left_out_rows(stars, part)
    taught = stars.headline & (stars.outputs.library == part.train)
    rule = stars.outputs.rule
    temperatures, own = fit_ensemble(stars.outputs.logits[:, taught], stars.targets[taught], rule)
    return rows, ensemble_mean(part.logits[:, kept], temperatures, own, rule)


def baseline_entries(
    stars: Stars, parts: Iterable[LeftOutOutputs], flux: NDArray[np.floating], kind: baseline.Kind
) -> Iterator[Entry]:
    """A simple classifier on the same stars, folds and left-out libraries.

    Parameters
    ----------
    flux : (n, n_pixels) prepared spectra of the rows of ``stars``
    """
    headline, title = stars.headline, baseline.TITLES[kind]
    labels, fold = stars.labels[headline], stars.outputs.fold[headline]
    library = stars.outputs.library[headline]
    named = " + ".join(stars.titles.values())
    grid = baseline.cross_fitted(kind, flux[headline], labels, fold)
    yield Entry(FOLDS, title, named, score_rows(grid, labels))
    place = np.cumsum(headline) - 1
    for part in parts:
        rows, _ = _left_out_rows(stars, part)
        test = np.zeros(len(labels), dtype=bool)
        test[place[rows]] = True
        grid = baseline.left_out(
            kind, flux[headline], labels, fold, train=library == part.train, test=test
        )
        order = np.argsort(np.argsort(rows))
        yield from _half_entries(stars, part, title, rows, grid[order].reshape(len(rows), N_CELLS))


def _left_out_rows(stars: Stars, part: LeftOutOutputs) -> tuple[Ints, Mask]:
    """Positions in ``stars`` of a part's headline rows, and which of the part's rows they are."""
    place = {str(name): i for i, name in enumerate(stars.outputs.ids)}
    rows = np.array([place.get(str(name), -1) for name in part.ids], dtype=np.intp)
    kept = (rows >= 0) & stars.headline[rows]
    return rows[kept], kept


def _half_entries(
    stars: Stars, part: LeftOutOutputs, classifier: str, rows: Ints, probabilities: Array
) -> Iterator[Entry]:
    """A left-out library as development half, report half and whole."""
    titles = {**LIBRARY_TITLES, **stars.titles}
    pair = f"{titles.get(part.train, part.train)} → {titles.get(part.test, part.test)}-only"
    labels = stars.labels[rows]
    for name in HALVES:
        half = in_half(labels.system, name)
        if half.any():
            scored = score_rows(probabilities[half], labels[half])
            yield Entry(LEFT_OUT, classifier, f"{pair}, {name} half", scored)
    yield Entry(LEFT_OUT, classifier, f"{pair}, both halves", score_rows(probabilities, labels))
