"""Uncertainties: sigma from whatever a file states, and whether a third column can be one.

Knows arrays only.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.found import Claim

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_FEWEST_LINES = 20

NOISE_KINDS: Final = ("sigma", "variance", "ivar", "relative")
"""What a column of uncertainties may hold (`Override.uncertainty`); relative: sigma over flux."""

_PLAUSIBLE = (0.02, 50.0)
"""Scatter from pixel to pixel over the stated sigma, between which a column can be a sigma."""

_FITS_WELL = (0.5, 2.0)
"""The same, between which one number for all pixels is taken for their sigma."""


def sigma_of(
    kind: str, noise: FloatArray | None, flux: FloatArray
) -> tuple[FloatArray | None, BoolArray]:
    """Standard deviation (n,) or None, and (n,) True where the file gives none for the pixel.

    ``kind`` is a value of `Found.noise`. Zero or negative inverse variances, variances and
    sigmas mean "no data" (SDSS, LAMOST, DESI data models; FORMATS rule 6).
    """
    none = np.zeros(flux.shape, bool)
    if noise is None or kind == "none":
        return None, none
    values = np.asarray(noise, np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        usable = np.isfinite(values) & (values > 0.0)
        if kind == "ivar":
            sigma = 1.0 / np.sqrt(np.where(usable, values, np.nan))
        elif kind == "variance":
            sigma = np.sqrt(np.where(usable, values, np.nan))
        elif kind == "relative":
            sigma = np.where(usable, values, np.nan) * np.abs(flux)
        else:
            sigma = np.where(usable, values, np.nan)
    if not usable.any():
        return None, none
    return sigma, ~np.isfinite(sigma)


def scatter(flux: FloatArray) -> float:
    """Robust standard deviation of the noise from second differences of neighbours (σ√6)."""
    finite = flux[np.isfinite(flux)]
    if finite.size < 5:
        return float("nan")
    second = finite[2:] - 2.0 * finite[1:-1] + finite[:-2]
    return float(1.4826 * np.median(np.abs(second)) / np.sqrt(6.0))


def is_list_of_lines(wavelength: FloatArray, flux: FloatArray) -> bool:
    """Whether points lie at random places and their values know nothing of their neighbours'.

    So do lines of a list with their strengths; the pixels of a spectrum stand in steps that hardly
    change, and even where orders overlap, neighbours see the same light.
    """
    order = np.argsort(wavelength, kind="stable")
    steps = np.diff(wavelength[order])
    typical = float(np.median(steps)) if steps.size else 0.0
    if steps.size < _FEWEST_LINES or not typical > 0.0:
        return False
    uneven = float(np.median(np.abs(np.diff(steps)))) > 0.4 * typical
    if not uneven or float(steps.max()) < 5.0 * typical:
        return False
    values = flux[order]
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = float(np.corrcoef(values[:-1], values[1:])[0, 1])
    return not alike > 0.3


def guess_noise(flux: FloatArray, column: FloatArray, wavelength: FloatArray) -> Claim:
    """What an unnamed third column is: ``sigma`` (assumed) or ``none``, with the reason.

    It may be a continuum, a second flux or the same flux in other units; these differ from a
    sigma in being as smooth as the flux, or in following it.
    """
    good = np.isfinite(column) & np.isfinite(flux)
    if not np.any(good & (column > 0.0)):
        return Claim("none", "the third column holds no positive number")
    if np.any(column[good] < 0.0):
        return Claim("none", "the third column has negative values, so it is no uncertainty")
    used = good & (column > 0.0) & (flux > 0.0)
    if np.count_nonzero(used) > 10:
        ratio = column[used] / flux[used]
        for power in (0.0, 1.0, 2.0):
            scaled = ratio / wavelength[used] ** power
            if np.std(scaled) < 0.01 * np.mean(scaled):
                return Claim("none", "the third column is the flux again, in other units")
    share = scatter(flux) / float(np.median(column[good & (column > 0.0)]))
    constant = bool(np.ptp(column[good]) == 0.0)
    if constant and not _FITS_WELL[0] <= share <= _FITS_WELL[1]:
        # It may be a weight, a resolution, an order …
        why = (
            f"the third column holds {column[good][0]:g} in each line, and nothing says what it is"
        )
        return Claim("none", f"{why}: it was left")
    size = float(np.median(column[used] / flux[used])) if used.any() else 0.0
    if size > 0.3 and not share > 0.1:
        return Claim("none", "the third column is as large as the flux and smoother: a continuum")
    third = float(np.sqrt(np.median(column[good & (column > 0.0)])))
    if share > 20.0 and 0.3 <= scatter(flux) / third <= 3.0:
        return Claim("none", "the third column fits the scatter of the flux only as a variance")
    if _PLAUSIBLE[0] <= share <= _PLAUSIBLE[1] or size < 0.3:
        return Claim("sigma", "a third column that fits the scatter of the flux", assumed=True)
    return Claim("none", "the third column does not fit the scatter of the flux")


def sigma_or_ivar(flux: FloatArray, values: FloatArray) -> Claim:
    """Whether an unnamed array of uncertainties is a sigma or an inverse variance."""
    usable = np.isfinite(flux) & np.isfinite(values) & (values > 0.0)
    if np.count_nonzero(usable) < 10:
        return Claim("none", "the array that may be an uncertainty holds no positive number")
    noise = scatter(flux[usable])
    middle = float(np.median(values[usable]))
    if not noise > 0.0:
        return Claim("sigma", "the array beside the flux", assumed=True)
    distance_sigma = abs(np.log(noise / middle))
    distance_ivar = abs(np.log(noise * np.sqrt(middle)))
    kind = "sigma" if distance_sigma <= distance_ivar else "ivar"
    return Claim(kind, "an array beside the flux that fits its scatter", assumed=True)
