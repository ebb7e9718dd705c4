"""From a spectrum's own pixels to a bundle's grid: medium, resolution, rest frame, pixels.

Knows wavelengths, fluxes and a `PreparationSpec`; knows no file, no continuum and no network.
All functions work on batches that share one wavelength axis, ``(b, n)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.data.spectrum import Medium
from spectra_gui.units import FWHM_PER_SIGMA, air_to_vacuum, doppler_factor, vacuum_to_air

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MARGIN_AA = 40.0
"""Kept beyond both ends of the grid: 4 sigma of a 3 Å kernel and a shift of 1500 km/s."""

GAP_RATIO = 1.5
"""A step this much larger than the one on a pixel's other side is a gap, not a wide pixel."""

GAP_OF_TWO = 0.995
"""And at least this much of two steps there, so that one missing pixel is a gap."""

KERNEL_REACH = 4.0
"""Standard deviations after which the Gaussian kernel is cut (area lost 6e-5)."""

SAMPLED_VARIANCE = 0.36
"""Below this kernel variance (px²) a sampled Gaussian has the wrong width; three points serve."""

SHARPEST_VARIANCE = -0.25
"""Most that a three-point kernel sharpens (px²), to undo what the rebinning broadens."""

FINEST_STEPS = 24.0
"""Pixels finer than the bundle's FWHM / 24 are first averaged to that step."""

GOOD_FRACTION = 0.5
"""A grid pixel is valid where at least this fraction of it is covered by good pixels."""

