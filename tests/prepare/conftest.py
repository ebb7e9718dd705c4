"""Synthetic stars: Gaussian absorption lines on continua, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec, Spectrum, Templates
from spectra_gui.units import FWHM_PER_SIGMA, air_to_vacuum, doppler_factor

Floats = NDArray[np.float64]
MakeSpectrum = Callable[..., Spectrum]


def line_list(seed: int, count: int = 120) -> tuple[Floats, Floats]:
    """Rest wavelengths in air (Å) and equivalent widths (Å) of a made-up star."""
    rng = np.random.default_rng(seed)
    return rng.uniform(3800.0, 6950.0, count), rng.uniform(0.1, 1.0, count)


def line_spectrum(axis: Floats, centres: Floats, widths: Floats, fwhm: Floats | float) -> Floats:
    """Continuum 1 with Gaussian lines of the given FWHM (a number or one per pixel)."""
    sigma = np.broadcast_to(np.asarray(fwhm, float) / FWHM_PER_SIGMA, axis.shape)
    depth = np.zeros_like(axis)
    for centre, width in zip(centres, widths, strict=True):
        near = np.abs(axis - centre) < 8.0 * sigma
        s = sigma[near]
        depth[near] += (
            width * np.exp(-0.5 * ((axis[near] - centre) / s) ** 2) / (s * np.sqrt(2 * np.pi))
        )
    return np.asarray(1.0 - depth)


@pytest.fixture
def spec() -> PreparationSpec:
    return PreparationSpec()


@pytest.fixture
def make_spectrum() -> MakeSpectrum:
    """A made-up star as an instrument would record it."""

    def make(
        *,
        seed: int = 1,
        velocity_kms: float = 0.0,
        medium: str = "air",
        axis: Floats | None = None,
        fwhm_aa: float = 2.0,
        snr: float | None = None,
        noise_seed: int = 0,
        **fields: object,
    ) -> Spectrum:
        axis = np.arange(3700.0, 7100.0, 0.8) if axis is None else axis
        centres, widths = line_list(seed)
        placed = air_to_vacuum(centres) if medium == "vacuum" else centres
        placed = placed * doppler_factor(velocity_kms)
        flux = line_spectrum(axis, placed, widths, fwhm_aa)
        sigma = None
        if snr is not None:
            flux = flux + np.random.default_rng(noise_seed).normal(0.0, 1.0 / snr, axis.size)
            sigma = np.full(axis.size, 1.0 / snr)
        values: dict[str, object] = {
            "sigma": sigma,
            "fwhm_aa": np.full(axis.size, fwhm_aa),
            "fwhm_origin": "header",
            "medium": medium,
            "frame": "barycentric",
        }
        return Spectrum(wavelength_aa=axis, flux=flux, **(values | fields))  # type: ignore[arg-type]

    return make


@pytest.fixture
def templates(spec: PreparationSpec) -> Templates:
    """Three made-up classes at the bundle's resolution (seeds 1, 2, 3)."""
    axis = spec.wavelength_aa
    flux = [line_spectrum(axis, *line_list(seed), spec.fwhm_aa) for seed in (1, 2, 3)]
    return Templates(
        names=("A0 V", "G2 V", "K5 III"),
        codes=np.array([20.0, 42.0, 55.0]),
        classes=np.array([4, 4, 2]),
        flux=np.array(flux, np.float32),
        n_stars=np.array([5, 5, 5]),
    )
