"""One-dimensional FITS images: flux in pixels, wavelengths in keywords or in a sister HDU.

What several families share; each of them adds its habits. Companions (uncertainty, mask,
resolution, wavelengths) are found by EXTNAME, else by their values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import FitsFile, Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import NO_NOISE, SILENT, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.noise import sigma_or_ivar
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.wcs import (
    SpectralAxis,
    instrument_words,
    spectral_axis,
    stated_unit,
    tabulated_axis,
)
from spectra_gui.readers.wcsviews import spectral_view

FloatArray = NDArray[np.float64]

_NOISE_NAMES: Final = (
    (r"^(IVAR|INVVAR|INVERSE_?VAR\w*|WEIGHT)$", "ivar"),
    # STAT is the variance of MUSE and of MPDAF.
    (r"^(VAR|VARIANCE|FLUX_?VAR|STAT)$", "variance"),
    (
        r"^(ERR|ERROR|ERRS|ERRORS|SIG|SIGMA|STD|STDEV|STDDEV|UNCERT\w*|NOISE|FLUX_?ERR\w*|RMS)$",
        "sigma",
    ),
)
_ERROR_CLASSES: Final = {"MSE": "variance", "RMSE": "sigma", "INVMSE": "ivar"}
"""HDUCLAS3 of ESO's data format for errors."""

WAVE_NAMES: Final = re.compile(
    r"^((WAVE|WAVELENGTHS?|LAMBDA|LAM|WAVES|WL|WAVELEN)(_?(VAC(UUM)?|AIR))?|LOGLAM|"
    r"(VAC(UUM)?|AIR)_?(WAVE|WAVELENGTHS?|LAMBDA))$"
)


@dataclass(frozen=True, slots=True)
class Habits:
    """What a family does where its files do not say: used after the header, marked as assumed."""

    medium: Claim = SILENT
    frame: Claim = SILENT
    resolution: Claim | None = None
    fwhm_aa: float | None = None
    resolving_power: float | None = None


@dataclass(slots=True)
class Companions:
    """Arrays beside the flux: each None where the file has none."""

    noise: FloatArray | None = None
    noise_kind: Claim = NO_NOISE
    bad: NDArray[np.bool_] | None = None
    mask: Claim | None = None
    axis: SpectralAxis | None = None
    medium: Claim = SILENT
    resolving_power: FloatArray | None = None


def pick_image(probe: Probe, override: Override) -> Hdu | None:
    """The image to read: the one that was asked for, else the first."""
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or not hdu.is_image:
            raise bad_override(f"there is no image {override.hdu}", hdu_list(probe.fits))
        return hdu
    images = [hdu for hdu in probe.fits if hdu.is_image]
    return next((hdu for hdu in images if not _is_companion(hdu)), images[0] if images else None)


def _is_companion(hdu: Hdu) -> bool:
    """Whether the name says that an image goes with a flux and is none."""
    return bool(noise_kind_of(hdu) or WAVE_NAMES.match(hdu.name))


def noise_kind_of(hdu: Hdu) -> str:
    """The kind of uncertainty that an image holds by its name, or ""."""
    kind = next((kind for pattern, kind in _NOISE_NAMES if re.match(pattern, hdu.name)), "")
    return kind and _ERROR_CLASSES.get(hdu.header.text("HDUCLAS3").upper(), kind)


def hdu_list(file: FitsFile) -> str:
    """A sentence that names the HDUs which hold data."""
    labels = [hdu.label for hdu in file if hdu.is_image or hdu.is_table]
    return f"The file has {', '.join(labels[:20])}."


def hdu_choice(file: FitsFile, current: Hdu) -> list[OverrideChoice]:
    """The choice of an HDU, where there is one."""
    numbers = tuple(str(hdu.index) for hdu in file if hdu.is_image or hdu.is_table)
    if len(numbers) < 2:
        return []
    return [OverrideChoice("hdu", "HDU", str(current.index), numbers[:50])]


