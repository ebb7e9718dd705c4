"""Named arrays (npz, HDF5) as spectra: one wavelength array, one or more flux arrays.

Knows names and shapes; knows no container. Of an array of many spectra the wanted rows are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice, ReadError
from spectra_gui.readers import axes, roles
from spectra_gui.readers.found import NO_NOISE, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan, wanted_rows
from spectra_gui.readers.settle import bad_override

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stored:
    """An array of one or two dimensions that is read when asked.

    ``part`` gives its elements from ``first`` along the first axis, ``count`` of them.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    part: Callable[[int, int], NDArray[Any]]

    @property
    def n_rows(self) -> int:
        """How many spectra it can hold."""
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def length(self) -> int:
        """The number of points of each."""
        return self.shape[-1]

    def whole(self) -> NDArray[Any]:
        """All of it."""
        return self.part(0, self.shape[0])

    def head(self, n: int) -> FloatArray:
        """The first ``n`` numbers of its first row; without any nothing is read."""
        if not n or 0 in self.shape or self.dtype.kind not in "fiub":
            return np.empty(0)
        first = self.part(0, n) if len(self.shape) == 1 else self.part(0, 1)[0][:n]
        return np.asarray(first, np.float64)

    def rows(self, first: int, count: int) -> FloatArray:
        """(count, length) numbers; one that has no rows is all of its own row 0."""
        if len(self.shape) == 1:
            return np.asarray(self.whole(), np.float64)[None]
        return np.asarray(self.part(first, count), np.float64)


def in_memory(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Stored]:
    """Arrays that are read already."""
    return {
        name: Stored(array.shape, array.dtype, _slicer(array))
        for name, array in arrays.items()
        if array.ndim in (1, 2)
    }


def _slicer(array: NDArray[Any]) -> Callable[[int, int], NDArray[Any]]:
    return lambda first, count: array[first : first + count]


_VOTING_ROWS: Final = 50
_FLUX: Final = re.compile(r"^(flux|fls|spec|f)(?:es|trum|tra)?[_.]?(.*)$", re.I)


