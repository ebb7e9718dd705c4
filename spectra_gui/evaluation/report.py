"""Everything that is reported about a bundle, computed from its out-of-fold outputs.

The order of things: calibrate each fold on the others, score, then the same for parts of the
stars, for libraries that training did not see, and for the simple classifiers. Knows no network
and no renderer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec
from spectra_gui.data.labels import METAL_POOR_FEH, is_subdwarf, label_grid
from spectra_gui.evaluation import baseline
from spectra_gui.evaluation.apart import count_class_vi, count_metal_poor
from spectra_gui.evaluation.bootstrap import paired_difference
from spectra_gui.evaluation.catalogues import compare_catalogues
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
from spectra_gui.evaluation.stars import flux_of
from spectra_gui.evaluation.table import Apart, Comparison, Row, make_row
from spectra_gui.inference.calibrate import (
    N_CELLS,
    CrossFit,
    cross_fitted,
    ensemble_mean,
    fit_ensemble,
    type_mass,
)

FOLDS: Final = "Stars that no network saw: folds by star system"
PARTS: Final = "Parts of these stars"
LEFT_OUT: Final = "Trained without a library, tested on stars that only it has"
CATALOGUES: Final = "Two catalogues on the same stars, the second scored by the first"

ENSEMBLE: Final = "Ensemble"
CLASS_VI: Final = "class VI (metal-poor labels)"
"""Among the parts: which stars, as the table names them."""
MEMBER: Final = "member "
"""What the names of single members begin with in the table."""
COMPARED: Final = ("joint", "letter", "luminosity", "subtype_mean", "nll_type")
"""Figures whose paired difference to the ensemble is reported."""

KIND_TITLES: Final = {"three_branch": "three-branch CNNs", "residual": "residual CNNs"}
LIBRARY_TITLES: Final = {"miles": "MILES", "cflib": "CFLIB", "cool_dwarfs": "cool dwarfs"}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Stars:
    """The scored rows of a bundle's outputs.

    ``outputs`` and ``labels`` hold the same rows: full MK types with a fold; ``headline`` is False
    for class VI and whatever else is scored apart; ``targets`` (n, 42) are the labels' shares of
    letter + class, 0 where a row may teach no calibration.
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
    targets = type_mass(label_grid(labels.code, labels.luminosity))
    return Stars(outputs.rows(rows), labels, headline, np.where(headline[:, None], targets, 0.0))


def make_rows(entries: Iterable[Entry], tell: Tell) -> tuple[Row, ...]:
    """The figures of all entries."""
    rows = []
    for entry in entries:
        tell(f"{entry.classifier}: {entry.stars}.")
        rows.append(make_row(entry.section, entry.classifier, entry.stars, entry.scored))
    return tuple(rows)


def compare(entries: Iterable[Entry]) -> tuple[Comparison, ...]:
    """The ensemble minus every classifier but single members, on the same stars."""
    known = [entry for entry in entries if not entry.classifier.startswith(MEMBER)]
    ensembles = {(e.section, e.stars): e for e in known if e.classifier == ENSEMBLE}
    found = []
    for entry in known:
        ours = ensembles.get((entry.section, entry.stars))
        if ours is None or ours is entry:
            continue
        for metric in COMPARED:
            difference = paired_difference(ours.scored, entry.scored, metric=metric)
            found.append(
                Comparison(
                    entry.section, entry.stars, ENSEMBLE, entry.classifier, metric, difference
                )
            )
    return tuple(found)


def calibrate(stars: Stars) -> CrossFit:
    """All members together, each fold calibrated on the headline rows of the others."""
    return cross_fitted(stars.outputs.logits, stars.targets, stars.outputs.fold)


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
            part = cross_fitted(outputs.logits[chosen], stars.targets, outputs.fold)
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
    """Networks trained without a library, calibrated on the out-of-fold rows of the other one."""
    rows, kept = _left_out_rows(stars, part)
    taught = stars.headline & (stars.outputs.library == part.train)
    temperatures, own = fit_ensemble(stars.outputs.logits[:, taught], stars.targets[taught])
    probabilities = ensemble_mean(part.logits[:, kept], temperatures, own)
    yield from _half_entries(stars, part, ENSEMBLE, rows, probabilities)


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


def catalogue_entries(data_folder: Path) -> Iterator[Entry]:
    """Catalogues scored by each other."""
    for title, scored in compare_catalogues(data_folder / "stellar"):
        yield Entry(CATALOGUES, "second catalogue", title, scored)


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


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """All rows of a bundle, the comparisons, the stars that stand apart, and ``notes``: sentences
    about what is not in the table.
    """

    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    apart: tuple[Apart, ...]
    notes: tuple[str, ...]


def compute(
    outputs: Outputs,
    spec: PreparationSpec,
    *,
    data_folder: Path | None,
    with_baselines: bool,
    tell: Tell = lambda sentence: None,
) -> Computed:
    """Everything that is reported about a bundle.

    Parameters
    ----------
    spec : how the bundle prepares spectra; the simple classifiers get the same
    data_folder : the labelled data (``stellar/`` inside), or None where there are none
    with_baselines : whether to fit the simple classifiers, which needs the data
    tell : is told what is being computed

    Raises
    ------
    OutputsError
        If there is nothing to score, or the data do not hold the scored spectra.
    """
    stars = choose_stars(outputs)
    tell("Calibrating every fold on the others.")
    whole = calibrate(stars)
    folds = list(fold_entries(stars, whole))
    left = [entry for part in outputs.left_out for entry in left_out_entries(stars, part)]
    catalogues: list[Entry] = []
    notes = []
    if data_folder is None:
        notes.append("The labelled spectra are not at hand: no simple classifiers, no catalogues.")
    else:
        catalogues = list(catalogue_entries(data_folder))
    if data_folder is not None and with_baselines:
        flux = flux_of(stars.outputs.ids, data_folder, spec)
        for kind in baseline.kinds():
            tell(f"Fitting {baseline.TITLES[kind]}.")
            made = list(baseline_entries(stars, outputs.left_out, flux, kind))
            folds += [entry for entry in made if entry.section == FOLDS]
            left += [entry for entry in made if entry.section == LEFT_OUT]
    elif not with_baselines:
        notes.append("The simple classifiers were left out as asked.")
    class_vi = [count_class_vi(entry.scored) for entry in folds if entry.stars == CLASS_VI]
    if not class_vi:
        notes.append("No star of class VI is among the outputs.")
    metal_poor = count_metal_poor(outputs, whole)
    entries = [*_in_order(folds), *_in_order(left), *catalogues]
    apart = (*class_vi, *([metal_poor] if metal_poor else []))
    return Computed(make_rows(entries, tell), compare(entries), apart, tuple(notes))


def _in_order(entries: list[Entry]) -> list[Entry]:
    """By section and stars as they first came, so that classifiers on the same stars meet."""
    keys = list(dict.fromkeys((e.section, e.stars) for e in entries))
    sections = list(dict.fromkeys(section for section, _ in keys))
    return sorted(
        entries, key=lambda e: (sections.index(e.section), keys.index((e.section, e.stars)))
    )
