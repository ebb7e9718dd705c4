"""Explain a sample of the scored stars and measure how far the explanations can be believed.

Chooses the stars and the networks and puts the parts together; each part has its own module. Knows
bundles, runs and libraries; knows no renderer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, load_weights
from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, N_LUMINOSITY, N_SUBTYPES, Prepared
from spectra_gui.data.answer import answer
from spectra_gui.evaluation.diagnostics import diagnose
from spectra_gui.evaluation.entries import Stars
from spectra_gui.evaluation.evidence import (
    Explained,
    Sample,
    ensemble_grid,
    explained_member,
    gradient_of,
    strips_of,
)
from spectra_gui.evaluation.evidence_grid import evidence_grid, group_names, traits
from spectra_gui.evaluation.explanations import Explanations
from spectra_gui.evaluation.faithfulness import FRACTIONS, removal_curves
from spectra_gui.evaluation.faithfulness import summarise as summarise_curves
from spectra_gui.evaluation.outputs import OutputsError
from spectra_gui.evaluation.robustness import fold_networks
from spectra_gui.evaluation.sanity import randomised_likeness, stable_likeness
from spectra_gui.evaluation.sanity import summarise as summarise_likeness
from spectra_gui.evaluation.stars import raw_spectra
from spectra_gui.evaluation.strips import Array, Strips
from spectra_gui.networks import Network, build_network
from spectra_gui.networks.check import StructureError, check_explainable
from spectra_gui.prepare import prepare_many

N_STARS: Final = 150
N_CHECKED: Final = 42
"""So many stars of the sample have their maps compared with those of randomised networks and of
worse spectra."""

Tell = Callable[[str], None]
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Rows of the sample and the members that are asked about them."""

    rows: NDArray[np.intp]
    members: tuple[Explained, ...]


