"""From finished fits to a bundle: calibration, templates, trust statistics, scores, card.

Everything that is fitted here and scored elsewhere comes from rows that no member learnt from.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import (
    Bundle,
    BundleContent,
    MemberWeights,
    Novelty,
    neighbours_to_bytes,
    write_bundle,
)
from spectra_gui.bundles.neighbours import NEIGHBOURS
from spectra_gui.data import LUMINOSITY_NAMES, Templates
from spectra_gui.data.answer import answer
from spectra_gui.data.labels import fainter_class, headline_types, label_grid
from spectra_gui.data.mk import N_LUMINOSITY, N_SUBTYPES, subtype_name
from spectra_gui.inference.calibrate import (
    Rule,
    cross_entropy,
    ensemble_mean,
    fit_ensemble,
    type_mass,
)
from spectra_gui.inference.novelty import fit_components, relative_novelty, residual
from spectra_gui.recipes import RunConfig, config_to_toml
from spectra_gui.recipes.folds import folds
from spectra_gui.training.card import write_card
from spectra_gui.training.dataset import LabelledSet, LeftOut, count_reasons
from spectra_gui.training.neighbours import account, make_neighbours, star_facts
from spectra_gui.training.tasks import WHOLE, Result, Task, progress_of_fits
from spectra_gui.training.trust import held_out_answers, likeness_file

FEWEST_STARS: Final = 3
"""A class template is the mean over at least so many stars."""

N_NEW_COMPONENTS: Final = 10
"""Directions at most that new stars add to what a base's novelty is measured by."""

LICENCE: Final = "BSD-3-Clause (weights and statistics; library spectra are not part of the bundle)"


def assemble_bundle(
    config: RunConfig,
    base: Bundle | None,
    data: LabelledSet,
    left_out: Sequence[LeftOut],
    results: Mapping[Task, Result],
    test: Mapping[str, Any],
    out: Path,
    *,
    data_folder: Path | None = None,
) -> Path:
    """Write the bundle of a run; returns its folder.

    Parameters
    ----------
    base : the bundle that the run started from; what it knows of other types is kept
    data : the spectra that the run learnt from, without those kept back
    results : every task of the run's plan
    test : what is kept of the stars to judge by
    data_folder : where the labelled libraries stand, for aliases and positions of their stars
    """
    held_out = _held_out(config, data, results)
    types = headline_types(held_out.code, held_out.luminosity)
    rule = config.scoring.rule
    temperatures, own = fit_ensemble(held_out.logits, types, rule)
    probabilities = ensemble_mean(held_out.logits, temperatures, own, rule)
    novelty = _novelty(config, data, None if base is None else base.novelty)
    scores = _scores(probabilities, held_out)
    neighbours, opinion = _neighbours(config, base, data, data_folder, held_out.ids, probabilities)
    if opinion:
        scores["second_opinion"] = opinion
    answers = held_out_answers(
        _rows_of_ids(data, held_out.ids), _five_folds(config, data), held_out.logits,
        temperatures, probabilities,
    )  # fmt: skip
    content = BundleContent(
        name=out.name,
        title=config.title or out.name,
        preparation=config.preparation,
        members=_members(config, results, temperatures),
        templates=_with_base_templates(class_templates(data), base),
        novelty=novelty,
        populated=_populated(data) if base is None else _populated(data) | base.populated,
        calibration=_calibration(own, held_out, rule),
        trust={"held_out": held_out.origin},
        scores=scores,
        training={
            **_training(config, base, data, left_out, held_out.origin, test),
            "fits": progress_of_fits(config, results),
        },
        licence=LICENCE,
        card=write_card(config, base, data, left_out, scores, held_out.origin, test),
        files={
            "train.toml": config_to_toml(config).encode(),
            **_logit_files(config, data, results),
            **neighbours,
            **likeness_file(base, data, answers, config.preparation),
        },
    )
    return write_bundle(content, out)


