"""Spectra made worse on purpose: noise, resolution, velocity, reddening, gaps, a wavelength error.

Each takes a spectrum as a file gives it and returns one as a worse file would have given it; what
is random follows from the spectrum's name. Knows no network and no preparation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from spectra_gui.data import Spectrum
from spectra_gui.units import SPEED_OF_LIGHT_KMS

Array = NDArray[np.float64]
Where = Literal["blue end", "red end", "middle", "eight gaps"]

GRID_PIXEL_AA: Final = 1.25
"""The pixel that signal to noise and shifts are told in: that of the bundles' grid."""

VISUAL_AA: Final = (3850.0, 6900.0)
"""Where missing pixels are counted: the bundles' range."""

_R_V: Final = 3.1
_FWHM_PER_SIGMA: Final = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, slots=True)
class Degradation:
    """A way to make spectra worse: its name, what it does in words, and the function.

    ``at_rest``: the file claims to be at rest, so nothing takes a shift out again.
    """

    name: str
    words: str
    apply: Callable[[Spectrum], Spectrum]
    at_rest: bool = False


def add_noise(spectrum: Spectrum, *, snr: float) -> Spectrum:
    """White noise of ``snr`` a grid pixel against the local continuum, told as its uncertainty."""
    step = float(np.median(np.diff(spectrum.wavelength_aa)))
    level = _level(spectrum, 50.0 / step)
    sigma = np.maximum(level, 1e-6 * float(level.max())) / snr * np.sqrt(GRID_PIXEL_AA / step)
    draws = _generator(spectrum, f"noise {snr}").normal(0.0, 1.0, len(spectrum))
    return spectrum.changed(flux=spectrum.flux + sigma * draws, sigma=sigma)


def blur(spectrum: Spectrum, *, fwhm_aa: float) -> Spectrum:
    """Convolved with a Gaussian to a resolution element of ``fwhm_aa``, which the file states."""
    assert spectrum.fwhm_aa is not None
    own = float(np.median(spectrum.fwhm_aa))
    step = float(np.median(np.diff(spectrum.wavelength_aa)))
    sigma_px = np.sqrt(max(fwhm_aa**2 - own**2, 0.0)) / _FWHM_PER_SIGMA / step
    good = ~spectrum.bad
    weight = gaussian_filter1d(good.astype(np.float64), sigma_px, mode="nearest")
    flux = gaussian_filter1d(np.where(good, spectrum.flux, 0.0), sigma_px, mode="nearest")
    flux = np.divide(flux, weight, out=np.zeros_like(flux), where=weight > 0.5)
    return spectrum.changed(
        flux=flux, mask=spectrum.bad | (weight <= 0.5), fwhm_aa=np.full(len(spectrum), fwhm_aa)
    )


def move(spectrum: Spectrum, *, velocity_kms: float) -> Spectrum:
    """Moved by ``velocity_kms``, half of the stars away from us and half towards us."""
    sign = 1.0 if _generator(spectrum, "sign").random() < 0.5 else -1.0
    factor = 1.0 + sign * velocity_kms / SPEED_OF_LIGHT_KMS
    return spectrum.changed(wavelength_aa=spectrum.wavelength_aa * factor)


def redden(spectrum: Spectrum, *, colour_excess: float) -> Spectrum:
    """Reddened by E(B−V) with R_V = 3.1."""
    extinction = _R_V * colour_excess * extinction_curve(spectrum.wavelength_aa)
    return spectrum.changed(flux=spectrum.flux * 10.0 ** (-0.4 * extinction))


