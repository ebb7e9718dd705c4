"""The table of training stars that a bundle gives its second opinion from.

Made from prepared spectra alone, so a finished bundle can be given it: `stored.add_neighbours`.
Knows labelled spectra and the libraries' tables; knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Neighbours
from spectra_gui.bundles.neighbours import N_FEATURES
from spectra_gui.data import N_LUMINOSITY, N_SUBTYPES
from spectra_gui.data.answer import answer, cells
from spectra_gui.data.labels import fainter_class, label_grid
from spectra_gui.inference.neighbours import (
    LEAST_AGREEMENT,
    distances,
    features,
    scaled,
    votes,
)
from spectra_gui.inference.novelty import fit_components
from spectra_gui.training.dataset import LIBRARIES, LabelledSet

ONE_TYPE: Final = 0.5
"""Subtypes that two stars of one type differ by at most."""

FEWEST_STARS: Final = 20
"""With fewer there is nothing to be near to."""

FAR_SHARE: Final = 0.99


@dataclass(frozen=True, slots=True)
class StarFacts:
    """What a library's table knows of a spectrum's star beside its name; nan where nothing."""

    aliases: tuple[str, ...] = ()
    ra_deg: float = float("nan")
    dec_deg: float = float("nan")


NO_FACTS: Final = StarFacts()


def make_neighbours(
    data: LabelledSet, facts: Mapping[str, StarFacts], base: Neighbours | None = None
) -> Neighbours | None:
    """The table of all spectra of ``data``; None where they are too few.

    Parameters
    ----------
    facts : by the ids of ``data``; see `star_facts`
    base : the table of the bundle that the run started from: its stars stay, on its components
    """
    if base is None and len(data) < FEWEST_STARS:
        return None
    space = _space(data) if base is None else base
    rows = _rows(data, facts, features(space, data.flux, data.valid))
    if base is not None:
        return _joined(base, rows)
    distance, voters = _to_others(_with(space, rows), data)
    same = np.abs(data.code[data.scored][:, None] - data.code[voters]) <= ONE_TYPE
    same &= _class_of(data)[data.scored][:, None] == _class_of(data)[voters]
    pairs = distance[same & np.isfinite(distance)]
    reachable = distance.min(1, initial=np.inf)
    reachable = reachable[np.isfinite(reachable)]
    unit = float(np.median(pairs if len(pairs) else reachable)) if len(reachable) else 1.0
    far = float(np.quantile(reachable, FAR_SHARE)) / unit if len(reachable) else 1.0
    return _with(space, rows | {"unit": max(unit, 1e-6), "far": max(far, 1e-6)})


def account(
    neighbours: Neighbours, data: LabelledSet, ids: NDArray[np.str_], network: NDArray[np.floating]
) -> dict[str, float]:
    """How good the nearest stars' types are on ``ids``, and how they go with the networks'.

    Stars of the same system never vote. The components are those of all stars, which no label had
    a part in.

    Parameters
    ----------
    network : (n, 420) out-of-fold probabilities of the ensemble for ``ids``, all scored
    """
    distance, voters = _to_others(neighbours, data)
    grids = label_grid(data.code, data.luminosity)[voters].reshape(len(voters), -1)
    place = {str(name): i for i, name in enumerate(data.ids[data.scored])}
    rows = np.array([place[str(name)] for name in ids], dtype=np.intp)
    said = votes(distance[rows], grids)
    true = (data.code // 10).astype(int), _class_of(data)
    letter, luminosity = (of[data.scored][rows] for of in true)
    l_stars, c_stars, code = answer(said)
    l_net, c_net, _ = answer(network.reshape(-1, N_SUBTYPES, N_LUMINOSITY))
    right = (l_net == letter) & (c_net == luminosity)
    agreement = cells(said)[np.arange(len(rows)), l_net, c_net]
    flagged = (agreement < LEAST_AGREEMENT) & ((l_net != l_stars) | (c_net != c_stars))
    figures = {
        "joint": ((l_stars == letter) & (c_stars == luminosity)).mean(),
        "letter": (l_stars == letter).mean(),
        "luminosity": (c_stars == luminosity).mean(),
        "subtype_error_mean": np.abs(code - data.code[data.scored][rows]).mean(),
        "flagged_of_right": flagged[right].mean() if right.any() else float("nan"),
        "flagged_of_wrong": flagged[~right].mean() if (~right).any() else float("nan"),
    }
    return {key: round(float(value), 4) for key, value in figures.items() if np.isfinite(value)}


def star_facts(libraries: Sequence[str], data_folder: Path) -> dict[str, StarFacts]:
    """Aliases and positions by id (``"miles:0001"``) from the tables of the labelled libraries.

    Parameters
    ----------
    data_folder : where the libraries' files stand
    """
    from astropy.io import fits

    found = {}
    for name in libraries:
        with fits.open(data_folder / LIBRARIES[name].file, memmap=False) as hdus:
            table = hdus[1].data
            known = set(table.columns.names)
            for i in range(len(table)):
                own = {key: str(table[key][i]).strip() for key in _FACTS if key in known}
                found[f"{name}:{i:04d}"] = _facts(own)
    return found


_FACTS: Final = ("name", "hip", "ra", "dec")


def _facts(own: Mapping[str, str]) -> StarFacts:
    aliases = [own.get("name", "")]
    if own.get("hip"):
        aliases.append(f"HIP {own['hip']}")
    ra_deg, dec_deg = _degrees(own.get("ra", "")) * 15.0, _degrees(own.get("dec", ""))
    return StarFacts(tuple(name for name in aliases if name), ra_deg, dec_deg)


def _degrees(text: str) -> float:
    """Of three parts by sixty such as ``-09:48:08.1``; nan where it is none."""
    try:
        whole, minutes, seconds = (float(part) for part in text.lstrip("+-").split(":"))
    except ValueError:
        return float("nan")
    value = whole + minutes / 60.0 + seconds / 3600.0
    return -value if text.startswith("-") else value


def _space(data: LabelledSet) -> Neighbours:
    """The components of all spectra, without a star in them."""
    n = min(N_FEATURES, len(data) - 1)
    mean, components = fit_components(data.flux, data.valid, n)
    empty = Neighbours(
        mean=mean, components=components.astype(np.float16).astype(np.float32),
        variances=np.ones(n, np.float32), noise=1e-2, unit=1.0, far=1.0,
        features=np.empty((0, n), np.float32), code=np.empty(0), luminosity=np.empty((0, 6)),
        composite=np.empty(0, bool), stars=(), labels=(), aliases=(),
        ra_deg=np.empty(0), dec_deg=np.empty(0),
    )  # fmt: skip
    first = features(empty, data.flux, data.valid)
    left = np.where(data.valid, data.flux - mean - first @ components, 0.0)
    noise = float(np.sqrt((left**2).sum() / max(int(data.valid.sum()), 1)))
    variances = np.maximum(first.var(0), 1e-8).astype(np.float32)
    return _with(empty, {"variances": variances, "noise": max(noise, 1e-4)})


def _rows(
    data: LabelledSet, facts: Mapping[str, StarFacts], coefficients: NDArray[np.float64]
) -> dict[str, Any]:
    own = [facts.get(str(name), NO_FACTS) for name in data.ids]
    stars = tuple(str(star) for star in data.star)
    return {
        "features": coefficients.astype(np.float16).astype(np.float32),
        "code": data.code.astype(np.float32).astype(np.float64),
        "luminosity": data.luminosity.astype(np.float16).astype(np.float64),
        "composite": data.composite,
        "stars": stars,
        "labels": tuple(str(label) for label in data.label),
        "aliases": tuple(
            tuple(name for name in fact.aliases if name != star)
            for fact, star in zip(own, stars, strict=True)
        ),
        "ra_deg": np.array([fact.ra_deg for fact in own]),
        "dec_deg": np.array([fact.dec_deg for fact in own]),
    }


def _with(space: Neighbours, values: Mapping[str, Any]) -> Neighbours:
    held = {field.name: getattr(space, field.name) for field in fields(Neighbours)}
    return Neighbours(**{**held, **values})


def _joined(base: Neighbours, rows: Mapping[str, Any]) -> Neighbours:
    both: dict[str, Any] = {}
    for key, own in rows.items():
        its = getattr(base, key)
        both[key] = (*its, *own) if isinstance(own, tuple) else np.concatenate([its, own])
    return _with(base, both)


def _class_of(data: LabelledSet) -> NDArray[np.intp]:
    return fainter_class(data.luminosity)


def _to_others(
    space: Neighbours, data: LabelledSet
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """(scored, voters) distances of scored stars to those of other systems, inf to their own."""
    voters = np.flatnonzero(np.isfinite(data.code) & (data.luminosity.sum(1) > 0))
    here = scaled(space, space.features[-len(data) :])
    distance = distances(here[data.scored], here[voters])
    distance[data.system[data.scored][:, None] == data.system[voters]] = np.inf
    return distance, voters