def _neighbours(
    config: RunConfig,
    base: Bundle | None,
    data: LabelledSet,
    data_folder: Path | None,
    ids: NDArray[np.str_],
    probabilities: NDArray[np.float64],
) -> tuple[dict[str, bytes], dict[str, float]]:
    """The file of the training stars, none where they are few, and what they are worth."""
    libraries = config.data.libraries if data_folder is not None else ()
    facts = {} if data_folder is None else star_facts(libraries, data_folder / "stellar")
    table = make_neighbours(data, facts, None if base is None else base.neighbours)
    if table is None:
        return {}, {}
    opinion = account(table, data, ids, probabilities) if config.scoring.folds else {}
    return {NEIGHBOURS: neighbours_to_bytes(table)}, opinion


def _training(
    config: RunConfig,
    base: Bundle | None,
    data: LabelledSet,
    left_out: Sequence[LeftOut],
    origin: str,
    test: Mapping[str, Any],
) -> dict[str, Any]:
    """What the bundle says about its making; ``stars`` are all that anything in it learnt from."""
    stars = set(data.star.tolist())
    if base is not None:
        stars |= {str(star) for star in base.training.get("stars", ())}
    return {
        "config": config.to_dict(),
        "base": None if base is None else {"name": base.name, "sha256": base.sha256},
        "n_spectra": len(data),
        "n_systems": len(set(data.system.tolist())),
        "libraries": sorted(set(data.library.tolist())),
        "left_out": [list(pair) for pair in count_reasons(left_out)],
        "stars": sorted(stars),
        "test": dict(test),
        "held_out": origin,
    }


def _members(
    config: RunConfig, results: Mapping[Task, Result], temperatures: NDArray[np.float64]
) -> tuple[MemberWeights, ...]:
    """The networks that were fitted to all spectra."""
    return tuple(
        MemberWeights(
            name=m.name,
            kind=m.kind,
            architecture=config.architecture_of(m),
            temperature=float(temperatures[i]),
            tensors=results[Task(i, WHOLE)].tensors,
        )
        for i, m in enumerate(config.members)
    )


class _HeldOut:
    """Rows with what members that never saw them say of them."""

    def __init__(
        self, data: LabelledSet, ids: NDArray[np.str_], logits: NDArray[Any], origin: str
    ) -> None:
        rows = _rows_of_ids(data, ids)
        self.ids, self.logits, self.origin = ids, logits, origin
        self.code, self.luminosity = data.code[rows], data.luminosity[rows]


def _held_out(config: RunConfig, data: LabelledSet, results: Mapping[Task, Result]) -> _HeldOut:
    """Out-of-fold logits where there are folds, else those of the validation stars."""
    members = range(len(config.members))
    if config.scoring.folds:
        splits = [f"fold-{k}" for k in range(config.scoring.folds)]
        origin = f"out-of-fold logits, {config.scoring.folds} folds by star system"
    else:
        splits, origin = [WHOLE], "validation stars, which also chose the epoch"
    ids = np.concatenate([results[Task(0, s)].ids for s in splits])
    logits = [np.concatenate([results[Task(m, s)].logits for s in splits]) for m in members]
    return _HeldOut(data, ids, np.stack(logits), origin)


def _apart(
    config: RunConfig, results: Mapping[Task, Result]
) -> tuple[NDArray[np.str_], NDArray[np.float16]]:
    """Ids (k,) and out-of-fold logits (m, k, 420) of the folds' rows that no score counts."""
    splits = [f"fold-{k}" for k in range(config.scoring.folds)]
    ids = np.concatenate([results[Task(0, s)].apart_ids for s in splits])
    members = range(len(config.members))
    logits = [np.concatenate([results[Task(m, s)].apart_logits for s in splits]) for m in members]
    return ids, np.stack(logits)


