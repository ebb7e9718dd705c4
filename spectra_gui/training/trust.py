"""Fit what a bundle knows of doubt: how stars look, and how far held-out stars stray from that.

Every limit is a quantile over stars that the components and groups never saw, as they stand in
their library and blurred and noisy as a user's spectrum may be. Spectra that are no stars fit
nothing. Knows labelled sets; knows no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from spectra_gui.bundles import Bundle, Likeness, likeness_to_bytes
from spectra_gui.bundles.likeness import LIKENESS, N_LINES, N_WAYS
from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, MKParseError, PreparationSpec, parse_mk
from spectra_gui.data.answer import answer
from spectra_gui.data.labels import METAL_POOR_FEH
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY, N_SUBTYPES
from spectra_gui.inference.calibrate import softmax, type_mass
from spectra_gui.inference.emission import excess_aa, in_emission, without_balmer_cores
from spectra_gui.inference.likeness import look_at, project
from spectra_gui.inference.novelty import fit_components
from spectra_gui.inference.trust import agree, certainty, far_apart
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.limits import (
    MOST_UNSURE,
    STRANGE_SHARE,
    emission_limits,
    strange_limits,
    unsure_limit,
)
from spectra_gui.training.metals import fit_metals
from spectra_gui.units import FWHM_PER_SIGMA

N_COMPONENTS: Final = 60

BLURRED_FWHM: Final = 2.0
"""In units of the bundle's FWHM: up to here a resolution earns no caution."""

NOISE: Final = 0.05
"""Of the noisy copy, in units of the continuum: S/N 20 a pixel."""

FEWEST_STARS: Final = 40
"""Held-out stars that a group needs for limits of its own."""

LAST_LUMINOUS: Final = (2, 2, 2, 2, 3, 3, 3)
"""How many classes, from I on, count as luminous for each letter: giants of G to M look unlike
dwarfs, those of O to F alike."""

DWARF: Final = 4
SHRINKAGE: Final = 0.1
"""Share of a group's covariance that is taken from its diagonal alone."""

LEAST_VARIANCE: Final = 1e-6

NO_METALS: Final = -99.0
"""[Fe/H] that no star has: nothing is called metal-weak."""

EVERY_FOLD: Final = -2

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutAnswers:
    """What networks that never saw a row's system say of it.

    ``rows`` (h,) of the labelled set; ``types`` (h,) letter + class of the answer (6 · letter +
    class), ``certainty`` (h,) and ``far`` (h,) as `spectra_gui.inference.trust` has them;
    ``fold`` (n,) of every row of the set, -1 for rows that always teach.
    """

    rows: NDArray[np.intp]
    types: NDArray[np.intp]
    certainty: Floats
    far: NDArray[np.bool_]
    fold: NDArray[np.intp]


def likeness_file(
    base: Bundle | None, data: LabelledSet, held_out: HeldOutAnswers, spec: PreparationSpec
) -> dict[str, bytes]:
    """What a run writes of it, by file name; a base's is kept and widened, and none stays none."""
    if base is None:
        likeness = fit_likeness(data, held_out, spec)
    elif base.likeness is not None:
        likeness = widen_likeness(base.likeness, data, held_out, spec)
    else:
        likeness = None
    return {} if likeness is None else {LIKENESS: likeness_to_bytes(likeness)}


def fit_likeness(
    data: LabelledSet, held_out: HeldOutAnswers, spec: PreparationSpec
) -> Likeness | None:
    """Components and groups of all rows, limits of the held-out ones; None where these are few."""
    if len(held_out.rows) < FEWEST_STARS:
        return None
    groups = group_types(held_out.types)
    parts = _parts(data, held_out, groups, spec)
    seen = _see(data, held_out, parts, spec)
    whole = span(data, groups, spec)
    every = np.ones(len(held_out.rows), dtype=bool)
    metals, _ = _metals(data, held_out, parts, whole, spec)
    limited = _limited(whole, held_out, seen, every)
    return replace(limited, metals=metals, metal_weak=METAL_POOR_FEH)


