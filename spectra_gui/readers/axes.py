"""Units of spectral axes: their spellings, what magnitude tells where none is given, Å from each.

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
from spectra_gui.units import SPEED_OF_LIGHT_KMS

FloatArray = NDArray[np.float64]

SPECTRAL_UNITS: Final = (
    *("angstrom", "nm", "um", "log10_angstrom", "log10_nm", "ln_angstrom", "wavenumber"),
)
"""What a person may choose (`Override.wavelength_unit`)."""

NOT_UNDERSTOOD: Final = "not_understood"
"""A unit that a file states in a spelling that is not known here: never to be guessed."""

UNCLEAR_LOG: Final = "unclear_log"
"""Logarithms without a unit that are of Å in the far ultraviolet, and of nm in the optical."""

NOT_WAVELENGTH: Final = {
    "frequency": "a frequency",
    "velocity": "a velocity",
    "redshift": "a redshift",
    "pixel": "pixel numbers",
    "energy": "an energy",
    "other": "of a kind that its unit does not fit",
}

UNIT_WORDS: Final = {
    "angstrom": "Å",
    "kiloangstrom": "kÅ",
    "um": "µm",
    "log10_angstrom": "log10 Å",
    "ln_angstrom": "ln Å",
    "log10_nm": "log10 nm",
    "ln_nm": "ln nm",
    "log10_um": "log10 µm",
    "ln_um": "ln µm",
    "wavenumber": "cm⁻¹",
    "per_m": "m⁻¹",
    "per_um": "µm⁻¹",
    "hz": "Hz",
    "ghz": "GHz",
    "thz": "THz",
    "ev": "eV",
}
"""How units are shown, where not by their names."""

_FACTOR_AA: Final = {
    "angstrom": 1.0,
    "kiloangstrom": 1e3,
    "pm": 0.01,
    "nm": 10.0,
    "um": 1e4,
    "mm": 1e7,
    "cm": 1e8,
    "m": 1e10,
}

_LIGHT_AA_HZ: Final = 1e13 * SPEED_OF_LIGHT_KMS
PER_WAVELENGTH: Final = {
    "wavenumber": 1e8,
    "per_m": 1e10,
    "per_um": 1e4,
    "hz": _LIGHT_AA_HZ,
    "ghz": 1e-9 * _LIGHT_AA_HZ,
    "thz": 1e-12 * _LIGHT_AA_HZ,
    # h·c in eV Å, exact since the SI of 2019.
    "ev": 12_398.419_843_320_025,
}
"""Vacuum wavelength (Å) times the value in a unit that runs against wavelength."""

_SPELLINGS: Final = {
    "angstrom": "angstrom angstroms angstroem ang angs a aa å ångström ångstrom 0.1nm 1e-10m "
    "10**-10m 10^-10m angstorm angström angströms ångströms",
    "kiloangstrom": "ka kå kiloangstrom kiloangstroms kiloang",
    "pm": "pm picometer picometers picometre picometres",
    "nm": "nm nanometer nanometers nanometre nanometres nanom 1e-9m 10**-9m",
    "um": "um micron microns micrometer micrometers micrometre micrometres µm μm mum mu mkm "
    "micrn 1e-6m",
    "mm": "mm",
    "cm": "cm centimeter",
    "m": "m meter meters metre metres",
    "wavenumber": "1/cm /cm cm-1 cm^-1 cm**-1 cm⁻¹ kayser kaysers",
    "per_m": "1/m /m m-1 m^-1 m**-1 m⁻¹",
    "per_um": "1/um um-1 um^-1 um**-1 µm-1 µm⁻¹ 1/µm micron-1 1/micron",
    "hz": "hz hertz",
    "ghz": "ghz",
    "thz": "thz",
    "ev": "ev electronvolt electronvolts",
    "frequency": "khz mhz",
    "velocity": "km/s kms-1 m/s kms^-1 km.s-1 km*s-1 kms**-1 km/sec",
    "pixel": "pixel pixels pix px pixnum bin bins channel chan",
    "energy": "kev mev",
}
_UNITS: Final = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}


def parse_unit(text: str) -> str:
    """The unit that a spelling stands for, or "".

    One of ``angstrom kiloangstrom pm nm um mm cm m``, of ``angstrom nm um`` also with ``log10_`` or
    ``ln_`` before it, or a key of `PER_WAVELENGTH` or of `NOT_WAVELENGTH`.
    """
    word = re.sub(r"[\s\[\](){}'\"_]+", "", text.strip().lower())
    if not word or word in ("-999", "none", "unknown", "null"):
        return ""
    if word in _UNITS:
        return _UNITS[word]
    logarithm = re.fullmatch(r"(log10|log|dex|ln)[\W_]*(.*?)", word)
    if logarithm and (unit := _UNITS.get(logarithm[2])) in ("angstrom", "nm", "um"):
        return f"ln_{unit}" if logarithm[1] == "ln" else f"log10_{unit}"
    return ""


_SAYS_NO_UNIT: Final = re.compile(
    r"air|vac(uum)?|in|at|to|the|of|and|or|rest\w*|obs\w*|frame|bary\w*|helio\w*|topo\w*|geo\w*|"
    r"lambda|λ|lam|wave\w*|wl|units?|corr\w*|calib\w*|lin(ear)?|lsr|standard|std|nist|col(umn)?\d*|"
    r"dex|(log(10)?|ln)([\W_]*(lambda|lam|wave\w*|wl))?|-999|none|unknown|null|nan|undef\w*|"
    # Signs alone, and what a wrong code page makes of Å.
    r"[\W_]+|ã…",
)


def stated_unit(text: str) -> str:
    """The unit that a text states which is there to state one: a card, a unit in brackets.

    ``""`` where it only speaks of the medium, the frame and the like; `NOT_UNDERSTOOD` where it
    names what is no unit that is known here.
    """
    if unit := parse_unit(text):
        return unit
    words = [word.strip(".:").lower() for word in re.split(r"[\s,;]+", text)]
    words = [re.sub(r"^(lambda|λ|lam|wave\w*|wl)[/(\[]|/pix(el)?s?$", "", word) for word in words]
    words = [word for word in words if word and not _SAYS_NO_UNIT.fullmatch(word)]
    if all(word.isdigit() for word in words):
        return ""
    return parse_unit("".join(words)) or NOT_UNDERSTOOD


LN_FROM: Final = 7.0
"""From here on a logarithm of a wavelength in Å is the natural one: ln 1100 Å, log10 of 1 mm."""

_LN_FROM: Final = {"log10_angstrom": LN_FROM, "log10_nm": 5.0}


def natural_where_large(unit: Claim, values: FloatArray) -> Claim:
    """The unit, as a natural logarithm where a decimal one would be a millimetre or more.

    ``log(Angstrom)`` stands for either (HERMES writes it for the natural one).
    """
    finite = values[np.isfinite(values)]
    least = _LN_FROM.get(unit.value)
    if least is None or not finite.size or float(finite.min()) < least:
        return unit
    natural = unit.value.replace("log10_", "ln_")
    return Claim(natural, f"{unit.evidence}, from {finite.min():g}: a natural logarithm")


def unit_in_name(name: str) -> str:
    """The unit that a column's name or title carries: ``Wavelength (nm)``, ``log_lambda_um``.

    `NOT_UNDERSTOOD` where brackets hold what is no unit that is known here.
    """
    lower = name.lower()
    brackets = [stated_unit(inner) for inner in re.findall(r"[\[(]([^\[\]()]*)[\])]", name)]
    unit = next((unit for unit in brackets if unit != NOT_UNDERSTOOD and unit), "")
    unit = unit or next(filter(None, brackets), "")
    if scale := logarithm_in_name(name):
        return logarithm_of(scale, unit or _unit_at_end(name) or "angstrom")
    if unit:
        return unit
    if re.match(r"wave_?num", lower):
        return "wavenumber"
    for kind, words in (("frequency", r"freq(uency)?|nu"), ("energy", r"energy")):
        if re.fullmatch(words, name.strip().lower()):
            return kind
    return _unit_at_end(name)


def _unit_at_end(name: str) -> str:
    tail = re.search(r"[_\s./:,-]([A-Za-zµμÅå]+)\s*$", name)
    return parse_unit(tail[1]) if tail and len(tail[1]) > 1 else ""


def logarithm_in_name(name: str) -> str:
    """``log10`` or ``ln``, where a column's name says that it holds one of wavelengths, else ""."""
    lower = name.lower()
    if re.search(r"(log(10)?|lg|dex)[\W_]{0,2}(lam|wave|wl|λ)|lambda_?log", lower):
        return "log10"
    return "ln" if re.match(r"(ln|log_?e)[\W_]{0,2}(lam|wave|wl|λ)", lower) else ""


