"""Wavelength units: their spellings, what magnitude tells where none is given, Å from each.

Rules of thumb stand with their reasons; what rests on one is marked as assumed.
Knows no file format.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import ReadError
from spectra_gui.readers.found import Claim

FloatArray = NDArray[np.float64]

SPECTRAL_UNITS: Final = ("angstrom", "nm", "um", "log10_angstrom", "ln_angstrom", "wavenumber")
"""What a person may choose (`Override.wavelength_unit`)."""

NOT_WAVELENGTH: Final = {
    "frequency": "a frequency",
    "velocity": "a velocity",
    "pixel": "pixel numbers",
    "energy": "an energy",
}

_FACTOR_AA: Final = {"angstrom": 1.0, "nm": 10.0, "um": 1e4, "mm": 1e7, "cm": 1e8, "m": 1e10}

_SPELLINGS: Final = {
    "angstrom": "angstrom angstroms angstroem ang angs a aa å ångström ångstrom 0.1nm 1e-10m "
    "10**-10m 10^-10m angstorm angström angströms ångströms",
    "nm": "nm nanometer nanometers nanometre nanometres nanom 1e-9m 10**-9m",
    "um": "um micron microns micrometer micrometers micrometre micrometres µm μm mum mu mkm "
    "micrn 1e-6m",
    "mm": "mm",
    "cm": "cm centimeter",
    "m": "m meter meters metre metres",
    "wavenumber": "1/cm cm-1 cm^-1 cm**-1 kayser kaysers cm^{-1}",
    "frequency": "hz khz mhz ghz thz hertz",
    "velocity": "km/s kms-1 m/s kms^-1 km.s-1 km*s-1 kms**-1 km/sec",
    "pixel": "pixel pixels pix px pixnum bin bins channel chan",
    "energy": "ev kev mev",
}
_UNITS: Final = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}


def parse_unit(text: str) -> str:
    """The unit that a spelling stands for, or "".

    One of ``angstrom nm um mm cm m wavenumber log10_angstrom ln_angstrom`` or a key of
    `NOT_WAVELENGTH`.
    """
    word = re.sub(r"[\s\[\](){}'\"_]+", "", text.strip().lower())
    if not word or word in ("-999", "none", "unknown", "null"):
        return ""
    if word in _UNITS:
        return _UNITS[word]
    logarithm = re.fullmatch(r"(log10|log|dex|ln)[\W_]*(.*?)", word)
    if logarithm and _UNITS.get(logarithm[2]) == "angstrom":
        return "ln_angstrom" if logarithm[1] == "ln" else "log10_angstrom"
    return ""


LN_FROM: Final = 7.0
"""From here on a logarithm of a wavelength in Å is the natural one: ln 1100 Å, log10 of 1 mm."""


def natural_where_large(unit: Claim, values: FloatArray) -> Claim:
    """The unit, as a natural logarithm where a decimal one would be a millimetre or more.

    ``log(Angstrom)`` stands for either (HERMES writes it for the natural one).
    """
    finite = values[np.isfinite(values)]
    if unit.value != "log10_angstrom" or not finite.size or float(finite.min()) < LN_FROM:
        return unit
    return Claim("ln_angstrom", f"{unit.evidence}, from {finite.min():g}: a natural logarithm")


def unit_in_name(name: str) -> str:
    """The unit that a column's name or title carries: ``Wavelength (nm)``, ``lambda_um``."""
    bracket = re.search(r"[\[(]([^\])]*)[\])]", name)
    if bracket and (unit := parse_unit(bracket[1])):
        return unit
    if re.search(r"log.?(lam|wave|wl)|lambda_?log", name.lower()):
        return "log10_angstrom"
    if re.match(r"ln_?(lam|wave|wl)", name.lower()):
        return "ln_angstrom"
    if re.match(r"wave_?num", name.lower()):
        return "wavenumber"
    tail = re.search(r"[_\s./:,-]([A-Za-zµμÅå]+)\s*$", name)
    if tail and len(tail[1]) > 1 and (unit := parse_unit(tail[1])):
        return unit
    return ""


