"""Several spectra of one object onto one axis: echelle orders, arms, segments, exposures.

The axis keeps the pixels of the file: at each wavelength those of the finest sampling, and among
equals of the spectrum whose ends are farther away; so nothing is resampled but the second
spectrum of an overlap. It is interpolated linearly, because that is local (a masked pixel harms
two) and its variance is known exactly; where its pixels are wider, the variance is raised by the
ratio of the widths, so that a wide pixel does not count once for each narrow one. Neighbours
become correlated by that, which a sigma for each pixel cannot tell.

Weights are inverse variances. Where no uncertainty is given, Poisson's law stands in: counts
follow the throughput (see `levels`), and so do the weights, with a smooth fall to zero at the ends.
Knows spectra; knows no file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Spectrum
from spectra_gui.readers.levels import Levels, find_levels
from spectra_gui.readers.overlaps import Segment

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MOST_PARTS: Final = 300
"""More spectra than these are no orders of one exposure."""

_SNAP: Final = 1e-3
"""Nearer to a pixel than this part of a step, it is the same pixel."""

_HOLE: Final = 4.0
"""Steps this many times the usual one are a hole, over which nothing is interpolated."""

_TAPER: Final = 0.12
"""Part of a spectrum's length over which its weight falls at each end, without uncertainties."""

_SPIKE_SIGMA: Final = 8.0
_SPIKE_SHARE: Final = 0.2
"""What one spectrum alone shows counts as a cosmic ray above so many sigma and this part of the
local flux; a real line is in all of them."""

_SPIKE_WIDTH: Final = 15
_LEAST_VARIANCE: Final = 1e-100
_MOST_SIGMA: Final = 1e50
"""In units of the usual flux; beyond, squares and their inverses are no numbers."""

_CLIP_NEIGHBOURS: Final = 4


@dataclass(frozen=True, slots=True)
class Merged:
    """One spectrum of several, and what was done to them.

    ``n_gaps`` counts stretches between neighbours without a pixel; ``n_spikes`` pixels that were
    left out as cosmic rays; ``n_parts`` the spectra that had good pixels.
    """

    spectrum: Spectrum
    levels: Levels
    n_parts: int
    n_gaps: int
    n_spikes: int


def merge_spectra(
    spectra: Sequence[Spectrum],
    *,
    name: str = "",
    orders: bool = False,
    blazes: Sequence[FloatArray | None] = (),
) -> Merged:
    """The spectra of one object as one.

    Parameters
    ----------
    spectra : at least one, all in one medium and frame
    name : of the object
    orders : whether they may be echelle orders with the blaze still in them
    blazes : (n,) of each spectrum, where the file states them

    Raises
    ------
    ValueError
        For more than `MOST_PARTS` spectra.
    """
    if len(spectra) > MOST_PARTS:
        raise ValueError(f"{len(spectra)} spectra are more than the {MOST_PARTS} that are merged")
    pairs = _usable(spectra, blazes)
    parts = [spectrum for spectrum, _ in pairs]
    unit = _usual_flux(parts)
    segments = [Segment.of(spectrum, blaze, unit=unit) for spectrum, blaze in pairs]
    levels = find_levels(segments, orders=orders)
    has_sigma = all(s.sigma is not None for s in parts)
    axis, owner = _common_axis(segments)
    widths = _pixel_widths(axis, owner, segments)
    layers = [
        _layer(axis, widths, segment, levels.throughput[i], has_sigma=has_sigma)
        for i, segment in enumerate(segments)
    ]
    n_spikes = _clip_spikes(layers) if has_sigma else 0
    mean = _weighted_mean(owner, layers, has_sigma=has_sigma)
    spectrum = Spectrum(
        wavelength_aa=axis,
        flux=unit * mean.flux,
        sigma=None if mean.sigma is None else unit * mean.sigma,
        mask=mean.mask,
        fwhm_aa=_widths(axis, parts, np.where(mean.heaviest < 0, owner, mean.heaviest)),
        fwhm_origin=parts[0].fwhm_origin,
        medium=parts[0].medium,
        frame=parts[0].frame,
        **_common_facts(parts),
        name=name or common_name([s.name for s in parts]),
    )
    return Merged(spectrum, levels, len(parts), _gaps(segments), n_spikes)


