"""The strongest peaks of an evidence strip and the lines that they lie on.

Pure numpy and the line list; knows no network.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.explanation import LineMatch
from spectra_gui.data.lines import AxisMedium, nearest_line
from spectra_gui.units import FWHM_PER_SIGMA

Array = NDArray[np.float64]

MAX_PEAKS: Final = 8

WEAKEST: Final = 0.1
"""A peak below this share of the strip's highest is not reported."""

AGREEMENT: Final = 0.5
"""Off every listed line a peak is reported where the members' spread is below this share of it.

Of two members the weaker then has a third of the stronger's evidence there. What one member alone
marks in the continuum is mostly that member's: of the bundled examples' peaks off a line, five in
six."""

SEPARATION_FWHM: Final = 2.0
"""Peaks closer than this many resolution elements count as one."""


def strongest_peaks(
    relevance: NDArray[np.floating],
    *,
    spread: NDArray[np.floating] | None = None,
    wavelength_aa: Array,
    medium: AxisMedium,
    fwhm_aa: float,
    tolerance_aa: float,
    letters: str = "",
) -> tuple[LineMatch, ...]:
    """Up to eight peaks, strongest first, each with the line within ``tolerance_aa``.

    A peak on no line counts only where the members agree on it (`AGREEMENT`).

    The strip is smoothed to the resolution first: what is narrower than a resolution element is
    the raster of the network, not of the spectrum.

    Parameters
    ----------
    relevance : (n,) ≥ 0
    spread : (n,) of the members; None for a single one
    wavelength_aa : (n,) Å in ``medium``, evenly spaced
    fwhm_aa : width to which the strip is smoothed; peaks stand two of them apart
    letters : spectral classes whose lines may be named; empty for all
    """
    step_aa = float(wavelength_aa[1] - wavelength_aa[0])
    strip = np.asarray(relevance, dtype=np.float64)
    smooth = _smoothed(strip, fwhm_aa / FWHM_PER_SIGMA / step_aa)
    apart = SEPARATION_FWHM * fwhm_aa / step_aa
    noise = np.zeros_like(strip) if spread is None else np.asarray(spread, dtype=np.float64)
    matches: list[LineMatch] = []
    for position in _separated(smooth, apart):
        if len(matches) == MAX_PEAKS:
            break
        at_aa = float(np.interp(position, np.arange(strip.size), wavelength_aa))
        line = nearest_line(at_aa, medium, tolerance_aa, letters=letters)
        around = _around(position, fwhm_aa / step_aa, strip.size)
        top = around.start + int(np.argmax(strip[around]))
        strength = float(strip[top])
        if line is None and noise[top] >= AGREEMENT * strength:
            continue
        name, line_aa = (
            ("", float("nan")) if line is None else (line.name, line.wavelength_aa(medium))
        )
        matches.append(LineMatch(at_aa, strength, name, line_aa))
    return tuple(sorted(matches, key=lambda match: -match.strength))


def _smoothed(strip: Array, sigma_px: float) -> Array:
    reach = max(1, int(np.ceil(4.0 * sigma_px)))
    offsets = np.arange(-reach, reach + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    padded = np.pad(strip, reach)
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _separated(strip: Array, apart_px: float) -> list[float]:
    """Centres of local maxima, highest first, none within ``apart_px`` of a higher one."""
    candidates = _maxima(strip)
    floor = WEAKEST * strip.max()
    kept: list[float] = []
    for position in sorted(candidates, key=lambda p: -strip[int(p)]):
        if strip[int(position)] <= floor:
            break
        if all(abs(position - other) >= apart_px for other in kept):
            kept.append(position)
    return kept


def _maxima(strip: Array) -> list[float]:
    """Pixels higher than both neighbours, a plateau at its middle, the ends included."""
    edges = np.flatnonzero(np.diff(strip)) + 1
    starts = np.concatenate([[0], edges])
    ends = np.concatenate([edges, [strip.size]])
    levels = np.concatenate([[-np.inf], strip[starts], [-np.inf]])
    higher = (levels[1:-1] > levels[:-2]) & (levels[1:-1] > levels[2:])
    return [float(a + b - 1) / 2.0 for a, b in zip(starts[higher], ends[higher], strict=True)]


def _around(position: float, width_px: float, n: int) -> slice:
    return slice(max(0, round(position - width_px / 2)), min(n, round(position + width_px / 2) + 1))
