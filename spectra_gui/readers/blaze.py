"""The blaze of echelle orders, as far as their overlaps tell it.

One shape for all orders, A·2·log|sinc(α(x - x₀))|, with x the distance from the order's centre in
free spectral ranges (Barker 1984, AJ 89, 899, for sinc² and x). Slopes of the ratios within the
overlaps give α and A. A shift of all peaks and a run of levels cannot be told apart; since a run
would grow from order to order without bound, x₀ is chosen such that none is left. A and x₀ may
change slowly along the orders. Between the overlaps, in the middle of an order, it is the shape
that holds the curve: another true shape leaves a ripple there.

Knows arrays; knows no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.overlaps import Overlap, Segment

FloatArray = NDArray[np.float64]

LEAST_BLAZE: Final = 0.05
"""Below this part of its peak an order holds no light that is worth dividing."""

_HUBER: Final = 2.0
"""Residuals above it, in errors, count linearly."""

_ALPHAS: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
"""Widths of the blaze that are tried."""

_MOST_TERMS: Final = 5
_OVERLAPS_PER_TERM: Final = 8
"""Of a polynomial along the orders, for the blaze's depth and for the place of its peak."""

_ROUNDS: Final = 6
_FARTHEST: Final = 0.3
_NUDGE: Final = 0.005
"""Of the blaze's peak from an order's centre, in free spectral ranges."""

_LEAST_ORDERS: Final = 5
_LEAST_PAIRS: Final = 3
_FLATTENED: Final = 0.6
"""The blaze must bring the scatter of the ratios below this part of what it was."""

_ARGUMENT: Final = 0.97
"""Largest |αx|: the blaze is not followed beyond its first zero."""


def estimate_blaze(
    segments: Sequence[Segment], overlaps: Sequence[Overlap]
) -> list[FloatArray] | None:
    """The common blaze shape at all pixels, or None where the overlaps show none.

    Slopes of the ratios within the overlaps give its width and depth; the steps that are left,
    as far as they change slowly along the orders, the place of its peak.
    """
    found = order_numbers(segments)
    if found is None or len(overlaps) < _LEAST_PAIRS or len(segments) < _LEAST_ORDERS:
        return None
    numbers, constant = found
    ratios = _Ratios.of(overlaps, numbers, constant)
    peaks = np.zeros(numbers.size)
    for _ in range(_ROUNDS):
        blaze = min((ratios.fitted(alpha, peaks) for alpha in _ALPHAS), key=lambda fit: fit.spread)
        if not (blaze.is_sure and blaze.spread < _FLATTENED * ratios.spread):
            return None
        peaks = np.clip(peaks + ratios.shift_of_peaks(blaze, peaks), -_FARTHEST, _FARTHEST)
    shapes = []
    for i, segment in enumerate(segments):
        x = numbers[i] - constant / segment.wavelength - peaks[i]
        values = np.exp(blaze.depth[i] * _shape(x, blaze.alpha))
        shapes.append(np.where(values >= LEAST_BLAZE, values, np.nan))
    return shapes


@dataclass(frozen=True, slots=True)
class _Blaze:
    """A fitted shape; ``depth`` in each order, ``spread`` of ratios about it in their errors."""

    alpha: float
    depth: FloatArray
    is_sure: bool
    spread: float


def _shape(x: FloatArray, alpha: float) -> FloatArray:
    """2·log sinc(αx), not followed beyond the first zero."""
    return np.asarray(2.0 * np.log(np.sinc(np.clip(alpha * x, -_ARGUMENT, _ARGUMENT))))


