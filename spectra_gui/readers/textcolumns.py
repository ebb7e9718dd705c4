"""Which columns of a text are the wavelength, the flux and sigma: by a person, by name, by order.

Knows names and numbers of a parsed text; knows no library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import axes, roles
from spectra_gui.readers.found import NO_NOISE, Claim
from spectra_gui.readers.noise import guess_noise
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.sides import Side, find_sides
from spectra_gui.readers.textlines import TextTable

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column's description, as `roles.assign` asks for it."""

    name: str
    utype: str = ""
    ucd: str = ""


@dataclass(slots=True)
class Columns:
    """Numbers of the columns, what the uncertainty is, and by what they were told apart.

    ``more`` are further fluxes of the same wavelengths, each of another star; ``mask`` is a column
    of flags, ``mask_assumed`` where no name says so. ``beside`` are other spectra, each with
    columns and a ``label`` of its own.
    """

    wavelength: int
    flux: int
    noise: int | None
    noise_claim: Claim
    evidence: str
    assumed: bool
    more: tuple[int, ...] = ()
    mask: int | None = None
    mask_assumed: bool = False
    label: str = ""
    beside: tuple[Columns, ...] = ()


def chosen_columns(table: TextTable, override: Override) -> Columns | None:
    """The columns that a person named, or None; raises ``ReadError``: ``bad_override``."""
    if override.columns is None:
        return None
    if not 2 <= len(override.columns) <= 3:
        raise bad_override(
            f"{len(override.columns)} columns were named", "Name wavelength, flux and maybe sigma."
        )
    places = [_place(table, name) for name in override.columns]
    noise = places[2] if len(places) == 3 else None
    named = noise is not None and noise < len(table.names)
    kind = roles.noise_kind(table.names[noise]) if noise is not None and named else "sigma"
    claim = Claim(kind, "column chosen by a person") if noise is not None else NO_NOISE
    return Columns(places[0], places[1], noise, claim, "chosen by a person", False)


def _place(table: TextTable, name: str) -> int:
    lower = [word.lower() for word in table.names]
    if name.strip().lower() in lower:
        return lower.index(name.strip().lower())
    if re.fullmatch(r"\d{1,4}", name.strip()) and int(name) < table.data.shape[1]:
        return int(name)
    there = ", ".join(table.names) or f"0 to {table.data.shape[1] - 1}"
    raise bad_override(f"there is no column {name!r}", f"There are: {there}.")


def find_columns(table: TextTable) -> Columns:
    """The columns by their names, else in the usual order, which is assumed.

    Raises ``ReadError``: ``not_a_spectrum``, where names leave no flux.
    """
    n = table.data.shape[1]
    if sides := [_of_side(table, side) for side in find_sides(table.names[:n])]:
        sides[0].beside = tuple(sides[1:])
        return sides[0]
    found = roles.assign([TextColumn(name) for name in table.names[:n]])
    noise, claim = found.noise, NO_NOISE
    if noise is not None:
        claim = Claim(found.noise_kind, f"column {table.names[noise]}")
    if found.wavelength is not None and found.flux is not None:
        evidence = "names in the header"
        named = Columns(found.wavelength, found.flux, noise, claim, evidence, False)
        named.mask = found.mask
        return named
    first = _wavelength_by_order(table)
    if not _rises(table.data[:, first]) and found.wavelength is not None:
        first = found.wavelength
    flux = first + 1 if first + 1 < n else 0
    if found.flux is not None and found.flux != first:
        why = "the flux by its name, the wavelengths by their order"
        return Columns(first, found.flux, noise, claim, why, True, mask=found.mask)
    if flux < len(table.names) and roles.is_no_flux(table.names[flux]):
        flux = _flux_left_over(table, first)
        why = "no other column can be the flux"
        return Columns(first, flux, noise, claim, why, True, mask=found.mask)
    columns = _by_order(table, first, flux)
    columns.mask = columns.mask if found.mask is None else found.mask
    if found.wavelength == first and columns.noise is None:
        columns.more = _further_stars(table, columns)
    return columns


