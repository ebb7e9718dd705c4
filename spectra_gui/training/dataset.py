"""Labelled spectra on a bundle's grid, from the labelled libraries or from a person's label table.

Knows library files and label strings; knows no network. Spectra of a star system never part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import N_LUMINOSITY, MKParseError, PreparationSpec, parse_mk
from spectra_gui.data.labels import METAL_POOR_FEH, is_subdwarf
from spectra_gui.data.spectrum import Medium
from spectra_gui.prepare import normalise, prepare_as_published, smooth_and_rebin_uniform

CLASS_VI: Final = 5
"""Column of class VI, which is metallicity and is scored apart."""


class DataError(Exception):
    """Labelled spectra that cannot be used; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Library:
    """A labelled library: its file, medium, the value of its gap pixels and rows to leave out.

    ``composites``: it holds means of several stars, which have no identity; its spectra teach and
    are never scored, but those that its column ``comment`` says are of a single star may be
    reported apart.
    """

    file: str
    medium: Medium
    gap_below: float | None = None
    excluded_stars: tuple[str, ...] = ()
    composites: bool = False


SECOND_LABEL: Final = "label_hipparcos"
"""Column of a library with the types of another catalogue, empty where that has none."""

SINGLE: Final = "single star"
"""What the column ``comment`` of a library with composites says of the others."""