def _calibration(ensemble_temperature: float, held_out: _HeldOut, rule: Rule) -> dict[str, Any]:
    """``rule`` is written where it is not the mean, which every program takes."""
    by_sum = rule == "sum_of_logits"
    scaled = "of the sum of logits" if by_sum else "of each member, then of their mean"
    return {
        "method": f"temperature {scaled}; fitted on letter + class",
        "ensemble_temperature": ensemble_temperature,
        "fitted_on": held_out.origin,
        "n": len(held_out.ids),
        **({"rule": rule} if by_sum else {}),
    }


def _rows_of_ids(data: LabelledSet, ids: NDArray[np.str_]) -> NDArray[np.intp]:
    position = {str(name): i for i, name in enumerate(data.ids)}
    return np.array([position[str(name)] for name in ids], dtype=np.intp)


def _scores(probabilities: NDArray[np.float64], held_out: _HeldOut) -> dict[str, Any]:
    """A first look for the bundle's list; the full account is that of ``evaluate``."""
    letter, luminosity, code = answer(probabilities.reshape(-1, N_SUBTYPES, N_LUMINOSITY))
    right_letter = letter == held_out.code // 10
    right_class = luminosity == fainter_class(held_out.luminosity)
    target = label_grid(held_out.code, held_out.luminosity).reshape(len(held_out.ids), -1)
    nll = cross_entropy(type_mass(probabilities), type_mass(target)).mean()
    error = np.abs(code - held_out.code)
    return {
        "on": held_out.origin,
        "n": len(held_out.ids),
        "joint": round(float((right_letter & right_class).mean()), 4),
        "letter": round(float(right_letter.mean()), 4),
        "luminosity": round(float(right_class.mean()), 4),
        "subtype_error_mean": round(float(error.mean()), 4),
        "subtype_error_median": round(float(np.median(error)), 4),
        "nll": round(float(nll), 4),
    }


def class_templates(data: LabelledSet) -> Templates:
    """Mean prepared spectra of the boxes that hold at least three stars with a full type.

    Of boxes with fewer where no box has so many.
    """
    full = (data.luminosity.max(1) == 1.0) & np.isfinite(data.code)
    row = np.clip(np.round(data.code), 0, N_SUBTYPES - 1).astype(np.intp)
    column = data.luminosity.argmax(1)
    boxes, means, counts = [], [], []
    inside_of = {
        int(box): full & (row * N_LUMINOSITY + column == box)
        for box in np.unique((row * N_LUMINOSITY + column)[full])
    }
    n_stars = {box: len(set(data.star[inside].tolist())) for box, inside in inside_of.items()}
    fewest = min(FEWEST_STARS, max(n_stars.values(), default=1))
    for box, inside in inside_of.items():
        stars = n_stars[box]
        if stars < fewest:
            continue
        weight = data.valid[inside]
        total = weight.sum(0)
        mean = np.where(weight, data.flux[inside], 0.0).sum(0) / np.maximum(total, 1)
        boxes.append(box)
        means.append(np.where(total > 0, mean, 1.0))
        counts.append(stars)
    rows, columns = np.divmod(np.array(boxes, dtype=np.int64), N_LUMINOSITY)
    names = [
        f"{subtype_name(int(r))} {LUMINOSITY_NAMES[int(c)]}"
        for r, c in zip(rows, columns, strict=True)
    ]
    n_pixels = data.flux.shape[1]
    return Templates(
        names=tuple(names),
        codes=rows.astype(np.float64),
        classes=columns,
        flux=np.array(means, dtype=np.float32).reshape(len(boxes), n_pixels),
        n_stars=np.array(counts, dtype=np.int64),
    )


def _populated(data: LabelledSet) -> NDArray[np.bool_]:
    populated: NDArray[np.bool_] = label_grid(data.code, data.luminosity).sum(0) > 0
    return populated