def extinction_curve(wavelength_aa: Array) -> Array:
    """A(λ)/A(V) for R_V = 3.1, 3030–9090 Å.

    Cardelli, Clayton & Mathis 1989, ApJ 345, 245, eq. 3.
    """
    y = 1e4 / np.asarray(wavelength_aa, dtype=np.float64) - 1.82
    a = np.polynomial.polynomial.polyval(
        y, [1, 0.17699, -0.50447, -0.02427, 0.72085, 0.01979, -0.77530, 0.32999]
    )
    b = np.polynomial.polynomial.polyval(
        y, [0, 1.41338, 2.28305, 1.07233, -5.38434, -0.62251, 5.30260, -2.09002]
    )
    curve: Array = a + b / _R_V
    return curve


def drop(spectrum: Spectrum, *, fraction: float, where: Where) -> Spectrum:
    """Without ``fraction`` of the visual range: at an end, in the middle, or in eight gaps."""
    low, high = VISUAL_AA
    place = (spectrum.wavelength_aa - low) / (high - low)
    if where == "blue end":
        lost = place < fraction
    elif where == "red end":
        lost = place > 1.0 - fraction
    elif where == "middle":
        start = (1.0 - fraction) * float(_generator(spectrum, "middle").uniform(0.25, 0.75))
        lost = (place > start) & (place < start + fraction)
    else:
        # Eight gaps of equal width, each somewhere in its own eighth of the range.
        eighth = np.clip(np.floor(place * 8.0), 0, 7).astype(np.intp)
        begin = _generator(spectrum, "gaps").uniform(0.0, 1.0 - fraction, 8)[eighth]
        inside = place * 8.0 - eighth
        lost = (inside > begin) & (inside < begin + fraction)
    return spectrum.changed(mask=spectrum.bad | lost)


def shift(spectrum: Spectrum, *, pixels: float) -> Spectrum:
    """Wavelengths wrong by so many grid pixels, half of the stars to either side."""
    sign = 1.0 if _generator(spectrum, "sign").random() < 0.5 else -1.0
    return spectrum.changed(wavelength_aa=spectrum.wavelength_aa + sign * pixels * GRID_PIXEL_AA)


def _level(spectrum: Spectrum, sigma_px: float) -> Array:
    """The running mean of the good pixels."""
    good = (~spectrum.bad).astype(np.float64)
    total = gaussian_filter1d(np.where(spectrum.bad, 0.0, spectrum.flux), sigma_px, mode="nearest")
    weight = gaussian_filter1d(good, sigma_px, mode="nearest")
    level: Array = total / np.maximum(weight, 1e-3)
    return level


def _generator(spectrum: Spectrum, what: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{spectrum.name} {what}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def degradations() -> tuple[Degradation, ...]:
    """All that the report shows, in its order."""
    quarter: tuple[Where, ...] = ("blue end", "red end", "middle", "eight gaps")
    return (
        *(
            Degradation(
                f"S/N {snr}", f"white noise of S/N {snr} a pixel of {GRID_PIXEL_AA:g} Å",
                partial(add_noise, snr=snr),
            )
            for snr in (50, 20, 10)
        ),
        *(
            Degradation(
                f"FWHM {fwhm:g} Å", f"a resolution element of {fwhm:g} Å",
                partial(blur, fwhm_aa=fwhm),
            )
            for fwhm in (4.5, 6.0)
        ),
        Degradation(
            "150 km/s", "an unknown velocity of +150 or −150 km/s",
            partial(move, velocity_kms=150.0),
        ),
        Degradation(
            "E(B−V) 0.5", "interstellar reddening with R_V = 3.1",
            partial(redden, colour_excess=0.5),
        ),
        *(
            Degradation(
                f"25 % missing, {where}", f"a quarter of 3850–6900 Å missing: {where}",
                partial(drop, fraction=0.25, where=where),
            )
            for where in quarter
        ),
        Degradation(
            "3 px shift", "wavelengths wrong by 3 pixels of the grid in a file of unknown frame",
            partial(shift, pixels=3.0),
        ),
        Degradation(
            "3 px shift, said to be at rest",
            "the same in a file that claims to be at rest, so nothing is taken out",
            partial(shift, pixels=3.0), at_rest=True,
        ),
    )  # fmt: skip
