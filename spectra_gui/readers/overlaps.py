"""Spectra of one object where they overlap: there, their ratio is that of their throughputs,
whatever the star is.

Knows arrays; knows no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Spectrum
from spectra_gui.readers.noise import scatter

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LEAST_PIXELS: Final = 8
_BIN_PIXELS: Final = 8
_MOST_BINS: Final = 16
_LEAST_SNR: Final = 3.0
_RATIO_FLOOR: Final = 0.003
"""No ratio of two bins is better known than this: pixels at their edges differ."""


@dataclass(slots=True)
class Segment:
    """Arrays (n,) of one spectrum; ``step`` Å is its usual step, ``ends`` of its good pixels.

    ``widths`` are those of its pixels, Å.
    """

    wavelength: FloatArray
    flux: FloatArray
    sigma: FloatArray | None
    good: BoolArray
    blaze: FloatArray | None
    widths: FloatArray
    step: float
    ends: tuple[float, float]

    @classmethod
    def of(
        cls, spectrum: Spectrum, blaze: FloatArray | None = None, *, unit: float = 1.0
    ) -> Segment:
        """With flux and sigma in units of ``unit``.

        Raises ``IndexError`` for a spectrum without a good pixel.
        """
        good = ~spectrum.bad
        at = spectrum.wavelength_aa[good]
        return cls(
            spectrum.wavelength_aa,
            spectrum.flux / unit,
            None if spectrum.sigma is None else spectrum.sigma / unit,
            good,
            blaze,
            np.gradient(spectrum.wavelength_aa),
            float(np.median(np.diff(spectrum.wavelength_aa))),
            (float(at[0]), float(at[-1])),
        )

    @property
    def sampling(self) -> int:
        """A class of the step: in a lower one it is finer by a factor of two or so."""
        return round(float(np.log2(self.step)))

    def widths_at(self, at: FloatArray) -> FloatArray:
        """Widths of its pixels at wavelengths, Å."""
        return np.interp(at, self.wavelength, self.widths)

    def distance_to_end(self, at: FloatArray) -> FloatArray:
        """How far wavelengths are inside the good pixels, negative outside."""
        return np.asarray(np.minimum(at - self.ends[0], self.ends[1] - at))


@dataclass(slots=True)
class Overlap:
    """Ratios of segment ``one`` to segment ``other`` in bins: wavelengths, logarithms, errors."""

    one: int
    other: int
    at: FloatArray
    ratio: FloatArray
    error: FloatArray


def find_overlaps(segments: Sequence[Segment], throughput: Sequence[FloatArray]) -> list[Overlap]:
    """Ratios of each segment to the next two, where they overlap with enough light."""
    found = []
    for i in range(len(segments)):
        for j in (i + 1, i + 2):
            if j < len(segments):
                overlap = _ratios(segments, throughput, i, j)
                if overlap is not None:
                    found.append(overlap)
    return found


def _ratios(
    segments: Sequence[Segment], throughput: Sequence[FloatArray], i: int, j: int
) -> Overlap | None:
    low = max(segments[i].ends[0], segments[j].ends[0])
    high = min(segments[i].ends[1], segments[j].ends[1])
    if not high > low:
        return None
    n_pixels = int((high - low) / max(segments[i].step, segments[j].step))
    if n_pixels < _LEAST_PIXELS:
        return None
    n_bins = int(np.clip(n_pixels // _BIN_PIXELS, 1, _MOST_BINS))
    edges = np.linspace(low, high, n_bins + 1)
    means, errors = [], []
    for k in (i, j):
        mean, error = _binned(segments[k], throughput[k], edges)
        means.append(mean)
        errors.append(error)
    with np.errstate(invalid="ignore", divide="ignore"):
        clear = (means[0] > _LEAST_SNR * errors[0]) & (means[1] > _LEAST_SNR * errors[1])
        ratio = np.log(means[0] / means[1])
        spread = np.hypot(errors[0] / means[0], errors[1] / means[1])
    if not clear.any():
        return None
    middle = 0.5 * (edges[1:] + edges[:-1])
    return Overlap(i, j, middle[clear], ratio[clear], np.hypot(spread[clear], _RATIO_FLOOR))


def _binned(
    segment: Segment, throughput: FloatArray, edges: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and its error in bins, NaN where a bin has too few good pixels."""
    n = edges.size - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        flux = segment.flux / throughput
    good = segment.good & np.isfinite(flux)
    place = np.searchsorted(edges, segment.wavelength, side="right") - 1
    inside = good & (place >= 0) & (place < n)
    place, values = place[inside], flux[inside]
    count = np.bincount(place, minlength=n)
    enough = count >= 3
    safe = np.where(enough, count, 1)
    mean = np.bincount(place, values, n) / safe
    if segment.sigma is not None:
        variance = np.bincount(place, (segment.sigma / throughput)[inside] ** 2, n)
        error = np.sqrt(variance) / safe
    else:
        error = scatter(values) / np.sqrt(safe) if values.size else np.zeros(n)
    return np.where(enough, mean, np.nan), np.where(enough, error, np.nan)
