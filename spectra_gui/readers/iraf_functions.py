"""Dispersion functions of IRAF multispec headers.

Source: IRAF help ``specwcs`` (noao.onedspec), "Multispec coordinate systems":
λ = Σ wtᵢ (w0ᵢ + fᵢ(p)) / (1 + z), p in physical pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class DispersionError(ValueError):
    """A ``spec`` string that does not follow ``specwcs``."""


@dataclass(frozen=True, slots=True)
class Aperture:
    """One ``specN`` string, taken apart."""

    aperture: int
    beam: int
    kind: int
    start: float
    step: float
    n_pixels: int
    z: float
    functions: tuple[float, ...]


def spec_strings(text: str) -> dict[int, str]:
    """``{N: value}`` of all ``specN = "…"`` in the joined WAT2 cards."""
    return {int(n): value for n, value in re.findall(r'spec(\d+)\s*=\s*"([^"]*)"', text)}


def parse_aperture(text: str) -> Aperture:
    """The attributes of one ``specN`` value; raises `DispersionError`."""
    words = text.split()
    if len(words) < 9:
        raise DispersionError(f"only {len(words)} numbers")
    try:
        values = [float(word.replace("D", "E").replace("d", "e")) for word in words]
    except ValueError as error:
        raise DispersionError(str(error)) from None
    return Aperture(
        aperture=int(values[0]),
        beam=int(values[1]),
        kind=int(values[2]),
        start=values[3],
        step=values[4],
        n_pixels=int(values[5]),
        z=values[6],
        functions=tuple(values[9:]),
    )


def wavelengths(aperture: Aperture, physical: FloatArray) -> tuple[FloatArray, str]:
    """Wavelengths at physical pixels (n,), and a warning or "".

    Raises `DispersionError` where a function cannot be evaluated.
    """
    stretch = 1.0 + aperture.z
    if aperture.kind == 2:
        return _sum_functions(aperture.functions, physical) / stretch, ""
    linear = aperture.start + aperture.step * (physical - 1.0)
    if aperture.kind == 1:
        if aperture.start > 10.0:
            note = (
                f"Aperture {aperture.aperture} says logarithmic, but starts at "
                f"{aperture.start:g}: read as linear."
            )
            return linear / stretch, note
        return 10.0 ** (linear / stretch), ""
    if aperture.kind == 0:
        if aperture.start in (0.0, 1.0) and aperture.step == 1.0:
            raise DispersionError("it only counts pixels")
        return linear / stretch, ""
    raise DispersionError(f"dispersion type {aperture.kind}")


def _sum_functions(numbers: tuple[float, ...], p: FloatArray) -> FloatArray:
    total = np.zeros_like(p)
    place = 0
    count = 0
    while place < len(numbers):
        if place + 3 > len(numbers):
            raise DispersionError("a function is cut short")
        weight, offset, kind = numbers[place : place + 3]
        values, place = _evaluate(int(kind), numbers, place + 3, p)
        total = total + weight * (offset + values)
        count += 1
        if count > 20:
            raise DispersionError("more than twenty functions")
    if not count:
        raise DispersionError("no function is given")
    return total


def _evaluate(
    kind: int, numbers: tuple[float, ...], place: int, p: FloatArray
) -> tuple[FloatArray, int]:
    """A function's values and where the next one begins."""
    if kind in (1, 2, 3, 4):
        n, low, high = _take(numbers, place, 3)
        order = int(n)
        if not 1 <= order <= 1000 or high <= low:
            raise DispersionError("the order or the range of a function is not valid")
        extra = {1: 0, 2: 0, 3: 3, 4: 1}[kind]
        coefficients = np.array(_take(numbers, place + 3, order + extra))
        after = place + 3 + order + extra
        if kind in (1, 2):
            x = (2.0 * p - (high + low)) / (high - low)
            if kind == 1:
                return np.polynomial.chebyshev.chebval(x, coefficients), after
            return np.polynomial.legendre.legval(x, coefficients), after
        s = (p - low) / (high - low) * order
        piece = np.clip(np.floor(s), 0, order - 1).astype(int)
        if kind == 4:
            return _linear_spline(s, piece, coefficients), after
        return _cubic_spline(s, piece, coefficients), after
    if kind in (5, 6):
        count = int(_take(numbers, place, 1)[0])
        if not 1 <= count <= 1_000_000:
            raise DispersionError("the length of a sampled function is not valid")
        if kind == 5:
            table = np.array(_take(numbers, place + 1, count))
            return np.interp(p, np.arange(1.0, count + 1.0), table), place + 1 + count
        pairs = np.array(_take(numbers, place + 1, 2 * count)).reshape(count, 2)
        return np.interp(p, pairs[:, 0], pairs[:, 1]), place + 1 + 2 * count
    raise DispersionError(f"function type {kind}")


def _take(numbers: tuple[float, ...], place: int, count: int) -> tuple[float, ...]:
    if place + count > len(numbers):
        raise DispersionError("a function is cut short")
    return numbers[place : place + count]


def _linear_spline(s: FloatArray, piece: NDArray[np.int_], c: FloatArray) -> FloatArray:
    b = s - piece
    return np.asarray(c[piece] * (1.0 - b) + c[piece + 1] * b)


def _cubic_spline(s: FloatArray, piece: NDArray[np.int_], c: FloatArray) -> FloatArray:
    b = s - piece
    a = 1.0 - b
    return np.asarray(
        c[piece] * a**3
        + c[piece + 1] * (1.0 + 3.0 * a * (1.0 + a * b))
        + c[piece + 2] * (1.0 + 3.0 * b * (1.0 + a * b))
        + c[piece + 3] * b**3
    )
