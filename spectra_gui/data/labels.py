"""What a catalogue's MK string says on the grid: temperature, shares of the classes, cells.

Knows the parser and the grid; knows no spectrum, no library file and no probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_gui.data.mk import (
    N_LETTERS,
    N_LUMINOSITY,
    N_SUBTYPES,
    MKParseError,
    parse_mk,
    used_subtypes,
)

_SUBDWARF: Final = 6

METAL_POOR_FEH: Final = -1.0
"""[Fe/H] below which stars are reported apart."""


def read_labels(texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Full MK types of single stars as arrays; anything else is left out.

    Returns
    -------
    code : (n,) temperature on 0–70, nan where the string is not the full MK type of one star
    luminosity : (n, 6) equal shares of the classes named, rows of 0 where ``code`` is nan
    """
    code = np.full(len(texts), np.nan)
    luminosity = np.zeros((len(texts), N_LUMINOSITY))
    for i, text in enumerate(texts):
        try:
            kind = parse_mk(text)
        except MKParseError:
            continue
        if not kind.is_full or kind.code is None:
            continue
        code[i] = kind.code
        luminosity[i, [c - 1 for c in kind.luminosity]] = 1.0 / len(kind.luminosity)
    return code, luminosity


def fainter_class(luminosity: ArrayLike) -> NDArray[np.intp]:
    """(n,) the headline class 0–5: a range counts as its fainter end (IV-V as V); -1 for none."""
    named = np.asarray(luminosity) > 0
    last = N_LUMINOSITY - 1 - np.argmax(named[:, ::-1], axis=1)
    return np.where(named.any(axis=1), last, -1).astype(np.intp)


def headline_types(code: ArrayLike, luminosity: ArrayLike) -> NDArray[np.float64]:
    """(n, 42) 1 at the letter + class that the headline counts as right; rows of 0 where unknown.

    A decimal belongs to its letter (F9.5 is F), a range of classes to `fainter_class`.
    """
    codes, column = np.asarray(code, dtype=np.float64), fainter_class(luminosity)
    types = np.zeros((len(codes), N_LETTERS * N_LUMINOSITY))
    known = np.flatnonzero(np.isfinite(codes) & (column >= 0))
    letter = (codes[known] // 10).astype(np.intp)
    types[known, letter * N_LUMINOSITY + column[known]] = 1.0
    return types


def is_subdwarf(luminosity: ArrayLike) -> NDArray[np.bool_]:
    """(n,) True where the label is class VI, a metal-poor star (sd, esd, usd)."""
    subdwarf: NDArray[np.bool_] = np.asarray(luminosity)[:, _SUBDWARF - 1] > 0
    return subdwarf


def label_grid(code: ArrayLike, luminosity: ArrayLike) -> NDArray[np.float64]:
    """(n, 70, 6) the label as a distribution over grid cells, each row of sum 1 (0 where unknown).

    Decimals are shared between the neighbouring rows (B0.5: half B0, half B1; O9.7: .3 and .7), a
    range of classes equally; what falls on a box that the MK system does not use goes to the
    nearest used one (K8 to K7, K9 to M0).
    """
    codes = np.asarray(code, dtype=np.float64)
    known = np.isfinite(codes)
    at = np.clip(np.where(known, codes, 0.0), 0.0, N_SUBTYPES - 1.0)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, N_SUBTYPES - 1)
    nearest = _nearest_used()
    rows = np.arange(len(codes))
    temperature = np.zeros((len(codes), N_SUBTYPES))
    np.add.at(temperature, (rows, nearest[low]), np.where(known, 1.0 - (at - low), 0.0))
    np.add.at(temperature, (rows, nearest[high]), np.where(known, at - low, 0.0))
    grid: NDArray[np.float64] = temperature[:, :, None] * np.asarray(luminosity)[:, None, :]
    return grid


def box_steps(code: ArrayLike) -> NDArray[np.float64]:
    """Temperature counted in boxes that the MK system uses, decimals kept (K7 to M0 is one)."""
    used = np.flatnonzero(used_subtypes())
    steps: NDArray[np.float64] = np.interp(np.asarray(code), used, np.arange(len(used)))
    return steps


def _nearest_used() -> NDArray[np.intp]:
    used = np.flatnonzero(used_subtypes())
    rows = np.arange(N_SUBTYPES)
    nearest: NDArray[np.intp] = used[np.abs(rows[:, None] - used[None, :]).argmin(axis=1)]
    return nearest