ROWS_AT_ONCE = 32
"""Rows smoothed together: keeps the working set of a few arrays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedPixels:
    """Spectra in the bundle's medium and, once smoothed, at its resolution, on their own pixels.

    ``wavelength_aa``, ``lower_aa``, ``width_aa`` (n,): centre, lower edge and width of a pixel;
    ``flux`` and ``weight`` (b, n): flux density and good fraction 0–1; ``variance`` (b, n) that
    the flux density has once it is smoothed and rebinned, or None.
    """

    wavelength_aa: Floats
    lower_aa: Floats
    width_aa: Floats
    flux: Floats
    weight: Floats
    variance: Floats | None


def smooth_and_rebin_uniform(
    start_aa: float,
    step_aa: float,
    flux: NDArray[np.floating],
    bad: Bools,
    *,
    spec: PreparationSpec,
    fwhm_aa: Floats | float | None,
    medium: Medium,
) -> tuple[NDArray[np.float32], Bools]:
    """`smooth` and `rebin` of many spectra at rest on one uniform axis, such as a library's.

    ``flux`` and ``bad`` are (b, n) on ``start_aa + step_aa * arange(n)``; returns flux density
    (b, N) float32 and validity (b, N).
    """
    axis = start_aa + step_aa * np.arange(flux.shape[1], dtype=np.float64)
    smoothed = smooth(axis, flux, bad, None, spec=spec, fwhm_aa=fwhm_aa, medium=medium)
    on_grid, valid, _ = rebin(smoothed, spec=spec, velocity_kms=0.0)
    return on_grid.astype(np.float32), valid


def smooth(
    wavelength_aa: Floats,
    flux: NDArray[np.floating],
    bad: Bools,
    sigma: Floats | None,
    *,
    spec: PreparationSpec,
    fwhm_aa: Floats | float | None,
    medium: Medium,
) -> SmoothedPixels:
    """Spectra (b, n) at the bundle's resolution, on their own pixels; ``fwhm_aa`` None = as is.

    The kernel is the Gaussian that is missing in quadrature, less what the rebinning adds, so
    that a line ends at the bundle's FWHM. Bad pixels have no weight (normalised convolution).
    ``fwhm_aa`` is the spectra's own, a number or (n,); an ``unknown`` medium is taken as the
    bundle's.
    """
    near = (wavelength_aa > spec.start_aa - MARGIN_AA) & (wavelength_aa < spec.end_aa + MARGIN_AA)
    inside = _slice_of(near)
    axis = in_medium(wavelength_aa[inside], medium, spec.medium)
    lower, width = pixel_edges(axis)
    good = ~bad[:, inside]
    own = np.full(axis.size, spec.fwhm_aa)
    if fwhm_aa is not None:
        own = np.broadcast_to(np.asarray(fwhm_aa, dtype=np.float64), wavelength_aa.shape)[inside]
        own = np.where(np.isfinite(own) & (own > 0), own, spec.fwhm_aa)
    pixels = SmoothedPixels(
        axis,
        lower,
        width,
        np.where(good, flux[:, inside], 0.0).astype(np.float64),
        good.astype(np.float64),
        None if sigma is None else np.where(good, sigma[:, inside], 0.0) ** 2,
    )
    finest = spec.fwhm_aa / FINEST_STEPS
    if 2 * np.count_nonzero(width < 0.8 * finest) > width.size:
        pixels = _average_to(finest, pixels)
        own = np.interp(pixels.wavelength_aa, axis, own)
    return _smooth_pixels(pixels, own, spec)


def _smooth_pixels(pixels: SmoothedPixels, own_aa: Floats, spec: PreparationSpec) -> SmoothedPixels:
    """Convolve pixels of resolution ``own_aa`` (n,); their variance becomes that of the result."""
    width = pixels.width_aa
    # Variance added by linear interpolation between pixels and by the mean over a grid pixel.
    resampling = width**2 / 6.0 + spec.step_aa**2 / 12.0
    missing = np.maximum(spec.fwhm_aa**2 - own_aa**2, 0.0) / FWHM_PER_SIGMA**2
    kernel = np.maximum(missing - resampling, SHARPEST_VARIANCE * width**2)
    variance = pixels.variance
    if variance is not None:
        # A Gaussian mean of standard deviation s averages white noise over 2 sqrt(pi) s.
        reach = 2.0 * np.sqrt(np.pi) * np.sqrt(np.maximum(kernel + resampling, 0.0))
        variance = variance * width / np.maximum(np.maximum(reach, width), spec.step_aa)
    flux = _convolve(pixels.wavelength_aa, width, pixels.flux, pixels.weight, kernel)
    return replace(pixels, flux=flux, variance=variance)


def rebin(
    pixels: SmoothedPixels, *, spec: PreparationSpec, velocity_kms: float
) -> tuple[Floats, Bools, Floats | None]:
    """Flux, validity and sigma (b, N) on the bundle's grid after taking a velocity out.

    A grid pixel is the mean over it of the straight lines between the good input pixels, so flux
    is conserved and an input that is coarser than the grid is interpolated. A pixel is valid where
    at least half of it is covered by good pixels; elsewhere flux is 0 and sigma infinite.
    """
    factor = float(doppler_factor(velocity_kms))
    lower, width, axis = (a / factor for a in (pixels.lower_aa, pixels.width_aa,
                                               pixels.wavelength_aa))  # fmt: skip
    edges = spec.start_aa + spec.step_aa * (np.arange(spec.n_pixels + 1, dtype=np.float64) - 0.5)
    covered = _overlap(lower, width, pixels.weight, edges)
    valid = covered >= (GOOD_FRACTION - 1e-9) * spec.step_aa
    parts = [pixels.weight, pixels.weight * pixels.flux]
    if pixels.variance is not None:
        parts.append(pixels.weight * pixels.variance)
    norm, *sums = _integral(axis, lower, width, np.stack(parts), edges)
    valid &= norm > 0
    safe = np.where(valid, norm, 1.0)
    sigma = None
    if pixels.variance is not None:
        sigma = np.where(valid, np.sqrt(sums[1] / safe), np.inf)
    flux = sums[0] / safe
    return np.where(valid, flux, 0.0), valid, sigma


def in_medium(wavelength_aa: Floats, medium: Medium, wanted: Medium) -> Floats:
    """Wavelengths (Å) of ``medium`` in ``wanted``; ``unknown`` changes nothing."""
    if medium == "air" and wanted == "vacuum":
        return air_to_vacuum(wavelength_aa)
    if medium == "vacuum" and wanted == "air":
        return vacuum_to_air(wavelength_aa)
    return np.asarray(wavelength_aa, dtype=np.float64)


def pixel_edges(wavelength_aa: Floats) -> tuple[Floats, Floats]:
    """Lower edges and widths (n,) in Å: halfway to the neighbours, but not into a gap."""
    step = np.diff(wavelength_aa)
    left = np.concatenate([step[:1], step])
    right = np.concatenate([step, step[-1:]])
    # Where two orders overlap, their pixels take turns: near, far, near, far. No pair of steps is
    # shorter than the far one then, while a gap is longer than two steps beside it.
    two_right = right + np.concatenate([right[1:], right[-1:]])
    two_left = left + np.concatenate([left[:1], left[:-1]])
    gap_before = (left > GAP_RATIO * right) & (left > GAP_OF_TWO * two_right)
    gap_after = (right > GAP_RATIO * left) & (right > GAP_OF_TWO * two_left)
    before = 0.5 * np.where(gap_before, right, left)
    after = 0.5 * np.where(gap_after, left, right)
    return wavelength_aa - before, before + after


def _slice_of(near: Bools) -> slice:
    """The run of True, widened to at least two pixels so that an axis remains."""
    where = np.flatnonzero(near)
    if where.size == 0:
        return slice(0, min(2, near.size))
    first, last = int(where[0]), int(where[-1]) + 1
    return slice(first, last) if last - first > 1 else slice(max(first - 1, 0), last + 1)


def _average_to(step_aa: float, pixels: SmoothedPixels) -> SmoothedPixels:
    """The same spectra averaged to uniform pixels of ``step_aa``: bounds the cost of smoothing."""
    lower, width, weight = pixels.lower_aa, pixels.width_aa, pixels.weight
    n = max(int((lower[-1] + width[-1] - lower[0]) / step_aa), 2)
    edges = lower[0] + step_aa * np.arange(n + 1, dtype=np.float64)
    covered = _overlap(lower, width, weight, edges)
    safe = np.where(covered > 0, covered, 1.0)
    variance = pixels.variance
    if variance is not None:
        variance = _overlap(lower, width, weight * variance * width, edges) / safe / step_aa
    return SmoothedPixels(
        0.5 * (edges[1:] + edges[:-1]),
        edges[:-1],
        np.full(n, step_aa),
        _overlap(lower, width, weight * pixels.flux, edges) / safe,
        covered / step_aa,
        variance,
    )


def _convolve(
    axis: Floats, width: Floats, values: Floats, weight: Floats, kernel: Floats
) -> Floats:
    """Normalised convolution of (b, n) with a Gaussian of variance ``kernel`` (n,) Å² a pixel."""
    n = axis.size
    in_pixels = kernel / width**2
    widest = float(np.max(in_pixels))
    half = 1 if widest < SAMPLED_VARIANCE else int(np.ceil(KERNEL_REACH * np.sqrt(widest)))
    half = min(half, n - 1)
    shapes = [
        _kernel_at(offset, axis, width, kernel, in_pixels) for offset in range(-half, half + 1)
    ]
    smoothed = np.empty_like(values)
    for top in range(0, values.shape[0], ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        weighted = values[rows] * weight[rows]
        clear = bool(np.all(weight[rows] == 1.0))
        sums = np.zeros_like(weighted)
        norms = np.zeros((1, n)) if clear else np.zeros_like(weighted)
        weights = np.ones((1, n)) if clear else weight[rows]
        for offset, shape in zip(range(-half, half + 1), shapes, strict=True):
            to = slice(max(-offset, 0), n - max(offset, 0))
            source = slice(max(offset, 0), n - max(-offset, 0))
            sums[:, to] += shape * weighted[:, source]
            norms[:, to] += shape * weights[:, source]
        usable = norms > 1e-9 * width
        smoothed[rows] = np.where(usable, sums / np.where(usable, norms, 1.0), 0.0)
    return smoothed


def _kernel_at(
    offset: int, axis: Floats, width: Floats, kernel: Floats, in_pixels: Floats
) -> Floats:
    """Weights (n - |offset|,) of the pixels ``offset`` away: Gaussian, or of three points."""
    n = axis.size
    to = slice(max(-offset, 0), n - max(offset, 0))
    source = slice(max(offset, 0), n - max(-offset, 0))
    if offset == 0:
        return width
    narrow = in_pixels[to] < SAMPLED_VARIANCE
    safe = np.where(narrow, 1.0, kernel[to])
    shape = np.exp(-0.5 * (axis[source] - axis[to]) ** 2 / safe)
    three = 0.5 * in_pixels[to] / (1.0 - in_pixels[to]) if abs(offset) == 1 else 0.0
    # Three points are of like width: a wide neighbour would outweigh a narrow pixel, with less than
    # no weight left where the kernel sharpens.
    like = np.minimum(width[source], width[to])
    return np.asarray(np.where(narrow, three * like, shape * width[source]))


def _overlap(lower: Floats, width: Floats, density: Floats, edges: Floats) -> Floats:
    """Integrals (…, N) of a piecewise constant ``density`` (…, n) between ``edges`` (N + 1,)."""
    total = np.zeros((*density.shape[:-1], density.shape[-1] + 1))
    np.cumsum(density * width, axis=-1, out=total[..., 1:])
    pixel = np.clip(np.searchsorted(lower, edges, side="right") - 1, 0, lower.size - 1)
    part = np.minimum(np.maximum(edges - lower[pixel], 0.0), width[pixel])
    # `take`, not an index: several times faster along the last axis.
    upto = total.take(pixel, axis=-1) + part * density.take(pixel, axis=-1)
    return upto[..., 1:] - upto[..., :-1]


def _integral(axis: Floats, lower: Floats, width: Floats, values: Floats, edges: Floats) -> Floats:
    """Integrals (…, N) between ``edges`` of straight lines through ``values`` (…, n) at ``axis``.

    The first and the last value extend to the outer edges of their pixels.
    """
    nodes = np.concatenate([lower[:1], axis, lower[-1:] + width[-1:]])
    heights = np.concatenate([values[..., :1], values, values[..., -1:]], axis=-1)
    step = np.diff(nodes)
    total = np.zeros(heights.shape)
    np.cumsum(0.5 * step * (heights[..., 1:] + heights[..., :-1]), axis=-1, out=total[..., 1:])
    node = np.clip(np.searchsorted(nodes, edges, side="right") - 1, 0, step.size - 1)
    across = step[node]
    part = np.minimum(np.maximum(edges - nodes[node], 0.0), across)
    left, right = heights.take(node, axis=-1), heights.take(node + 1, axis=-1)
    upto: Floats = total.take(node, axis=-1) + part * (
        left + (0.5 * part / across) * (right - left)
    )
    return upto[..., 1:] - upto[..., :-1]