LIBRARIES: Final = {
    # HD147923 holds the spectrum of HD144872 a second time.
    "miles": Library("miles.fits.gz", "air", excluded_stars=("HD147923",)),
    # Gaps are written as 0.0001 where the rest of a spectrum lies near 1.
    "cflib": Library("cflib.fits.gz", "air", gap_below=2e-4),
    "cool_dwarfs": Library("cool_dwarfs.fits.gz", "vacuum", composites=True),
}


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSet:
    """Spectra with their labels; row i of every field is one spectrum.

    Attributes
    ----------
    ids, library, star, system, label : (n,) str; ``system`` is the group to split by
    flux : (n, n_pixels) float32, continuum 1; valid : (n, n_pixels) bool
    code : (n,) temperature on 0–70; luminosity : (n, 6) shares, a row of 0 where unknown
    scored : (n,) bool: the full MK type of one star of class I–V
    composite : (n,) bool: the mean of several stars
    disputed : (n,) bool: a second catalogue names another letter, or no class of the label's
    feh : (n,) [Fe/H], nan where unknown, as are teff_k : (n,) and logg : (n,), cgs
    """

    ids: NDArray[np.str_]
    library: NDArray[np.str_]
    star: NDArray[np.str_]
    system: NDArray[np.str_]
    label: NDArray[np.str_]
    flux: NDArray[np.float32]
    valid: NDArray[np.bool_]
    code: NDArray[np.float64]
    luminosity: NDArray[np.float64]
    scored: NDArray[np.bool_]
    composite: NDArray[np.bool_]
    disputed: NDArray[np.bool_]
    feh: NDArray[np.float64]
    teff_k: NDArray[np.float64]
    logg: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, which: NDArray[Any]) -> LabelledSet:
        """The rows that a boolean mask or indices choose."""
        return LabelledSet(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def strata(self) -> NDArray[np.int64]:
        """(n,) letter + class cell, 6 within a letter for an unknown class: for balanced splits."""
        known = self.luminosity.sum(1) > 0
        column = np.where(known, self.luminosity.argmax(1), N_LUMINOSITY)
        return (self.code // 10).astype(np.int64) * (N_LUMINOSITY + 1) + column

    def apart(self) -> NDArray[np.bool_]:
        """(n,) single stars that are not `scored` but reported apart: class VI and metal-poor."""
        chosen = is_subdwarf(self.luminosity) | (self.feh < METAL_POOR_FEH)
        apart: NDArray[np.bool_] = chosen & ~self.scored & ~self.composite
        return apart

    def save(self, path: Path) -> None:
        """Write all fields as one npz, whole or not at all."""
        draft = path.with_name(f".{path.name}")
        with draft.open("wb") as file:
            np.savez(file, **{f.name: getattr(self, f.name) for f in fields(self)})
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> LabelledSet:
        """The inverse of `save`."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{f.name: arrays[f.name] for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Spectra that do not teach, and why."""

    reason: str
    ids: tuple[str, ...]


def load_labelled(
    libraries: Sequence[str], data_folder: Path, spec: PreparationSpec, *, min_coverage: float = 0.5
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    """The labelled libraries on the grid of ``spec``.

    Rows with a temperature subtype are kept, also where the luminosity class is missing; composites
    (two stars in one spectrum), types outside the MK system, letters without subtype and spectra
    that cover less than ``min_coverage`` of the grid are left out.

    Raises
    ------
    DataError
        If a library is unknown or its file is not in ``data_folder``.
    """
    parts = [_load_library(name, data_folder, spec) for name in libraries]
    whole = concatenate([part for part, _, _ in parts])
    reasons: dict[str, list[str]] = {}
    for _, _, left in parts:
        for reason, ids in left.items():
            reasons.setdefault(reason, []).extend(ids)
    covered = np.concatenate([coverage for _, coverage, _ in parts]) >= min_coverage
    reasons["covers too little of the grid"] = list(whole.ids[~covered])
    left_out = tuple(LeftOut(r, tuple(map(str, ids))) for r, ids in reasons.items() if ids)
    return whole.rows(covered), left_out


def concatenate(parts: Sequence[LabelledSet]) -> LabelledSet:
    """One set after the other."""
    return LabelledSet(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(LabelledSet)}
    )


def _load_library(
    name: str, data_folder: Path, spec: PreparationSpec
) -> tuple[LabelledSet, NDArray[np.float64], dict[str, list[str]]]:
    """A library's rows that teach, how much of the grid each covers, and the others by reason."""
    if name not in LIBRARIES:
        raise DataError(f"There is no library {name!r}; known: {', '.join(LIBRARIES)}.")
    library = LIBRARIES[name]
    table, start_aa, step_aa, fwhm_aa = read_table(data_folder / library.file)
    ids = np.array([f"{name}:{i:04d}" for i in range(len(table))])
    labels = [str(text).strip() for text in table["label"]]
    kept, left = _read_targets(table, labels, library)
    rows, targets = np.array(list(kept)), list(kept.values())
    raw = np.asarray(table["flux"], dtype=np.float32)[rows]
    bad = ~np.isfinite(raw)
    if library.gap_below is not None:
        bad |= raw < library.gap_below
    flat, valid, coverage = _prepare(
        start_aa, step_aa, raw, bad, spec=spec, fwhm_aa=fwhm_aa, medium=library.medium
    )
    return (
        LabelledSet(
            ids=ids[rows],
            library=np.full(len(rows), name),
            star=np.array([str(s) for s in table["star"]])[rows],
            system=np.array([str(s) for s in table["system"]])[rows],
            label=np.array(labels)[rows],
            flux=flat,
            valid=valid,
            code=np.array([t.code for t in targets]),
            luminosity=np.stack([t.luminosity for t in targets]),
            scored=np.array([t.is_scored and not library.composites for t in targets]),
            composite=_composites(table, library)[rows],
            disputed=_disputed(table, targets, rows),
            feh=_parameter(table, "feh", rows, highest=10.0),
            teff_k=_parameter(table, "teff", rows, highest=1e6),
            logg=_parameter(table, "logg", rows, highest=10.0),
        ),
        coverage,
        {reason: ids[those].tolist() for reason, those in left.items()},
    )


def _read_targets(
    table: Any, labels: Sequence[str], library: Library
) -> tuple[dict[int, Target], dict[str, list[int]]]:
    """What the rows of a library's table teach, and the rows that teach nothing, by reason."""
    kept: dict[int, Target] = {}
    left: dict[str, list[int]] = {}
    for i, text in enumerate(labels):
        target = read_target(text)
        if str(table["star"][i]) in library.excluded_stars:
            target = "is known to be wrong in its library"
        if isinstance(target, str):
            left.setdefault(target, []).append(i)
        else:
            kept[i] = target
    return kept, left


def _prepare(
    start_aa: float,
    step_aa: float,
    raw: NDArray[np.float32],
    bad: NDArray[np.bool_],
    *,
    spec: PreparationSpec,
    fwhm_aa: float,
    medium: Medium,
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
    """A library's spectra (n, its pixels) on the grid: flux with continuum 1, validity, coverage.

    The coverage (n,) is that of pixels that are there, also where the preparation fills gaps.
    """
    if spec.procedure == "sezen_2025":
        axis = start_aa + step_aa * np.arange(raw.shape[1], dtype=np.float64)
        grid = prepare_as_published(axis, raw, bad, spec=spec)
        return grid.flux, grid.valid, grid.coverage
    flux, valid = smooth_and_rebin_uniform(
        start_aa, step_aa, np.where(bad, 0.0, raw), bad, spec=spec, fwhm_aa=fwhm_aa, medium=medium
    )
    flat, continuum = normalise(flux, valid, spec.continuum_sigma_aa / spec.step_aa)
    valid &= np.isfinite(continuum)
    return flat, valid, valid.mean(axis=1)


def _parameter(
    table: Any, name: str, rows: NDArray[np.intp], *, highest: float
) -> NDArray[np.float64]:
    """(len(rows),) a column of the table, nan where it says nothing or there is none."""
    if name not in table.names:
        return np.full(len(rows), np.nan)
    values = np.asarray(table[name], dtype=np.float64)[rows]
    return np.where(np.abs(values) < highest, values, np.nan)


def _composites(table: Any, library: Library) -> NDArray[np.bool_]:
    """(n,) True where a row of a library's table is the mean of several stars."""
    if not library.composites:
        return np.zeros(len(table), dtype=bool)
    return np.array([str(text).strip() != SINGLE for text in table["comment"]], dtype=bool)


def _disputed(table: Any, targets: Sequence[Target], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(len(rows),) True where a library's second column of labels contradicts the first."""
    if SECOND_LABEL not in table.names:
        return np.zeros(len(rows), dtype=bool)
    others = [read_target(str(text).strip()) for text in table[SECOND_LABEL][rows]]
    pairs = zip(targets, others, strict=True)
    return np.array([isinstance(b, Target) and contradict(a, b) for a, b in pairs], dtype=bool)


def read_table(path: Path) -> tuple[Any, float, float, float]:
    """A library's table, its first wavelength, its step and its resolution in Å.

    Raises `DataError` where the file is not there.
    """
    from astropy.io import fits

    if not path.is_file():
        raise DataError(
            f"{path} is not there. Set SPECTRA_DATA to the folder that holds stellar/{path.name}."
        )
    with fits.open(path, memmap=False) as hdus:
        header = hdus[1].header
        return hdus[1].data, float(header["WAVE0"]), float(header["DWAVE"]), float(header["FWHM"])


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a label teaches: temperature 0–70, shares (6,) of the classes (0 where unknown).

    ``full``: the MK type of one star with its luminosity class.
    """

    code: float
    luminosity: NDArray[np.float64]
    full: bool

    @property
    def is_scored(self) -> bool:
        """Whether the headline may count it: full, and of no metal-poor class."""
        return self.full and self.luminosity[CLASS_VI] == 0.0


def contradict(first: Target, second: Target) -> bool:
    """Whether two labels name different letters, or classes of which none is the other's too."""
    both = first.luminosity.any() and second.luminosity.any()
    apart = both and not (first.luminosity * second.luminosity).any()
    return bool(first.code // 10 != second.code // 10 or apart)


def read_target(label: str) -> Target | str:
    """What a label teaches, or why it does not."""
    try:
        kind = parse_mk(label)
    except MKParseError:
        return "has no MK type"
    if kind.composite:
        return "is two stars in one spectrum"
    if kind.code is None:
        return "has a letter without a subtype"
    shares = np.zeros(N_LUMINOSITY)
    for c in kind.luminosity:
        shares[c - 1] = 1.0 / len(kind.luminosity)
    return Target(kind.code, shares, kind.is_full)


def count_reasons(left_out: Sequence[LeftOut]) -> tuple[tuple[str, int], ...]:
    """(reason, number of spectra), most first."""
    counts = Counter({part.reason: len(part.ids) for part in left_out})
    return tuple(counts.most_common())