def held_out_likenesses(
    data: LabelledSet, held_out: HeldOutAnswers, spec: PreparationSpec
) -> dict[int, Likeness]:
    """By fold, what is learnt without it, with the limits of the other folds: to count honestly."""
    groups = group_types(held_out.types)
    parts = _parts(data, held_out, groups, spec)
    seen = _see(data, held_out, parts, spec)
    _, metals = _metals(data, held_out, parts, span(data, groups, spec), spec)
    fold = held_out.fold[held_out.rows]
    return {
        k: replace(
            _limited(part, held_out, seen, fold != k), metals=metals[k], metal_weak=METAL_POOR_FEH
        )
        for k, part in parts.items()
    }


def _metals(
    data: LabelledSet,
    held_out: HeldOutAnswers,
    parts: Mapping[int, Likeness],
    whole: Likeness,
    spec: PreparationSpec,
) -> tuple[Floats, dict[int, Floats]]:
    copies = degraded_copies(data.flux, data.valid, spec)
    own = whole.groups[types_of(data)]
    return fit_metals(data, copies, own, held_out.fold, parts, whole)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Held-out stars beside what was learnt without them: ``excess`` (l, h) of Balmer lines, Å;
    ``usual`` (h,) that labels tell of none; ``looks`` (5, h) how strange, by copy."""

    excess: Floats
    usual: NDArray[np.bool_]
    looks: tuple[Floats, ...]


def _parts(
    data: LabelledSet, held_out: HeldOutAnswers, groups: NDArray[np.intp], spec: PreparationSpec
) -> dict[int, Likeness]:
    """By fold, the span of the rows outside it."""
    folds = [int(k) for k in np.unique(held_out.fold) if k >= 0]
    return {k: span(data.rows(held_out.fold != k), groups, spec) for k in folds}


def _see(
    data: LabelledSet,
    held_out: HeldOutAnswers,
    parts: Mapping[int, Likeness],
    spec: PreparationSpec,
) -> _Seen:
    excess = _excess(data, held_out, parts, spec)
    usual = ~np.array([is_emission(label) for label in data.label[held_out.rows].tolist()])
    groups = next(iter(parts.values())).groups
    emission = emission_limits(excess, usual, groups[held_out.types])
    told = {k: replace(part, emission=emission) for k, part in parts.items()}
    looks = [_looks(data, held_out, told, spec, degraded=degraded) for degraded in (False, True)]
    return _Seen(excess, usual, tuple(looks))


def _limited(
    learnt: Likeness, held_out: HeldOutAnswers, seen: _Seen, counted: NDArray[np.bool_]
) -> Likeness:
    """``learnt`` with the limits of the ``counted`` (h,) held-out stars."""
    own = learnt.groups[held_out.types[counted]]
    looks = [look[:, counted] for look in seen.looks]
    limits = strange_limits(looks, own, len(learnt.centres))
    strange = np.any(looks[0] > limits[:, own], axis=0)
    return replace(
        learnt,
        emission=emission_limits(seen.excess[:, counted], seen.usual[counted], own),
        limits=limits,
        unsure=unsure_limit(held_out.certainty[counted], strange | held_out.far[counted]),
    )


def held_out_answers(
    rows: NDArray[np.intp],
    fold: NDArray[np.intp],
    logits: NDArray[Any],
    temperatures: NDArray[np.float64],
    probabilities: Floats,
) -> HeldOutAnswers:
    """From out-of-fold outputs.

    Parameters
    ----------
    rows : (h,) of the labelled set; ``fold`` (n,) of all its rows
    logits : (m, h, 420) of the members; ``temperatures`` (m,)
    probabilities : (h, 420) of the ensemble
    """
    letter, luminosity, _ = answer(probabilities.reshape(-1, N_SUBTYPES, N_LUMINOSITY))
    mass = type_mass(probabilities)
    types = letter * N_LUMINOSITY + luminosity
    alone = softmax(np.asarray(logits) / temperatures[:, None, None])
    opinions = np.stack([type_mass(member).argmax(axis=1) for member in alone])
    named = [[_named(int(t)) for t in of] for of in opinions.T]
    own = [_named(int(t)) for t in types]
    together = [agree(mine, others) for mine, others in zip(own, named, strict=True)]
    return HeldOutAnswers(
        rows=rows,
        types=types,
        certainty=np.array(
            [
                certainty(float(p), members_agree=yes)
                for p, yes in zip(mass.max(axis=1), together, strict=True)
            ]
        ),
        far=np.array([far_apart(mine, of) for mine, of in zip(own, named, strict=True)]),
        fold=fold,
    )


def _named(letter_and_class: int) -> tuple[str, str]:
    letter, luminosity = divmod(letter_and_class, N_LUMINOSITY)
    return LETTERS[letter], LUMINOSITY_NAMES[luminosity]


def group_types(types: NDArray[np.intp]) -> NDArray[np.intp]:
    """(42,) group of each letter + class by what held-out stars are there.

    Luminous stars and the others stand apart, where there are both; neighbouring letters share a
    group until it has enough stars.
    """
    counts = np.bincount(types, minlength=N_LETTERS * N_LUMINOSITY).reshape(N_LETTERS, -1)
    groups = np.full((N_LETTERS, N_LUMINOSITY), -1, dtype=np.intp)
    group = 0
    for luminous in (True, False):
        first, inside = group, 0
        for letter in range(N_LETTERS):
            if inside >= FEWEST_STARS:
                group, inside = group + 1, 0
            split = LAST_LUMINOUS[letter]
            classes = slice(None, split) if luminous else slice(split, None)
            groups[letter, classes] = group
            inside += int(counts[letter, classes].sum())
        if inside < FEWEST_STARS and group > first:
            groups[groups == group] = group - 1
            group -= 1
        if not (groups.ravel()[types] == group).any():  # then all are of the one kind
            groups[groups == group] = max(group - 1, 0)
        else:
            group += 1
    return groups.ravel()


def span(data: LabelledSet, groups: NDArray[np.intp], spec: PreparationSpec) -> Likeness:
    """Components of spectra and of their blurred copies, and the groups' places among them.

    Its limits are infinite: nothing is strange.
    """
    flux = np.where(data.valid, data.flux, np.float32(1.0))
    both = np.concatenate([flux, blurred(flux, spec)])
    everywhere = np.ones(both.shape, dtype=bool)
    k = max(1, min(N_COMPONENTS, len(data) // 4))
    mean, exact = fit_components(both, everywhere, k)
    components = exact.astype(np.float16).astype(np.float64)  # as they will stand on disk
    n_groups = int(groups.max()) + 1
    empty = Likeness(
        mean=mean.astype(np.float64), components=components, groups=groups,
        centres=np.zeros((n_groups, k)), spreads=np.zeros((n_groups, k, k)),
        limits=np.full((N_WAYS, n_groups), np.inf), emission=np.full((N_LINES, n_groups), np.inf),
        metals=np.zeros((n_groups, k + 1)), metal_weak=NO_METALS, unsure=MOST_UNSURE,
    )  # fmt: skip
    coordinates, _ = project(empty, both, np.concatenate([data.valid, data.valid]))
    own = groups[types_of(data)]
    own = np.concatenate([own, own])
    for group in range(n_groups):
        inside = coordinates[own == group] if np.any(own == group) else coordinates
        spread = np.atleast_2d(np.cov(inside.T))
        diagonal = np.diag(np.diag(spread))
        empty.centres[group] = inside.mean(axis=0)
        empty.spreads[group] = (1.0 - SHRINKAGE) * spread + SHRINKAGE * diagonal
        empty.spreads[group] += LEAST_VARIANCE * np.eye(k)
    return empty


def types_of(data: LabelledSet) -> NDArray[np.intp]:
    """(n,) letter + class of the labels; the commonest class V where none is known."""
    letter = np.clip(data.code // 10, 0, N_LETTERS - 1).astype(np.intp)
    known = data.luminosity.sum(axis=1) > 0
    return letter * N_LUMINOSITY + np.where(known, data.luminosity.argmax(axis=1), DWARF)


def blurred(flux: NDArray[np.float32], spec: PreparationSpec) -> NDArray[np.float32]:
    """Prepared spectra (b, n_pixels) at `BLURRED_FWHM` times the grid's resolution element."""
    fwhm_aa = spec.fwhm_aa * np.sqrt(BLURRED_FWHM**2 - 1.0)
    sigma_px = fwhm_aa / FWHM_PER_SIGMA / spec.step_aa
    smooth: NDArray[np.float32] = gaussian_filter1d(flux, sigma_px, axis=1, mode="nearest")
    return smooth


