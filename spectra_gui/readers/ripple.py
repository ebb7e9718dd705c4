"""What echelle orders have in common along their length, after the blaze that overlaps told.

A star is another one in every order; a blaze is the same. So a curve that many orders share, as
a function of the place in the order, is the instrument's. It is drawn through nine points of an
order and may change slowly along the orders; what is constant or straight in an order belongs to
the star, or to the levels. It mends a blaze of another shape than that of a plain grating, and
orders too short to overlap.

Knows arrays; knows no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.blaze import huber_cost, order_numbers, robust_fit
from spectra_gui.readers.noise import scatter
from spectra_gui.readers.overlaps import Overlap, Segment

FloatArray = NDArray[np.float64]

_LEAST_ORDERS: Final = 8
_BINS: Final = 24
_KNOTS: Final = 9
_LEAST_PIXELS: Final = 5
_LEAST_SNR: Final = 3.0
_SMALLEST: Final = 0.02
"""A common curve that is flatter, in the logarithm, is left."""

_SMALLEST_TILT: Final = 0.003
_LEAST_GAIN: Final = 6.0
"""By how much each term must lower the cost, in mean costs of a point."""


def common_ripple(
    segments: Sequence[Segment], throughput: Sequence[FloatArray]
) -> list[FloatArray] | None:
    """Factors (n,) by which the throughput of each order is to be multiplied, or None."""
    found = order_numbers(segments)
    if found is None or len(segments) < _LEAST_ORDERS:
        return None
    numbers, constant = found
    places = [n - constant / s.wavelength for n, s in zip(numbers, segments, strict=True)]
    reach = float(np.median([np.abs(place).max() for place in places]))
    terms = 1 if len(segments) < 12 else 2 if len(segments) < 24 else 3
    along = 2.0 * (numbers - numbers.min()) / max(float(np.ptp(numbers)), 1e-9) - 1.0
    values, columns = [], []
    for i, segment in enumerate(segments):
        x, y = _profile(segment, throughput[i], places[i], reach)
        if x.size < _BINS // 2:
            continue
        straight = np.column_stack([np.ones(x.size), x])
        both = np.column_stack([y, _curves(x / reach, along[i], terms)])
        both = both - straight @ np.linalg.lstsq(straight, both, rcond=None)[0]
        values.append(both[:, 0])
        columns.append(both[:, 1:])
    if len(values) < _LEAST_ORDERS:
        return None
    y, design = np.concatenate(values), np.vstack(columns)
    spread = np.full(y.size, max(1.4826 * float(np.median(np.abs(y))), 1e-6))
    solution, away, _ = robust_fit(design, y, spread)
    before, after = huber_cost(y / spread) ** 2, huber_cost(away) ** 2
    gain = (before - after) * y.size / solution.size
    height = float(np.median([np.ptp(c @ solution) for c in columns]))
    if gain < _LEAST_GAIN * after or height < _SMALLEST:
        return None
    ends = np.array([-0.5, 0.5]) / max(reach, 0.5)
    factors = []
    for i, x in enumerate(places):
        at = np.concatenate((ends, np.clip(x / reach, -1.0, 1.0)))
        curve = _curves(at, along[i], terms) @ solution
        # Without a step between the ends of neighbours, and without a change of level.
        curve -= curve[0] + (curve[1] - curve[0]) * (at - ends[0]) / (ends[1] - ends[0])
        factors.append(np.exp(curve[2:] - np.median(curve[2:])))
    return factors


def common_tilt(
    segments: Sequence[Segment], overlaps: Sequence[Overlap]
) -> list[FloatArray] | None:
    """Factors (n,) that lean every order a little, or None.

    Where levels step in the same sense from order to order, it is the orders that lean: as steps
    of level they would add up to a slope that no star has.
    """
    found = order_numbers(segments)
    pairs = [overlap for overlap in overlaps if overlap.other == overlap.one + 1]
    if found is None or len(pairs) < _LEAST_ORDERS:
        return None
    numbers, constant = found
    one, other = (np.array([getattr(o, end) for o in pairs]) for end in ("one", "other"))
    step = np.array([np.median(overlap.ratio) for overlap in pairs])
    terms = 1 if len(pairs) < 12 else 2 if len(pairs) < 24 else 3
    middle, span = float(numbers.mean()), max(0.5 * float(np.ptp(numbers)), 1e-9)

    def powers(at: FloatArray) -> FloatArray:
        return np.asarray(((at - middle) / span)[:, None] ** np.arange(terms))

    apart = (numbers[one] - numbers[other])[:, None]
    design = apart * powers(0.5 * (numbers[one] + numbers[other]))
    spread = np.full(step.size, max(1.4826 * float(np.median(np.abs(step))), 1e-6))
    solution, away, _ = robust_fit(design, step, spread)
    gain = (huber_cost(step / spread) ** 2 - huber_cost(away) ** 2) * step.size / terms
    tilt = powers(numbers) @ solution
    if gain < _LEAST_GAIN * huber_cost(away) ** 2 or np.abs(tilt).max() < _SMALLEST_TILT:
        return None
    return [
        np.exp(lean * (number - constant / segment.wavelength))
        for segment, number, lean in zip(segments, numbers, tilt, strict=True)
    ]


def _curves(x: FloatArray, along: float, terms: int) -> FloatArray:
    """(n, knots·terms) shapes in an order, ``x`` from -1 to 1."""
    knots = np.linspace(-1.0, 1.0, _KNOTS)
    hats = np.maximum(1.0 - np.abs(x[:, None] - knots) / (knots[1] - knots[0]), 0.0)
    return np.hstack([hats * along**k for k in range(terms)])


def _profile(
    segment: Segment, throughput: FloatArray, x: FloatArray, reach: float
) -> tuple[FloatArray, FloatArray]:
    """Places and logarithms of the median flux of an order in bins, where there is light."""
    with np.errstate(invalid="ignore", divide="ignore"):
        flux = segment.flux / throughput
    usable = segment.good & np.isfinite(flux) & (np.abs(x) <= reach)
    if np.count_nonzero(usable) < _BINS * _LEAST_PIXELS:
        return np.zeros(0), np.zeros(0)
    noise = scatter(flux[usable])
    edges = np.linspace(-reach, reach, _BINS + 1)
    place = np.digitize(x, edges[1:-1])
    at, level = [], []
    for k in range(_BINS):
        inside = flux[usable & (place == k)]
        if inside.size < _LEAST_PIXELS:
            continue
        middle = float(np.median(inside))
        if middle > max(_LEAST_SNR * noise / np.sqrt(inside.size), 0.0):
            at.append(0.5 * (edges[k] + edges[k + 1]))
            level.append(np.log(middle))
    return np.array(at), np.array(level)
