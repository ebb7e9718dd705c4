"""A spectrum's resolution beside the bundle's: what is said of it, and an estimate where unknown.

Knows normalised spectra and templates on a bundle's grid; the smoothing itself is in `grid`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.data.spectrum import Spectrum
from spectra_gui.units import FWHM_PER_SIGMA, doppler_factor

Floats = NDArray[np.float64]

COARSER = 1.1
COARSER_BY_ESTIMATE = 1.3
"""Beyond this ratio to the bundle's FWHM a line is visibly shallower than in training."""


TRIED_FWHM = np.concatenate([np.arange(0.3, 1.0, 0.05), np.geomspace(1.0, 4.0, 25)])
"""Resolutions tried, in units of the bundle's."""

WIDEST_AA = 60.0
NARROWEST = 1.2
"""Scales compared: from the width of the continuum's wiggles to 1.2 times the bundle's FWHM."""

TAPER_AA = 75.0

UNCLEAR = 0.3
"""An estimate with a wider one-sigma range than this fraction of itself is none."""


def median_fwhm_aa(spectrum: Spectrum, spec: PreparationSpec) -> float | None:
    """Median resolution element (Å) over the bundle's range; None where the file has none."""
    if spectrum.fwhm_aa is None:
        return None
    axis = spectrum.wavelength_aa
    inside = (axis >= spec.start_aa) & (axis <= spec.end_aa) & (spectrum.fwhm_aa > 0)
    return float(np.median(spectrum.fwhm_aa[inside])) if np.any(inside) else None


def estimate_fwhm_aa(
    normalised: NDArray[np.floating],
    valid: NDArray[np.bool_],
    template: NDArray[np.floating],
    velocity_kms: NDArray[np.floating],
    *,
    spec: PreparationSpec,
) -> Floats:
    """Resolution element (b,) in Å of spectra (b, n_pixels) on the grid, NaN where undecided.

    The Gaussian broadening or sharpening of the best class template (b, n_pixels) that fits the
    spectrum best between the scales of the continuum and of the pixels; noise adds the same to
    all, so it does not bias. Measured on 127 F, G and K stars of MILES (2.5 Å) and 109 of CFLIB
    (1.2 Å) at S/N 20 and 100, also smoothed to 2, 4 and 6 Å: 80 % within 20 % of the truth from
    2 Å on; 1.2 Å reads as 1.1–1.7 Å. Rotation hides the resolution of hotter stars.
    """
    factor = np.asarray(doppler_factor(np.asarray(velocity_kms, dtype=np.float64)))
    axis = spec.wavelength_aa
    taper = np.minimum(1.0, np.minimum(axis - axis[0], axis[-1] - axis) / TAPER_AA)
    window = np.where(valid, np.sin(0.5 * np.pi * taper) ** 2, 0.0)
    moved = np.stack([np.interp(axis / f, axis, t) for f, t in zip(factor, template, strict=True)])
    omega = 2.0 * np.pi * np.fft.rfftfreq(spec.n_pixels, spec.step_aa)
    used = (omega > 2.0 * np.pi / WIDEST_AA) & (omega < 2.0 * np.pi / (NARROWEST * spec.fwhm_aa))
    seen = np.fft.rfft((normalised - 1.0) * window)[:, used]
    model = np.fft.rfft((moved - 1.0) * window)[:, used]
    tried = TRIED_FWHM * spec.fwhm_aa
    variance = (tried**2 - spec.fwhm_aa**2) / FWHM_PER_SIGMA**2
    transfer = np.exp(-0.5 * np.outer(variance, omega[used] ** 2))
    cross = np.maximum((seen * model.conj()).real @ transfer.T, 0.0)
    explained = cross**2 / np.maximum((np.abs(model) ** 2) @ (transfer**2).T, 1e-12)
    best = np.argmax(explained, axis=1)
    most = explained.max(axis=1, keepdims=True)
    noise = ((np.abs(seen) ** 2).sum(axis=1, keepdims=True) - most) / (2.0 * used.sum())
    likely = explained >= most - noise
    spread = np.max(np.where(likely, tried, 0.0), axis=1) - np.min(
        np.where(likely, tried, np.inf), axis=1
    )
    clear = (spread < UNCLEAR * tried[best]) & (best < tried.size - 1) & (most[:, 0] > 0)
    return np.where(clear, tried[best], np.nan)


def resolution_note(fwhm_aa: float | None, origin: str, spec: PreparationSpec) -> str | None:
    """A sentence where the resolution is unknown, estimated or coarser than the bundle's."""
    if fwhm_aa is None:
        return (
            f"The resolution is not known; it was taken as the model's ({spec.fwhm_aa:.2g} Å). "
            "State it if you know it."
        )
    limit = COARSER_BY_ESTIMATE if origin == "estimated" else COARSER
    if fwhm_aa > limit * spec.fwhm_aa:
        return (
            f"The resolution ({fwhm_aa:.2g} Å) is coarser than the model's ({spec.fwhm_aa:.2g} Å): "
            "lines look weaker than they are."
        )
    if origin == "estimated":
        return f"The resolution was estimated from the lines as {fwhm_aa:.2g} Å."
    return None
