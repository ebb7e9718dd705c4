"""How far the lines of a star, of the air above it and of the night sky are from their places.

Three patterns are matched with a spectrum on a grid uniform in ln λ, where a velocity is a shift:
class means of stars at rest (``resources/patterns.npz``), the O₂ bands B and A of the atmosphere,
and the lines of the night sky, which an uncertainty shows even where the flux does not. Knows
wavelengths, fluxes and patterns; knows neither frames nor media: all shifts count from the places
that lines have in air at rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from spectra_gui.assets import resources_folder
from spectra_gui.data.lines import LINES
from spectra_gui.units import SPEED_OF_LIGHT_KMS, vacuum_to_air

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEP_KMS: Final = 40.0
_STEP: Final = STEP_KMS / SPEED_OF_LIGHT_KMS
_LOW_AA, _HIGH_AA = 3800.0, 9000.0
LN_AA: Final = np.log(_LOW_AA) + _STEP * np.arange(int(np.log(_HIGH_AA / _LOW_AA) / _STEP))
"""(6466,) the grid: ln of the wavelength in Å."""

_EDGES_AA: Final = np.exp(np.append(LN_AA - 0.5 * _STEP, LN_AA[-1] + 0.5 * _STEP))

_LAGS: Final = np.arange(-11, 14)
"""-440 to +520 km/s, so as far on either side of air (0) as of vacuum (+83)."""

_WINDOW: Final = int(4500.0 / STEP_KMS)
"""Half the width of the running mean that stands for the continuum: 75 Å at 5000 Å."""

_DEEPEST, _HIGHEST = -1.0, 0.3
_LEAST_PIXELS: Final = 40


@dataclass(frozen=True, slots=True)
class Shift:
    """A pattern's shift from its places in air at rest, with the formal error of its peak.

    ``correlation`` is up to 1; ``letter`` the spectral letter of the pattern that matches best
    ("" for the air and the sky); ``names`` the most telling lines or bands that were covered.
    """

    kms: float
    error_kms: float
    correlation: float
    letter: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OnGrid:
    """A spectrum on the grid from its pixel ``first`` on; ``n_own`` pixels were its own."""

    first: int
    values: Floats
    good: Bools
    n_own: int


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """Patterns (m, grid and margins) and their squares, and what they are patterns of."""

    values: NDArray[np.float32]
    squared: NDArray[np.float32]
    letters: tuple[str, ...]


def on_grid(wavelength_aa: Floats, values: Floats, bad: Bools) -> OnGrid | None:
    """The part of a spectrum (n,) that the grid covers; None where that is next to nothing.

    Finer pixels are averaged and coarser ones interpolated; a pixel of the grid is good where
    all that made it is.
    """
    low, high = np.searchsorted(wavelength_aa, (_EDGES_AA[0], _EDGES_AA[-1]))
    low, high = max(int(low) - 1, 0), min(int(high) + 1, wavelength_aa.size)
    axis, fine = wavelength_aa[low:high], ~bad[low:high]
    if axis.size < _LEAST_PIXELS:
        return None
    first, last = (int(i) for i in np.searchsorted(LN_AA, np.log(axis[[0, -1]])))
    if last - first < _LEAST_PIXELS:
        return None
    flux = np.where(fine, values[low:high], 0.0)
    n_own = min(axis.size, last - first)
    if axis.size > 2 * (last - first):
        place = np.searchsorted(axis, _EDGES_AA[first : last + 1])
        place = np.minimum(place, axis.size - 1)
        starts, count = place[:-1], np.maximum(np.diff(place), 1)
        sums = np.add.reduceat(flux, starts)[: last - first]
        share = np.add.reduceat(fine, starts, dtype=np.int64)[: last - first]
        return OnGrid(first, sums / np.maximum(share, 1), share > 0.7 * count, n_own)
    centres = np.exp(LN_AA[first:last])
    good = np.interp(centres, axis, fine.astype(np.float64)) > 0.999
    return OnGrid(first, np.interp(centres, axis, flux), good, n_own)


def flatten(spectrum: OnGrid, ceiling: float = _HIGHEST) -> Floats:
    """Relative height (n,) over the running mean of what is near the continuum; 0 where bad."""
    good = spectrum.good.astype(np.float64)
    values = np.where(spectrum.good, spectrum.values, 0.0)
    mean = _sum_about(values) / np.maximum(_sum_about(good), 1.0)
    high = good * (values > 0.97 * mean)
    count = _sum_about(high)
    level = np.where(count > 5.0, _sum_about(high * values) / np.maximum(count, 1.0), mean)
    usable = spectrum.good & (level > 0.0)
    relative = np.where(usable, values / np.where(usable, level, 1.0) - 1.0, 0.0)
    relative = np.clip(relative, _DEEPEST, ceiling)
    relative -= _sum_about(relative) / np.maximum(_sum_about(usable.astype(np.float64)), 1.0)
    return np.where(usable, relative, 0.0)


def star_shift(flux: OnGrid) -> Shift | None:
    """The shift of the class mean that matches best, or None where none does."""
    patterns = class_means()
    if patterns is None:
        return None
    lines = flatten(flux)
    good = flux.good & ~_atmosphere()[flux.first : flux.first + flux.good.size]
    found = _match(lines, good, flux, patterns, 0.3)
    if found is None:
        return None
    names = _seen(flux.first, lines, good, found.letter, found.kms)
    return Shift(found.kms, found.error_kms, found.correlation, found.letter, names)


def air_shift(flux: OnGrid) -> Shift | None:
    """The shift of the O₂ bands, or None where they are not seen."""
    flux = _part(flux, _O2_BANDS[0][-1][0], _O2_BANDS[-1][-1][1])
    good = flux.good & _oxygen_covers()[flux.first : flux.first + flux.good.size]
    if np.count_nonzero(good) < _LEAST_PIXELS:
        return None
    found = _match(flatten(flux), good, flux, _oxygen(), 0.5)
    if found is None:
        return None
    low, high = np.exp(LN_AA[flux.first + np.flatnonzero(good)[[0, -1]]])
    names = tuple(name for name, _, _, ends in _O2_BANDS if low < ends[1] and ends[0] < high)
    return Shift(found.kms, found.error_kms, found.correlation, "", names)


def sky_shift(sigma: OnGrid) -> Shift | None:
    """The shift of the night sky's lines in an uncertainty, or None where they are not seen."""
    return _match(flatten(sigma, 3.0), sigma.good, sigma, _sky(), 0.35)


