"""Throughput of the spectra of one object, as far as their overlaps tell it.

The blaze of echelle orders, as the file states it or as `blaze` estimates it, and a step of level
between neighbours. Without overlaps nothing is estimated, and levels stay as they are.

Knows arrays; knows no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.blaze import LEAST_BLAZE, estimate_blaze, unevenness
from spectra_gui.readers.overlaps import Overlap, Segment, find_overlaps
from spectra_gui.readers.ripple import common_ripple, common_tilt

FloatArray = NDArray[np.float64]

LARGEST_STEP: Final = 3.0
"""A ratio of levels beyond which two spectra are not taken for parts of one."""

_WORSE: Final = 1.2
_PARTS: Final = 8
_LEAST_PARTED: Final = 80
_LEAST_ORDERS: Final = 3
"""Orders of at least so many pixels, and so many of them, tell by eighths whether they fall."""

_MOST_LEFT: Final = 0.06
_MOST_LEFT_ERRORS: Final = 2.5
"""Neighbours whose ratio, with the blaze divided out, still runs by so much within an overlap, and
by so many of its errors, contradict that blaze."""

_SMALLEST_STEP: Final = 0.01
"""Steps below it are left to the weights in the overlap."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What to divide each spectrum by, and how that was found.

    Attributes
    ----------
    throughput : for each segment (n,), around 1
    n_overlaps : neighbours that overlap with enough signal to compare
    factors : the ratios of neighbours that were brought together
    n_apart : neighbours whose levels differ too much, which were kept
    blaze : ``""``, ``"stated"`` or ``"estimated"``
    left : how far the estimated blaze leaves neighbours apart within most overlaps, beyond the
        noise, as the scatter of the logarithm of their ratio; where that is much, it is not used
    leaning : whether all orders leaned, and were set upright
    fall : part of their light that orders have lost at their ends when all is done, 0 to 1
    """

    throughput: tuple[FloatArray, ...]
    n_overlaps: int = 0
    factors: tuple[float, ...] = ()
    n_apart: int = 0
    blaze: str = ""
    left: float = 0.0
    leaning: bool = False
    fall: float = 0.0


def find_levels(segments: Sequence[Segment], *, orders: bool) -> Levels:
    """Throughputs of segments that are sorted by wavelength.

    ``orders`` allows a blaze to be estimated, where no segment states its own.
    """
    throughput = [_stated_blaze(segment) for segment in segments]
    blaze = "stated" if any(segment.blaze is not None for segment in segments) else ""
    overlaps, left = find_overlaps(segments, throughput), 0.0
    if orders and not blaze:
        shapes = _estimated(segments, throughput, overlaps)
        if shapes is not None:
            divided = find_overlaps(segments, shapes)
            left = _left(divided)
            if left < _MOST_LEFT:
                blaze, throughput, overlaps = "estimated", shapes, divided
    tilt = common_tilt(segments, overlaps) if orders else None
    if tilt is not None:
        throughput = [t * factor for t, factor in zip(throughput, tilt, strict=True)]
        overlaps = find_overlaps(segments, throughput)
    steps, n_apart, factors = _steps(overlaps, len(segments))
    levels = np.exp(_added_up(steps, segments))
    return Levels(
        tuple(t * level for t, level in zip(throughput, levels, strict=True)),
        sum(overlap.other == overlap.one + 1 for overlap in overlaps),
        tuple(factors),
        n_apart,
        blaze,
        left,
        tilt is not None,
        _fall(segments, throughput) if orders else 0.0,
    )


def _estimated(
    segments: Sequence[Segment], flat: list[FloatArray], overlaps: Sequence[Overlap]
) -> list[FloatArray] | None:
    """The blaze by the overlaps, and by what the orders have in common beyond it."""
    shapes = estimate_blaze(segments, overlaps)
    ripple = common_ripple(segments, shapes or flat)
    if ripple is None:
        return shapes
    mended = [t * factor for t, factor in zip(shapes or flat, ripple, strict=True)]
    if shapes is not None:
        overlaps = find_overlaps(segments, shapes)
    # Overlaps know nothing of the star: what they contradict is not the instrument's.
    if unevenness(find_overlaps(segments, mended)) > _WORSE * unevenness(overlaps):
        return shapes
    return [np.where(t >= LEAST_BLAZE, t, np.nan) for t in mended]


def _left(overlaps: Sequence[Overlap]) -> float:
    """How far neighbours are apart within most overlaps; 0 where that is noise."""
    spreads = [float(np.std(overlap.ratio)) for overlap in overlaps if overlap.ratio.size > 1]
    middle = float(np.median(spreads)) if spreads else 0.0
    return middle if unevenness(overlaps) > _MOST_LEFT_ERRORS else 0.0


def _fall(segments: Sequence[Segment], throughput: Sequence[FloatArray]) -> float:
    """How much less light most orders have at both ends than in the middle.

    A star bends its continuum down in some orders and up in others.
    """
    losses = []
    for segment, t in zip(segments, throughput, strict=True):
        good = np.flatnonzero(segment.good & (t > 0.0))
        if good.size < _LEAST_PARTED:
            continue
        parts = np.array_split((segment.flux / np.where(t > 0.0, t, 1.0))[good], _PARTS)
        level = np.array([np.median(part) for part in parts])
        middle = float(np.median(level[2:-2]))
        if middle > 0.0:
            losses.append(1.0 - max(level[0], level[-1]) / middle)
    if len(losses) < _LEAST_ORDERS:
        return 0.0
    return float(np.clip(np.median(losses), 0.0, 1.0))


def _stated_blaze(segment: Segment) -> FloatArray:
    """The blaze over its peak, nothing where it is too faint; ones where none is stated."""
    if segment.blaze is None:
        return np.ones(segment.wavelength.size)
    peak = float(np.nanmax(segment.blaze)) if np.isfinite(segment.blaze).any() else 0.0
    if not peak > 0.0:
        return np.ones(segment.wavelength.size)
    relative = segment.blaze / peak
    return np.where(relative >= LEAST_BLAZE, relative, np.nan)


def _steps(overlaps: Sequence[Overlap], n: int) -> tuple[dict[int, float], int, list[float]]:
    """Logarithmic steps of level by the first of two neighbours; too large ones; factors used.

    A neighbour without a comparable overlap has no entry: nothing ties the two.
    """
    steps: dict[int, float] = {}
    n_apart = 0
    factors = []
    for overlap in overlaps:
        if overlap.other != overlap.one + 1:
            continue
        middle = float(np.median(overlap.ratio))
        away = 1.4826 * float(np.median(np.abs(overlap.ratio - middle)))
        typical = max(away, float(np.median(overlap.error)))
        error = 1.25 * typical / np.sqrt(overlap.ratio.size)
        step = 0.0
        if abs(middle) > np.log(LARGEST_STEP):
            n_apart += 1
        elif abs(middle) > max(_SMALLEST_STEP, 3.0 * error):
            step = middle
            factors.append(float(np.exp(middle)))
        steps[overlap.one] = step
    return steps, n_apart, factors


def _added_up(steps: dict[int, float], segments: Sequence[Segment]) -> FloatArray:
    """log(level) of each segment; in each chain of overlaps the brightest one keeps its own."""
    level = np.zeros(len(segments))
    chains: list[list[int]] = [[0]]
    for i in range(1, len(segments)):
        if i - 1 in steps:
            level[i] = level[i - 1] - steps[i - 1]
            chains[-1].append(i)
        else:
            chains.append([i])
    for chain in chains:
        level[chain] -= level[max(chain, key=lambda i: _signal(segments[i]))]
    return level


def _signal(segment: Segment) -> float:
    """Signal-to-noise squared where sigma is known, else the light, of all good pixels."""
    flux = segment.flux[segment.good]
    if segment.sigma is not None:
        return float(np.sum((flux / np.maximum(segment.sigma[segment.good], 1e-50)) ** 2))
    return float(np.sum(np.maximum(flux, 0.0)))