def degraded_copies(
    flux: NDArray[np.float32], valid: NDArray[np.bool_], spec: PreparationSpec
) -> NDArray[np.float32]:
    """Prepared spectra (b, n_pixels) blurred, and with noise of S/N 20 a pixel."""
    whole = np.where(valid, flux, np.float32(1.0))
    noise = NOISE * np.random.default_rng(0).standard_normal(flux.shape, np.float32)
    return np.where(valid, blurred(whole, spec) + noise, np.float32(1.0))


def _excess(
    data: LabelledSet,
    held_out: HeldOutAnswers,
    parts: Mapping[int, Likeness],
    spec: PreparationSpec,
) -> Floats:
    """(l, h) light in the Balmer lines of held-out stars beyond what their rest lets expect, Å."""
    excess = np.zeros((N_LINES, len(held_out.rows)))
    for inside, part, flux, valid in _by_fold(data, held_out, parts):
        quiet = look_at(part, flux, valid, _unknown(flux), held_out.types[inside], spec)
        excess[:, inside] = excess_aa(part, flux, valid, quiet.noise, spec)
    return excess


def is_emission(label: str) -> bool:
    """Whether a catalogue's type tells of emission lines (e; not the CN strength of ``CNe``)."""
    try:
        return "e" in parse_mk(label).peculiarity.replace("CNe", "")
    except MKParseError:
        return False


