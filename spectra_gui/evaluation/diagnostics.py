"""How often the peaks of a strip lie on the lines that the textbook classifies a group by.

The table is of facts: for giants (I–III) and dwarfs (IV–V) of each letter the lines and bands that
Gray & Corbally 2009 (*Stellar Spectral Classification*, Princeton, chapters 3 to 8) name as
criteria of temperature and luminosity between 3850 and 6900 Å, for O and B stars also Walborn &
Fitzpatrick 1990 (PASP 102, 379). Knows strips and the line list; knows no network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec
from spectra_gui.data.lines import LINES, AxisMedium
from spectra_gui.evaluation.evidence_grid import all_groups
from spectra_gui.evaluation.explanations import PEAK_FWHM, Diagnosed, mean_figure
from spectra_gui.evaluation.strips import Array, Cells, Strips
from spectra_gui.inference.peaks import strongest_peaks

_BALMER: Final = ("Hα", "Hβ", "Hγ", "Hδ")
_METALS: Final = ("Ca I 4227", "Fe I 4046", "Fe I 4144", "Fe I 4383")
_TIO: Final = ("TiO 4761", "TiO 4954", "TiO 5167", "TiO 5448", "TiO 5847", "TiO 6159", "TiO 6651")

# What dwarfs and giants of a letter have in common, then what only the one or the other is judged
# by: the ratio of He II to He I, of He I to Mg II, of Ca II K to the Balmer lines, of metals to the
# Balmer lines, of Cr I to Fe I, and the bands in turn give the temperature; emission and silicon
# (O, B), Balmer wings and Fe II/Ti II (A, F), Sr II and CN (F to K), MgH, CaH and Ca I (K, M) the
# luminosity.
_BOTH: Final[Mapping[str, tuple[str, ...]]] = {
    "O": ("He II 4200", "He II 4542", "He II 4686", "He II 5412", "He I 4026", "He I 4471",
          "He I 5876", "Si IV 4089"),
    "B": (*_BALMER, "He I 4009", "He I 4026", "He I 4144", "He I 4388", "He I 4471", "Mg II 4481",
          "Si II 4128", "Si II 4131", "Si III 4553"),
    "A": (*_BALMER, "Ca II K", "Mg II 4481", "Ca I 4227", "Fe I 4046", "Fe I 4383"),
    "F": (*_BALMER, "Ca II K", "CH G band", *_METALS),
    "G": (*_BALMER, "CH G band", *_METALS, "Cr I 4254", "Cr I 4275", "Cr I 4290", "Mg b 5167",
          "Mg b 5173", "Mg b 5184"),
    "K": ("CH G band", *_METALS, "Cr I 4254", "Cr I 4275", "Cr I 4290", "Mg b 5167", "Mg b 5173",
          "Mg b 5184", "Na D 5890", "Na D 5896", "MgH 5211", "TiO 4954", "TiO 5167", "TiO 6159"),
    "M": (*_TIO, "Ca I 4227"),
}  # fmt: skip
_GIANT: Final[Mapping[str, tuple[str, ...]]] = {
    "O": ("Si IV 4116", "N III 4634", "N III 4641", "C III 4650"),
    "B": ("Si IV 4089", "Si IV 4116", "C III 4650", "O II 4349", "O II 4415", "N II 3995",
          "Si III 4568"),
    "A": ("Fe II 4173", "Fe II 4233", "Ti II 4444", "Fe II 4584"),
    "F": ("Fe II 4173", "Fe II 4233", "Ti II 4444", "Sr II 4077", "Sr II 4216"),
    "G": ("Sr II 4077", "Sr II 4216", "CN 3883", "CN 4216", "Ba II 4554"),
    "K": ("Sr II 4077", "Sr II 4216", "CN 3883", "CN 4216", "Ba II 4554"),
    "M": (),
}  # fmt: skip
_DWARF: Final[Mapping[str, tuple[str, ...]]] = {
    "O": (),
    "B": (),
    "A": (),
    "F": (),
    "G": ("MgH 5211",),
    "K": ("MgH 4780", "CaH 6382"),
    "M": ("MgH 4780", "MgH 5211", "CaH 6382", "CaH 6830", "Na D 5890", "Na D 5896"),
}

TEXTBOOK: Final[Mapping[str, tuple[str, ...]]] = {
    name: _BOTH[name[0]] + (_GIANT if name.endswith("giant") else _DWARF)[name[0]]
    for name in all_groups()
}
"""Names of lines of `spectra_gui.data.lines` by group (``"G giant"``)."""

DEEPEST: Final = "deepest absorption"
N_PERMUTATIONS: Final = 2000
EVERY_GROUP: Final = "all groups"


@cache
def _extents(group: str, medium: AxisMedium) -> Array:
    """(n_lines, 2) lower and upper end of the group's lines, Å."""
    by_name = {line.name: line for line in LINES}
    lines = [by_name[name] for name in TEXTBOOK[group]]
    shifted = [line.wavelength_aa(medium) - line.air_aa for line in lines]
    air = np.array([line.extent_air_aa for line in lines])
    return np.asarray(air + np.array(shifted)[:, None])


