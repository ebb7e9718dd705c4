"""The continuum: a Gaussian running mean over the valid pixels, the same for every spectrum.

Knows arrays only. Continuum shape carries a flux calibration, reddening and, in some libraries,
the type itself; so it is divided out before a network sees anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KERNEL_REACH = 5.0
"""Standard deviations after which the running mean sees nothing."""

LEAST_WEIGHT = 1e-4
"""Fraction of the kernel that must lie on valid pixels, for a continuum to exist."""

HIGHEST = 4.0
"""Peaks above this multiple of the continuum are left out of it, and are cut to it.

In MILES and CFLIB no photosphere stands higher than 3.1 (M7 III, between TiO bands at 4950 Å);
what does is emission, such as H alpha of Be stars, up to 4.8.
"""

NOISE_REACH = 5.0
"""In noise, a peak must also stand this many sigma above the mean, or noise would bend it."""

SCATTER_PER_STEP = 1.4826 / np.sqrt(2.0)
"""Sigma of white noise over the median absolute difference of neighbours."""

MOST_PASSES = 6
"""A peak of 1e6 with the wings that smoothing gives it is gone after five."""

LOWEST = -1.0
"""Noise below this multiple of the continuum is cut to it."""


def normalise(
    flux: NDArray[np.floating], valid: NDArray[np.bool_], sigma_px: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Divide spectra by their Gaussian running mean.

    The mean is weighted by validity, with zero weight beyond the ends, so a gap or an end biases
    nothing. Pixels more than four times above the mean (cosmic rays, strong emission; where noise
    is large, also five sigma above it) are left out and the mean is taken again, in the rows that
    have any, until none is left. All thresholds are relative, so the result does not depend on
    the scale of the flux. Values are cut to -1 … 4.

    Parameters
    ----------
    flux, valid : (b, n)
    sigma_px : standard deviation of the kernel in pixels

    Returns
    -------
    normalised : (b, n) float32, 1 where not valid and where the continuum is not positive
    continuum : (b, n) float32, NaN where there is none: too far from valid pixels, or not positive
    """
    usable = valid & np.isfinite(flux)
    values = np.where(usable, flux, 0.0).astype(np.float64)
    # Fluxes of 1e-17 erg/s would underflow in float32 products further on.
    scale = np.max(np.abs(values), axis=1, keepdims=True)
    scale = np.where(scale > 0, scale, 1.0)
    values /= scale
    continuum = _running_mean(values, usable, sigma_px)
    _leave_peaks_out(values, usable, continuum, sigma_px)
    exists = np.nan_to_num(continuum, nan=0.0) > 0
    safe = np.where(exists, continuum, 1.0)
    normalised = np.where(usable & exists, np.clip(values / safe, LOWEST, HIGHEST), 1.0)
    return (
        normalised.astype(np.float32),
        np.where(exists, continuum * scale, np.nan).astype(np.float32),
    )


def _leave_peaks_out(
    values: NDArray[np.float64],
    usable: NDArray[np.bool_],
    continuum: NDArray[np.float64],
    sigma_px: float,
) -> None:
    """Take the mean of the rows with peaks again, without them; changes ``continuum``."""
    kept = usable.copy()
    rows = np.flatnonzero(np.any(_above(HIGHEST, values, usable, continuum), axis=1))
    noise = _relative_noise(values[rows], usable[rows], continuum[rows])
    highest = np.maximum(HIGHEST, 1.0 + NOISE_REACH * noise)
    for _ in range(MOST_PASSES):
        high = _above(highest[:, None], values[rows], kept[rows], continuum[rows])
        some = np.any(high, axis=1)
        rows, highest, high = rows[some], highest[some], high[some]
        if rows.size == 0:
            break
        kept[rows] &= ~high
        continuum[rows] = _running_mean(values[rows] * kept[rows], kept[rows], sigma_px)


def _above(
    limit: NDArray[np.float64] | float,
    values: NDArray[np.float64],
    kept: NDArray[np.bool_],
    continuum: NDArray[np.float64],
) -> NDArray[np.bool_]:
    level = np.nan_to_num(continuum, nan=0.0)
    return np.asarray(kept & (level > 0) & (values > limit * level))


def _relative_noise(
    values: NDArray[np.float64], usable: NDArray[np.bool_], continuum: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scatter between neighbouring pixels, in units of the continuum, (b,); 0 where unknown."""
    both = usable[:, 1:] & usable[:, :-1] & (np.nan_to_num(continuum[:, 1:], nan=0.0) > 0)
    step = np.abs(np.diff(values, axis=1)) / np.where(both, continuum[:, 1:], 1.0)
    step = np.where(both, step, np.nan)
    some = both.any(axis=1)
    noise = np.zeros(len(values))
    noise[some] = SCATTER_PER_STEP * np.nanmedian(step[some], axis=1)
    return noise


def _running_mean(
    values: NDArray[np.float64], weight: NDArray[np.bool_], sigma_px: float
) -> NDArray[np.float64]:
    """Weighted Gaussian mean (b, n); NaN where hardly any weight is near."""
    n = values.shape[1]
    reach = int(np.ceil(KERNEL_REACH * sigma_px))
    length = _fast_length(n + reach)
    offset = np.arange(-reach, reach + 1)
    kernel = np.zeros(length)
    shape = np.exp(-0.5 * (offset / sigma_px) ** 2)
    np.add.at(kernel, offset % length, shape / np.sum(shape))
    spectrum = np.fft.rfft(kernel)
    sums = np.fft.irfft(np.fft.rfft(values, length) * spectrum, length)[:, :n]
    weights = np.fft.irfft(np.fft.rfft(weight.astype(np.float64), length) * spectrum, length)
    weights = weights[:, :n]
    near = weights > LEAST_WEIGHT
    return np.where(near, sums / np.where(near, weights, 1.0), np.nan)


def _fast_length(n: int) -> int:
    """Smallest 2^a 3^b 5^c not below ``n``: lengths that an FFT likes."""
    best = 1 << (n - 1).bit_length()
    for five in (1, 5, 25, 125):
        for three in (1, 3, 9, 27, 81):
            size = five * three
            while size < n:
                size *= 2
            best = min(best, size)
    return best