def choose_sample(stars: Stars, n: int, *, seed: int = 0) -> NDArray[np.intp]:
    """Rows of about ``n`` headline stars, spread evenly over letters, giants and dwarfs.

    One spectrum a star system. Groups with few stars give all they have, the others fill up.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(np.flatnonzero(stars.headline))
    _, first = np.unique(stars.labels.system[rows], return_index=True)
    rows = rows[np.sort(first)]
    known = np.isfinite(stars.labels.code[rows])
    rows = rows[known]
    letter = (stars.labels.code[rows] // 10).astype(np.intp)
    groups = group_names(letter, stars.labels.luminosity[rows].argmax(axis=1))
    place = np.zeros(len(rows), dtype=np.intp)
    for name in np.unique(groups):
        here = np.flatnonzero(groups == name)
        place[here] = np.arange(len(here))
    # The first of every group, then the second of every group, and so on.
    chosen: NDArray[np.intp] = np.sort(rows[np.lexsort((groups, place))[:n]])
    return chosen


def measure(
    bundle: Bundle,
    stars: Stars,
    *,
    data_folder: Path,
    outputs_sha256: str,
    run: Path | None = None,
    n_stars: int = N_STARS,
    tell: Tell = lambda sentence: None,
) -> Explanations:
    """Explain about ``n_stars`` of the scored stars and measure the explanations.

    Parameters
    ----------
    run : the work folder of the run that made the bundle, to explain by the networks of the folds
        that did not see the star; None to explain by those of the bundle, which saw all

    Raises
    ------
    OutputsError
        If no member has convolutions, the run is another bundle's, or the data are not at hand.
    """
    tell("Choosing stars to explain.")
    chosen = choose_sample(stars, n_stars)
    x, chosen = _prepared(bundle, stars.outputs.ids, chosen, data_folder)
    parts = _parts(bundle, stars, chosen, run)
    cells, letters, classes = _targets(parts, x)
    sample = Sample(x, cells)
    few = np.sort(np.random.default_rng(0).permutation(len(sample))[:N_CHECKED])
    tell(f"Explaining {len(sample)} stars.")
    evidence = _gathered([(p.rows, strips_of(p.members, sample.rows(p.rows))) for p in parts])
    tell("Replacing pixels in the order of the evidence.")
    curves = _joined([_curves(p, sample, evidence) for p in parts])
    fwhm_px = bundle.preparation.fwhm_aa / bundle.preparation.step_aa
    tell("Explaining randomised networks.")
    checked = [_Part(np.intersect1d(p.rows, few), p.members) for p in parts]
    checked = [p for p in checked if len(p.rows)]
    anew = [randomised_likeness(p.members, sample.rows(p.rows), fwhm_px) for p in checked]
    tell("Explaining worse spectra.")
    stable = [
        stable_likeness(p.members, sample.rows(p.rows), _at(evidence, p.rows), fwhm_px)
        for p in checked
    ]
    tell("Looking up lines.")
    groups = group_names(letters, classes)
    spec, valid = bundle.preparation, sample.valid
    names = np.array(list(LETTERS))[letters]
    return Explanations(
        outputs_sha256=outputs_sha256,
        origin=_origin(bundle, stars, chosen, letters, classes, parts, run),
        fractions=FRACTIONS,
        faithful=summarise_curves(curves),
        randomised=summarise_likeness(_joined(anew)),
        stable=summarise_likeness(_joined(stable)),
        grids=tuple(
            evidence_grid(name, one.relevance, valid, groups, spec)
            for name, one in evidence.items()
            if one.members.any()
        ),
        traits=traits(evidence, valid, names, spec),
        diagnosed=diagnose(evidence, sample.x[:, 0].astype(float), valid, groups, spec),
    )


def _prepared(
    bundle: Bundle, ids: NDArray[np.str_], rows: NDArray[np.intp], data_folder: Path
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """(n, 2, n_pixels) of the rows that can be prepared, at rest, and which these are."""
    spectra = [s.changed(frame="rest") for s in raw_spectra(ids[rows], data_folder)]
    prepared = prepare_many(spectra, bundle.preparation, bundle.templates)
    good = [k for k, one in enumerate(prepared) if isinstance(one, Prepared)]
    kept = [one for one in prepared if isinstance(one, Prepared)]
    if not kept:
        raise OutputsError("None of the stars to be explained could be prepared.")
    x = [np.stack([np.where(p.valid, p.flux - 1.0, 0.0), p.valid]) for p in kept]
    return np.stack(x).astype(np.float32), rows[good]


def _parts(bundle: Bundle, stars: Stars, chosen: NDArray[np.intp], run: Path | None) -> list[_Part]:
    """Who is asked about which rows of the sample."""
    if run is None:
        networks = []
        for member in bundle.members:
            network = build_network(member.kind, member.architecture)
            tensors = {k: torch.from_numpy(v) for k, v in load_weights(bundle, member).items()}
            network.load_state_dict(tensors, strict=True)
            networks.append(network)
        return [_Part(np.arange(len(chosen)), _with_convolutions(bundle, networks))]
    fold = stars.outputs.fold[chosen]
    parts = []
    for number in np.unique(fold).tolist():
        networks = list(fold_networks(bundle, stars, run, number))
        members = _with_convolutions(bundle, networks)
        parts.append(_Part(np.flatnonzero(fold == number), members))
    return parts


def _with_convolutions(bundle: Bundle, networks: Sequence[Network]) -> tuple[Explained, ...]:
    members = tuple(
        explained_member(member.name, member.kind, network, member.temperature)
        for member, network in zip(bundle.members, networks, strict=True)
        if _has_strips(network.eval(), bundle.preparation.n_pixels)
    )
    if not members:
        raise OutputsError(
            f"No member of {bundle.name} has convolutions that Guided Grad-CAM could look at. "
            "Leave --explanations out."
        )
    return members


def _has_strips(network: Network, n_pixels: int) -> bool:
    """Whether Guided Grad-CAM can follow the network."""
    if not network.cam_layers():
        return False
    try:
        check_explainable(network, torch.zeros(1, 2, n_pixels))
    except StructureError:
        return False
    return True


def _targets(
    parts: Sequence[_Part], x: NDArray[np.float32]
) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]]:
    """(n, 70, 6) the ten subtypes of the answered letter in the answered class; both as indices."""
    grid = np.empty((len(x), N_SUBTYPES, N_LUMINOSITY))
    for part in parts:
        grid[part.rows] = ensemble_grid(part.members, x[part.rows])
    letters, classes, _ = answer(grid)
    cells = np.zeros(grid.shape, dtype=bool)
    for i, (letter, column) in enumerate(zip(letters, classes, strict=True)):
        cells[i, 10 * letter : 10 * letter + 10, column] = True
    return cells, letters, classes


def _curves(
    part: _Part, sample: Sample, evidence: dict[str, Strips]
) -> dict[tuple[str, str, str], Array]:
    some = sample.rows(part.rows)
    gradient = strips_of(part.members, some, gradient_of)
    return removal_curves(part.members, some, _at(evidence, part.rows), gradient)


def _at(evidence: dict[str, Strips], rows: NDArray[np.intp]) -> dict[str, Strips]:
    return {name: Strips(strips.members[:, rows]) for name, strips in evidence.items()}


def _gathered(parts: Sequence[tuple[NDArray[np.intp], dict[str, Strips]]]) -> dict[str, Strips]:
    """The strips of all parts in the order of the sample."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return {
        name: Strips(np.concatenate([s[name].members for _, s in parts], axis=1)[:, order])
        for name in parts[0][1]
    }


def _joined(parts: Sequence[dict[_Key, Array]]) -> dict[_Key, Array]:
    """Values of the stars of all parts under each key, part by part."""
    keys = dict.fromkeys(key for values in parts for key in values)
    return {key: np.concatenate([values[key] for values in parts if key in values]) for key in keys}


def _origin(
    bundle: Bundle, stars: Stars, chosen: NDArray[np.intp], letters: NDArray[np.intp],
    classes: NDArray[np.intp], parts: Sequence[_Part], run: Path | None,
) -> str:  # fmt: skip
    """Whose explanations these are, in sentences."""
    same = (stars.labels.code[chosen] // 10 == letters) & (
        stars.labels.luminosity[chosen].argmax(axis=1) == classes
    )
    explained = [member.name for member in parts[0].members]
    others = [member.name for member in bundle.members if member.name not in explained]
    who = (
        "The networks of the folds explain stars that they did not learn from."
        if run is not None
        else "The networks of the bundle explain stars that they learnt from; whether they explain "
        "strangers as well is not shown by these figures."
    )
    left = (
        f" Guided Grad-CAM needs convolutions with ReLU, so {', '.join(others)} are not in these "
        "figures; they are explained by occlusion."
        if others
        else ""
    )
    return (
        f"{len(chosen)} stars, one spectrum each, spread evenly over letters, giants "
        f"({LUMINOSITY_NAMES[0]}–{LUMINOSITY_NAMES[2]}) and dwarfs, prepared as spectra at rest "
        f"and explained by {', '.join(explained)} for the letter and class that these answer "
        f"({int(same.sum())} of {len(chosen)} as the label has it). {who}{left}"
    )