def _part(spectrum: OnGrid, low_aa: float, high_aa: float) -> OnGrid:
    """What lies between two wavelengths, and as much beyond as the running mean takes."""
    low, high = (int(i) - spectrum.first for i in np.searchsorted(LN_AA, np.log([low_aa, high_aa])))
    begin, end = max(low - _WINDOW, 0), max(high + _WINDOW, 0)
    cut = slice(begin, end)
    n_own = round(spectrum.n_own * spectrum.good[cut].size / spectrum.good.size)
    return OnGrid(spectrum.first + begin, spectrum.values[cut], spectrum.good[cut], n_own)


def _sum_about(values: Floats) -> Floats:
    """Sums (n,) over the window about each pixel, cut at the ends."""
    total = np.append(0.0, np.cumsum(values))
    middle = np.arange(values.size)
    return np.asarray(
        total[np.minimum(middle + _WINDOW + 1, values.size)]
        - total[np.maximum(middle - _WINDOW, 0)]
    )


def _match(
    values: Floats, good: Bools, spectrum: OnGrid, masks: Masks, least: float
) -> Shift | None:
    """Where the best of the patterns has its peak; None below a correlation of ``least``."""
    inside = np.flatnonzero(good)
    if inside.size < _LEAST_PIXELS:
        return None
    begin, end = int(inside[0]), int(inside[-1]) + 1
    weight = good[begin:end].astype(np.float32)
    lines = (values[begin:end] * weight).astype(np.float32)
    reach = slice(
        spectrum.first + begin + MARGIN - int(_LAGS[-1]),
        spectrum.first + end + MARGIN - int(_LAGS[0]),
    )
    product = _moved(lines) @ masks.values[:, reach].T
    norm = _BETWEEN @ (_moved(weight)[::_SPARSE] @ masks.squared[:, reach].T)
    norm = np.maximum(np.maximum(norm, 0.05 * norm.max(axis=0)), 1e-9)
    correlation = product / np.sqrt(norm * max(float(lines @ lines), 1e-12))
    lag, best = np.unravel_index(int(np.argmax(correlation)), correlation.shape)
    if lag in (0, _LAGS.size - 1):
        return None
    before, peak, after = (float(c) for c in correlation[lag - 1 : lag + 2, best])
    bend = before - 2.0 * peak + after
    if not (peak >= least and bend < 0.0):  # not-a-numbers too
        return None
    shift = float(_LAGS[lag]) + 0.5 * (before - after) / bend
    # Zucker 2003, MNRAS 342, 1291, eq. 10, with as many pixels as there are of its own.
    n_own = spectrum.n_own * inside.size / spectrum.good.size
    error = np.sqrt(max(1.0 - peak**2, 0.0) / (n_own * -bend * peak))
    return Shift(STEP_KMS * shift, STEP_KMS * float(error), peak, masks.letters[best], ())


