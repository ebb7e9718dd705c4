"""Emission in Balmer lines: found by what the rest of the spectrum lets expect, and set aside.

Be and dMe stars have MK types, but their Balmer cores do not tell them. Knows the lines and a
bundle's `Likeness`; knows no network.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness
from spectra_gui.data import PreparationSpec
from spectra_gui.inference.likeness import Bools, Floats, expect
from spectra_gui.prepare import normalise
from spectra_gui.units import air_to_vacuum

BALMER_AIR_AA: Final = {"Hα": 6562.8, "Hβ": 4861.3, "Hγ": 4340.5, "Hδ": 4101.7}
HALF_WIDTHS_AA: Final = (20.0, 16.0, 12.0, 12.0)
"""What is set aside about each line: emission of the fastest Be stars and the wings that a
spectrograph of 6 Å gives it."""

CORE_AA: Final = 8.0
"""The light within so much of the line's centre is what emission is measured by."""

ABOUT_AA: Final = 150.0
LEAST_ABOUT: Final = 0.8
"""So much about a line must be seen: at the end of a spectrum the running mean is another."""

LEAST_NOISE: Final = 0.01
"""Typical difference of a star from its components, in units of the continuum."""

LEAST_SIGMAS: Final = 5.0
"""Emission must also stand so far above its noise."""


def excess_aa(
    likeness: Likeness,
    flux: NDArray[np.floating],
    valid: Bools,
    noise: Floats,
    spec: PreparationSpec,
) -> Floats:
    """(4, b) equivalent width of the light in Hα to Hδ beyond what the rest lets expect, Å.

    0 where a core or too much about it is not seen. ``noise`` (b, n_pixels) is the standard
    deviation of a pixel; lines that do not stand out from it count as 0 too.
    """
    outside = valid & ~balmer_cores(spec).any(axis=0)
    # Emission lifts the running mean about it, by which the components would tell emission too.
    _, level = normalise(flux, outside, spec.continuum_sigma_aa / spec.step_aa)
    known = valid & np.isfinite(level)
    calm = flux / np.where(known, level, np.float32(1.0))
    typical = np.sqrt((noise**2).mean(axis=1))
    expected = expect(likeness, calm, outside & known, np.maximum(typical, LEAST_NOISE))
    above = np.where(known, calm - expected, 0.0)
    found = np.zeros((len(BALMER_AIR_AA), len(flux)))
    for row, centre_aa in enumerate(_centres_aa(spec)):
        core = np.abs(spec.wavelength_aa - centre_aa) < CORE_AA
        if not core.any():
            continue
        width = above[:, core].sum(axis=1) * spec.step_aa
        sigma = np.sqrt((noise[:, core] ** 2).sum(axis=1)) * spec.step_aa
        about = np.abs(spec.wavelength_aa - centre_aa) < ABOUT_AA
        seen = known[:, core].all(axis=1) & (valid[:, about].mean(axis=1) > LEAST_ABOUT)
        sure = seen & (width > LEAST_SIGMAS * sigma)
        found[row] = np.where(sure, width, 0.0)
    return found


def in_emission(
    likeness: Likeness, excess: Floats, types: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """(4, b) True where a line has more light than the stars of the type's group ever have."""
    found: NDArray[np.bool_] = excess > likeness.emission[:, likeness.groups[types]]
    return found


def without_balmer_cores(
    flux: NDArray[np.float32],
    valid: Bools,
    continuum: NDArray[np.float32],
    found: Bools,
    spec: PreparationSpec,
) -> tuple[NDArray[np.float32], Bools]:
    """Prepared spectra (b, n_pixels) without Balmer cores, over a continuum without them.

    ``found`` (4, b) tells the lines in emission: these are set aside, and of each the next to the
    blue, which may be filled in unseen. Lines without emission tell the type.
    """
    aside = found.copy()
    aside[1:] |= found[:-1]
    cores = balmer_cores(spec)
    kept = valid & ~np.any(aside[:, :, None] & cores[:, None, :], axis=0)
    again, own = normalise(flux * continuum, kept, spec.continuum_sigma_aa / spec.step_aa)
    kept &= np.isfinite(own)
    return np.where(kept, again, np.float32(1.0)), kept


def balmer_cores(spec: PreparationSpec) -> Bools:
    """(4, n_pixels) what is set aside about each line."""
    offsets = np.abs(spec.wavelength_aa - np.array(_centres_aa(spec))[:, None])
    cores: Bools = offsets < np.array(HALF_WIDTHS_AA)[:, None]
    return cores


def _centres_aa(spec: PreparationSpec) -> list[float]:
    air = np.array(list(BALMER_AIR_AA.values()))
    centres = air if spec.medium == "air" else air_to_vacuum(air)
    found: list[float] = centres.tolist()
    return found