def read_image(
    probe: Probe,
    override: Override,
    *,
    description: str,
    evidence: str,
    habits: Habits | None = None,
) -> Found:
    """The spectrum in a one-dimensional image, with its companions.

    Raises ``ReadError``: ``no_wavelength`` where neither keywords nor a sister HDU give any.
    """
    habits = habits or Habits()
    hdu = pick_image(probe, override)
    if hdu is None:
        raise probe.fail("not_a_spectrum", f"{probe.name} holds no pixels.", "Copy it again.")
    header = spectral_view(merged_header(probe.fits, hdu), hdu.shape)
    flux = hdu.image().reshape(-1)
    companions = find_companions(probe.fits, hdu, flux)
    axis = companions.axis or tabulated_axis(probe.fits, header, flux.size)
    axis = axis or spectral_axis(header, flux.size)
    if axis is None:
        raise no_axis(probe, hdu)
    width = own_resolution(header, habits, companions.resolving_power)
    piece = Piece(
        axis=axis.values,
        flux=flux,
        noise=companions.noise,
        bad=companions.bad,
        resolving_power=width[0],
        fwhm_aa=width[1],
        name=headers.object_name(header),
        flux_unit=header.text("BUNIT", "YUNITS", "FLUXUNIT"),
        meta=headers.facts(header),
    )
    return Found(
        description,
        evidence,
        [piece],
        unit=axis.unit,
        hint=instrument_words(header),
        scale=axis.scale,
        medium=first_known(companions.medium, headers.medium(header), habits.medium),
        frame=first_known(headers.frame(header), habits.frame),
        noise=companions.noise_kind,
        mask=companions.mask,
        resolution=width[2],
        warnings=axis.warnings,
        choices=hdu_choice(probe.fits, hdu),
    )


def no_axis(probe: Probe, hdu: Hdu) -> Exception:
    """A `ReadError` for pixels without any wavelength."""
    return probe.fail(
        "no_wavelength",
        f"{hdu.label} of {probe.name} has pixels but no wavelengths: no keyword, row or sister "
        "HDU gives them.",
        "Calibrate it in wavelength, or choose the HDU or column that holds wavelengths.",
    )


def first_known(*claims: Claim) -> Claim:
    """The first claim that is not "unknown"."""
    return next((claim for claim in claims if claim.value != "unknown"), claims[-1])


_OWN_CARDS: Final = re.compile(r"CR|CD|CT|CU|PC|PS|PV|WAT|COEFF|DC-|BUNIT|NAXIS")


class _Merged(Header):
    """Cards of an HDU, and of the primary where it is silent on facts of the exposure."""

    def __init__(self, own: Header, primary: Header) -> None:
        self._own, self._primary = own, primary
        # INHERIT (FITS standard 4.0, section 4.4.2.6): the axes of the primary hold here too.
        self._inherits = own.flag("INHERIT") is True and own.get("CRVAL1") is None

    def remarks(self) -> list[str]:
        """HISTORY and COMMENT of both."""
        return self._own.remarks() + self._primary.remarks()

    def get(self, key: str, default: object = None) -> object:
        value = self._own.get(key)
        if value is None and (self._inherits or not _OWN_CARDS.match(key)):
            value = self._primary.get(key)
        return default if value is None else value


def merged_header(file: FitsFile, hdu: Hdu) -> Header:
    """The header of an HDU, completed by the primary's facts (not by its axes)."""
    return hdu.header if hdu.index == 0 else _Merged(hdu.header, file.primary.header)


def own_resolution(
    header: Header, habits: Habits, stored: FloatArray | None = None
) -> tuple[float | FloatArray | None, float | None, Claim | None]:
    """Resolving power, FWHM in Å, and the claim: stored, from the header, or by habit."""
    if stored is not None:
        return stored, None, Claim("λ/FWHM for each pixel", "a sister HDU (SRES)")
    power = headers.resolving_power(header)
    if power:
        return power[0], None, Claim(f"λ/FWHM = {power[0]:g}", f"{power[1]} = {power[0]:g}")
    if habits.resolution:
        return habits.resolving_power, habits.fwhm_aa, habits.resolution
    return None, None, None


