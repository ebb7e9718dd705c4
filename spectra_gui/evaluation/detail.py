"""What lies behind the headline: the ensemble's answers by cell, by box of the MK grid, by level of
the credible set, by kind of star, and its worst mistakes.

Every share has its interval by resampling star systems. Knows scored rows and probabilities; knows
no bundle, no library and no format of a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.answer import credible_cells, credible_text
from spectra_gui.data.labels import box_steps
from spectra_gui.data.mk import (
    LETTERS,
    LUMINOSITY_NAMES,
    N_LUMINOSITY,
    N_SUBTYPES,
    format_code,
    subtype_name,
    used_subtypes,
)
from spectra_gui.evaluation.bootstrap import Figure, intervals
from spectra_gui.evaluation.ece import perfect_bins
from spectra_gui.evaluation.metrics import NAMED, OF_SUBTYPES, joint, subtype_error
from spectra_gui.evaluation.rows import Array, Labels, Mask, Scored, score_rows
from spectra_gui.evaluation.selective import by_fraction_answered

LEVELS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Probabilities that credible sets are built to hold."""

FRACTIONS: Final = tuple(round(0.05 * k, 2) for k in range(1, 21))
"""Of the spectra that are answered, the surest first."""

SET_METRICS: Final = ("coverage", "coverage_any", "set_size")
GROUP_METRICS: Final = ("joint", "letter", "luminosity", "close", "subtype_mean")

N_MISTAKES: Final = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One letter + class: how many have this label and how many of them are found (``recall``),
    how many get this answer and how many of those have the label (``precision``).
    """

    name: str
    n_spectra: int
    n_systems: int
    n_answered: int
    recall: Figure | None
    precision: Figure | None
    f1: float


@dataclass(frozen=True, slots=True)
class Box:
    """Labels of one box of the MK grid, at its row 0–69 and column 0–5.

    ``subtype_mean`` is None where the answers tell no subtype.
    """

    name: str
    row: int
    column: int
    n_spectra: int
    joint: float
    subtype_mean: float | None


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Credible sets of one level: share of the labels inside, and mean number of cells."""

    level: float
    coverage: Figure
    coverage_any: Figure
    set_size: Figure


@dataclass(frozen=True, slots=True)
class Answering:
    """The surest answers alone: ``fraction`` of the spectra with ``probability`` or more."""

    fraction: float
    probability: float
    accuracy: Figure


@dataclass(frozen=True, slots=True)
class Group:
    """The stars of one kind; ``axis`` says what they are told apart by."""

    axis: str
    name: str
    n_spectra: int
    n_systems: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A star that the ensemble types otherwise than its label, among the most surprising ones.

    ``probability`` is that of the answer's letter + class, ``probability_of_label`` that of the
    label's; ``second_label`` is what another catalogue says, "" where none is at hand.
    """

    id: str
    system: str
    library: str
    label: str
    second_label: str
    answer: str
    probability: float
    probability_of_label: float
    credible_set: str


@dataclass(frozen=True, slots=True)
class Detail:
    """All of this for one classifier on ``stars``; ``confusion`` is (42, 42), label by answer.

    ``perfect`` are the ends between which 95 % of perfectly calibrated models have the accuracy of
    each populated bin of the reliability diagram.
    """

    classifier: str
    stars: str
    n_spectra: int
    n_systems: int
    confusion: list[list[int]]
    cells: tuple[Cell, ...]
    boxes: tuple[Box, ...]
    sets: tuple[SetLevel, ...]
    answering: tuple[Answering, ...]
    perfect: tuple[tuple[float, float], ...]
    groups: tuple[Group, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Calibrated answers of stars that no network saw, with what is known of the stars.

    Attributes
    ----------
    ids, library, text : (n,) str; ``text`` is the label as it is written
    labels : of the n rows
    probabilities : (n, 420)
    feh : (n,) [Fe/H], nan where unknown
    second : (n,) the other catalogue's types, "" where there is none; None without the data
    covered : (n,) share of the grid with valid data; None without the data
    """

    ids: NDArray[np.str_]
    library: NDArray[np.str_]
    text: NDArray[np.str_]
    labels: Labels
    probabilities: Array
    feh: Array
    second: NDArray[np.str_] | None = None
    covered: Array | None = None


def make_detail(
    classifier: str, stars: str, answers: Answers, kinds: Mapping[str, Sequence[tuple[str, Mask]]]
) -> Detail:
    """Compute everything behind the headline.

    Parameters
    ----------
    kinds : for each axis the names and masks (n,) of its groups
    """
    scored = score_rows(answers.probabilities, answers.labels)
    size = len(LETTERS) * N_LUMINOSITY
    confusion = np.zeros((size, size), dtype=np.int64)
    np.add.at(confusion, (scored.true_cell, scored.cell), 1)
    return Detail(
        classifier=classifier,
        stars=stars,
        n_spectra=len(scored),
        n_systems=len(np.unique(scored.system)),
        confusion=confusion.tolist(),
        cells=count_cells(scored),
        boxes=count_boxes(scored),
        sets=tuple(_set_level(answers, level) for level in LEVELS),
        answering=answer_surest(scored),
        perfect=tuple(perfect_bins(scored.confidence)),
        groups=tuple(
            make_group(axis, name, scored.take(rows))
            for axis, groups in kinds.items()
            for name, rows in groups
            if rows.any()
        ),
        mistakes=find_mistakes(answers, scored),
    )