@dataclass(frozen=True, slots=True)
class _Ratios:
    """All ratios of all overlaps (n,), by orders ``one`` and ``other`` and places ``x`` in them."""

    numbers: FloatArray
    group: NDArray[np.int64]
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    x_one: FloatArray
    x_other: FloatArray
    ratio: FloatArray
    error: FloatArray

    @classmethod
    def of(cls, overlaps: Sequence[Overlap], numbers: FloatArray, constant: float) -> _Ratios:
        """``numbers`` are those of the orders, ``constant`` is number times wavelength."""
        sizes = [overlap.at.size for overlap in overlaps]
        one = np.repeat([overlap.one for overlap in overlaps], sizes)
        other = np.repeat([overlap.other for overlap in overlaps], sizes)
        at = np.concatenate([overlap.at for overlap in overlaps])
        return cls(
            numbers,
            np.repeat(np.arange(len(sizes)), sizes),
            one,
            other,
            numbers[one] - constant / at,
            numbers[other] - constant / at,
            np.concatenate([overlap.ratio for overlap in overlaps]),
            np.concatenate([overlap.error for overlap in overlaps]),
        )

    @property
    def spread(self) -> float:
        """Of the ratios about one level for each overlap, in their errors."""
        return huber_cost(self._within(self.ratio) / self.error)

    def fitted(self, alpha: float, peaks: FloatArray) -> _Blaze:
        """The depths, slowly changing along the orders, that flatten the ratios best."""
        one, other = self._shapes(alpha, peaks)
        powers = self._powers(self.numbers)
        columns = np.column_stack([
            self._within(one * powers[self.one, k] - other * powers[self.other, k])
            for k in range(powers.shape[1])
        ])  # fmt: skip
        ratio = self._within(self.ratio)
        solution, away, covariance = robust_fit(columns, ratio, self.error)
        depth = powers @ solution
        error = np.sqrt(np.einsum("ij,jk,ik->i", powers, covariance, powers))
        return _Blaze(alpha, depth, bool(np.all(depth > 5.0 * error)), huber_cost(away))

    def shift_of_peaks(self, blaze: _Blaze, peaks: FloatArray) -> FloatArray:
        """By how much peaks are to move, so that no run of steps is left along the orders."""
        left = self.ratio - self._effect(blaze, peaks)
        moved = self._effect(blaze, peaks + _NUDGE) - self._effect(blaze, peaks - _NUDGE)
        count = np.bincount(self.group)
        step = np.bincount(self.group, left) / count
        effect = np.bincount(self.group, moved / (2.0 * _NUDGE)) / count
        columns = effect[:, None] * self._powers(self._places)
        solution, _, _ = robust_fit(columns, step, np.full(step.size, 0.01))
        return np.asarray(self._powers(self.numbers) @ solution)

    @property
    def _places(self) -> FloatArray:
        """The mean number of the two orders of each overlap."""
        first = np.unique(self.group, return_index=True)[1]
        return 0.5 * (self.numbers[self.one[first]] + self.numbers[self.other[first]])

    def _powers(self, numbers: FloatArray) -> FloatArray:
        """(n, terms) of what changes slowly along the orders, constant beyond the overlaps."""
        low, high = float(self._places.min()), float(self._places.max())
        along = 2.0 * (np.clip(numbers, low, high) - low) / max(high - low, 1e-9) - 1.0
        terms = np.clip(self._places.size // _OVERLAPS_PER_TERM, 1, _MOST_TERMS)
        return np.asarray(along[:, None] ** np.arange(terms))

    def _effect(self, blaze: _Blaze, peaks: FloatArray) -> FloatArray:
        """What a blaze does to the logarithm of each ratio."""
        one, other = self._shapes(blaze.alpha, peaks)
        return np.asarray(blaze.depth[self.one] * one - blaze.depth[self.other] * other)

    def _shapes(self, alpha: float, peaks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A blaze of depth 1 where each ratio is, in its one order and in the other."""
        one = _shape(self.x_one - peaks[self.one], alpha)
        return one, _shape(self.x_other - peaks[self.other], alpha)

    def _within(self, values: FloatArray) -> FloatArray:
        """Values less their weighted mean in each overlap."""
        weight = 1.0 / self.error**2
        mean = np.bincount(self.group, weight * values) / np.bincount(self.group, weight)
        return np.asarray(values - mean[self.group])


def robust_fit(
    columns: FloatArray, values: FloatArray, error: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Huber's fit: solution, absolute residuals in errors, and the covariance."""
    weight = 1.0 / error
    tiny = 1e-9 * np.eye(columns.shape[1])
    for _ in range(4):
        rows = columns * weight[:, None]
        normal = rows.T @ rows
        covariance = np.linalg.inv(normal + tiny * max(float(np.trace(normal)), 1.0))
        solution = covariance @ (rows.T @ (values * weight))
        away = np.abs(values - columns @ solution) / error
        scale = max(1.4826 * float(np.median(away)), 1e-6)
        weight = np.sqrt(np.minimum(1.0, _HUBER * scale / np.maximum(away, 1e-12))) / error
    return solution, away, np.asarray(covariance * max(scale, 1.0) ** 2)


def huber_cost(away: FloatArray) -> float:
    """Root of the mean of Huber's cost of residuals in errors."""
    size = np.abs(away)
    cost = np.where(size < _HUBER, size**2, 2.0 * _HUBER * size - _HUBER**2)
    return float(np.sqrt(np.mean(cost)))


def unevenness(overlaps: Sequence[Overlap]) -> float:
    """Of the ratios within overlaps, in their errors; 0 where there is none."""
    if not overlaps:
        return 0.0
    away = [(o.ratio - np.average(o.ratio, weights=o.error**-2)) / o.error for o in overlaps]
    return huber_cost(np.concatenate(away))


def order_numbers(segments: Sequence[Segment]) -> tuple[FloatArray, float] | None:
    """Numbers of orders, as reals, and number times wavelength, Å, from the spacing of centres.

    None where the spectra do not follow each other as orders do.
    """
    inverse = np.array([0.5 * (1.0 / s.wavelength[0] + 1.0 / s.wavelength[-1]) for s in segments])
    spacing = -np.diff(inverse)
    length = np.median([1.0 / s.wavelength[0] - 1.0 / s.wavelength[-1] for s in segments])
    apart = spacing[spacing > 0.1 * length]
    if apart.size < _LEAST_ORDERS - 1:
        return None
    typical = float(np.median(apart))
    regular = np.abs(apart - typical) < 0.3 * typical
    return (inverse / typical, 1.0 / typical) if np.mean(regular) > 0.6 else None