class Named:
    """An array's name, as `roles.assign` asks for it."""

    utype = ""
    ucd = ""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Names of the arrays; ``kind`` is that of ``noise``, ``why`` tells how they were found."""

    wave: str
    fluxes: list[str]
    noise: str
    kind: str
    mask: str
    why: str


def read_arrays(
    probe: Probe,
    arrays: Mapping[str, Stored],
    units: Mapping[str, str],
    override: Override,
    *,
    description: str,
    evidence: str,
    called: Mapping[str, str] | None = None,
) -> Found:
    """The spectra in named arrays; ``called`` has the names that some are to be known by.

    Raises ``ReadError``: ``not_a_spectrum`` where names tell no wavelength or no flux.
    """
    names = [name for name, array in arrays.items() if array.dtype.kind in "fiub"]
    chosen = _roles(names, arrays, override, called or {})
    n_rows = sum(arrays[name].n_rows for name in chosen.fluxes)
    span = wanted_rows(probe, override, (n_rows, arrays[chosen.wave].length))
    used = [chosen.wave, *chosen.fluxes[:5], *([chosen.noise] if chosen.noise else [])]
    stated = axes.stated_unit(units.get(chosen.wave, "")) or axes.unit_in_name(chosen.wave)
    found = Found(
        description,
        evidence,
        [],
        unit=Claim(stated, f"unit or name of {chosen.wave}") if stated else UNSTATED,
        noise=Claim(chosen.kind, f"array {chosen.noise}") if chosen.noise else NO_NOISE,
        mask=Claim("", f"array {chosen.mask}", assumed=True) if chosen.mask else None,
        notes=[Claim(", ".join(used), chosen.why).decide("Columns")],
        choices=[
            OverrideChoice(
                "columns", "Arrays: wavelength, flux, sigma", ", ".join(used), tuple(names)
            )
        ],
        total_rows=span.total if n_rows > 1 else 0,
    )
    first = 0
    for name in chosen.fluxes:
        end = first + arrays[name].n_rows
        rows = tuple(row - first for row in span.rows if first <= row < end)
        _add_rows(arrays, chosen, name, rows, found)
        for piece in found.pieces[len(found.pieces) - len(rows) :]:
            piece.row += first
            piece.flux_unit = units.get(name, "")
        first = end
    return found


def holds_spectrum(arrays: Mapping[str, Stored], called: Mapping[str, str]) -> bool:
    """Whether names tell a wavelength and a flux that goes with it."""
    names = [name for name, array in arrays.items() if array.dtype.kind in "fiub"]
    try:
        _roles(names, arrays, Override(), called)
    except ReadError:
        return False
    return True


def _add_rows(
    arrays: Mapping[str, Stored], chosen: _Chosen, name: str, rows: tuple[int, ...], found: Found
) -> None:
    """The wanted rows of one array of fluxes."""

    def taken(which: str) -> FloatArray | None:
        """(len(rows), n) of an array that goes with the flux, or (1, n) where all share it."""
        array = arrays.get(which)
        if array is None or not rows:
            return None
        shared = array.n_rows < arrays[name].n_rows
        span = RowSpan((0,), 1) if shared else RowSpan(rows, array.n_rows)
        return span.read(array.rows, array.length)

    flux, noise, mask = (taken(which) for which in (name, chosen.noise, chosen.mask))
    waves, good = taken(chosen.wave), _good_value(arrays.get(chosen.mask), chosen.mask)
    if flux is None or waves is None:
        return
    for place, row in enumerate(rows):
        values = [None if a is None else a[min(place, len(a) - 1)] for a in (noise, mask)]
        found.pieces.append(
            Piece(
                axis=waves[min(place, len(waves) - 1)],
                flux=flux[place],
                noise=values[0],
                bad=None if values[1] is None else np.asarray(values[1] != good),
                name=_label(name, row, arrays[name]),
                row=row,
            )
        )


def _roles(
    names: list[str], arrays: Mapping[str, Stored], override: Override, called: Mapping[str, str]
) -> _Chosen:
    if override.columns is not None:
        return _chosen_by_person(names, arrays, override.columns)
    short = [Named(called.get(name) or name.rsplit("/", 1)[-1]) for name in names]
    found = roles.assign(short)
    if found.wavelength is None:
        raise _no_spectrum(names)
    wave = names[found.wavelength]
    fits = [name for name in names if name != wave and _fits(arrays[name], arrays[wave])]
    if found.flux is not None and names[found.flux] in fits:
        flux = [names[found.flux]]
    else:
        flux = [name for name in fits if _FLUX.match(name.rsplit("/", 1)[-1])]
    siblings = [n for n in fits if n not in flux and re.match(r"^flux_(?!err|unc|std|iv)", n, re.I)]
    if len(flux) == 1 and re.match(r"^flux_", flux[0], re.I):
        flux.extend(siblings)
    if not flux:
        raise _no_spectrum(names)
    noise = names[found.noise] if found.noise is not None else ""
    mask = names[found.mask] if found.mask is not None else ""
    noise = noise if noise in fits and noise not in flux and len(flux) == 1 else ""
    mask = mask if mask in fits and len(flux) == 1 else ""
    return _Chosen(wave, flux, noise, found.noise_kind, mask, "names of the arrays")


def _chosen_by_person(
    names: list[str], arrays: Mapping[str, Stored], columns: tuple[str, ...]
) -> _Chosen:
    chosen = [_named(name, names) for name in columns]
    if not 2 <= len(chosen) <= 3:
        raise bad_override("two or three arrays are needed", f"There are: {', '.join(names)}.")
    for name in chosen[1:]:
        if not _fits(arrays[name], arrays[chosen[0]]):
            raise bad_override(
                f"{name} is not as long as {chosen[0]}", "Choose arrays that belong together."
            )
    noise = chosen[2] if len(chosen) == 3 else ""
    kind = roles.noise_kind(noise.rsplit("/", 1)[-1]) if noise else "none"
    return _Chosen(chosen[0], [chosen[1]], noise, kind, "", "chosen by a person")


def _fits(array: Stored, wave: Stored) -> bool:
    """Whether an array has the points of the wavelengths, and their rows where those have any."""
    return array.length == wave.length and wave.n_rows in (1, array.n_rows)


def _named(name: str, names: list[str]) -> str:
    for candidate in names:
        if name.strip().lower() in (candidate.lower(), candidate.rsplit("/", 1)[-1].lower()):
            return candidate
    if re.fullmatch(r"\d{1,4}", name.strip()) and int(name) < len(names):
        return names[int(name)]
    raise bad_override(f"there is no array {name!r}", f"There are: {', '.join(names[:30])}.")


def _no_spectrum(names: list[str]) -> ReadError:
    return ReadError(
        "not_a_spectrum",
        f"No pair of its arrays ({', '.join(names[:10]) or 'none'}) is known as wavelength and "
        "flux.",
        "If it is a spectrum, choose its arrays.",
    )


def _good_value(mask: Stored | None, name: str) -> float:
    """What a mask has where pixels are good: 1 where most have it (as Starfish writes), else 0.

    A name that says it is believed. The first rows tell it for all, so that a row of mostly bad
    pixels is not turned round.
    """
    said = roles.flag_meaning(name.rsplit("/", 1)[-1])
    if mask is None or said:
        return float(said == "good")
    return float(np.mean(mask.rows(0, min(mask.n_rows, _VOTING_ROWS)) == 1.0) > 0.5)


def _label(name: str, row: int, array: Stored) -> str:
    match = _FLUX.match(name.rsplit("/", 1)[-1])
    word = match[2] if match else ""
    return f"{word} row {row}".strip() if array.n_rows > 1 else word