def answer_surest(scored: Scored) -> tuple[Answering, ...]:
    """Letter and class right among the surest answers, at about each of `FRACTIONS`."""
    curve = by_fraction_answered(scored.confidence, joint(scored) > 0)
    places = np.minimum(np.searchsorted(curve.fraction, FRACTIONS), len(curve.fraction) - 1)
    found = []
    for place in np.unique(places):
        least = float(curve.probability[place])
        accuracy = _right(scored, scored.confidence >= least)
        if accuracy is not None:
            found.append(Answering(float(curve.fraction[place]), least, accuracy))
    return tuple(found)


def make_group(axis: str, name: str, scored: Scored) -> Group:
    """The figures of the stars of one kind."""
    told = scored.has_subtype.any()
    names = [name for name in GROUP_METRICS if told or name not in OF_SUBTYPES]
    figures = intervals(scored, metrics=[NAMED[name] for name in names])
    return Group(axis, name, len(scored), len(np.unique(scored.system)), figures)


def cell_name(cell: int) -> str:
    """Letter and class of a cell 0–41, such as ``"G V"``."""
    letter, luminosity = divmod(cell, N_LUMINOSITY)
    return f"{LETTERS[letter]} {LUMINOSITY_NAMES[luminosity]}"


def count_cells(scored: Scored) -> tuple[Cell, ...]:
    """The letter + class cells that a label or an answer names, in the order of the grid."""
    found = []
    for cell in np.unique(np.concatenate([scored.true_cell, scored.cell])):
        labelled, answered = scored.true_cell == cell, scored.cell == cell
        both = int((labelled & answered).sum())
        found.append(
            Cell(
                name=cell_name(int(cell)),
                n_spectra=int(labelled.sum()),
                n_systems=len(np.unique(scored.system[labelled])),
                n_answered=int(answered.sum()),
                recall=_right(scored, labelled),
                precision=_right(scored, answered),
                f1=2.0 * both / int(labelled.sum() + answered.sum()),
            )
        )
    return tuple(found)


def _right(scored: Scored, rows: Mask) -> Figure | None:
    """Share of these rows whose letter and class are right; None without rows."""
    if not rows.any():
        return None
    return intervals(scored.take(rows), metrics=[NAMED["joint"]])["joint"]


def count_boxes(scored: Scored) -> tuple[Box, ...]:
    """The boxes of the 70 × 6 grid that hold labels; a decimal goes to the nearest used box."""
    used = np.flatnonzero(used_subtypes())
    row = used[np.rint(box_steps(scored.true_code)).astype(np.intp)]
    box = row * N_LUMINOSITY + scored.true_class
    right, error = joint(scored), subtype_error(scored)
    told = bool(scored.has_subtype.any())
    found = []
    for one in np.unique(box):
        here = box == one
        r, c = divmod(int(one), N_LUMINOSITY)
        found.append(
            Box(
                f"{subtype_name(r)} {LUMINOSITY_NAMES[c]}", r, c, int(here.sum()),
                float(right[here].mean()), float(error[here].mean()) if told else None,
            )
        )  # fmt: skip
    return tuple(found)


def _set_level(answers: Answers, level: float) -> SetLevel:
    scored = score_rows(answers.probabilities, answers.labels, level=level)
    figures = intervals(scored, metrics=[NAMED[name] for name in SET_METRICS])
    return SetLevel(level, *(figures[name] for name in SET_METRICS))


def find_mistakes(answers: Answers, scored: Scored, *, n: int = N_MISTAKES) -> tuple[Mistake, ...]:
    """The wrong answers whose label the ensemble thought least likely, one a star system."""
    wrong = scored.cell != scored.true_cell
    order = np.argsort(np.where(wrong, -scored.nll_type, np.inf), kind="stable")
    grids = answers.probabilities.reshape(-1, N_SUBTYPES, N_LUMINOSITY)
    found: list[Mistake] = []
    systems: set[int] = set()
    for i in order[: int(wrong.sum())]:
        if len(found) == n:
            break
        if int(scored.system[i]) in systems:
            continue
        systems.add(int(scored.system[i]))
        luminosity = LUMINOSITY_NAMES[int(scored.luminosity[i])]
        found.append(
            Mistake(
                id=str(answers.ids[i]),
                system=str(answers.labels.system[i]),
                library=str(answers.library[i]),
                label=str(answers.text[i]),
                second_label="" if answers.second is None else str(answers.second[i]),
                answer=f"{format_code(float(scored.code[i]))} {luminosity}",
                probability=float(scored.confidence[i]),
                probability_of_label=float(np.exp(-scored.nll_type[i])),
                credible_set=credible_text(credible_cells(grids[i])),
            )
        )
    return tuple(found)