def _with_base_templates(own: Templates, base: Bundle | None) -> Templates:
    """The run's own class means, and the base's for the boxes that the run has too few stars of."""
    if base is None:
        return own
    kept = [i for i, name in enumerate(base.templates.names) if name not in own.names]
    both = {
        key: np.concatenate([getattr(own, key), getattr(base.templates, key)[kept]])
        for key in ("codes", "classes", "flux", "n_stars")
    }
    order = np.lexsort((both["classes"], both["codes"]))
    names = (*own.names, *(base.templates.names[i] for i in kept))
    return Templates(
        names=tuple(names[i] for i in order), **{key: both[key][order] for key in both}
    )


def _novelty(config: RunConfig, data: LabelledSet, base: Novelty | None) -> Novelty:
    """Components of all training spectra; the limit from stars that they were not fitted to.

    A base's components are kept and only what they leave of these spectra is added.
    """
    residuals = np.full(len(data), np.nan)
    fold = _five_folds(config, data)
    for k in range(5):
        part = Novelty(*_components(base, data.rows(fold != k)), 1.0)
        residuals[fold == k] = relative_novelty(part, data.flux[fold == k], data.valid[fold == k])
    limit = float(np.quantile(residuals[data.scored], 0.95))
    return Novelty(
        *_components(base, data), limit if base is None else max(limit, float(base.limit))
    )


def _five_folds(config: RunConfig, data: LabelledSet) -> NDArray[np.intp]:
    return folds(data.system, strata=data.strata(), n=5, seed=config.seed)


def _components(
    base: Novelty | None, data: LabelledSet
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if base is None:
        return fit_components(data.flux, data.valid)
    left = residual(base, data.flux, data.valid)
    n_new = min(N_NEW_COMPONENTS, len(data) // 4)
    offset, new = fit_components(1.0 + left, data.valid, n_new)
    spanned = np.concatenate([base.components, (offset - 1.0)[None], new]).astype(np.float64)
    basis, _ = np.linalg.qr(spanned.T)
    return base.mean, np.ascontiguousarray(basis.T, dtype=np.float32)


def _logit_files(
    config: RunConfig, data: LabelledSet, results: Mapping[Task, Result]
) -> dict[str, bytes]:
    """``oof.npz``: what every score is recomputed from; none without folds.

    The rows that stand apart follow those that are scored; ``scored`` tells them from each other.
    """
    if not config.scoring.folds:
        return {}
    held_out = _held_out(config, data, results)
    apart_ids, apart_logits = _apart(config, results)
    ids = np.concatenate([held_out.ids, apart_ids])
    rows = _rows_of_ids(data, ids)
    number = folds(data.system, strata=data.strata(), n=config.scoring.folds, seed=config.seed)
    arrays: dict[str, Any] = {
        "ids": ids,
        "system": data.system[rows],
        "library": data.library[rows],
        "label": data.label[rows],
        "feh": data.feh[rows],
        "fold": number[rows],
        "scored": data.scored[rows],
        "members": np.array([m.name for m in config.members]),
        "kinds": np.array([m.kind for m in config.members]),
        "logits": np.concatenate([held_out.logits, apart_logits], axis=1).astype(np.float16),
    }
    for trained, tested in config.scoring.left_out:
        split = f"left-{trained}-{tested}"
        first = results[Task(0, split)]
        arrays[f"leftout_{trained}_{tested}_ids"] = first.ids
        arrays[f"leftout_{trained}_{tested}_label"] = data.label[_rows_of_ids(data, first.ids)]
        arrays[f"leftout_{trained}_{tested}_system"] = data.system[_rows_of_ids(data, first.ids)]
        arrays[f"leftout_{trained}_{tested}_logits"] = np.stack(
            [results[Task(m, split)].logits for m in range(len(config.members))]
        )
    if config.scoring.rule != "mean":
        arrays["rule"] = np.array(config.scoring.rule)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return {"oof.npz": file.getvalue()}