_SPARSE: Final = 6
_BETWEEN: Final = np.array(
    [np.interp(np.arange(_LAGS.size), np.arange(0, _LAGS.size, _SPARSE), row) for row in np.eye(5)]
).T.astype(np.float32)
"""(25, 5) interpolates over the lags what hardly changes from one to the next."""


def _moved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(lags, n + 24) pixels moved by each lag, zeros beyond their ends."""
    span = _LAGS.size - 1
    padded = np.pad(values, span)
    return np.ascontiguousarray(sliding_window_view(padded, values.size + span))


MARGIN: Final = 32
"""Pixels by which patterns go on beyond the grid, so that they can be moved."""


def _masks(patterns: Floats, letters: tuple[str, ...]) -> Masks:
    values = patterns.astype(np.float32)
    return Masks(values, values**2, letters)


PATTERNS_FILE: Final = "patterns.npz"
"""``flux`` (m, grid) int8, hundredths of the continuum above it; ``letters`` (m,)."""


@lru_cache(maxsize=1)
def class_means() -> Masks | None:
    """The patterns of stars, or None where the program came without them."""
    path = resources_folder() / PATTERNS_FILE
    if not path.is_file():
        return None
    with np.load(path) as stored:
        flux, letters = stored["flux"], stored["letters"]
    kernel = np.exp(-0.5 * (np.arange(-MARGIN, MARGIN + 1) * STEP_KMS / _BLUR_KMS) ** 2)
    blurred = [np.convolve(row, kernel / kernel.sum(), "same") for row in 0.01 * flux]
    padded = np.pad(np.vstack([0.01 * flux, blurred]), ((0, 0), (MARGIN, MARGIN)))
    return _masks(padded, tuple(str(letter) for letter in letters) * 2)


_BLUR_KMS: Final = 180.0
"""σ of the coarser copy of each pattern: together with the stars' own, about 8 Å."""


_ATMOSPHERE_AA: Final = ((6860.0, 6965.0), (7155.0, 7350.0), (7585.0, 7720.0), (8115.0, 8355.0))
"""Where the atmosphere absorbs too much for the lines of a star."""


def _within(*ranges: tuple[float, float]) -> Bools:
    axis = np.exp(LN_AA)
    inside = np.zeros(axis.shape, bool)
    for low, high in ranges:
        inside |= (axis > low) & (axis < high)
    return inside


@lru_cache(maxsize=1)
def _atmosphere() -> Bools:
    return _within(*_ATMOSPHERE_AA)


def _peaks(places_aa: Floats, heights: Floats) -> Masks:
    """The pattern of unresolved lines, less its running mean."""
    ln_aa = LN_AA[0] + _STEP * (np.arange(LN_AA.size + 2 * MARGIN) - MARGIN)
    pattern = np.zeros_like(ln_aa)
    for place, height in zip(places_aa, heights, strict=True):
        kms = (ln_aa - np.log(place)) * SPEED_OF_LIGHT_KMS
        pattern += height * np.exp(-0.5 * (kms / _UNRESOLVED_KMS) ** 2)
    pattern -= _sum_about(pattern) / (2 * _WINDOW + 1)
    return _masks(pattern[None, :], ("",))


