"""What scored stars are told apart by: library, letter, class, half letter, metallicity, coverage,
how the label is written, and whether a second catalogue agrees with it.

Knows labels and columns; knows no answer and no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import fainter_class, read_labels
from spectra_gui.data.mk import LETTERS, LUMINOSITY_NAMES, N_SUBTYPES, subtype_name
from spectra_gui.evaluation.detail import Answers
from spectra_gui.evaluation.rows import Array, Labels, Mask

Groups = list[tuple[str, Mask]]

LIBRARY: Final = "library"
LETTER: Final = "letter of the label"
CLASS: Final = "class of the label"
HALF_LETTER: Final = "half letter of the label"
METALS: Final = "[Fe/H]"
COVERAGE: Final = "coverage of the grid"
WRITTEN: Final = "how the label is written"
AGREEMENT: Final = "a second catalogue"

_FEH_EDGES: Final = (-1.0, -0.5, 0.0)
_COVERAGE_EDGES: Final = (0.9, 0.98)


def tell_apart(answers: Answers, library_titles: Mapping[str, str]) -> dict[str, Groups]:
    """Names and masks (n,) of the groups of each axis; axes that nothing is known of are absent."""
    labels = answers.labels
    found = {
        LIBRARY: [
            (title, answers.library == name)
            for name, title in library_titles.items()
        ],
        LETTER: _values(labels.letter, LETTERS),
        CLASS: _values(labels.headline_class, LUMINOSITY_NAMES),
        HALF_LETTER: half_letters(labels.code),
        METALS: _by_edges(answers.feh, _FEH_EDGES, unknown="unknown"),
        WRITTEN: _written(labels),
    }  # fmt: skip
    if answers.covered is not None:
        found[COVERAGE] = _by_edges(answers.covered, _COVERAGE_EDGES, unknown="")
    if answers.second is not None:
        found[AGREEMENT] = _agreement(labels, answers.second)
    return found


def half_letters(code: Array) -> Groups:
    """Rows by half letters of their label, such as ``"G0–G4"``."""
    half = np.clip(np.floor(code / 5.0), 0, N_SUBTYPES // 5 - 1).astype(int)
    return [
        (f"{subtype_name(5 * k)}–{subtype_name(5 * k + 4)}", half == k)
        for k in np.unique(half).tolist()
    ]


def _values(value: NDArray[np.intp], names: str | tuple[str, ...]) -> Groups:
    return [(names[k], value == k) for k in np.unique(value).tolist()]


def _by_edges(values: Array, edges: tuple[float, ...], *, unknown: str) -> Groups:
    """Below the first edge, between neighbours, from the last on; then those without a value."""
    words = [f"{edge:g}".replace("-", "\N{MINUS SIGN}") for edge in edges]
    names = [
        f"< {words[0]}",
        *(f"{a} to {b}" for a, b in pairwise(words)),
        f"≥ {words[-1]}",
    ]
    place = np.digitize(values, edges)
    groups = [(name, (place == k) & np.isfinite(values)) for k, name in enumerate(names)]
    return [*groups, (unknown, ~np.isfinite(values))] if unknown else groups


def _written(labels: Labels) -> Groups:
    several = (labels.luminosity > 0).sum(1) > 1
    decimal = labels.code != np.round(labels.code)
    return [
        ("one box", ~several & ~decimal),
        ("a decimal, one class", decimal & ~several),
        ("a range of classes", several),
    ]


def _agreement(labels: Labels, second: NDArray[np.str_]) -> Groups:
    code, luminosity = read_labels([str(text) for text in second])
    both = np.isfinite(code)
    letter = np.where(both, code // 10, -1)
    same = both & (letter == labels.letter) & (fainter_class(luminosity) == labels.headline_class)
    return [
        ("agrees in letter and class", same),
        ("has another letter or class", both & ~same),
        ("has no full type", ~both),
    ]
