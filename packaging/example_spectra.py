"""Made-up observations of class means: continuum, reddening, velocity, resolution, noise.

Knows arrays and class means; knows no file format (see ``example_formats``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.units import FWHM_PER_SIGMA, air_to_vacuum, doppler_factor

Floats = NDArray[np.float64]

TEFF_NODES: Final = (
    (5.0, 41400.0), (9.0, 34000.0), (10.0, 31500.0), (12.0, 20600.0), (15.0, 15700.0),
    (18.0, 12500.0), (20.0, 9700.0), (25.0, 8080.0), (30.0, 7220.0), (35.0, 6510.0),
    (40.0, 5920.0), (45.0, 5660.0), (50.0, 5280.0), (55.0, 4440.0), (60.0, 3850.0),
    (62.0, 3550.0), (64.0, 3200.0), (66.0, 2850.0),
)  # fmt: skip
"""Temperature code and effective temperature (K) of dwarfs: Pecaut & Mamajek 2013, ApJS 208, 9,
table 5, and for O5 their table of 2022-04-16. Only the slope of the continuum rests on it."""

SECOND_RADIATION_CONSTANT_AA_K: Final = 1.438776877e8
"""h c / k in Å K: CODATA 2018."""

NEBULA_LINES: Final = (
    (3868.76, 0.5), (3967.47, 0.15), (4101.73, 0.26), (4340.46, 0.47), (4363.21, 0.04),
    (4471.50, 0.05), (4861.33, 1.0), (4958.91, 1.6), (5006.84, 4.8), (5875.66, 0.14),
    (6300.30, 0.05), (6548.05, 0.3), (6562.80, 2.9), (6583.45, 0.9), (6716.44, 0.15),
    (6730.82, 0.17),
)  # fmt: skip
"""Air wavelength (Å) and strength relative to H beta of lines of a photoionised nebula; the
Balmer decrement is case B (Osterbrock & Ferland 2006, table 4.4), the rest typical."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a star is seen: signal to noise per pixel, km/s, E(B-V) in mag, FWHM in Å."""

    snr: float
    velocity_kms: float
    ebv: float
    fwhm_aa: float


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a detector would give; ``wavelength_aa`` in ``medium``, not corrected to rest."""

    name: str
    wavelength_aa: Floats
    flux: Floats
    sigma: Floats
    fwhm_aa: float
    velocity_kms: float
    medium: str


def observe(
    axis_aa: Floats,
    template: int,
    templates: Templates,
    spec: PreparationSpec,
    conditions: Conditions,
    rng: np.random.Generator,
    *,
    medium: str,
) -> Observation:
    """A class mean as it would be recorded on ``axis_aa``, which must lie inside its range."""
    rest = spec.wavelength_aa
    extra = np.sqrt(max(conditions.fwhm_aa**2 - spec.fwhm_aa**2, 0.0))
    lines = _blurred(np.asarray(templates.flux[template], np.float64), extra / spec.step_aa)
    code = float(templates.codes[template])
    flux = lines * blackbody(rest, effective_temperature(code))
    flux *= 10.0 ** (-0.4 * extinction_mag(rest, conditions.ebv))
    seen = _shifted(rest, spec.medium, medium, conditions.velocity_kms)
    return _with_noise(
        f"made from {templates.names[template]}",
        axis_aa,
        np.interp(axis_aa, seen, flux),
        conditions,
        rng,
        medium=medium,
    )


def observe_nebula(
    axis_aa: Floats, conditions: Conditions, rng: np.random.Generator
) -> Observation:
    """Emission lines of a nebula on a faint continuum, in air."""
    factor = float(doppler_factor(conditions.velocity_kms))
    flux = np.full(axis_aa.size, 0.02)
    width = conditions.fwhm_aa / FWHM_PER_SIGMA
    for line_aa, strength in NEBULA_LINES:
        flux += strength * np.exp(-0.5 * ((axis_aa - line_aa * factor) / width) ** 2)
    return _with_noise("made nebula", axis_aa, flux, conditions, rng, medium="air")


def observe_nothing(axis_aa: Floats, fwhm_aa: float, rng: np.random.Generator) -> Observation:
    """Noise around a hint of light."""
    sigma = np.ones(axis_aa.size)
    flux = 0.1 + rng.normal(0.0, sigma)
    return Observation("made noise", axis_aa, flux, sigma, fwhm_aa, 0.0, "air")


def effective_temperature(code: float) -> float:
    """Temperature (K) of a dwarf of that temperature code, log-linear between nodes."""
    codes, kelvin = np.array(TEFF_NODES).T
    return float(np.exp(np.interp(code, codes, np.log(kelvin))))


def blackbody(wavelength_aa: Floats, kelvin: float) -> Floats:
    """Planck's law per wavelength, scaled to 1 at 5500 Å."""

    def planck(at: Floats) -> Floats:
        return np.asarray(at**-5.0 / np.expm1(SECOND_RADIATION_CONSTANT_AA_K / (at * kelvin)))

    return np.asarray(planck(wavelength_aa) / planck(np.array(5500.0)))


def extinction_mag(wavelength_aa: Floats, ebv: float, ratio: float = 3.1) -> Floats:
    """Extinction in magnitudes, 3030–9090 Å.

    Source: Cardelli, Clayton & Mathis 1989, ApJ 345, 245, eq. 3.
    """
    y = 1e4 / wavelength_aa - 1.82
    a = np.polyval(
        [0.32999, -0.77530, 0.01979, 0.72085, -0.02427, -0.50447, 0.17699, 1.0], y
    )  # fmt: skip
    b = np.polyval([-2.09002, 5.30260, -0.62251, -5.38434, 1.07233, 2.28305, 1.41338, 0.0], y)
    return np.asarray(ebv * ratio * (a + b / ratio))


def _shifted(rest_aa: Floats, template_medium: str, medium: str, velocity_kms: float) -> Floats:
    if template_medium == "air" and medium == "vacuum":
        rest_aa = air_to_vacuum(rest_aa)
    elif template_medium != medium:
        raise ValueError(f"cannot make {medium} wavelengths from class means in {template_medium}")
    return np.asarray(rest_aa * doppler_factor(velocity_kms))


def _blurred(flux: Floats, fwhm_px: float) -> Floats:
    if fwhm_px == 0.0:
        return flux
    sigma = fwhm_px / FWHM_PER_SIGMA
    reach = int(np.ceil(5.0 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.convolve(np.pad(flux, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def _with_noise(
    name: str,
    axis_aa: Floats,
    flux: Floats,
    conditions: Conditions,
    rng: np.random.Generator,
    *,
    medium: str,
) -> Observation:
    """Photon noise with the stated median signal to noise, and a tenth of it from the detector."""
    middle = float(np.median(flux))
    sigma = middle / conditions.snr * np.sqrt(np.maximum(flux, 0.0) / middle + 0.01)
    return Observation(
        name,
        axis_aa,
        flux + rng.normal(0.0, sigma),
        sigma,
        conditions.fwhm_aa,
        conditions.velocity_kms,
        medium,
    )
