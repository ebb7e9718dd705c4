"""What each branch looks at, over the MK grid: mean strips of groups, and traits by kernel size.

The study that this ensemble follows saw "a non-linear relation" between the kernel size of a branch
and the features it marks, some of them molecular bands (Sezen 2025, M.Sc. thesis, METU, hdl
11511/115569). Here it is measured: widths, places and shares of the evidence by kernel size, with
intervals over stars, beside what members of one kernel size differ by. Knows strips; knows no
network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import LETTERS, PreparationSpec
from spectra_gui.data.lines import BALMER, BALMER_WING_AA, LINES, positions_aa
from spectra_gui.evaluation.explanations import (
    PEAK_FWHM,
    EvidenceGrid,
    Trait,
    mean_difference,
    mean_figure,
)
from spectra_gui.evaluation.strips import Array, Cells, Strips, to_resolution
from spectra_gui.inference.peaks import strongest_peaks
from spectra_gui.units import FWHM_PER_SIGMA

BIN_PX: Final = 10
N_PEAKS: Final = 3
"""So many of the highest peaks of a strip have their width measured."""
N_NAMED: Final = 4
"""So many lines under the peaks of a group's mean strip are named."""

GIANT: Final = "giant"
DWARF: Final = "dwarf"


def group_names(letters: NDArray[np.intp], classes: NDArray[np.intp]) -> NDArray[np.str_]:
    """``"G giant"`` for the classes I to III, ``"G dwarf"`` for IV to VI."""
    return np.array(
        [
            f"{LETTERS[letter]} {GIANT if k <= 2 else DWARF}"
            for letter, k in zip(letters, classes, strict=True)
        ]
    )


def all_groups() -> tuple[str, ...]:
    """Every letter with its giants and dwarfs, in the order of the figures."""
    return tuple(name for one in LETTERS for name in (f"{one} {GIANT}", f"{one} {DWARF}"))


def evidence_grid(
    strip: str, relevance: Array, valid: Cells, groups: NDArray[np.str_], spec: PreparationSpec
) -> EvidenceGrid:
    """Mean strips of the letters and of their giants and dwarfs, in bins.

    Every star counts the same: its strip is scaled to a mean of 1 over its valid pixels first. A
    bin is the mean over the stars and pixels that are valid in it.
    """
    share = _to_mean_one(relevance, valid)
    n_bins = spec.n_pixels // BIN_PX
    cut = slice(0, n_bins * BIN_PX)
    names, counts, rows, peaks = [], [], [], []
    positive = relevance.max(axis=1) > 0
    for name in (part for one in LETTERS for part in (one, f"{one} {GIANT}", f"{one} {DWARF}")):
        chosen = positive & np.char.startswith(groups, name)
        if not chosen.any():
            continue
        total = share[chosen][:, cut].sum(axis=0).reshape(n_bins, BIN_PX).sum(axis=1)
        seen = valid[chosen][:, cut].sum(axis=0).reshape(n_bins, BIN_PX).sum(axis=1)
        names.append(name)
        counts.append(int(chosen.sum()))
        rows.append(tuple(np.round(total / np.maximum(seen, 1), 3).tolist()))
        mean = share[chosen].sum(axis=0) / np.maximum(valid[chosen].sum(axis=0), 1)
        peaks.append(_looked_at(mean, name[0], spec))
    start_aa = spec.start_aa - 0.5 * spec.step_aa
    return EvidenceGrid(
        strip, tuple(names), tuple(counts), start_aa, BIN_PX * spec.step_aa, tuple(rows),
        tuple(peaks),
    )  # fmt: skip


def _looked_at(mean: Array, letter: str, spec: PreparationSpec) -> tuple[str, ...]:
    """What the strongest peaks of a mean strip (n_pixels,) lie on, each line once."""
    found = strongest_peaks(
        mean,
        wavelength_aa=spec.wavelength_aa,
        medium=spec.medium,
        fwhm_aa=spec.fwhm_aa,
        tolerance_aa=PEAK_FWHM * spec.fwhm_aa,
        letters=letter,
    )
    names = dict.fromkeys(peak.line or f"{peak.wavelength_aa:.0f} Å" for peak in found)
    return tuple(names)[:N_NAMED]


def _to_mean_one(relevance: Array, valid: Cells) -> Array:
    mean = relevance.sum(axis=1, keepdims=True) / np.maximum(valid.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.divide(relevance, mean, out=np.zeros_like(relevance), where=mean > 0))


@dataclass(frozen=True, slots=True)
class _Measure:
    """A property of strips: (strips (n, p), valid, letters (n,), spec) → (n,), nan where none."""

    name: str
    words: str
    of: Callable[[Array, Cells, NDArray[np.str_], PreparationSpec], Array]


def traits(
    strips: Mapping[str, Strips], valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec
) -> tuple[Trait, ...]:
    """Every measure by kernel size, of the branches that are named by one (``k = 7``)."""
    kernels = {
        int(found.group(1)): name
        for name in strips
        if (found := re.fullmatch(r"k = (\d+)", name)) is not None
    }
    if len(kernels) < 2:
        return ()
    sizes = tuple(sorted(kernels))
    made = []
    for measure in _MEASURES:
        values = np.stack(
            [measure.of(strips[kernels[k]].relevance, valid, letters, spec) for k in sizes]
        )
        kept = np.isfinite(values).all(axis=0)
        if kept.sum() < 2:
            continue
        alone = [
            [_mean(measure.of(one, valid, letters, spec)) for one in strips[kernels[k]].members]
            for k in sizes
        ]
        made.append(_trait(measure, sizes, values[:, kept], alone))
    return tuple(made)


