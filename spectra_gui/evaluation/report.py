"""Everything that is reported about a bundle, computed from its out-of-fold outputs.

The order of things: calibrate each fold on the others, score, then the same for parts of the
stars, for libraries that training did not see, and for the simple classifiers. Knows no network
and no renderer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spectra_gui.bundles import Bundle
from spectra_gui.data import PreparationSpec
from spectra_gui.evaluation import baseline
from spectra_gui.evaluation.apart import count_class_vi, count_metal_poor
from spectra_gui.evaluation.bootstrap import paired_difference
from spectra_gui.evaluation.catalogues import compare_catalogues, second_labels
from spectra_gui.evaluation.detail import Answers, Detail, make_detail
from spectra_gui.evaluation.entries import (
    CATALOGUES,
    CLASS_VI,
    COMPARED,
    ENSEMBLE,
    LIBRARY_TITLES,
    MEMBER,
    SECTIONS,
    STRANGERS,
    Entry,
    Stars,
    baseline_entries,
    calibrate,
    choose_stars,
    fold_entries,
    left_out_entries,
)
from spectra_gui.evaluation.kinds import tell_apart
from spectra_gui.evaluation.metrics import OF_SUBTYPES
from spectra_gui.evaluation.outputs import Outputs, OutputsError
from spectra_gui.evaluation.pair import ask_strangers
from spectra_gui.evaluation.rows import Labels, score_rows
from spectra_gui.evaluation.stars import spectra_of
from spectra_gui.evaluation.table import Apart, Comparison, Row, make_row
from spectra_gui.inference.calibrate import CrossFit

if TYPE_CHECKING:
    from spectra_gui.training.dataset import LabelledSet

Tell = Callable[[str], None]


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
        both = ours.scored.has_subtype.any() and entry.scored.has_subtype.any()
        for metric in COMPARED if both else [m for m in COMPARED if m not in OF_SUBTYPES]:
            difference = paired_difference(ours.scored, entry.scored, metric=metric)
            found.append(
                Comparison(
                    entry.section, entry.stars, ENSEMBLE, entry.classifier, metric, difference
                )
            )
    return tuple(found)


def catalogue_entries(data_folder: Path) -> Iterator[Entry]:
    """Catalogues scored by each other."""
    for title, scored in compare_catalogues(data_folder / "stellar"):
        if len(scored) == 0:
            continue
        yield Entry(CATALOGUES, "second catalogue", title, scored)


def make_answers(
    stars: Stars, whole: CrossFit, data: LabelledSet | None, data_folder: Path | None
) -> Answers:
    """The headline rows with the ensemble's answers and all that is known of the stars.

    Parameters
    ----------
    data : the spectra of the rows of ``stars``, or None where they are not at hand
    data_folder : where their libraries are, for what a second catalogue says
    """
    outputs, headline = stars.outputs, stars.headline
    ids = outputs.ids[headline]
    return Answers(
        ids=ids,
        library=outputs.library[headline],
        text=outputs.label[headline],
        labels=stars.labels[headline],
        probabilities=whole.probabilities[headline],
        feh=outputs.feh[headline],
        second=None
        if data is None or data_folder is None
        else second_labels(ids, data_folder / "stellar"),
        covered=None if data is None else data.valid[headline].mean(axis=1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """All that is computed of a bundle; ``notes`` are sentences about what is not there and why.

    ``spectra`` are those that the detail's mistakes are about, None where they are not at hand;
    ``stars`` and ``whole`` what was scored and how it was calibrated, None without outputs.
    """

    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    apart: tuple[Apart, ...]
    detail: Detail
    notes: tuple[str, ...]
    spectra: LabelledSet | None
    stars: Stars | None = None
    whole: CrossFit | None = None


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
    entries = list(fold_entries(stars, whole))
    for part in outputs.left_out:
        entries += left_out_entries(stars, part)
    data, notes = _look_up(stars, spec, data_folder, needed=with_baselines)
    if data is not None and with_baselines:
        entries += _simple_classifiers(stars, data, tell)
    elif not with_baselines:
        notes.append("The simple classifiers were left out as asked.")
    entries += [] if data_folder is None else catalogue_entries(data_folder)
    apart = _count_apart(whole, outputs, entries)
    with_vi = any(kind.kind == "class VI" for kind in apart)
    notes += [] if with_vi else ["No star of class VI is among the outputs."]
    tell("Looking behind the headline: cells, boxes, kinds of stars, mistakes.")
    detail = _detail(stars, make_answers(stars, whole, data, data_folder))
    entries = _in_order(entries)
    return Computed(
        rows=make_rows(entries, tell),
        comparisons=compare(entries),
        apart=apart,
        detail=detail,
        notes=tuple(notes),
        spectra=None if data is None else _of_mistakes(data, detail),
        stars=stars,
        whole=whole,
    )


def _count_apart(whole: CrossFit, outputs: Outputs, entries: Iterable[Entry]) -> tuple[Apart, ...]:
    """Class VI, and metal-poor stars without a class."""
    class_vi = [count_class_vi(entry.scored) for entry in entries if entry.stars == CLASS_VI]
    metal_poor = count_metal_poor(outputs, whole)
    return (*class_vi, *([metal_poor] if metal_poor else []))


def _simple_classifiers(stars: Stars, data: LabelledSet, tell: Tell) -> Iterator[Entry]:
    for kind in baseline.kinds():
        tell(f"Fitting {baseline.TITLES[kind]}.")
        yield from baseline_entries(stars, stars.outputs.left_out, data.flux, kind)


def compute_strangers(bundle: Bundle, data_folder: Path | None) -> Computed:
    """What can be reported of a bundle without out-of-fold outputs.

    Raises
    ------
    OutputsError
        If no labelled star is at hand that the bundle did not learn from.
    """
    data, probabilities = ask_strangers(bundle, data_folder)
    labels = Labels(data.code, data.luminosity, data.system)
    titles = {name: LIBRARY_TITLES[name] for name in dict.fromkeys(data.library.tolist())}
    named = " + ".join(titles.values())
    assert data_folder is not None  # or there were no strangers
    answers = Answers(
        data.ids, data.library, data.label, labels, probabilities, data.feh,
        second=second_labels(data.ids, data_folder / "stellar"), covered=data.valid.mean(axis=1),
    )  # fmt: skip
    detail = make_detail(ENSEMBLE, named, answers, tell_apart(answers, titles))
    row = make_row(STRANGERS, ENSEMBLE, named, score_rows(probabilities, labels))
    note = (
        "The bundle carries no out-of-fold outputs (oof.npz), so what it says of the stars that it "
        "learnt from cannot be scored, and there are no single members, no libraries left out, no "
        "simple classifiers on the same folds and no robustness. Train it with folds to have "
        "these. Its probabilities are calibrated as the bundle says: "
        f"{bundle.calibration.get('fitted_on', 'it does not say on what')}."
    )
    return Computed((row,), (), (), detail, (note,), _of_mistakes(data, detail))


def _detail(stars: Stars, answers: Answers) -> Detail:
    named = " + ".join(stars.titles.values())
    return make_detail(ENSEMBLE, named, answers, tell_apart(answers, stars.titles))


def _of_mistakes(data: LabelledSet, detail: Detail) -> LabelledSet:
    return data.rows(np.isin(data.ids, [mistake.id for mistake in detail.mistakes]))


def _look_up(
    stars: Stars, spec: PreparationSpec, data_folder: Path | None, *, needed: bool
) -> tuple[LabelledSet | None, list[str]]:
    """The spectra of ``stars`` where they are at hand, and sentences on what is missing.

    Raises `OutputsError` where they are ``needed`` and the folder does not hold them.
    """
    if data_folder is None:
        return None, [
            "The labelled spectra are not at hand: no simple classifiers, no catalogues, no "
            "spectra of mistakes."
        ]
    try:
        return spectra_of(stars.outputs.ids, data_folder, spec), []
    except OutputsError as error:
        if needed:
            raise
        return None, [f"The spectra of mistakes are not shown: {error}"]


def _in_order(entries: list[Entry]) -> list[Entry]:
    """By section, then by stars as they first came, so that classifiers on the same stars meet."""
    keys = list(dict.fromkeys((e.section, e.stars) for e in entries))
    return sorted(
        entries, key=lambda e: (SECTIONS.index(e.section), keys.index((e.section, e.stars)))
    )
