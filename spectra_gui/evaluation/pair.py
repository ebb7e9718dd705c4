"""Two bundles on the same stars, each star typed by networks that never saw it.

Where a bundle carries out-of-fold outputs, these are its answers; one without is asked for the
stars that it did not learn from, by name. Differences are paired and drawn by star system. Knows
bundles; knows no renderer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.evaluation.convergence import has_converged, progress_words
from spectra_gui.evaluation.entries import (
    LIBRARY_TITLES,
    Stars,
    left_out_probabilities,
)
from spectra_gui.evaluation.judge import (
    Compared,
    Group,
    ask,
    compare_figures,
    compare_groups,
    join_words,
    stars_of,
)
from spectra_gui.evaluation.outputs import FILE, OutputsError
from spectra_gui.evaluation.rows import Array, Labels, score_rows
from spectra_gui.inference.calibrate import CrossFit
from spectra_gui.recipes import FEWEST_JUDGES

if TYPE_CHECKING:
    from spectra_gui.training import LabelledSet

OUT_OF_FOLD: Final = "out of fold"
NEVER_LEARNT: Final = "stars that it did not learn from"

IN_WORDS: Final = {
    "letter": "the letter",
    "luminosity": "the luminosity class",
    "subtype_mean": "the mean subtype error",
    "nll_type": "the likelihood of letter and class",
}
"""What the verdict calls the figures behind the first."""

STRANGE_LIBRARIES: Final = ("miles", "cflib")
"""Whose stars a bundle without outputs is asked about."""


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A bundle's answers: ``ids`` (n,), ``labels`` of them, ``probabilities`` (n, 420).

    ``left_out`` holds the same of libraries that a training did not see, by (trained, tested);
    ``how`` says why the networks did not know these stars; ``doubt`` why nothing follows from the
    answers, as of networks that were not trained to their end, "" where nothing speaks against it.
    """

    name: str
    sha256: str
    how: str
    ids: NDArray[np.str_]
    labels: Labels
    probabilities: Array
    left_out: Mapping[tuple[str, str], tuple[NDArray[np.str_], Labels, Array]]
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PairedSet:
    """Both bundles on one set of stars; in the figures ``new`` is the first bundle, ``present``
    the second, the difference first minus second.
    """

    stars: str
    n_spectra: int
    n_systems: int
    figures: tuple[Compared, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bundles beside each other; ``verdict`` says in words which is better, or why nobody can
    say; ``dropped`` are spectra that only one of them has answers for.
    """

    first: str
    first_sha256: str
    second: str
    second_sha256: str
    dropped: int
    sets: tuple[PairedSet, ...]
    verdict: str


def answers_out_of_fold(bundle: Bundle, stars: Stars, whole: CrossFit) -> Answered:
    """What a bundle's outputs say of the headline stars, and of left-out libraries."""
    rows = stars.headline
    left = {}
    for part in stars.outputs.left_out:
        here, probabilities = left_out_probabilities(stars, part)
        left[part.train, part.test] = (stars.outputs.ids[here], stars.labels[here], probabilities)
    return Answered(
        bundle.name, bundle.sha256, OUT_OF_FOLD, stars.outputs.ids[rows], stars.labels[rows],
        whole.probabilities[rows], left, _doubt(bundle),
    )  # fmt: skip


def _doubt(bundle: Bundle) -> str:
    """That its networks were still becoming better, in a sentence."""
    if has_converged(bundle.training):
        return ""
    return f"{bundle.name}: {progress_words(bundle.training)}"


def answers_about_strangers(bundle: Bundle, data_folder: Path | None) -> Answered:
    """What a bundle without outputs says of the labelled stars that it did not learn from.

    Raises `OutputsError` where `ask_strangers` does.
    """
    data, probabilities = ask_strangers(bundle, data_folder)
    labels = Labels(data.code, data.luminosity, data.system)
    return Answered(
        bundle.name, bundle.sha256, NEVER_LEARNT, data.ids, labels, probabilities, {},
        _doubt(bundle),
    )  # fmt: skip


def ask_strangers(bundle: Bundle, data_folder: Path | None) -> tuple[LabelledSet, Array]:
    """The scored labelled spectra whose star systems a bundle did not learn from, and (n, 420)
    what it says of them.

    Raises
    ------
    OutputsError
        If the data are not at hand, the bundle does not name its stars, or knows all of them.
    """
    from spectra_gui.training.dataset import DataError, load_labelled
    from spectra_gui.training.split import known_systems

    nothing = (
        f"{bundle.path / FILE} is not there, so this bundle has no outputs to score of the stars "
        "that it learnt from"
    )
    if data_folder is None:
        raise OutputsError(
            f"{nothing}, and the labelled spectra are not at hand to ask it about others. Name "
            "their folder with --data, or train it with folds."
        )
    if not stars_of(bundle):
        raise OutputsError(
            f"{nothing}, and it does not name these, so nobody can say which stars are new to it. "
            "Train it with folds."
        )
    try:
        data, _ = load_labelled(STRANGE_LIBRARIES, data_folder / "stellar", bundle.preparation)
    except DataError as error:
        raise OutputsError(str(error)) from error
    known = known_systems(data, stars_of(bundle))
    rows = np.flatnonzero(data.scored & ~np.isin(data.system, sorted(known)))
    if not len(rows):
        raise OutputsError(
            f"{nothing}, and it learnt from every labelled star. Train it with folds."
        )
    return data.rows(rows), ask(bundle, data, rows)


def pair_up(first: Answered, second: Answered) -> Pair:
    """Both on the stars that each of them has answers for, labels as the first has them."""
    if first.name == second.name:
        first, second = (
            replace(one, name=f"{one.name} {one.sha256[:6]}") for one in (first, second)
        )
    common, sets = _common(first.ids, second.ids), []
    title = f"{first.how}" if first.how == second.how else f"{first.how} / {second.how}"
    if len(common[0]):
        sets.append(
            _set(f"all, {title}", first.labels, common, first.probabilities, second.probabilities)
        )
    for (train, test), (ids, labels, probabilities) in first.left_out.items():
        if (train, test) not in second.left_out:
            continue
        other_ids, _, other = second.left_out[train, test]
        rows = _common(ids, other_ids)
        if len(rows[0]):
            names = [LIBRARY_TITLES.get(name, name) for name in (train, test)]
            title = f"left out: {names[0]} → {names[1]}-only"
            sets.append(_set(title, labels, rows, probabilities, other))
    n_answered = len(set(first.ids.tolist()) | set(second.ids.tolist()))
    return Pair(
        first.name, first.sha256, second.name, second.sha256, n_answered - len(common[0]),
        tuple(sets), _in_words(first, second, sets, n_answered - len(common[0])),
    )  # fmt: skip


def _common(
    ids: NDArray[np.str_], others: NDArray[np.str_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of both that are about the same spectrum, in the order of the first."""
    place = {str(name): i for i, name in enumerate(others)}
    pairs = [(i, place[str(name)]) for i, name in enumerate(ids) if str(name) in place]
    mine, theirs = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return mine, theirs


def _set(
    stars: str,
    labels: Labels,
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
    probabilities: Array,
    others: Array,
) -> PairedSet:
    here = labels[rows[0]]
    ours, its = score_rows(probabilities[rows[0]], here), score_rows(others[rows[1]], here)
    return PairedSet(
        stars, len(ours), len(np.unique(ours.system)), compare_figures(ours, its),
        compare_groups(ours, its),
    )  # fmt: skip


def _in_words(first: Answered, second: Answered, sets: list[PairedSet], dropped: int) -> str:
    if not sets or sets[0].n_systems < FEWEST_JUDGES:
        n = sets[0].n_systems if sets else 0
        return (
            f"No verdict: {n} star systems remain that the networks of neither bundle knew, and "
            f"{FEWEST_JUDGES} are needed."
        )
    whole = sets[0]
    joint = whole.figures[0]
    heads = {
        "better": f"{first.name} is better than {second.name}",
        "worse": f"{first.name} is worse than {second.name}",
        "open": f"{first.name} and {second.name} are not shown to differ",
    }
    doubts = " ".join(one.doubt for one in (first, second) if one.doubt)
    head = f"No verdict. {doubts} As they are" if doubts else heads[joint.outcome]
    d = joint.difference
    text = (
        f"{head}: of {whole.n_spectra} spectra of {whole.n_systems} star systems "
        f"that the asked networks of neither knew, the first types {100 * joint.new.value:.1f} % "
        f"right in letter and class, the second {100 * joint.present.value:.1f} % (difference "
        f"{100 * d.value:+.1f} points, 95 % interval {100 * d.low:+.1f} to {100 * d.high:+.1f}, "
        f"p {d.p:.3f})."
    )
    for word in () if doubts else ("better", "worse"):
        others = [IN_WORDS[f.name] for f in whole.figures[1:] if f.outcome == word]
        names = [group.name for group in whole.groups if group.outcome == word]
        if others:
            text += f" The first is {word} in {join_words(others)}."
        if names:
            text += f" It is {word} on {join_words(names)}."
    if dropped:
        text += f" {dropped} spectra that only one of them has answers for do not count."
    return text.replace(" -", " \N{MINUS SIGN}")
