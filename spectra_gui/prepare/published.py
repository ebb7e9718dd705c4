"""The preparation of the published study, for bundles that rebuild it and for nothing else.

Sezen 2025 (M.Sc. thesis, METU, hdl 11511/115569): gaps are crossed by straight lines, a Gaussian
whose width follows from the steps of the pixels (not from the line-spread function) comes before a
cubic spline, and the flux is divided by its running median. Wavelengths stay as they are: no
velocity is taken out and air is not told from vacuum. Knows arrays and a `PreparationSpec`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.prepare.continuum import HIGHEST, LOWEST
from spectra_gui.units import FWHM_PER_SIGMA

MEDIAN_PX: Final = 100
"""Pixels of the running median; 121 Å on the published grid."""

MARGIN_AA: Final = 20.0
"""Kept beyond both ends of the grid, for the Gaussian and the spline."""

ROWS_AT_ONCE: Final = 64
"""Rows of one spline: it holds four coefficients a pixel."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PublishedGrid:
    """Spectra on the grid, (b, n_pixels) each.

    ``flux`` float32 with continuum 1, cut to the range that `normalise` cuts to; ``valid`` True
    between the first and the last good pixel, gaps included; ``continuum`` float32, NaN where it is
    not positive; ``coverage`` (b,) fraction of the grid that good pixels cover.
    """

    flux: NDArray[np.float32]
    valid: Bools
    continuum: NDArray[np.float32]
    coverage: NDArray[np.float64]


def prepare_as_published(
    wavelength_aa: NDArray[np.float64],
    flux: NDArray[np.floating],
    bad: Bools,
    *,
    spec: PreparationSpec,
) -> PublishedGrid:
    """Spectra ``flux`` (b, n) with ``bad`` pixels on one rising axis (n,), as the study has them.

    The axis must reach into the grid.
    """
    near = (wavelength_aa > spec.start_aa - MARGIN_AA) & (wavelength_aa < spec.end_aa + MARGIN_AA)
    axis = wavelength_aa[near]
    if axis.size < 2:
        return _nothing(len(flux), spec)
    blocks = [
        _prepare_rows(
            axis, flux[top : top + ROWS_AT_ONCE, near], ~bad[top : top + ROWS_AT_ONCE, near], spec
        )
        for top in range(0, len(flux), ROWS_AT_ONCE)
    ]
    return PublishedGrid(
        *(np.concatenate([getattr(b, name) for b in blocks]) for name in PublishedGrid.__slots__)
    )


def _nothing(n_rows: int, spec: PreparationSpec) -> PublishedGrid:
    shape = (n_rows, spec.n_pixels)
    return PublishedGrid(
        np.ones(shape, np.float32),
        np.zeros(shape, bool),
        np.full(shape, np.nan, np.float32),
        np.zeros(n_rows),
    )


def _prepare_rows(
    axis: NDArray[np.float64], flux: NDArray[np.floating], good: Bools, spec: PreparationSpec
) -> PublishedGrid:
    from scipy.interpolate import CubicSpline
    from scipy.ndimage import gaussian_filter1d, median_filter

    values = _across_gaps(flux, good)
    sigma_px = _kernel_px(axis, spec.step_aa)
    if sigma_px > 0:
        values = gaussian_filter1d(values, sigma_px, axis=1, mode="nearest")
    grid = spec.wavelength_aa
    on_grid = CubicSpline(axis, values, axis=1)(np.clip(grid, axis[0], axis[-1]))
    continuum = np.stack([median_filter(row, MEDIAN_PX, mode="nearest") for row in on_grid])
    known = _nearest(axis, grid)
    inside = _between_ends(good)[:, known] & (grid >= axis[0]) & (grid <= axis[-1])
    valid = inside & (continuum > 0)
    ratio = np.where(valid, on_grid / np.where(valid, continuum, 1.0), 1.0)
    return PublishedGrid(
        np.clip(ratio, LOWEST, HIGHEST).astype(np.float32),
        valid,
        np.where(valid, continuum, np.nan).astype(np.float32),
        (good[:, known] & valid).mean(axis=1),
    )


def _across_gaps(flux: NDArray[np.floating], good: Bools) -> NDArray[np.float64]:
    """(b, n) with straight lines over bad pixels, the outermost good ones repeated to the ends."""
    values = np.where(good, flux, 0.0).astype(np.float64)
    index = np.arange(values.shape[1])
    for row in np.flatnonzero(good.any(axis=1) & ~good.all(axis=1)):
        there = good[row]
        values[row] = np.interp(index, index[there], values[row, there])
    return values


def _kernel_px(axis: NDArray[np.float64], step_aa: float) -> float:
    """Standard deviation in pixels of the spectrum: √(1/own step² − 1/grid step²) / 2.355."""
    own = float(np.mean(np.diff(axis)))
    return float(np.sqrt(max(1.0 / own**2 - 1.0 / step_aa**2, 0.0)) / FWHM_PER_SIGMA)


def _nearest(axis: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.intp]:
    """(n_pixels,) the spectrum's pixel that lies nearest to each of the grid."""
    middle = 0.5 * (axis[1:] + axis[:-1])
    return np.asarray(np.searchsorted(middle, grid), dtype=np.intp)


def _between_ends(good: Bools) -> Bools:
    """(b, n) True from a row's first good pixel to its last."""
    first = np.logical_or.accumulate(good, axis=1)
    last = np.logical_or.accumulate(good[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(first & last)
