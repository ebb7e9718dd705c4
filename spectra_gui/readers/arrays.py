"""Named arrays (npz, HDF5) as spectra: one wavelength array, one or more flux arrays.

Knows names and shapes; knows no container.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice, ReadError
from spectra_gui.readers import axes, roles
from spectra_gui.readers.found import NO_NOISE, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.settle import bad_override

FloatArray = NDArray[np.float64]

_FLUX: Final = re.compile(r"^(flux|fls|spec|f)(?:es|trum|tra)?[_.]?(.*)$", re.I)


class Named:
    """An array's name, as `roles.assign` asks for it."""

    utype = ""
    ucd = ""

    def __init__(self, name: str) -> None:
        self.name = name


def read_arrays(
    arrays: Mapping[str, NDArray[Any]],
    units: Mapping[str, str],
    override: Override,
    *,
    description: str,
    evidence: str,
) -> Found:
    """The spectra in named arrays.

    Raises ``ReadError``: ``not_a_spectrum`` where names tell no wavelength or no flux.
    """
    names = [name for name, array in arrays.items() if array.dtype.kind in "fiub"]
    wave, flux_names, noise, kind, mask, why = _roles(names, arrays, override)
    axis = np.asarray(arrays[wave], np.float64).reshape(-1)
    pieces: list[Piece] = []
    for name in flux_names:
        for row, values in enumerate(np.atleast_2d(np.asarray(arrays[name], np.float64))):
            noise_row = _row(arrays[noise], row, axis.size) if noise else None
            mask_row = _row(arrays[mask], row, axis.size) if mask else None
            pieces.append(
                Piece(
                    axis=axis,
                    flux=values,
                    noise=noise_row,
                    bad=_bad(mask_row),
                    name=_label(name, row, arrays[name]),
                    flux_unit=units.get(name, ""),
                    row=len(pieces),
                )
            )
    used = [wave, *flux_names[:5], *([noise] if noise else [])]
    stated = axes.parse_unit(units.get(wave, "")) or axes.unit_in_name(wave)
    return Found(
        description,
        evidence,
        pieces,
        unit=Claim(stated, f"unit or name of {wave}") if stated else UNSTATED,
        noise=Claim(kind, f"array {noise}") if noise else NO_NOISE,
        mask=Claim("", f"array {mask}", assumed=True) if mask else None,
        notes=[Claim(", ".join(used), why).decide("Columns")],
        choices=[
            OverrideChoice(
                "columns",
                "Arrays: wavelength, flux, sigma",
                ", ".join(used),
                tuple(names),
            )
        ],
    )


def _roles(
    names: list[str], arrays: Mapping[str, NDArray[Any]], override: Override
) -> tuple[str, list[str], str, str, str, str]:
    if override.columns is not None:
        chosen = [_named(name, names) for name in override.columns]
        if not 2 <= len(chosen) <= 3:
            raise bad_override("two or three arrays are needed", f"There are: {', '.join(names)}.")
        kind = roles.noise_kind(chosen[2].rsplit("/", 1)[-1]) if len(chosen) == 3 else "none"
        noise = chosen[2] if len(chosen) == 3 else ""
        return chosen[0], [chosen[1]], noise, kind, "", "chosen by a person"
    short = [Named(name.rsplit("/", 1)[-1]) for name in names]
    found = roles.assign(short)
    if found.wavelength is None:
        raise _no_spectrum(names)
    wave = names[found.wavelength]
    size = arrays[wave].size
    fits = [name for name in names if name != wave and arrays[name].shape[-1:] == (size,)]
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
    return wave, flux, noise, found.noise_kind, mask, "names of the arrays"


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


def _row(array: NDArray[Any], row: int, size: int) -> FloatArray | None:
    rows = np.atleast_2d(np.asarray(array, np.float64))
    values = rows[row] if row < rows.shape[0] else rows[0]
    return values if values.size == size else None


def _bad(mask: FloatArray | None) -> NDArray[np.bool_] | None:
    """A mask's bad pixels: the value that most pixels have is good (Starfish: 1 = good)."""
    if mask is None:
        return None
    good_is_one = float(np.mean(mask == 1.0)) > 0.5
    return np.asarray(mask != 1.0) if good_is_one else np.asarray(mask != 0.0)


def _label(name: str, row: int, array: NDArray[Any]) -> str:
    match = _FLUX.match(name.rsplit("/", 1)[-1])
    word = match[2] if match else ""
    return f"{word} row {row}".strip() if array.ndim > 1 and array.shape[0] > 1 else word