def _trait(
    measure: _Measure, sizes: Sequence[int], values: Array, alone: Sequence[Sequence[float]]
) -> Trait:
    """``values`` (sizes, n); ``alone`` a mean a size and member."""
    bend = None
    if len(sizes) == 3:
        slopes = np.diff(values, axis=0) / np.diff(sizes)[:, None]
        bend = mean_difference(slopes[1] - slopes[0])
    return Trait(
        name=measure.name,
        words=measure.words,
        n_stars=values.shape[1],
        kernels=tuple(sizes),
        figures=tuple(mean_figure(row) for row in values),
        members=tuple(tuple(column) for column in np.array(alone).T.tolist()),
        steps=tuple(mean_difference(row) for row in np.diff(values, axis=0)),
        bend=bend,
    )


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _peak_width(
    strips: Array, valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec
) -> Array:
    sigma_px = spec.fwhm_aa / FWHM_PER_SIGMA / spec.step_aa
    found = np.full(len(strips), np.nan)
    for i, row in enumerate(to_resolution(strips, sigma_px)):
        widths = widths_px(row)
        if widths:
            found[i] = float(np.median(widths)) * spec.step_aa
    return found


def widths_px(row: Array, n_peaks: int = N_PEAKS) -> list[float]:
    """Full widths at half height of the highest peaks, each taken away before the next is sought.

    A peak that the end of the strip cuts has no width.
    """
    left = row.copy()
    found: list[float] = []
    for _ in range(n_peaks):
        top = int(left.argmax())
        half = 0.5 * left[top]
        if half <= 0.0:
            break
        low, high = top, top
        while low > 0 and left[low - 1] > half:
            low -= 1
        while high < len(left) - 1 and left[high + 1] > half:
            high += 1
        if low > 0 and high < len(left) - 1:
            before = (left[low] - half) / (left[low] - left[low - 1])
            behind = (left[high] - half) / (left[high] - left[high + 1])
            found.append(float(high - low + before + behind))
        # Down to the valleys on both sides, so that a shoulder is no peak of its own.
        while low > 0 and left[low - 1] < left[low]:
            low -= 1
        while high < len(left) - 1 and left[high + 1] < left[high]:
            high += 1
        left[low : high + 1] = 0.0
    return found


def _extent(strips: Array, valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec) -> Array:
    """Å that the half of the evidence fills that is most densely packed."""
    sorted_down = -np.sort(-strips, axis=1)
    total = sorted_down.sum(axis=1, keepdims=True)
    reached = np.cumsum(sorted_down, axis=1) < 0.5 * total
    extent = (reached.sum(axis=1) + 1) * spec.step_aa
    return np.where(total[:, 0] > 0, extent, np.nan)


def _place(strips: Array, valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec) -> Array:
    """Mean wavelength of the evidence, Å."""
    total = strips.sum(axis=1)
    weighted = strips @ spec.wavelength_aa
    return np.asarray(np.divide(weighted, total, out=np.full(len(total), np.nan), where=total > 0))


def _density(strips: Array, valid: Cells, inside: Cells) -> Array:
    """Evidence inside a part of each spectrum (n, p) over what even spreading would put there."""
    share = (_to_mean_one(strips, valid) * inside).sum(axis=1)
    seen = (valid & inside).sum(axis=1)
    known = (seen > 0) & (strips.max(axis=1) > 0)
    return np.asarray(np.divide(share, seen, out=np.full(len(share), np.nan), where=known))


def _in_bands(
    strips: Array, valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec
) -> Array:
    inside = {letter: band_pixels(letter, spec) for letter in sorted(set(letters.tolist()))}
    return _density(strips, valid, np.stack([inside[letter] for letter in letters.tolist()]))


def band_pixels(letter: str, spec: PreparationSpec) -> NDArray[np.bool_]:
    """(n_pixels,) whether a molecular band that the class shows covers a pixel."""
    inside = np.zeros(spec.n_pixels, dtype=bool)
    for line, (_, low, high) in zip(LINES, positions_aa(spec.medium), strict=True):
        if line.kind == "band" and letter in line.letters:
            inside |= (spec.wavelength_aa >= low) & (spec.wavelength_aa <= high)
    return inside


def _in_balmer(
    strips: Array, valid: Cells, letters: NDArray[np.str_], spec: PreparationSpec
) -> Array:
    near = np.zeros(spec.n_pixels, dtype=bool)
    for line in LINES:
        if line.name in BALMER:
            near |= np.abs(spec.wavelength_aa - line.wavelength_aa(spec.medium)) <= BALMER_WING_AA
    hot = np.isin(letters, list("BAF"))
    return _density(strips, valid, hot[:, None] & near[None, :])


_MEASURES: Final = (
    _Measure(
        "width of the highest peaks, Å",
        "median full width at half height of the three highest peaks of a strip that is smoothed "
        "to the resolution",
        _peak_width,
    ),
    _Measure(
        "extent of half the evidence, Å",
        "the least stretch of spectrum, taken in pieces, that holds half of the evidence",
        _extent,
    ),
    _Measure("place of the evidence, Å", "mean wavelength, weighted by the evidence", _place),
    _Measure(
        "evidence in molecular bands",
        "in the bands of the star's class, F to M, as a multiple of evenly spread evidence",
        _in_bands,
    ),
    _Measure(
        "evidence in Balmer lines",
        f"within {BALMER_WING_AA:g} Å of one, B to F, as a multiple of evenly spread evidence",
        _in_balmer,
    ),
)