def to_angstrom(values: FloatArray, unit: str) -> FloatArray:
    """Wavelengths in Å of ``values`` in a unit of `parse_unit`; raises ``KeyError`` on others."""
    if unit == "log10_angstrom":
        with np.errstate(over="ignore"):
            return np.asarray(10.0**values)
    if unit == "ln_angstrom":
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(values))
    if unit == "wavenumber":
        with np.errstate(divide="ignore"):
            return np.asarray(1e8 / values)
    factor = _FACTOR_AA[unit]
    return values if factor == 1.0 else values * factor


def looks_like_pixels(values: FloatArray) -> bool:
    """Whether values only count: 0, 1, 2 … or 1, 2, 3 …"""
    if values.size < 3 or values[0] not in (0.0, 1.0):
        return False
    return bool(np.all(np.diff(values[:1000]) == 1.0))


_FARTHEST_AA: Final = 1e5
"""Numbers without a unit that begin beyond 10 µm are hardly in Å; Julian dates do."""


def guess_unit(values: FloatArray, *, hint: str = "") -> Claim:
    """The unit that the magnitude of wavelengths tells, as an assumption.

    ``hint`` is text that may name the instrument; it decides between nm and Å where magnitude
    cannot (900 to 2600).

    Raises
    ------
    ReadError
        ``no_wavelength``, where they are no wavelengths or could be two things.
    """
    finite = values[np.isfinite(values)]
    if finite.size < 2:
        raise _no_unit("The wavelength column holds no numbers.")
    if looks_like_pixels(finite):
        raise _no_unit("The first column counts pixels; no wavelengths were found.")
    if np.count_nonzero(finite) >= 0.5 * finite.size:
        # Zeros stand for "none" at the ends of arrays of one size for all.
        finite = finite[finite != 0.0]
    low, high = float(finite.min()), float(finite.max())
    span = f"values run from {low:g} to {high:g}"
    if low <= 0:
        raise _no_unit(f"The wavelengths are not positive ({span}).")
    if low >= 3.0 and high <= 4.7 and _is_even(finite):
        return Claim("log10_angstrom", f"{span}, in even steps", assumed=True)
    if low >= 7.5 and high <= 10.5 and _is_even(finite) and _step(finite) < 0.01:
        return Claim("ln_angstrom", f"{span}, in even steps", assumed=True)
    if low >= 0.08 and high <= 60.0:
        return Claim("um", span, assumed=True)
    if high > 2600.0 and low <= _FARTHEST_AA:
        return Claim("angstrom", span, assumed=True)
    if 900.0 <= low <= high <= 2600.0:
        return _ambiguous(span, hint)
    if 100.0 <= low <= high <= 2600.0:
        return Claim("nm", span, assumed=True)
    raise _no_unit(f"The wavelengths cannot be recognised by their size ({span}).")


def _ambiguous(span: str, hint: str) -> Claim:
    words = hint.upper()
    if re.search(r"\b(HST|STIS|COS|FUSE|IUE|HUT|GHRS|FOS|WUPPE|GALEX|ORFEUS)\b", words):
        return Claim("angstrom", f"{span}, of an ultraviolet instrument", assumed=True)
    if re.search(r"(LIF|SIC)\d?[AB]?T(TAG|HIST)\w*FCAL", words):
        return Claim("angstrom", f"{span}, made from FUSE exposures", assumed=True)
    if re.search(r"CRIRES|SPIROU|CARMENES|GIANO|NIRPS|\bIGRINS\b", words):
        return Claim("nm", f"{span}, of an infrared instrument", assumed=True)
    raise _no_unit(f"The wavelengths ({span}) could be in Å (ultraviolet) or in nm (infrared).")


def _is_even(values: FloatArray) -> bool:
    """Whether steps are equal within what rounding to float32 or six digits leaves."""
    steps = np.diff(values)
    typical = float(np.median(steps))
    return bool(np.all(np.abs(steps - typical) <= 0.05 * abs(typical) + 2e-6))


def _step(values: FloatArray) -> float:
    return abs(float(np.median(np.diff(values))))


def _no_unit(reason: str) -> ReadError:
    return ReadError(
        "no_wavelength",
        reason,
        "State the wavelength unit, or which column holds wavelengths, and read it again.",
    )