def find_companions(file: FitsFile, hdu: Hdu, flux: FloatArray) -> Companions:
    """Sister images of the same length: by name, or by values where none has a name."""
    found = Companions()
    sisters = [
        other
        for other in _some(file)
        if other.index != hdu.index and other.is_image and other.spectral_shape == (flux.size,)
    ]
    named = [other for other in sisters if other.name]
    for other in named:
        _by_name(other, found, file)
    if sisters and not named and hdu.index == 0:
        _by_values(sisters, flux, found, file)
    return found


def _some(file: FitsFile) -> list[Hdu]:
    """The first dozen HDUs: a spectrum's companions stand near it."""
    units = (file.get(i) for i in range(12))
    return [hdu for hdu in units if hdu is not None]


def _by_name(other: Hdu, found: Companions, file: FitsFile) -> None:
    kind = noise_kind_of(other)
    if kind and found.noise is None:
        found.noise = other.image().reshape(-1)
        found.noise_kind = Claim(kind, other.label)
    if re.match(r"^(MASK|DQ|QUAL\w*|FLAGS?|BPM|BADPIX)$", other.name):
        found.bad = other.image().reshape(-1) != 0
        found.mask = Claim("", f"{other.label}, not zero = bad")
    elif other.name in ("SRES", "SPECRES", "RESOLUTION_POWER"):
        power = other.image().reshape(-1)
        if np.all(power > 10.0):
            found.resolving_power = power
    elif WAVE_NAMES.match(other.name) and found.axis is None:
        found.axis = _stored_axis(other, file)
        found.medium = _named_medium(other)


def _named_medium(other: Hdu) -> Claim:
    for word, medium in (("VAC", "vacuum"), ("AIR", "air")):
        if word in other.name:
            return Claim(medium, f"name of {other.label}")
    return SILENT


def _stored_axis(other: Hdu, file: FitsFile) -> SpectralAxis:
    values = other.image().reshape(-1)
    stated = axes.parse_unit(other.header.text("BUNIT", "CUNIT1", "UNITS"))
    if stated:
        unit = Claim(stated, f"BUNIT of {other.label}")
    elif other.name == "LOGLAM" or 2.9 <= values.min() <= values.max() <= 4.8:
        unit = Claim("log10_angstrom", f"{other.label}: {values[0]:g} to {values[-1]:g}")
    else:
        stale = stated_unit(file.primary.header)
        unit = stale or UNSTATED
    return SpectralAxis(values, unit, Claim("table", f"wavelengths in {other.label}"))


def _by_values(sisters: list[Hdu], flux: FloatArray, found: Companions, file: FitsFile) -> None:
    """Nameless sisters, as IDL writes them: one runs through wavelengths, one is the noise."""
    for other in sisters:
        values = other.image().reshape(-1)
        if found.axis is None and runs_through_wavelengths(values):
            found.axis = _stored_axis(other, file)
            found.axis.warnings.append(
                f"No HDU has a name; {other.label} is taken for the wavelengths, since it runs "
                f"from {values[0]:g} to {values[-1]:g}."
            )
        elif found.noise is None and other.index == 1 and np.all(values[np.isfinite(values)] >= 0):
            claim = sigma_or_ivar(flux, values)
            if claim.value != "none":
                found.noise = values
                found.noise_kind = Claim(claim.value, f"{other.label}, {claim.evidence}", True)


def runs_through_wavelengths(values: FloatArray) -> bool:
    """Whether values rise or fall throughout, within what wavelengths can be."""
    if values.size < 5 or not np.all(np.isfinite(values)) or values.min() <= 0.0:
        return False
    steps = np.diff(values)
    if not (np.all(steps > 0.0) or np.all(steps < 0.0)) or axes.looks_like_pixels(values):
        return False
    low, high = float(values.min()), float(values.max())
    return (
        (low >= 900.0 and high < 3e5)
        or (low >= 2.9 and high <= 4.8)
        or (low >= 0.1 and high <= 30.0)
    )