def _usable(
    spectra: Sequence[Spectrum], blazes: Sequence[FloatArray | None]
) -> list[tuple[Spectrum, FloatArray | None]]:
    """Those that have good pixels, by wavelength, each with its blaze where one is stated."""
    stated = list(blazes) or [None] * len(spectra)
    pairs = [pair for pair in zip(spectra, stated, strict=True) if not pair[0].bad.all()]
    return sorted(pairs, key=lambda pair: (pair[0].wavelength_aa[0], pair[0].wavelength_aa[-1]))


def common_name(names: Sequence[str]) -> str:
    """The words with which all names begin, without what only counts the parts.

    ``HD 1 order 3`` and ``HD 1 order 4`` give ``HD 1``.
    """
    if len(set(names)) == 1:
        return names[0]
    words = common_words(names)
    while words and re.fullmatch(r"(order|sporder|aperture|row|arm|segment)s?", words[-1], re.I):
        words.pop()
    return " ".join(words)


def common_words(names: Sequence[str]) -> list[str]:
    """The words with which all names begin."""
    columns = zip(*(name.split() for name in names), strict=False)
    same = takewhile(lambda column: len(set(column)) == 1, columns)
    return [column[0] for column in same]


def _common(values: Sequence[Any]) -> Any:
    """The value that all have, or None."""
    return values[0] if all(value == values[0] for value in values) else None


def _common_facts(parts: Sequence[Spectrum]) -> dict[str, Any]:
    """What all parts state, by the fields of `Spectrum`."""
    first, *others = (part.meta for part in parts)
    meta = {
        key: value
        for key, value in first.items()
        if all(key in other and other[key] == value for other in others)
    }
    return {
        "velocity_kms": _common([s.velocity_kms for s in parts]),
        "flux_unit": _common([s.flux_unit for s in parts]) or "",
        "meta": meta,
    }


def _usual_flux(parts: Sequence[Spectrum]) -> float:
    """A power of two near the usual flux: fluxes of 1e-17 have squares that vanish."""
    usual = float(np.median([np.median(np.abs(part.flux[~part.bad])) for part in parts]))
    if not 0.0 < usual < np.inf:
        return 1.0
    return float(2.0 ** np.clip(np.round(np.log2(usual)), -1000, 1000))


def _gaps(segments: Sequence[Segment]) -> int:
    """Stretches between neighbours that are wider than pixels of theirs."""
    n, reach = 0, segments[0].wavelength[-1]
    for segment in segments[1:]:
        n += bool(segment.wavelength[0] - reach > _HOLE * segment.step)
        reach = max(reach, segment.wavelength[-1])
    return n


def _common_axis(segments: Sequence[Segment]) -> tuple[FloatArray, NDArray[np.int64]]:
    """Wavelengths of the merged spectrum, and for each the segment whose pixel it is."""
    starts = np.array([segment.wavelength[0] for segment in segments])
    stops = np.array([segment.wavelength[-1] for segment in segments])
    kept, owners = [], []
    for k, own in enumerate(segments):
        lost = np.zeros(own.wavelength.size, bool)
        for j in np.flatnonzero((starts <= stops[k]) & (stops >= starts[k])).tolist():
            other = segments[j]
            first, last = np.searchsorted(
                own.wavelength, (other.wavelength[0], other.wavelength[-1])
            )
            last = min(last + 1, own.wavelength.size)
            if j == k or first >= last:
                continue
            at = own.wavelength[first:last]
            inside = (at >= other.wavelength[0]) & (at <= other.wavelength[-1])
            if other.sampling != own.sampling:
                lost[first:last] |= inside & (other.sampling < own.sampling)
                continue
            mine, theirs = own.distance_to_end(at), other.distance_to_end(at)
            closer = (theirs > mine) | ((theirs == mine) & (j < k))
            lost[first:last] |= inside & closer
        kept.append(own.wavelength[~lost])
        owners.append(np.full(kept[-1].size, k))
    axis, owner = np.concatenate(kept), np.concatenate(owners)
    order = np.argsort(axis, kind="stable")
    axis, owner = axis[order], owner[order]
    # Where two segments meet, a pixel may stand almost on its neighbour.
    steps = np.array([segment.step for segment in segments])[owner]
    apart = np.concatenate(([True], np.diff(axis) > 0.3 * np.minimum(steps[1:], steps[:-1])))
    apart |= np.concatenate(([True], (owner[1:] == owner[:-1]) & (np.diff(axis) > 0.0)))
    return axis[apart], owner[apart]