def _of_side(table: TextTable, side: Side) -> Columns:
    own = side.roles
    assert own.wavelength is not None
    assert own.flux is not None
    claim = NO_NOISE
    if own.noise is not None:
        claim = Claim(own.noise_kind, f"column {table.names[own.noise]}")
    columns = Columns(own.wavelength, own.flux, own.noise, claim, own.evidence, False)
    columns.mask, columns.label = own.mask, side.label
    return columns


def _by_order(table: TextTable, first: int, flux: int) -> Columns:
    """Wavelength, flux, and sigma if the third column can be one; flags may follow that."""
    data = table.data
    n = data.shape[1]
    evidence = "the usual order, since no header names them"
    columns = Columns(first, flux, None, NO_NOISE, evidence, True)
    if first + 2 < n:
        _refuse_constant(table, flux)
        claim = guess_noise(data[:, flux], data[:, first + 2], data[:, first])
        if claim.value == "sigma":
            columns.noise, columns.noise_claim = first + 2, claim
        elif claim.value == "none":
            columns.noise_claim = claim
    if columns.noise is not None and first + 3 < n and _are_flags(data[:, first + 3]):
        columns.mask, columns.mask_assumed = first + 3, True
    return columns


def _wavelength_by_order(table: TextTable) -> int:
    """The first column, or the second where the first counts pixels or orders."""
    data = table.data
    if data.shape[1] < 3:
        return 0
    first, second = data[:, 0], data[:, 1]
    if axes.looks_like_pixels(first) and _rises(second):
        return 1
    steps = np.diff(first)
    in_order = _rises(second) and bool(np.mean(steps == 0.0) >= 0.9) and _are_whole(first)
    counts = bool(np.all(steps == 1.0)) and not _in_optical(first)
    return int(in_order or (counts and _in_optical(second) and _is_smooth(second)))


def _are_whole(values: FloatArray) -> bool:
    return bool(np.all(np.isfinite(values)) and np.all(values == np.round(values)))


def _in_optical(values: FloatArray) -> bool:
    """Whether numbers are wavelengths in Å as they are usual; a nm is ten of them."""
    return bool(np.nanmin(values) >= 3000.0 and np.nanmax(values) <= 12_000.0)


def _is_smooth(values: FloatArray) -> bool:
    """Whether steps hardly change from one to the next, as those of a dispersion do."""
    steps = np.diff(values)
    typical = abs(float(np.median(steps)))
    if not typical > 0.0 or not (np.all(steps > 0.0) or np.all(steps < 0.0)):
        return False
    return bool(np.max(np.abs(np.diff(steps)), initial=0.0) < 0.2 * typical)


def may_be_beside(table: TextTable, columns: Columns) -> bool:
    """Whether what stands behind nameless columns runs as wavelengths do: a second spectrum."""
    data, third = table.data, columns.flux + 1
    if (
        not columns.assumed
        or table.names
        or columns.noise is not None
        or third + 1 >= data.shape[1]
    ):
        return False
    values, own = data[:, third], data[:, columns.wavelength]
    if not np.all(np.isfinite(values)) or not _is_smooth(values):
        return False
    return bool(0.3 * own.min() < values.min() and values.max() < 3.0 * own.max())


_MOST_FLAGS: Final = 99.0


def _are_flags(values: FloatArray) -> bool:
    """Small whole numbers, most of them zero, as flags that stand behind a sigma."""
    if not _are_whole(values) or values.min() < 0.0 or values.max() > _MOST_FLAGS:
        return False
    return bool(0.8 <= np.mean(values == 0.0) < 1.0)


