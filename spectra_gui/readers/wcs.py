"""The spectral axis of a FITS image from its keywords.

Sources: FITS Paper III (Greisen et al. 2006, A&A 446, 747) for CRVAL, CDELT, CD and WAVE-LOG;
IRAF help ``specwcs`` and ``dispcor`` for DC-FLAG; SDSS data model for COEFF0 and COEFF1.
Knows headers, and of files only the tables that an axis is looked up in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import ReadError
from spectra_gui.readers import axes
from spectra_gui.readers.fitsfile import FitsFile
from spectra_gui.readers.found import UNSTATED, Claim
from spectra_gui.readers.headers import Cards
from spectra_gui.readers.wcspaper3 import is_nonlinear, nonlinear_values, table_values

FloatArray = NDArray[np.float64]

_NOT_SPECTRAL: Final = re.compile(
    r"^(RA-|DEC-|GLON|GLAT|ELON|ELAT|HPLN|HPLT|TIME|STOKES|PIXEL|CCF|LAG|PHASE)", re.I
)
_OTHER_AXIS: Final = {
    "VRAD": "velocity",
    "VELO": "velocity",
    "VOPT": "velocity",
    "ZOPT": "redshift",
    "FELO": "velocity",
    "BETA": "velocity",
}
_AGAINST_WAVELENGTH: Final = {
    "FREQ": ("frequency", "hz"),
    "ENER": ("energy", ""),
    "WAVN": ("wavenumber", "per_m"),
}
"""Paper III, table 1: what else than wavelength an axis may be, and its unit where none stands.

