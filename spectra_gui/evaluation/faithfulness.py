"""Whether the pixels that a strip marks are those that the answer hangs on.

Deletion and insertion after Petsiuk et al. 2018 (BMVC, arXiv:1806.07421): pixels are replaced by
the continuum, or restored on a flat spectrum, in the order of the evidence, and the target's
probability is followed. The same is done in the order of the plain gradient, in random order, and
in the order of the evidence shifted along the spectrum, which is as clustered as the evidence but
lies on other lines. Knows networks and prepared input; knows no bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.evaluation.evidence import Explained, Sample, target_probability
from spectra_gui.evaluation.explanations import (
    EVIDENCE,
    GRADIENT,
    ORDERS,
    RANDOM,
    SHIFTED,
    Faithful,
    mean_difference,
    mean_figure,
)
from spectra_gui.evaluation.strips import Array, Strips

FRACTIONS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)
"""Shares of the valid pixels that are replaced or restored."""


def removal_curves(
    members: Sequence[Explained],
    sample: Sample,
    evidence: dict[str, Strips],
    gradient: dict[str, Strips],
    *,
    seed: int = 0,
) -> dict[tuple[str, str, str], Array]:
    """(n, fractions) of the target's probability by strip, order, and deletion or insertion."""
    rng = np.random.default_rng(seed)
    found: dict[tuple[str, str, str], Array] = {}
    for strip in evidence:
        flat = np.stack([np.zeros_like(sample.x[:, 0]), sample.x[:, 1]], axis=1)
        whole = target_probability(members, sample, sample.x, strip)
        none = target_probability(members, sample, flat, strip)
        keys = _keys(evidence[strip].relevance, gradient[strip].relevance, rng)
        for order in ORDERS:
            rank = ranks(keys[order], sample.valid, rng)
            deleted, inserted = [whole], [none]
            for fraction in FRACTIONS[1:-1]:
                first = rank < fraction
                for kept, curve in ((~first, deleted), (first, inserted)):
                    changed = np.stack([sample.x[:, 0] * kept, sample.x[:, 1]], axis=1)
                    curve.append(target_probability(members, sample, changed, strip))
            found[strip, order, "deletion"] = np.stack([*deleted, none], axis=1)
            found[strip, order, "insertion"] = np.stack([*inserted, whole], axis=1)
    return found


def _keys(evidence: Array, gradient: Array, rng: np.random.Generator) -> dict[str, Array]:
    """What pixels are put in order by, the highest first; (n, n_pixels) each."""
    n_pixels = evidence.shape[1]
    by = rng.integers(n_pixels // 4, 3 * n_pixels // 4, len(evidence))
    shifted = np.stack([np.roll(row, k) for row, k in zip(evidence, by, strict=True)])
    return {
        EVIDENCE: evidence,
        GRADIENT: gradient,
        SHIFTED: shifted,
        RANDOM: rng.random(evidence.shape),
    }


def ranks(key: Array, valid: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """(n, n_pixels) share of the valid pixels that come before a pixel; 1 and more if not valid.

    Pixels of one key come in random order: by their place, flat strips would begin in the blue.
    """
    mixed = rng.permutation(key.shape[1])
    order = mixed[np.argsort(np.where(valid, -key, np.inf)[:, mixed], axis=1, kind="stable")]
    place = np.empty(key.shape, dtype=np.float64)
    np.put_along_axis(place, order, np.arange(key.shape[1], dtype=np.float64)[None], axis=1)
    return np.asarray(place / np.maximum(valid.sum(axis=1, keepdims=True), 1))


def area(curves: Array) -> Array:
    """(n,) area below curves (n, fractions) over the share of pixels, 0–1."""
    return np.asarray(np.trapezoid(curves, FRACTIONS, axis=1))


def summarise(curves: dict[tuple[str, str, str], Array]) -> tuple[Faithful, ...]:
    """Mean curves, areas and paired gains of every strip."""
    found = []
    for strip in dict.fromkeys(key[0] for key in curves):
        mean = {
            how: {o: tuple(curves[strip, o, how].mean(axis=0).tolist()) for o in ORDERS}
            for how in ("deletion", "insertion")
        }
        areas = {
            how: {o: area(curves[strip, o, how]) for o in ORDERS}
            for how in ("deletion", "insertion")
        }
        others = [o for o in ORDERS if o != EVIDENCE]
        gone, put = areas["deletion"], areas["insertion"]
        found.append(
            Faithful(
                strip=strip,
                n_stars=len(gone[EVIDENCE]),
                deletion=mean["deletion"],
                insertion=mean["insertion"],
                deletion_area={o: mean_figure(gone[o]) for o in ORDERS},
                insertion_area={o: mean_figure(put[o]) for o in ORDERS},
                deletion_gain={o: mean_difference(gone[o] - gone[EVIDENCE]) for o in others},
                insertion_gain={o: mean_difference(put[EVIDENCE] - put[o]) for o in others},
            )
        )
    return tuple(found)
