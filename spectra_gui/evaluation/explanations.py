"""What is known about a bundle's explanations: whether they are faithful, and what they look at.

The values and their file; `explained` computes them. Knows no network and no renderer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Final, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.bundles.write import put_file
from spectra_gui.evaluation.bootstrap import (
    LEVEL,
    Difference,
    Figure,
    difference_of,
    draw_weights,
)
from spectra_gui.evaluation.outputs import OutputsError

FILE: Final = "explanations.json"
SCHEMA: Final = 1

EVIDENCE: Final = "evidence"
GRADIENT: Final = "gradient"
SHIFTED: Final = "evidence, shifted"
RANDOM: Final = "random"
ORDERS: Final = (EVIDENCE, GRADIENT, SHIFTED, RANDOM)
"""By what pixels are put in order before they are replaced."""

TOGETHER: Final = "all together"
"""The strip that is the mean of all branches' strips."""

HEAD: Final = "head"
"""The change in which the last layer's weights alone are drawn anew."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Faithful:
    """What a strip's order of pixels does to the target's probability.

    ``deletion`` and ``insertion`` are mean curves over the fractions of `Explanations`, by order;
    ``deletion_area`` and ``insertion_area`` the areas below them. The gains are paired over stars
    and above 0 where the evidence is the better order: area of the other minus area of the
    evidence for deletion, the evidence minus the other for insertion.
    """

    strip: str
    n_stars: int
    deletion: dict[str, tuple[float, ...]]
    insertion: dict[str, tuple[float, ...]]
    deletion_area: dict[str, Figure]
    insertion_area: dict[str, Figure]
    deletion_gain: dict[str, Difference]
    insertion_gain: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a map is to what it was before a change.

    ``of`` says which map; ``correlation`` is Spearman's over the valid pixels, ``peak_stays`` the
    share of stars whose highest place moved by at most `PEAK_FWHM` resolution elements. Stars of
    which one of the maps is all zero are not among ``n_stars``.
    """

    strip: str
    of: str
    change: str
    n_stars: int
    correlation: Figure
    peak_stays: Figure


@dataclass(frozen=True, slots=True)
class EvidenceGrid:
    """Mean evidence of groups of stars over the spectrum.

    ``values`` holds a row a group and a column a bin of ``bin_aa`` from ``start_aa`` on, as a
    multiple of what evenly spread evidence would have there; ``peaks`` what the strongest peaks of
    each group's mean strip lie on, a line's name or the wavelength.
    """

    strip: str
    groups: tuple[str, ...]
    n_stars: tuple[int, ...]
    start_aa: float
    bin_aa: float
    values: tuple[tuple[float, ...], ...]
    peaks: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Trait:
    """One property of the evidence by kernel size.

    ``members`` holds the same means for each member alone, a row a member; ``steps`` are the paired
    differences of neighbouring sizes, and ``bend`` the slope between the two larger sizes minus
    that between the two smaller ones, per pixel of kernel: 0 where the property is linear in the
    size. None unless there are three sizes.
    """

    name: str
    words: str
    n_stars: int
    kernels: tuple[int, ...]
    figures: tuple[Figure, ...]
    members: tuple[tuple[float, ...], ...]
    steps: tuple[Difference, ...]
    bend: Difference | None


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """How often the peaks of a group's strips lie on the textbook lines of the group.

    ``first`` counts the strongest peak, ``three`` the mean share of the three strongest. Beside
    them the same for places drawn anywhere in the valid spectrum (``chance``), for strips drawn
    from all groups (``permuted``; ``p`` one-sided), and for the deepest absorption instead of the
    evidence (``deepest``).
    """

    group: str
    strip: str
    n_stars: int
    first: Figure
    three: Figure
    chance: float
    permuted: float
    p: float
    permuted_three: float
    p_three: float
    deepest: float
    deepest_three: float


@dataclass(frozen=True, slots=True)
class Explanations:
    """All of it; ``outputs_sha256`` is that of the out-of-fold outputs that chose the stars,
    ``origin`` says in sentences whose explanations these are, ``fractions`` how much was replaced.
    """

    outputs_sha256: str
    origin: str
    fractions: tuple[float, ...]
    faithful: tuple[Faithful, ...]
    randomised: tuple[Likeness, ...]
    stable: tuple[Likeness, ...]
    grids: tuple[EvidenceGrid, ...]
    traits: tuple[Trait, ...]
    diagnosed: tuple[Diagnosed, ...]


PEAK_FWHM: Final = 1.5
"""Resolution elements within which a peak lies on a line, or has stayed where it was."""


def mean_figure(values: Array) -> Figure:
    """Mean of one value a star (n,) with its 95 % interval over stars."""
    low, high = np.quantile(_draws(values), (0.5 * (1 - LEVEL), 0.5 * (1 + LEVEL)))
    return Figure(float(np.mean(values)), float(low), float(high))


def mean_difference(values: Array) -> Difference:
    """Mean of paired differences (n,), one a star, with interval and p."""
    return difference_of(float(np.mean(values)), _draws(values))


def _draws(values: Array) -> Array:
    drawn: Array = draw_weights(np.arange(len(values))) @ values / len(values)
    return drawn


def to_text(found: Explanations) -> str:
    """The file's text."""
    document = {"schema": SCHEMA, **asdict(found)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"


def store(found: Explanations, bundle: Bundle) -> None:
    """Write the results into the bundle's folder and its list of files.

    Its ``bundle.json``, and so its SHA-256, becomes another: to be done before it is released.
    """
    put_file(FILE, to_text(found).encode(), bundle.path)


def read_stored(bundle: Bundle, outputs_sha256: str) -> Explanations | None:
    """What `store` wrote; None where there is nothing, or it is of other outputs than these.

    Raises
    ------
    OutputsError
        If the file is damaged.
    """
    file = bundle.path / FILE
    if not file.is_file():
        return None
    try:
        found: Explanations = _decode(Explanations, json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputsError(f"{file} is damaged ({error}). Install the bundle again.") from error
    return found if found.outputs_sha256 == outputs_sha256 else None


def _decode(kind: Any, value: Any) -> Any:
    """A value of one of the types above from what JSON made of it."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{f.name: _decode(hints[f.name], value[f.name]) for f in fields(kind)})
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return tuple(_decode(inner[0], one) for one in value)
    if get_origin(kind) is dict:
        return {key: _decode(inner[1], one) for key, one in value.items()}
    if type(None) in inner:
        return None if value is None else _decode(inner[0], value)
    return kind(value)
