"""What of a spectrum is like the stars that were learnt from, and what is strange, in five ways.

A prepared spectrum is written as principal components of stars and a rest. Either can be strange:
the rest by its size, by its share of all lines or by one peak; the coordinates by their distance
from the stars of a type; and all lines may be weaker than any star's. Pure numpy; knows no
network. Every way of being strange has a limit of its own for each group of types, which
`spectra_gui.training.trust` fits to stars that the components never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness

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

FEWEST_PIXELS: Final = 20
PEAK_KERNEL: Final = np.array([0.25, 0.5, 0.25])
"""A feature is as wide as the resolution element; a lone pixel is a cosmic ray."""

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
        coordinates from the group; the rest's share of the power of all lines, 0–1; one over the
        rms of the lines; highest peak of the rest. Noise is taken out of all, and the larger the
        stranger
    peak_px : (b,) grid pixel of that peak
    coordinates : (b, k)
    noise : (b,) standard deviation of a pixel, in units of the continuum
    """

    strange: Floats
    peak_px: NDArray[np.intp]
    coordinates: Floats
    noise: Floats


def look_at(
    likeness: Likeness,
    flux: NDArray[np.floating],
    valid: Bools,
    noise: Floats,
    types: NDArray[np.integer],
) -> Look:
    """Compare prepared spectra (b, n_pixels) with the stars of their types.

    Parameters
    ----------
    noise : (b,) standard deviation of a pixel that is stated, inf where none is
    types : (b,) letter + class, 6 · letter + class, 0–41
    """
    coordinates, rest = project(likeness, flux, valid)
    noise = np.minimum(noise, scatter(rest, valid))
    count = np.maximum(valid.sum(axis=1), 1)
    k = len(likeness.components)
    # The power of noise is itself known to a part only; less than three times that is none.
    allowed = noise**2 * (1.0 + 3.0 * np.sqrt(2.0 * CONNECTED_PX / count))
    power = np.maximum((rest**2).sum(axis=1) / count - allowed, 0.0)
    known = np.where(valid, likeness.mean + coordinates @ likeness.components - 1.0, 0.0)
    known -= np.where(valid, (known.sum(axis=1) / count)[:, None], 0.0)
    lines = np.maximum((known**2).sum(axis=1) / count - k * noise**2 / count, LEAST_POWER)
    height, peak_px = _highest_peak(rest, valid)
    strange = np.stack(
        [
            np.sqrt(power),
            _distance(likeness, coordinates, noise, valid, likeness.groups[types]),
            power / (power + lines),
            1.0 / np.sqrt(lines),
            height,
        ]
    )
    return Look(strange, peak_px, coordinates, noise)


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


def scatter(rest: Floats, valid: Bools) -> Floats:
    """(b,) standard deviation of a pixel's noise, from pixels that noise does not connect.

    Of 2 r(i) - r(i - lag) - r(i + lag), whose median does not see the few pixels of a strange line,
    nor what is broad; 0 where too few pixels are valid.
    """
    middle, left, right = slice(LAG_PX, -LAG_PX), slice(None, -2 * LAG_PX), slice(2 * LAG_PX, None)
    bend = np.abs(2.0 * rest[:, middle] - rest[:, left] - rest[:, right])
    seen = valid[:, middle] & valid[:, left] & valid[:, right]
    found = np.zeros(len(rest))
    for i, inside in enumerate(seen):
        if inside.sum() >= FEWEST_PIXELS:
            found[i] = np.median(bend[i] if inside.all() else bend[i, inside])
    return SIGMA_OF_MEDIAN * found


def _distance(
    likeness: Likeness,
    coordinates: Floats,
    noise: Floats,
    valid: Bools,
    groups: NDArray[np.intp],
) -> Floats:
    """(b,) Mahalanobis distance per coordinate, what is not known counted to the group's spread."""
    k = coordinates.shape[1]
    offset = coordinates - likeness.centres[groups]
    spread = likeness.spreads[groups] + noise[:, None, None] ** 2 * np.eye(k)
    cut = np.flatnonzero(~valid.all(axis=1))
    if cut.size:
        # Coordinates that the missing pixels tell most are known to less than the noise.
        sure = _gram(likeness.components, valid[cut]) + RIDGE * np.eye(k)
        error = np.maximum(noise[cut], MODEL_ERROR)[:, None, None]
        spread[cut] += error**2 * (np.linalg.inv(sure) - np.eye(k))
    solved = np.linalg.solve(spread, offset[:, :, None])[:, :, 0]
    distance: Floats = np.sqrt((offset * solved).sum(axis=1) / k)
    return distance


def _highest_peak(rest: Floats, valid: Bools) -> tuple[Floats, NDArray[np.intp]]:
    """Height and pixel of the strongest feature of the rest, up or down."""
    a, b, c = PEAK_KERNEL
    smooth = b * rest
    smooth[:, 1:] += a * rest[:, :-1]
    smooth[:, :-1] += c * rest[:, 1:]
    height = np.where(valid, np.abs(smooth), 0.0)
    at = height.argmax(axis=1)
    return height[np.arange(len(rest)), at], at


def metallicity(likeness: Likeness, look: Look, types: NDArray[np.integer]) -> Floats:
    """(b,) [Fe/H] by the coordinates, nan for the types of which the bundle knows none."""
    weights = likeness.metals[likeness.groups[types]]
    found = (look.coordinates * weights[:, :-1]).sum(axis=1) + weights[:, -1]
    return np.where(np.any(weights != 0.0, axis=1), found, np.nan)
