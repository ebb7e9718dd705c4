"""What a batch of prepared spectra shows beside its type: strangeness, emission, lack of metals.

One place for every bundle: with `Likeness` by the limits of each type, in older bundles by the
distance from all stars alone. Knows prepared spectra and types; knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, Likeness
from spectra_gui.data import Prepared
from spectra_gui.inference.composite import find_pairs
from spectra_gui.inference.emission import (
    BALMER_AIR_AA,
    excess_aa,
    in_emission,
    without_balmer_cores,
)
from spectra_gui.inference.likeness import (
    PEAK,
    RESIDUAL,
    SHARE,
    WEAKNESS,
    Bools,
    Floats,
    in_limits,
    look_at,
    metallicity,
    noise_of,
)
from spectra_gui.inference.novelty import relative_novelty

WORST_NOISE: Final = 10.0
"""Pixels that are so many times less certain than most say nothing of what is novel."""

CORRELATED_NOISE: Final = 1.3
"""Noise of a grid pixel over 1/(S/N per resolution element), where a file gives no sigma."""

EMISSION_FLAG: Final = "e"

LEAST_FLAG_SNR: Final = 12.0
"""Below, and in spectra that no star's components make, weak lines have other reasons than few
metals or a second star."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Prepared spectra as the networks see them, (b, n_pixels) each.

    ``known`` leaves out pixels that are valid but hardly known; ``emission`` (4, b) is the light in
    Balmer lines beyond what the rest lets expect, Å, 0 where that is not unusual.
    """

    flux: NDArray[np.float32]
    valid: Bools
    known: Bools
    emission: Floats


@dataclass(frozen=True, slots=True)
class Finding:
    """What one spectrum shows.

    Attributes
    ----------
    novelty : how strange it is in units of what few held-out stars exceed
    ways : each way of being strange in that unit (`spectra_gui.inference.likeness`); () where the
        bundle does not tell them apart
    share : part of the power of its lines that no star explains, 0–1
    peak_aa : wavelength of its strangest feature
    flags : what stands beside the type, in sentences that begin with its MK suffix
    """

    novelty: float
    ways: tuple[float, ...] = ()
    share: float = 0.0
    peak_aa: float = 0.0
    flags: tuple[str, ...] = ()


def see(prepared: Sequence[Prepared]) -> Sight:
    """Spectra as they were prepared."""
    return Sight(
        flux=np.stack([p.flux for p in prepared]),
        valid=np.stack([p.valid for p in prepared]),
        known=np.stack([well_known(p) for p in prepared]),
        emission=np.zeros((len(BALMER_AIR_AA), len(prepared))),
    )


def without_emission(
    sight: Sight, prepared: Sequence[Prepared], types: NDArray[np.integer], bundle: Bundle
) -> tuple[Sight, NDArray[np.intp]]:
    """The same with the Balmer cores of emission-line stars set aside, and which those are.

    ``types`` (b,) letter + class that the whole spectra have (6 · letter + class).
    """
    likeness, spec = bundle.likeness, bundle.preparation
    if likeness is None:
        return sight, np.empty(0, dtype=np.intp)
    stated = _stated(prepared, sight)
    noise = noise_of(likeness, sight.flux, sight.known, stated, spec)
    excess = excess_aa(likeness, sight.flux, sight.known, noise, spec)
    found = in_emission(likeness, excess, types)
    rows = np.flatnonzero(found.any(axis=0))
    if not rows.size:
        return sight, rows
    level = np.stack([prepared[int(i)].continuum for i in rows])
    calm, kept = without_balmer_cores(
        sight.flux[rows], sight.valid[rows], level, found[:, rows], spec
    )
    flux, valid, known = sight.flux.copy(), sight.valid.copy(), sight.known.copy()
    flux[rows], valid[rows] = calm, kept
    known[rows] &= kept
    return Sight(flux, valid, known, np.where(found, excess, 0.0)), rows


def calm(prepared: Prepared, flags: Sequence[str], bundle: Bundle) -> Prepared:
    """A prepared spectrum as the networks saw it: without Balmer cores where it is flagged *e*."""
    told = " ".join(flag for flag in flags if flag.startswith(f"{EMISSION_FLAG}:"))
    found = np.array([[f"{name} (" in told] for name in BALMER_AIR_AA])
    if not found.any():
        return prepared
    flux, kept = without_balmer_cores(
        prepared.flux[None],
        prepared.valid[None],
        prepared.continuum[None],
        found,
        bundle.preparation,
    )
    return replace(prepared, flux=flux[0], valid=kept[0])


def find(
    sight: Sight, prepared: Sequence[Prepared], types: NDArray[np.integer], bundle: Bundle
) -> list[Finding]:
    """What spectra show beside the letter + class ``types`` (b,) that they are given."""
    if bundle.likeness is None:
        noise = np.array([_typical_noise(p, k) for p, k in zip(prepared, sight.known, strict=True)])
        novelty = relative_novelty(bundle.novelty, sight.flux, sight.known, noise)
        return [Finding(float(value)) for value in novelty]
    stated = _stated(prepared, sight)
    look = look_at(bundle.likeness, sight.flux, sight.known, stated, types, bundle.preparation)
    ways = in_limits(bundle.likeness, look, types)
    peak_aa = bundle.preparation.wavelength_aa[look.peak_px]
    quiet = np.array([(p.snr or 0.0) >= LEAST_FLAG_SNR for p in prepared])
    quiet &= ways[RESIDUAL] <= 1.0
    usual = quiet & (ways[:WEAKNESS] <= 1.0).all(axis=0)
    metals = [_metals(bundle.likeness, v) for v in metallicity(bundle.likeness, look, types)]
    pairs = find_pairs(bundle.likeness, bundle.templates, look.coordinates)
    return [
        Finding(
            novelty=float(ways[:PEAK, i].max()),  # a cosmic ray makes no other star
            ways=tuple(ways[:, i].tolist()),
            share=float(look.strange[SHARE, i]),
            peak_aa=float(peak_aa[i]),
            flags=(
                *_emission(sight.emission[:, i]),
                # Lines that metals leave weak look like a hot star's light over them.
                *(metals[i] if usual[i] else ()),
                *(_composite(pairs[i]) if quiet[i] and not metals[i] else ()),
            ),
        )
        for i in range(len(prepared))
    ]


def _emission(excess: Floats) -> tuple[str, ...]:
    seen = [
        f"{name} (+{value:.1f} Å)"
        for name, value in zip(BALMER_AIR_AA, excess, strict=True)
        if value
    ]
    if not seen:
        return ()
    return (
        f"{EMISSION_FLAG}: emission in {', '.join(seen)}; the type is from the spectrum without "
        "these cores.",
    )


def _composite(pair: tuple[str, str] | None) -> tuple[str, ...]:
    if pair is None:
        return ()
    return (
        f"composite: two stars such as {pair[0]} and {pair[1]} match better than any one; the "
        "type is of neither.",
    )


def _metals(likeness: Likeness, feh: float) -> tuple[str, ...]:
    if not feh < likeness.metal_weak:
        return ()
    return (f"metal-weak: the lines of metals are those of [Fe/H] about {feh:.1f}.",)


def well_known(prepared: Prepared) -> Bools:
    """(n_pixels,) valid, and not so uncertain that a few pixels would stand for all the noise."""
    if prepared.sigma is None:
        return prepared.valid
    typical = float(np.median(prepared.sigma[prepared.valid]))
    return np.asarray(prepared.valid & (prepared.sigma <= WORST_NOISE * typical))


def _stated(prepared: Sequence[Prepared], sight: Sight) -> Floats:
    """(b, n_pixels) standard deviation of a pixel by the file; inf where it states none."""
    found = np.full(sight.flux.shape, np.inf)
    for i, p in enumerate(prepared):
        if p.sigma is not None:
            found[i] = np.where(np.isfinite(p.sigma), p.sigma, np.inf)
    return found


def _typical_noise(prepared: Prepared, known: Bools) -> float:
    """Standard deviation of a pixel in units of the continuum: root of the mean variance."""
    if prepared.sigma is not None:
        return float(np.sqrt(np.mean(prepared.sigma[known].astype(np.float64) ** 2)))
    return CORRELATED_NOISE / prepared.snr if prepared.snr else 0.0
