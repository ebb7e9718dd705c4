"""Which columns of a text are the wavelength, the flux and sigma: by a person, by name, by order.

Knows names and numbers of a parsed text; knows no unit and no library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import axes, roles
from spectra_gui.readers.found import NO_NOISE, Claim
from spectra_gui.readers.noise import guess_noise
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.textlines import TextTable

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column's description, as `roles.assign` asks for it."""

    name: str
    utype: str = ""
    ucd: str = ""


@dataclass(slots=True)
class Columns:
    """Numbers of the columns, what the uncertainty is, and by what they were told apart."""

    wavelength: int
    flux: int
    noise: int | None
    noise_claim: Claim
    evidence: str
    assumed: bool


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
    described = [TextColumn(name) for name in table.names]
    found = roles.assign(described)
    n = table.data.shape[1]
    if (
        found.wavelength is not None
        and found.flux is not None
        and max(found.wavelength, found.flux) < n
    ):
        if found.noise is not None and found.noise < n:
            name = table.names[found.noise]
            claim = Claim(found.noise_kind, f"column {name}")
            return Columns(
                found.wavelength, found.flux, found.noise, claim, "names in the header", False
            )
        return Columns(found.wavelength, found.flux, None, NO_NOISE, "names in the header", False)
    first = 0
    if n > 2 and axes.looks_like_pixels(table.data[:, 0]) and _rises(table.data[:, 1]):
        first = 1
    if not _rises(table.data[:, first]) and found.wavelength is not None and found.wavelength < n:
        first = found.wavelength
    flux = first + 1 if first + 1 < n else 0
    noise, claim = None, NO_NOISE
    if flux < len(table.names) and roles.is_no_flux(table.names[flux]):
        flux = _flux_left_over(table, first)
        if found.noise is not None and found.noise < n:
            noise = found.noise
            claim = Claim(found.noise_kind, f"column {table.names[noise]}")
        return Columns(first, flux, noise, claim, "no other column can be the flux", True)
    if first + 2 < n:
        claim = guess_noise(table.data[:, flux], table.data[:, first + 2], table.data[:, first])
        noise = first + 2 if claim.value == "sigma" else None
    if noise is None and claim.value != "none":
        claim = NO_NOISE
    return Columns(first, flux, noise, claim, "the usual order, since no header names them", True)


def _flux_left_over(table: TextTable, wavelength: int) -> int:
    """The one column that may hold a flux, by what the names of the others say."""
    names = table.names[: table.data.shape[1]]
    left = [i for i, name in enumerate(names) if i != wavelength and not roles.is_no_flux(name)]
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