def on_lines(wavelength_aa: Array, group: str, spec: PreparationSpec) -> Cells:
    """Whether each place (n,) lies on a line of the group, within `PEAK_FWHM` of the resolution."""
    ends, tolerance_aa = _extents(group, spec.medium), PEAK_FWHM * spec.fwhm_aa
    place = np.asarray(wavelength_aa, dtype=np.float64)[:, None]
    near = (place >= ends[:, 0] - tolerance_aa) & (place <= ends[:, 1] + tolerance_aa)
    return np.asarray(near.any(axis=1))


def peaks_of(relevance: Array, letters: Sequence[str], spec: PreparationSpec) -> list[Array]:
    """Wavelengths of each strip's three strongest peaks, strongest first.

    Found as those that are shown, but peaks off every line count even where members disagree.
    """
    return [
        np.array(
            [
                peak.wavelength_aa
                for peak in strongest_peaks(
                    row,
                    wavelength_aa=spec.wavelength_aa,
                    medium=spec.medium,
                    fwhm_aa=spec.fwhm_aa,
                    tolerance_aa=max(spec.fwhm_aa, 2.0 * spec.step_aa),
                    letters=letters[i],
                )[:3]
            ]
        )
        for i, row in enumerate(relevance)
    ]


def hits(peaks: Iterable[Array], spec: PreparationSpec) -> Array:
    """(n, n_groups, 2): the strongest peak, and the share of the three, on the lines of each group.

    nan for a strip without a peak.
    """
    rows = []
    for places in peaks:
        if not len(places):
            rows.append(np.full((len(TEXTBOOK), 2), np.nan))
            continue
        on = np.stack([on_lines(places, group, spec) for group in TEXTBOOK])
        rows.append(np.stack([on[:, 0], on.mean(axis=1)], axis=1))
    return np.array(rows, dtype=np.float64)


def chances(valid: Cells, spec: PreparationSpec) -> Array:
    """(n, n_groups) share of a spectrum's valid pixels that lie on the lines of each group."""
    near = np.stack([on_lines(spec.wavelength_aa, group, spec) for group in TEXTBOOK])
    return np.asarray((valid @ near.T.astype(float)) / np.maximum(valid.sum(axis=1), 1)[:, None])


def diagnose(
    strips: Mapping[str, Strips],
    flux: Array,
    valid: Cells,
    groups: NDArray[np.str_],
    spec: PreparationSpec,
    *,
    seed: int = 0,
) -> tuple[Diagnosed, ...]:
    """Every strip over all stars and group by group.

    Parameters
    ----------
    flux : (n, n_pixels) flux − 1
    groups : (n,) such as ``"G giant"``
    """
    letters = [str(group)[0] for group in groups]
    depth = np.where(valid, np.maximum(-flux, 0.0), 0.0)
    deepest = hits(peaks_of(depth, letters, spec), spec)
    chance = chances(valid, spec)
    own = np.array([list(TEXTBOOK).index(str(group)) for group in groups])
    found: list[Diagnosed] = []
    for strip, maps in strips.items():
        on = hits(peaks_of(maps.relevance, letters, spec), spec)
        kept = np.asarray(np.isfinite(on).all(axis=(1, 2)))
        rng = np.random.default_rng(seed)
        for group in (EVERY_GROUP, *TEXTBOOK):
            here = kept & (np.asarray(groups == group) | (group == EVERY_GROUP))
            if here.any():
                found.append(_diagnosed(strip, group, on, own, here, kept, chance, deepest, rng))
    return tuple(found)


def _diagnosed(
    strip: str, group: str, on: Array, own: NDArray[np.intp], here: Cells, kept: Cells,
    chance: Array, deepest: Array, rng: np.random.Generator,
) -> Diagnosed:  # fmt: skip
    """One line: the stars ``here`` judged by their own groups' lines, beside drawn strips."""
    rows, groups = np.flatnonzero(here), own[here]
    values = on[rows, groups]
    pool = np.flatnonzero(kept)
    drawn = np.stack([rng.permutation(pool)[: len(rows)] for _ in range(N_PERMUTATIONS)])
    # (permutations, stars, 2) → (permutations, 2): another star's strip by this star's lines
    by_chance = on[drawn, groups[None, :]].mean(axis=1)
    p = (1 + (by_chance >= values.mean(axis=0) - 1e-12).sum(axis=0)) / (1 + N_PERMUTATIONS)
    bare = deepest[rows, groups]
    bare = bare[np.isfinite(bare).all(axis=1)]
    mean_bare = bare.mean(axis=0) if len(bare) else np.zeros(2)
    return Diagnosed(
        group=group,
        strip=strip,
        n_stars=len(rows),
        first=mean_figure(values[:, 0]),
        three=mean_figure(values[:, 1]),
        chance=float(chance[rows, groups].mean()),
        permuted=float(by_chance[:, 0].mean()),
        p=float(p[0]),
        permuted_three=float(by_chance[:, 1].mean()),
        p_three=float(p[1]),
        deepest=float(mean_bare[0]),
        deepest_three=float(mean_bare[1]),
    )