def _refuse_constant(table: TextTable, flux: int) -> None:
    """Raise where the flux would be one number throughout, and there are other columns."""
    values = table.data[:, flux]
    if np.all(values == values[0]):
        raise ReadError(
            "not_a_spectrum",
            f"Column {flux}, which would be the flux, holds {values[0]:g} in each line, and no "
            "header says what the columns are.",
            "Choose its wavelength and flux columns.",
            has_columns=True,
        )


def _further_stars(table: TextTable, columns: Columns) -> tuple[int, ...]:
    """Columns after the flux that hold other stars: those that have a name of their own."""
    n = table.data.shape[1]
    names = table.names[:n]
    if len(names) < n or columns.flux + 1 >= n:
        return ()
    described = [TextColumn(name) for name in names]
    if roles.assign(described).noise is not None or len(set(names)) < n:
        return ()
    rest = [i for i in range(n) if i != columns.wavelength and i != columns.mask]
    if any(roles.is_no_flux(names[i]) or _WORDS_OF_WAVES.match(names[i].lower()) for i in rest):
        return ()
    return tuple(i for i in rest if i != columns.flux and np.isfinite(table.data[:, i]).any())


_WORDS_OF_WAVES: Final = re.compile(r"wave|lambda|\w*_wave|freq|energy|vel|time|date")


def bad_pixels(table: TextTable, columns: Columns) -> tuple[BoolArray, Claim] | None:
    """(n,) True where flags say "do not use", and by what; None without flags that mean that."""
    if columns.mask is None:
        return None
    flags = table.data[:, columns.mask]
    if not np.all(np.isfinite(flags)):
        return None
    name = f"column {columns.mask}"
    if columns.mask < len(table.names):
        name = f"column {table.names[columns.mask]}"
    binary = bool(np.all((flags == 0.0) | (flags == 1.0)))
    share = float(np.mean(flags != 0.0))
    said = roles.flag_meaning(name.removeprefix("column "))
    if said == "good" or (not said and binary and share > 0.5):
        why = "1 = good" if said else "1 = good, since most pixels have it"
        return flags == 0.0, Claim("", f"{name}, {why}", assumed=not said)
    # A flag that most pixels carry warns of something else than their use.
    if share > 0.5 and not said:
        return None
    return flags != 0.0, Claim("", f"{name}, not zero = bad", assumed=not said)


def _flux_left_over(table: TextTable, wavelength: int) -> int:
    """The one column that may hold a flux, by what the names of the others say."""
    names = table.names[: table.data.shape[1]]
    left = [i for i, name in enumerate(names) if i != wavelength and not roles.is_no_flux(name)]
    # A spectrum that was computed is one too, where it stands for itself.
    left = left or [i for i, name in enumerate(names) if i != wavelength and roles.is_model(name)]
    if len(left) != 1:
        raise ReadError(
            "not_a_spectrum",
            f"No column is known to hold a flux: there are {', '.join(names[:12])}.",
            "If it is a spectrum, choose its wavelength and flux columns.",
            has_columns=True,
        )
    return left[0]


def _rises(values: FloatArray) -> bool:
    """Whether nearly all steps go the same way, as in a column of wavelengths."""
    steps = np.diff(values[np.isfinite(values)])
    if steps.size < 2:
        return False
    ups, downs = np.mean(steps > 0), np.mean(steps < 0)
    return bool(max(ups, downs) > 0.9)


_SIGNS_OF_NONE: Final = (-999.0, -9999.0, -99999.0, -99.0, 999.0, 9999.0, 99999.0, 999999.0)
_FAR: Final = 5.0


def no_data(flux: FloatArray) -> BoolArray | None:
    """(n,) True where the flux is a number that stands for "none" and is far from all others."""
    for sign in _SIGNS_OF_NONE:
        hit = flux == sign
        if not hit.any() or hit.mean() > 0.5:
            continue
        others = flux[~hit & np.isfinite(flux)]
        low, high = np.percentile(others, (1.0, 99.0))
        if not low - _FAR * (high - low) <= sign <= high + _FAR * (high - low):
            return np.asarray(hit)
    return None