def logarithm_of(scale: str, unit: str) -> str:
    """The unit of logarithms of a wavelength in ``unit``, which may be one itself."""
    if unit.startswith(("log10_", "ln_")):
        return unit
    return f"{scale}_{unit}" if unit in ("angstrom", "nm", "um") else NOT_UNDERSTOOD


def claim_by_name(name: str, values: FloatArray, evidence: str) -> Claim | None:
    """The unit that the name of a column of ``values`` carries, or None where it carries none."""
    unit = unit_in_name(name)
    if not unit:
        return None
    bare = logarithm_in_name(name) and not _unit_at_end(name) and not re.search(r"[\[(]", name)
    if bare and is_unclear_log(values):
        return Claim(UNCLEAR_LOG, evidence)
    return natural_where_large(Claim(unit, evidence), values)


def is_unclear_log(values: FloatArray) -> bool:
    """Whether decimal logarithms are below the 1000 Å that stars are seen to, and optical as nm."""
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() >= _UNCLEAR_LOG[0] and finite.max() < _UNCLEAR_LOG[1])


_UNCLEAR_LOG: Final = (2.3, 3.0)


def refuse_unclear(unit: Claim) -> None:
    """Raise ``no_wavelength`` where a stated unit is not known, or a logarithm could be of two."""
    reasons = {
        NOT_UNDERSTOOD: f"The unit of its wavelengths is none that is known ({unit.evidence}).",
        UNCLEAR_LOG: f"Its wavelengths are logarithms without a unit ({unit.evidence}): of Å they "
        "would be far ultraviolet, of nm optical light.",
    }
    if unit.value in reasons:
        raise ReadError(
            "no_wavelength",
            reasons[unit.value],
            f"State the unit (--unit {', '.join(SPECTRAL_UNITS[:-1])} or {SPECTRAL_UNITS[-1]}), "
            "or turn the wavelengths into Å.",
        )