Of an energy that is the joule, in which nobody keeps a spectrum.
"""

_WAVENUMBERS: Final = 2e5
"""Below this a wavenumber without a unit is hardly in 1/m, where it would be beyond 50 µm."""

_LOG_TYPES: Final = ("LOGLIN", "LOG10LAM", "LOG-LINEAR", "LOGLAM", "LOG-LAMBDA", "LOGWAVE", "LOG")


@dataclass(slots=True)
class SpectralAxis:
    """Values (n,) in the unit of ``unit``, with what was decided on the way."""

    values: FloatArray
    unit: Claim
    scale: Claim
    warnings: list[str] = field(default_factory=list)


def stated_unit(header: Cards) -> Claim | None:
    """The unit of the spectral axis where a card states one; it may be `axes.NOT_UNDERSTOOD`."""
    places = [(key, header.text(key)) for key in ("CUNIT1", "XUNITS", "WAVEUNIT", "WUNIT")]
    words = re.search(r"units?\s*=\s*['\"]?([A-Za-z0-9.*^/-]+)", header.text("WAT1_001"))
    places.append(("WAT1_001", words[1] if words else ""))
    axis = header.text("CTYPE1")
    bracket = re.search(r"[\[(]([^\])]*)[\])]", axis)
    places.append(("CTYPE1", bracket[1] if bracket else axis))
    for key, text in places:
        unit = axes.parse_unit(text)
        if unit and not (key == "CTYPE1" and unit in ("m", "cm", "mm")):
            return Claim(unit, f"{key} = {text}")
    for key, text in places[:-1]:
        if unit := axes.stated_unit(text):
            return Claim(unit, f"{key} = {text}")
    return None


def spectral_axis(header: Cards, n: int) -> SpectralAxis | None:
    """The axis of ``n`` pixels, or None where no keyword gives one.

    Raises ``ReadError`` (``not_a_spectrum``, ``no_wavelength``) where the axis is another kind
    of axis, or only counts pixels.
    """
    kind = header.text("CTYPE1").upper()
    if _NOT_SPECTRAL.match(kind):
        if kind.startswith("PIXEL"):
            return None
        raise ReadError(
            "not_a_spectrum",
            f"The axis of the data is {kind}, not wavelength: this is an image or a curve.",
            "Extract a spectrum from it first.",
        )
    if kind.endswith("-TAB"):
        raise ReadError(
            "no_wavelength",
            f"CTYPE1 = {kind} says that wavelengths stand in a table, which is not there.",
            "Get the file with its table, or calibrate it in wavelength.",
        )
    if is_nonlinear(kind) and header.number("CRVAL1") and _step(header):
        values, si_unit = nonlinear_values(header, kind, n)
        claim = Claim(f"CTYPE1 = {kind}", "Paper III, by wcslib")
        return SpectralAxis(values, Claim(si_unit, claim.value), claim)
    first, step = header.number("COEFF0"), header.number("COEFF1")
    if first is not None and step:
        values = first + step * np.arange(n, dtype=np.float64)
        return SpectralAxis(
            values,
            Claim("log10_angstrom", "COEFF0 and COEFF1"),
            Claim("log10", f"COEFF0 = {first:g}, COEFF1 = {step:g}"),
        )
    start, step = header.number("CRVAL1"), _step(header)
    if start is None or step is None:
        return None
    unit = stated_unit(header)
    unit = _of_other_axis(kind, unit, start) or unit
    counts = start in (0.0, 1.0) and step == 1.0
    if counts and (unit is None or unit.value == "angstrom"):
        # Pixel numbers, also where a default unit stands beside them.
        return None
    pixel, warnings = _reference(header)
    offsets = step * (np.arange(n, dtype=np.float64) + 1.0 - pixel)
    axis = _scaled(header, start, step, offsets, unit)
    axis.warnings.extend(warnings)
    return axis


def tabulated_axis(file: FitsFile, header: Cards, n: int) -> SpectralAxis | None:
    """The axis that is looked up in a table of the file (``WAVE-TAB``); None for other axes.

    Raises ``ReadError``: ``no_wavelength`` where the table is not there.
    """
    kind = header.text("CTYPE1").upper()
    if not kind.endswith("-TAB") or _NOT_SPECTRAL.match(kind):
        return None
    values, where = table_values(file, header, n)
    finite = values[np.isfinite(values)]
    unit = stated_unit(header)
    if finite.size:
        unit = _of_other_axis(kind, unit, float(finite[0])) or unit
    return SpectralAxis(values, unit or UNSTATED, Claim("table", f"CTYPE1 = {kind}: {where}"))


def _of_other_axis(kind: str, stated: Claim | None, start: float) -> Claim | None:
    """The unit of an axis that is not one of wavelengths by its CTYPE; None where it is one."""
    evidence = f"CTYPE1 = {kind}"
    if other := _OTHER_AXIS.get(kind[:4]):
        return Claim(other, evidence)
    if kind[:4] not in _AGAINST_WAVELENGTH:
        return None
    what, default = _AGAINST_WAVELENGTH[kind[:4]]
    if stated and stated.value in axes.PER_WAVELENGTH:
        return Claim(stated.value, f"{evidence}, {stated.evidence}")
    if what == "wavenumber" and start < _WAVENUMBERS:
        default = "wavenumber"
    if stated is not None:
        return Claim("other", f"{evidence}, {stated.evidence}")
    return Claim(default or what, evidence)


def _reference(header: Cards) -> tuple[float, list[str]]:
    pixel = header.number("CRPIX1")
    if pixel is not None:
        return pixel, []
    note = "CRPIX1 is missing: the first pixel is taken to stand at CRVAL1."
    return 1.0, [note]


def _step(header: Cards) -> float | None:
    """CDELT1 or CD1_1; where they differ, the one that is not the default 1."""
    delta, matrix = header.number("CDELT1"), header.number("CD1_1")
    turned = header.number("PC1_1")
    if delta is not None and turned and matrix is None:
        # Paper I, eq. 1: the step is CDELT times PC.
        delta *= turned
    if delta in (None, 0.0):
        return matrix or None
    if matrix in (None, 0.0, 1.0):
        return delta
    return matrix


def _scaled(
    header: Cards, start: float, step: float, offsets: FloatArray, unit: Claim | None
) -> SpectralAxis:
    linear = start + offsets
    kind = header.text("CTYPE1").upper()
    evidence = f"CRVAL1 = {start:g}, step {step:g}"
    if kind in ("WAVE-LOG", "AWAV-LOG"):
        return _log_sampled(start, offsets, unit, f"CTYPE1 = {kind}, {evidence}")
    small = start < 6.0 and abs(step) < 0.01
    if unit is not None and unit.value.startswith(("log10_", "ln_")):
        unit = axes.natural_where_large(unit, linear)
        return SpectralAxis(linear, unit, Claim(unit.value.split("_")[0], unit.evidence))
    if unit is not None and unit.value in ("um", "mm", "cm", "m", axes.NOT_UNDERSTOOD):
        return SpectralAxis(linear, unit, Claim("linear", evidence))
    if header.number("DC-FLAG") == 1.0 and start < 12.0:
        return _logarithmic(linear, f"DC-FLAG = 1, {evidence}", unit)
    if kind in _LOG_TYPES and start < 6.0:
        return _logarithmic(linear, f"CTYPE1 = {kind}, {evidence}", unit)
    if small and unit is not None and unit.value in ("angstrom", "nm"):
        why = f"{evidence}: no wavelength in {axes.UNIT_WORDS.get(unit.value, unit.value)}"
        return _logarithmic(linear, f"{why}, but its logarithm", unit)
    if small and unit is None and linear.min() >= 2.9 and linear.max() <= 4.8:
        return _logarithmic(linear, f"{evidence}: the size of a logarithm", None, assumed=True)
    if unit is None and linear.min() >= 7.5 and linear.max() <= 10.6 and abs(step) < 0.01:
        claim = Claim("ln_angstrom", f"{evidence}: the size of a natural logarithm", assumed=True)
        return SpectralAxis(linear, claim, Claim("ln", evidence, assumed=True))
    return SpectralAxis(linear, unit or UNSTATED, Claim("linear", evidence))


def _log_sampled(
    start: float, offsets: FloatArray, unit: Claim | None, evidence: str
) -> SpectralAxis:
    """``WAVE-LOG`` as the paper has it; or, as many write it, CRVAL in logarithms."""
    linear = start + offsets
    base = unit.value if unit is not None else "angstrom"
    if base.startswith(("log10_", "ln_")):
        base = base.partition("_")[2]
    elif start > 12.0 or (base in ("um", "mm", "cm", "m") and start > 0.0):
        # Paper III, eq. 5: sampled evenly in ln λ, CRVAL and CDELT in wavelength units.
        values = start * np.exp(offsets / start)
        return SpectralAxis(values, unit or UNSTATED, Claim("ln", evidence))
    claim = Claim(f"log10_{base if base in ('nm', 'um') else 'angstrom'}", evidence)
    if unit is not None and unit.value.startswith("ln_"):
        claim = Claim(unit.value, evidence)
    claim = axes.natural_where_large(claim, linear)
    return SpectralAxis(linear, claim, Claim(claim.value.partition("_")[0], evidence))


def _logarithmic(
    values: FloatArray, evidence: str, stated: Claim | None, *, assumed: bool = False
) -> SpectralAxis:
    """Decimal logarithms: of nm where that is the unit and gives light, else of Å."""
    unit = "log10_angstrom"
    if stated is not None and stated.value == "nm":
        evidence = f"{evidence}, {stated.evidence}"
        # Logarithms of Å stay so where a program that made them of nm left the old unit behind.
        unit = "log10_nm" if float(values.max()) < _LOG_AA_FROM else "log10_angstrom"
        assumed = assumed or unit == "log10_angstrom"
    elif stated is None and axes.is_unclear_log(values):
        unit = axes.UNCLEAR_LOG
    return SpectralAxis(values, Claim(unit, evidence, assumed), Claim("log10", evidence, assumed))


_LOG_AA_FROM: Final = 3.5
"""From here on a logarithm is of Å: of nm it would be 3.2 µm."""


def instrument_words(header: Cards) -> str:
    """What a header says of telescope and instrument, to decide between nm and Å."""
    keys = ("TELESCOP", "INSTRUME", "DETECTOR", "SPEC0", "ORIGIN", "MISSION", "GRATING")
    return " ".join(header.text(key) for key in keys)
