"""An echelle spectrum of a star that is known, as orders and as the file that IRAF writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from spectra_gui.data import Spectrum

Floats = NDArray[np.float64]

ORDER_CONSTANT_AA = 5.0e5
"""Order number times wavelength of the centre."""


def star(wavelength: Floats) -> Floats:
    """A continuum that bends, with a hundred lines of 1.4 Å."""
    flux = 1.0 + 0.3 * np.sin(wavelength / 900.0)
    lines = np.random.default_rng(5)
    for centre, depth in zip(
        lines.uniform(4800.0, 7200.0, 100), lines.uniform(0.1, 0.7, 100), strict=True
    ):
        flux *= 1.0 - depth * np.exp(-0.5 * ((wavelength - centre) / 0.6) ** 2)
    return flux


def grating_blaze(x: Floats) -> Floats:
    """The blaze ``x`` free spectral ranges from the centre of an order (Barker 1984)."""
    return np.asarray(np.sinc(x) ** 2)


def orders(
    blaze: Callable[[Floats], Floats],
    *,
    n: int = 30,
    levels: Any = None,
    peak: float = 2e4,
    has_sigma: bool = True,
    reach: float = 0.62,
) -> list[Spectrum]:
    """Counts of echelle orders 100, 99, … of the star, with photon and readout noise."""
    noise = np.random.default_rng(1)
    found = []
    for i in range(n):
        x = np.linspace(-reach, reach, 1000)
        wavelength = ORDER_CONSTANT_AA / (100 - i - x)
        level = 1.0 if levels is None else levels[i]
        counts = peak * level * star(wavelength) * blaze(x)
        sigma = np.sqrt(np.maximum(counts, 0.0) + 25.0)
        flux = counts + sigma * noise.normal(size=x.size)
        found.append(
            spectrum(wavelength, flux, sigma if has_sigma else None, name=f"HD 1 order {i}")
        )
    return found


def spectrum(wavelength: Floats, flux: Floats, sigma: Any = None, **more: Any) -> Spectrum:
    noise = None if sigma is None else np.broadcast_to(np.asarray(sigma, float), flux.shape)
    return Spectrum(wavelength, flux, noise, medium="air", frame="barycentric", **more)


def multispec(folder: Path, parts: list[Spectrum]) -> Path:
    """The orders as IRAF keeps them: one image, an equation of wavelength for each row."""
    cards: dict[str, Any] = {"CTYPE1": "MULTISPE", "WAT0_001": "system=multispec", "OBJECT": "HD 1"}
    words = "wtype=multispec " + " ".join(
        f'spec{i + 1} = "{i + 1} {i + 1} 0 {p.wavelength_aa[0]} '
        f'{(p.wavelength_aa[-1] - p.wavelength_aa[0]) / (len(p) - 1)} {len(p)} 0. 1. 2."'
        for i, p in enumerate(parts)
    )
    for i in range(0, len(words), 68):
        cards[f"WAT2_{i // 68 + 1:03d}"] = words[i : i + 68]
    hdu = fits.PrimaryHDU(np.vstack([p.flux for p in parts]))
    hdu.header.update(cards)
    path = folder / "echelle.fits"
    hdu.writeto(path)
    return path


def linear_orders(n: int = 12) -> list[Spectrum]:
    """Blazed orders on axes that are linear, as after `dispcor`."""
    found = []
    for part in orders(grating_blaze, n=n):
        wavelength = np.linspace(part.wavelength_aa[0], part.wavelength_aa[-1], len(part))
        found.append(spectrum(wavelength, np.interp(wavelength, part.wavelength_aa, part.flux)))
    return found


def ripple(merged: Spectrum) -> Floats:
    """Medians of flux over star in 200 stretches, over their median: 1 where all went well."""
    good = ~merged.bad
    ratio = merged.flux[good] / star(merged.wavelength_aa[good])
    medians = np.array([np.median(part) for part in np.array_split(ratio, 200)])
    return np.asarray(medians / np.median(medians))
