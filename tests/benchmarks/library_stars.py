"""Stars of the labelled libraries as a user's files would give them, and made worse.

Knows library files and shapes; knows no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from astropy.io import fits
from scipy.ndimage import gaussian_filter1d

from spectra_gui.data import Spectrum
from spectra_gui.inference.emission import BALMER_AIR_AA
from spectra_gui.training.dataset import LIBRARIES, LabelledSet
from spectra_gui.units import FWHM_PER_SIGMA
from tests.benchmarks.strangers import bell

POOR_FWHM_AA: Final = 6.0
POOR_SNR: Final = 20.0
POOR_STEP_AA: Final = 1.5
DECREMENT: Final = (1.0, 0.25, 0.12, 0.06)
"""Emission of Hα to Hδ, by equivalent width."""


def library_spectra(data: LabelledSet, folder: Path) -> Iterator[Spectrum]:
    """The library spectra of rows, as a user's files would give them."""
    tables = {}
    for name in sorted(set(data.library.tolist())):
        with fits.open(folder / "stellar" / LIBRARIES[name].file, memmap=False) as hdus:
            tables[name] = (hdus[1].header.copy(), np.asarray(hdus[1].data["flux"], float))
    for text in data.ids.tolist():
        name, row = text.split(":")
        header, fluxes = tables[name]
        flux, gap = fluxes[int(row)], LIBRARIES[name].gap_below
        axis = header["WAVE0"] + header["DWAVE"] * np.arange(flux.size)
        bad = ~np.isfinite(flux) | (flux < gap if gap is not None else False)
        yield Spectrum(
            axis, np.where(bad, 0.0, flux), mask=bad,
            fwhm_aa=np.full(axis.size, float(header["FWHM"])), fwhm_origin="header",
            medium=LIBRARIES[name].medium, frame="barycentric", name=text,
        )  # fmt: skip


def degraded(star: Spectrum, rng: np.random.Generator) -> Spectrum:
    """The star at a coarser resolution and step, with noise that the file states."""
    assert star.fwhm_aa is not None
    step = float(star.wavelength_aa[1] - star.wavelength_aa[0])
    sigma = np.sqrt(POOR_FWHM_AA**2 - star.fwhm_aa[0] ** 2) / FWHM_PER_SIGMA / step
    axis, bad = star.wavelength_aa, star.bad
    flux = gaussian_filter1d(np.interp(axis, axis[~bad], star.flux[~bad]), sigma)
    bad = gaussian_filter1d(bad.astype(float), sigma) > 0.3
    n = max(int(POOR_STEP_AA / step), 1)
    cut = axis.size // n * n
    axis, flux = axis[:cut].reshape(-1, n).mean(1), flux[:cut].reshape(-1, n).mean(1)
    noise = np.abs(flux) / POOR_SNR + 1e-9
    return Spectrum(
        axis, flux + noise * rng.standard_normal(flux.size), sigma=noise,
        mask=bad[:cut].reshape(-1, n).any(1), fwhm_aa=np.full(axis.size, POOR_FWHM_AA),
        fwhm_origin="header", medium=star.medium, frame="barycentric", name=star.name,
    )  # fmt: skip


def beaming(star: Spectrum, strength_aa: float) -> Spectrum:
    axis, width = star.wavelength_aa, 8.0
    glow = np.zeros(axis.size)
    for centre, part in zip(BALMER_AIR_AA.values(), DECREMENT, strict=True):
        near = star.flux[(np.abs(axis - centre) < 40.0) & ~star.bad]
        level = float(np.median(near)) if near.size else 0.0
        glow += part * strength_aa * level * bell(centre, width, axis) / (1.0645 * width)
    return star.changed(flux=star.flux + glow)