_UNRESOLVED_KMS: Final = 60.0

# Name, band origin and rotational constant of the upper state, cm⁻¹ (Babcock & Herzberg 1948,
# ApJ 108, 167; X ³Σg⁻ below), and the wavelengths at which it is looked for, Å.
_O2_BANDS: Final = (
    ("O₂ B", 14525.66, 1.3729, (6845.0, 6970.0)),
    ("O₂ A", 13120.91, 1.3910, (7570.0, 7740.0)),
)
_O2_LOWER: Final = (1.43768, 4.84e-6)
_O2_UPPER_STRETCH: Final = 5.4e-6
_O2_KELVIN: Final = 270.0
_O2_GROWTH: Final = 0.6
"""Saturated lines: their widths grow with this power of their strengths."""

_HC_OVER_K: Final = 1.4388
_SPIN_SPLITTING: Final = 2.0
"""cm⁻¹ by which a Q line stands to the blue of the P or R line of its level."""


def _o2_lines(origin: float, upper: float) -> tuple[Floats, Floats]:
    """Wavelengths in air (Å) and relative depths (negative) of a band's lines."""
    lower, stretch = _O2_LOWER
    n = np.arange(1.0, 40.0, 2.0)
    below = lower * n * (n + 1) - stretch * (n * (n + 1)) ** 2
    strength = (2 * n + 1) * np.exp(-_HC_OVER_K * below / _O2_KELVIN)
    wavenumbers = []
    for m in (n - 1, n + 1):
        above = upper * m * (m + 1) - _O2_UPPER_STRETCH * (m * (m + 1)) ** 2
        wavenumbers += [origin + above - below, origin + above - below + _SPIN_SPLITTING]
    return vacuum_to_air(1e8 / np.concatenate(wavenumbers)), np.tile(-(strength**_O2_GROWTH), 4)


@lru_cache(maxsize=1)
def _oxygen() -> Masks:
    bands = [_o2_lines(origin, upper) for _, origin, upper, _ in _O2_BANDS]
    return _peaks(np.concatenate([b[0] for b in bands]), np.concatenate([b[1] for b in bands]))


@lru_cache(maxsize=1)
def _oxygen_covers() -> Bools:
    return _within(*(band[-1] for band in _O2_BANDS))


# Air wavelengths: Osterbrock et al. 1996, PASP 108, 277 ([O I], OH); Hg I of street lamps, NIST.
_SKY_AA: Final = (
    4358.33, 5460.74, 5577.34, 6300.30, 6363.78, 7276.41, 7316.28, 7340.89, 7750.64, 7794.11,
    7821.50, 7913.71, 7964.65, 7993.33, 8344.60, 8399.17, 8430.17, 8465.36, 8885.85, 8919.64,
)  # fmt: skip


@lru_cache(maxsize=1)
def _sky() -> Masks:
    return _peaks(np.array(_SKY_AA), np.ones(len(_SKY_AA)))


_NAMED: Final = 3
_NAMED_CHARACTERS: Final = 24
"""So that a sentence about them fits on a line of the window."""


def _seen(first: int, lines: Floats, good: Bools, letter: str, kms: float) -> tuple[str, ...]:
    """The deepest of a letter's lines of the first two ranks at their places, by wavelength."""
    found: list[tuple[float, float, str]] = []
    for line in LINES:
        if line.kind != "line" or line.rank > 2 or letter not in line.letters:
            continue
        ln_aa = np.log(line.air_aa) + kms / SPEED_OF_LIGHT_KMS
        place = round((ln_aa - LN_AA[0]) / _STEP) - first
        if 0 <= place < good.size and good[place] and lines[place] < 0.0:
            found.append((float(lines[place]), line.air_aa, line.name))
    deepest = sorted(found)[:_NAMED]
    while len(", ".join(name for _, _, name in deepest)) > _NAMED_CHARACTERS:
        deepest.pop()
    return tuple(name for _, _, name in sorted(deepest, key=lambda one: one[1]))