def _looks(
    data: LabelledSet,
    held_out: HeldOutAnswers,
    parts: Mapping[int, Likeness],
    spec: PreparationSpec,
    *,
    degraded: bool,
) -> Floats:
    """(5, h) how strange held-out stars are to the rest, as they stand or blurred and noisy.

    Balmer lines in emission are set aside first, as they are for a user's spectrum.
    """
    strange = np.zeros((N_WAYS, len(held_out.rows)))
    for inside, part, flux, valid in _by_fold(data, held_out, parts):
        types, stated = held_out.types[inside], _unknown(flux)
        if degraded:
            flux, stated = degraded_copies(flux, valid, spec), np.full(flux.shape, NOISE)
        look = look_at(part, flux, valid, stated, types, spec)
        found = in_emission(part, excess_aa(part, flux, valid, look.noise, spec), types)
        glow = found.any(axis=0)
        if glow.any():
            level = np.ones((int(glow.sum()), flux.shape[1]), np.float32)
            calm = without_balmer_cores(flux[glow], valid[glow], level, found[:, glow], spec)
            again = look_at(part, *calm, stated[glow], types[glow], spec)
            look.strange[:, glow] = again.strange
        strange[:, inside] = look.strange
    return strange


def _by_fold(
    data: LabelledSet, held_out: HeldOutAnswers, parts: Mapping[int, Likeness]
) -> Iterator[tuple[NDArray[np.intp], Likeness, NDArray[np.float32], NDArray[np.bool_]]]:
    """Held-out rows (as indices into them) with what was learnt without their fold."""
    for k, part in parts.items():
        inside = np.flatnonzero((held_out.fold[held_out.rows] == k) | (k == EVERY_FOLD))
        rows = held_out.rows[inside]
        valid = data.valid[rows]
        yield inside, part, np.where(valid, data.flux[rows], np.float32(1.0)), valid


def _unknown(flux: NDArray[np.float32]) -> Floats:
    """(b, n_pixels) the noise that a library does not state."""
    return np.full(flux.shape, np.inf)


def widen_likeness(
    base: Likeness, data: LabelledSet, held_out: HeldOutAnswers, spec: PreparationSpec
) -> Likeness:
    """A base's likeness for a run on other stars: they are not strange to what was made of them.

    Limits of the groups that have enough of these stars rise to hold all but few of them; what the
    base knows of other types stays.
    """
    strange = _looks(data, held_out, {EVERY_FOLD: base}, spec, degraded=False)
    groups = base.groups[held_out.types]
    limits = base.limits.copy()
    for group in range(limits.shape[1]):
        inside = groups == group
        if inside.sum() >= FEWEST_STARS:
            own = np.quantile(strange[:, inside], 1.0 - STRANGE_SHARE, axis=1)
            limits[:, group] = np.maximum(limits[:, group], own)
    return replace(base, limits=limits)