def _pixel_widths(
    axis: FloatArray, owner: NDArray[np.int64], segments: Sequence[Segment]
) -> FloatArray:
    """(n,) Å of the pixels of the axis in the segments that they are from."""
    widths = np.empty(axis.size)
    for k, segment in enumerate(segments):
        mine = owner == k
        widths[mine] = segment.widths_at(axis[mine])
    return widths


@dataclass(slots=True)
class _Layer:
    """One spectrum on the pixels of the common axis that it covers."""

    place: slice
    flux: FloatArray
    variance: FloatArray
    weight: FloatArray
    slack: FloatArray


def _layer(
    axis: FloatArray,
    widths: FloatArray,
    segment: Segment,
    throughput: FloatArray,
    *,
    has_sigma: bool,
) -> _Layer:
    wave = segment.wavelength
    place = slice(
        int(np.searchsorted(axis, wave[0] - _SNAP * segment.step)),
        int(np.searchsorted(axis, wave[-1] + _SNAP * segment.step, side="right")),
    )
    at = axis[place]
    left = np.clip(np.searchsorted(wave, at, side="right") - 1, 0, wave.size - 2)
    step = wave[left + 1] - wave[left]
    t = np.clip((at - wave[left]) / step, 0.0, 1.0)
    t = np.where(t < _SNAP, 0.0, np.where(t > 1.0 - _SNAP, 1.0, t))
    with np.errstate(invalid="ignore", divide="ignore"):
        flux = segment.flux / throughput
        sigma = np.ones(wave.size) if segment.sigma is None else segment.sigma / throughput
    good = segment.good & np.isfinite(flux) & (throughput > 0.0)
    usable = (good[left] | (t == 1.0)) & (good[left + 1] | (t == 0.0))
    usable &= (step < _HOLE * segment.step) | (t == 0.0) | (t == 1.0)
    values = np.where(good, flux, 0.0)
    mixed = (1.0 - t) * values[left] + t * values[left + 1]
    mixed = np.where(usable, mixed, np.where(t < 0.5, flux[left], flux[left + 1]))
    var = np.minimum(np.where(good, sigma, 0.0), _MOST_SIGMA) ** 2
    variance = np.maximum((1.0 - t) ** 2 * var[left] + t**2 * var[left + 1], _LEAST_VARIANCE)
    variance *= np.maximum(1.0, segment.widths_at(at) / widths[place])
    if has_sigma:
        weight = np.where(usable, 1.0 / np.where(usable, variance, 1.0), 0.0)
    else:
        weight = np.where(usable, _signal_weight(at, segment, throughput[left]), 0.0)
    bend = np.zeros(wave.size)
    bend[1:-1] = np.abs(values[2:] - 2.0 * values[1:-1] + values[:-2])
    return _Layer(place, mixed, variance, weight, np.maximum(bend[left], bend[left + 1]))


def _signal_weight(at: FloatArray, segment: Segment, throughput: FloatArray) -> FloatArray:
    """Poisson's weight, which follows the counts, falling smoothly to (almost) zero at the ends."""
    low, high = segment.ends
    reach = max(_TAPER * (high - low), 1e-9)
    ramp = np.clip(segment.distance_to_end(at) / reach, 0.0, 1.0)
    # Where no other spectrum reaches, the smallest weight is as good as any.
    return np.asarray(np.maximum(throughput, 1e-6) * (np.sin(0.5 * np.pi * ramp) ** 2 + 1e-6))


