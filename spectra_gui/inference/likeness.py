"""What of a spectrum is like the stars that were learnt from, and what is strange, in five ways.

A prepared spectrum is written as principal components of stars and a rest. Either can be strange:
the rest by its size, by its share of all lines or by one peak; the coordinates by their distance
from the stars of a type; and all lines may be weaker than any star's. Pure numpy; knows no
network. Every way of being strange has a limit of its own for each group of types, which
`spectra_gui.training.trust` fits to stars that the components never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness
from spectra_gui.data import PreparationSpec

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RIDGE: Final = 1e-3
"""Keeps the fit over few valid pixels from following noise (in units of a pixel's weight)."""

LAG_PX: Final = 4
"""Apart so far, the noise of pixels of a prepared spectrum is independent (3 Å on 1.25 Å)."""

CONNECTED_PX: Final = 2.4
"""Pixels that share their noise."""

SIGMA_OF_MEDIAN: Final = 1.4826 / 6.0**0.5
"""Of the absolute value of such a difference of three, for Gaussian noise."""

N_PARTS: Final = 24
"""Of the grid, each with a noise of its own: the blue end has often ten times the noise."""

FEWEST_PIXELS: Final = 20
PEAK_SIGMAS: Final = 4.0
PEAK_KERNEL: Final = np.array([0.25, 0.5, 0.25])
"""A feature is as wide as the resolution element; a lone pixel is a cosmic ray."""

SKY_AA: Final = ((5567.0, 5588.0), (6860.0, 6930.0))
"""Oxygen's strongest line of the night sky and its B band, 500 km/s to either side of the line."""

MODEL_ERROR: Final = 0.01
"""Typical difference of a star from its components, in units of the continuum."""

LEAST_POWER: Final = 1e-12

RESIDUAL, DISTANCE, SHARE, WEAKNESS, PEAK = range(5)
"""Rows of `Look.strange` and of `Likeness.limits`."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How spectra look beside the stars of their types; one column or row a spectrum.

    Attributes
    ----------
    strange : (5, b) rms of the rest in units of the continuum; Mahalanobis distance of the
        coordinates from the group; the rest's share of the power of all lines, 0–1; rms of the
        lines of the group's mean over that of these; highest peak of the rest. Noise is taken out
        of all, and the larger the stranger
    peak_px : (b,) grid pixel of that peak
    coordinates : (b, k)
    noise : (b, n_pixels) standard deviation of a pixel, in units of the continuum
    """

    strange: Floats
    peak_px: NDArray[np.intp]
    coordinates: Floats
    noise: Floats


def look_at(
    likeness: Likeness,
    flux: NDArray[np.floating],
    valid: Bools,
    stated: Floats,
    types: NDArray[np.integer],
    spec: PreparationSpec,
) -> Look:
    """Compare prepared spectra (b, n_pixels) with the stars of their types.

    Parameters
    ----------
    stated : (b, n_pixels) standard deviation that the file states, inf where none is
    types : (b,) letter + class, 6 · letter + class, 0–41
    """
    valid = valid & ~sky(spec)
    coordinates, rest = project(likeness, flux, valid)
    noise = local_noise(rest, valid, stated)
    error = _error(likeness, valid, noise)
    count = np.maximum(valid.sum(axis=1), 1)
    groups = likeness.groups[types]
    # The power of noise is itself known to a part only; less than three times that is none.
    sure = 1.0 + 3.0 * np.sqrt(2.0 * CONNECTED_PX / count)
    noisy = (np.where(valid, noise, 0.0) ** 2).sum(axis=1) / count
    power = np.maximum((rest**2).sum(axis=1) / count - noisy * sure, 0.0)
    k = len(likeness.components)
    by_noise = noisy * k / count * (1.0 + 3.0 * np.sqrt(2.0 / k))
    lines = _line_power(likeness, coordinates, valid) - by_noise
    usual = _line_power(likeness, likeness.centres[groups], valid)
    height, peak_px = _highest_peak(rest, valid, noise)
    lines = np.maximum(lines, LEAST_POWER)
    strange = np.stack(
        [
            np.sqrt(power),
            _distance(likeness, coordinates, error, groups),
            power / (power + lines),
            np.sqrt(usual / lines),
            height,
        ]
    )
    return Look(strange, peak_px, coordinates, noise)


def noise_of(
    likeness: Likeness,
    flux: NDArray[np.floating],
    valid: Bools,
    stated: Floats,
    spec: PreparationSpec,
) -> Floats:
    """(b, n_pixels) the noise that `look_at` finds, alone."""
    valid = valid & ~sky(spec)
    _, rest = project(likeness, flux, valid)
    return local_noise(rest, valid, stated)


def sky(spec: PreparationSpec) -> Bools:
    """(n_pixels,) what the night sky and the air leave in spectra of the best stars."""
    inside = [(spec.wavelength_aa > low) & (spec.wavelength_aa < high) for low, high in SKY_AA]
    found: Bools = np.any(inside, axis=0)
    return found


def _line_power(likeness: Likeness, coordinates: Floats, valid: Bools) -> Floats:
    """(b,) mean square of what coordinates say of the lines, over the valid pixels."""
    count = np.maximum(valid.sum(axis=1), 1)
    lines = np.where(valid, likeness.mean + coordinates @ likeness.components - 1.0, 0.0)
    power: Floats = (lines**2).sum(axis=1) / count - (lines.sum(axis=1) / count) ** 2
    return power


def in_limits(likeness: Likeness, look: Look, types: NDArray[np.integer]) -> Floats:
    """(5, b) every way of being strange in units of its limit for the type's group."""
    ratio = look.strange / likeness.limits[:, likeness.groups[types]]
    ratio[SHARE] = np.sqrt(ratio[SHARE])  # of powers; all others are amplitudes
    return ratio


def project(likeness: Likeness, flux: NDArray[np.floating], valid: Bools) -> tuple[Floats, Floats]:
    """Coordinates (b, k) fitted to valid pixels, and the rest (b, n_pixels), 0 elsewhere."""
    components = likeness.components
    offset = np.where(valid, flux - likeness.mean, 0.0)
    gram = _gram(components, valid) + RIDGE * np.eye(len(components))
    weights = np.linalg.solve(gram, (offset @ components.T)[:, :, None])[:, :, 0]
    rest: Floats = np.where(valid, offset - weights @ components, 0.0)
    return np.asarray(weights, dtype=np.float64), rest


def expect(likeness: Likeness, flux: NDArray[np.floating], valid: Bools, noise: Floats) -> Floats:
    """(b, n_pixels) the whole spectrum that the valid pixels let expect.

    The mean of a Gaussian process over the components: what the valid pixels do not tell stays as
    the mean of all stars has it.
    """
    components = likeness.components
    offset = np.where(valid, flux - likeness.mean, 0.0)
    prior = np.eye(len(components)) / likeness.variances
    gram = _gram(components, valid) + noise[:, None, None] ** 2 * prior
    weights = np.linalg.solve(gram, (offset @ components.T)[:, :, None])[:, :, 0]
    expected: Floats = likeness.mean + weights @ components
    return expected


def _gram(components: Floats, valid: Bools) -> Floats:
    """(b, k, k) products of the components over the valid pixels of each spectrum."""
    gram = np.repeat((components @ components.T)[None], len(valid), axis=0)
    for i in np.flatnonzero(~valid.all(axis=1)):
        # Fewer pixels are missing than are there, as a rule: take their share out.
        missing = components[:, ~valid[i]]
        gram[i] -= missing @ missing.T
    return gram


def local_noise(rest: Floats, valid: Bools, stated: Floats) -> Floats:
    """(b, n_pixels) standard deviation of a pixel's noise: as stated, or less where less is seen.

    Seen in 2 r(i) - r(i - lag) - r(i + lag), whose median over a part of the grid does not see the
    few pixels of a strange line, nor what is broad. ``stated`` is inf where nothing is.
    """
    bend = np.abs(2.0 * _moved(rest, 0) - _moved(rest, -LAG_PX) - _moved(rest, LAG_PX))
    seen = _moved(valid, 0) & _moved(valid, -LAG_PX) & _moved(valid, LAG_PX)
    parts = _median(_in_parts(bend, 0.0), _in_parts(seen, False))
    whole = _median(bend[:, None], seen[:, None])
    found = SIGMA_OF_MEDIAN * np.where(np.isfinite(parts), parts, np.nan_to_num(whole))
    length = -(-rest.shape[1] // N_PARTS)
    own = np.repeat(found, length, axis=1)[:, : rest.shape[1]]
    told = valid & np.isfinite(stated)
    powers = [(np.where(told, of, 0.0) ** 2).sum(axis=1, keepdims=True) for of in (own, stated)]
    scale = np.sqrt(powers[0] / np.maximum(powers[1], LEAST_POWER))
    return np.where(told, np.minimum(scale, 1.0) * np.where(told, stated, 0.0), own)


def _moved(values: NDArray[Any], lag: int) -> NDArray[Any]:
    """(b, n_pixels) values of the pixels ``lag`` away; 0 or False beyond the ends."""
    moved = np.zeros_like(values)
    if lag > 0:
        moved[:, :-lag] = values[:, lag:]
    elif lag < 0:
        moved[:, -lag:] = values[:, :lag]
    else:
        moved[:] = values
    return moved


def _in_parts(values: NDArray[Any], filling: float) -> NDArray[Any]:
    """(b, N_PARTS, m) of (b, n_pixels)."""
    length = -(-values.shape[1] // N_PARTS)
    padded = np.full((len(values), N_PARTS * length), filling, dtype=values.dtype)
    padded[:, : values.shape[1]] = values
    return padded.reshape(len(values), N_PARTS, length)


def _median(values: Floats, seen: Bools) -> Floats:
    """Median along the last axis of the values that are seen; nan where these are few."""
    count = seen.sum(axis=-1)
    ordered = np.sort(np.where(seen, values, np.inf), axis=-1)
    middle = np.maximum(count - 1, 0)[..., None] // 2
    found: Floats = np.take_along_axis(ordered, middle, axis=-1)[..., 0]
    return np.where(count >= FEWEST_PIXELS, found, np.nan)


def _error(likeness: Likeness, valid: Bools, noise: Floats) -> Floats:
    """(b, k, k) covariance of the coordinates by the noise, and by the pixels that are missing."""
    k = len(likeness.components)
    noisy = _in_parts(noise**2, 0.0).mean(axis=2) * _filled_part(noise.shape[1])
    spread = np.einsum("bp,pij->bij", noisy, _part_grams(likeness))
    turn = np.linalg.inv(_gram(likeness.components, valid) + RIDGE * np.eye(k))
    # Coordinates that the missing pixels tell most are known to less than stars vary.
    error: Floats = turn @ spread @ turn + MODEL_ERROR**2 * (turn - np.eye(k))
    return error


def _filled_part(n_pixels: int) -> Floats:
    """(N_PARTS,) makes means over padded parts those of their pixels; 0 for empty parts."""
    length = -(-n_pixels // N_PARTS)
    inside = np.clip(n_pixels - length * np.arange(N_PARTS), 0, length)
    part: Floats = np.where(inside > 0, length / np.maximum(inside, 1), 0.0)
    return part


@lru_cache(maxsize=4)
def _part_grams(likeness: Likeness) -> Floats:
    """(N_PARTS, k, k) products of the components over each part of the grid."""
    parts = _in_parts(likeness.components, 0.0)
    grams: Floats = np.einsum("ipm,jpm->pij", parts, parts)
    return grams


def _distance(
    likeness: Likeness, coordinates: Floats, error: Floats, groups: NDArray[np.intp]
) -> Floats:
    """(b,) Mahalanobis distance per coordinate, what is not known counted to the group's spread."""
    offset = coordinates - likeness.centres[groups]
    solved = np.linalg.solve(likeness.spreads[groups] + error, offset[:, :, None])[:, :, 0]
    distance: Floats = np.sqrt(np.maximum((offset * solved).sum(axis=1), 0.0) / offset.shape[1])
    return distance


def _highest_peak(rest: Floats, valid: Bools, noise: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Height above the noise and pixel of the strongest feature of the rest, up or down."""
    a, b, c = PEAK_KERNEL
    smooth = b * rest
    smooth[:, 1:] += a * rest[:, :-1]
    smooth[:, :-1] += c * rest[:, 1:]
    height = np.where(valid, np.maximum(np.abs(smooth) - PEAK_SIGMAS * noise, 0.0), 0.0)
    at = height.argmax(axis=1)
    return height[np.arange(len(rest)), at], at


def metallicity(likeness: Likeness, look: Look, types: NDArray[np.integer]) -> Floats:
    """(b,) [Fe/H] by the coordinates, nan for the types of which the bundle knows none."""
    weights = likeness.metals[likeness.groups[types]]
    found = (look.coordinates * weights[:, :-1]).sum(axis=1) + weights[:, -1]
    return np.where(np.any(weights != 0.0, axis=1), found, np.nan)