def to_angstrom(values: FloatArray, unit: str) -> FloatArray:
    """Wavelengths in Å of ``values`` in a unit of `parse_unit`; raises ``KeyError`` on others."""
    scale, _, base = unit.partition("_")
    if scale in ("log10", "ln"):
        with np.errstate(over="ignore"):
            linear = 10.0**values if scale == "log10" else np.exp(values)
        return np.asarray(linear * _FACTOR_AA[base])
    if unit in PER_WAVELENGTH:
        with np.errstate(divide="ignore"):
            return np.asarray(PER_WAVELENGTH[unit] / values)
    factor = _FACTOR_AA[unit]
    return values if factor == 1.0 else values * factor


def is_radio(values: FloatArray, unit: str) -> bool:
    """Whether values in a unit of frequency are all of longer waves than 0.1 mm."""
    if unit not in ("hz", "ghz", "thz"):
        return False
    return bool(np.nanmax(values, initial=0.0) < PER_WAVELENGTH[unit] / _RADIO_AA)


_RADIO_AA: Final = 1e6


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
    if low >= 1e-7 and high <= 1e-5:
        return Claim("m", span, assumed=True)
    if low >= 2.5e14 and high <= 1.5e15:
        return Claim("hz", span, assumed=True)
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
    """Whether steps are equal within what rounding to float32 or to few decimals leaves."""
    steps = np.diff(values)
    typical = float(np.median(steps))
    if np.all(np.abs(steps - typical) <= 0.05 * abs(typical) + 2e-6):
        return True
    rounded = next((d for d in (3, 4, 5) if np.allclose(values, values.round(d), 0.0, 1e-9)), None)
    if rounded is None:
        return False
    line = np.linspace(values[0], values[-1], values.size)
    return bool(np.all(np.abs(values - line) <= 1.05 * 10.0**-rounded))


def _step(values: FloatArray) -> float:
    return abs(float(np.median(np.diff(values))))


def _no_unit(reason: str) -> ReadError:
    return ReadError(
        "no_wavelength",
        reason,
        "State the wavelength unit, or which column holds wavelengths, and read it again.",
    )