def _clip_spikes(layers: Sequence[_Layer]) -> int:
    """Take weight from pixels where one spectrum alone shows a spike; gives how many.

    A vote: each neighbour that covers the pixel says whether it is a spike above its own flux.
    """
    n = 0
    votes = [np.zeros(layer.flux.size, np.int64) for layer in layers]
    for k, one in enumerate(layers):
        for j in range(k + 1, min(k + 1 + _CLIP_NEIGHBOURS, len(layers))):
            other = layers[j]
            start = max(one.place.start, other.place.start)
            stop = min(one.place.stop, other.place.stop)
            if stop - start < 3:
                continue
            mine = slice(start - one.place.start, stop - one.place.start)
            theirs = slice(start - other.place.start, stop - other.place.start)
            spikes = _spikes(one, mine, other, theirs)
            both = (one.weight[mine] > 0.0) & (other.weight[theirs] > 0.0)
            votes[k][mine] += np.where(both, np.where(spikes > 0, 1, -1), 0)
            votes[j][theirs] += np.where(both, np.where(spikes < 0, 1, -1), 0)
    for layer, vote in zip(layers, votes, strict=True):
        struck = vote > 0
        layer.weight[struck] = 0.0
        n += int(np.count_nonzero(struck))
    return n


def _spikes(one: _Layer, mine: slice, other: _Layer, theirs: slice) -> NDArray[np.int64]:
    """(n,) 1 where ``one`` has a spike above ``other``, -1 the other way round, else 0."""
    good = (one.weight[mine] > 0.0) & (other.weight[theirs] > 0.0)
    difference = np.where(good, one.flux[mine] - other.flux[theirs], np.nan)
    width = min(_SPIKE_WIDTH, difference.size - 1 + difference.size % 2)
    padded = np.pad(difference, width // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[: difference.size]
    counts = np.isfinite(windows).sum(axis=1)
    middle = np.nan_to_num(_middle_of(windows, counts))
    excess = np.nan_to_num(difference - middle)
    typical = np.minimum(np.abs(one.flux[mine]), np.abs(other.flux[theirs]))
    limit = _SPIKE_SIGMA * np.sqrt(one.variance[mine] + other.variance[theirs])
    limit = np.maximum(limit, _SPIKE_SHARE * typical)
    # Interpolation is wrong by up to an eighth of the second difference, of the spectrum that
    # has no spike.
    high = excess > limit + 0.5 * other.slack[theirs]
    low = -excess > limit + 0.5 * one.slack[mine]
    return np.where(good & high, 1, np.where(good & low, -1, 0))


def _middle_of(windows: FloatArray, counts: NDArray[np.int64]) -> FloatArray:
    """Median of the finite values in each window; 0 where there is none."""
    ordered = np.sort(windows, axis=1)
    rows = np.arange(len(ordered))
    return np.asarray(ordered[rows, np.maximum((counts - 1) // 2, 0)])


@dataclass(frozen=True, slots=True)
class _Mean:
    """Columns (n,); ``heaviest`` is the layer of the greatest weight, -1 = none."""

    flux: FloatArray
    sigma: FloatArray | None
    mask: BoolArray
    heaviest: NDArray[np.int64]


def _weighted_mean(owner: NDArray[np.int64], layers: Sequence[_Layer], *, has_sigma: bool) -> _Mean:
    """The mean of all layers; a pixel that nobody can use is shown as its ``owner`` has it."""
    total, flux, noise, best = (np.zeros(owner.size) for _ in range(4))
    heaviest = np.full(owner.size, -1)
    for i, layer in enumerate(layers):
        at, weight = layer.place, layer.weight
        total[at] += weight
        flux[at] += np.where(weight > 0.0, weight * layer.flux, 0.0)
        noise[at] += np.where(weight > 0.0, weight**2 * layer.variance, 0.0)
        first = weight > best[at]
        heaviest[at][first] = i
        best[at][first] = weight[first]
    empty = total <= 0.0
    safe = np.where(empty, 1.0, total)
    flux = np.where(empty, np.nan, flux / safe)
    for i, layer in enumerate(layers):
        own = empty[layer.place] & (owner[layer.place] == i)
        flux[layer.place][own] = layer.flux[own]
    sigma = np.where(empty, np.nan, np.sqrt(noise) / safe) if has_sigma else None
    return _Mean(flux, sigma, empty, heaviest)


def _widths(
    axis: FloatArray, parts: Sequence[Spectrum], from_part: NDArray[np.int64]
) -> FloatArray | None:
    """Resolution (n,) of the part that each pixel is from; None unless all state theirs."""
    fwhm = np.empty(axis.size)
    for i, part in enumerate(parts):
        if part.fwhm_aa is None:
            return None
        mine = from_part == i
        fwhm[mine] = np.interp(axis[mine], part.wavelength_aa, part.fwhm_aa)
    return fwhm
