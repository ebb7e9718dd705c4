"""What of a spectrum is drawn: which axis, which flux, with which words. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec, Prepared, Spectrum
from spectra_gui.data.lines import AxisMedium
from spectra_gui.units import air_to_vacuum, doppler_factor, vacuum_to_air

Scale = Literal["normalised", "flux"]
AxisFrame = Literal["rest", "observed"]
Array = NDArray[np.float64]

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_UNIT_LETTERS = 36


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """Arrays (n,) as they stand on the screen's axes.

    ``flux`` is divided by ``10**exponent``; ``bad`` marks pixels to draw faint; ``continuum`` is
    None in the normalised scale. ``doppler`` is what rest wavelengths are multiplied by to stand
    on this axis, ``sky_doppler`` the same for telluric wavelengths (None where it is not known).
    """

    wavelength_aa: Array
    flux: Array
    sigma: Array | None
    bad: NDArray[np.bool_]
    continuum: tuple[Array, Array] | None
    exponent: int
    medium: AxisMedium
    doppler: float
    sky_doppler: float | None
    x_label: str
    y_label: str


def displayed(
    spectrum: Spectrum | None,
    prepared: Prepared | None,
    spec: PreparationSpec | None,
    *,
    scale: Scale,
    frame: AxisFrame,
) -> Display | None:
    """The display of a spectrum; falls back to the file's own flux and axis until prepared."""
    if prepared is not None and spec is not None and (scale == "normalised" or spectrum is None):
        return _normalised(spectrum, prepared, spec, frame)
    if spectrum is None:
        return None
    return _as_in_file(spectrum, prepared, spec, frame)


def velocity_factor(prepared: Prepared | None) -> float:
    """Observed over rest wavelength; 1 where no velocity was taken out."""
    if prepared is None or prepared.rv_kms is None:
        return 1.0
    return float(doppler_factor(prepared.rv_kms))


def _normalised(
    spectrum: Spectrum | None, prepared: Prepared, spec: PreparationSpec, frame: AxisFrame
) -> Display:
    shift = velocity_factor(prepared)
    doppler = shift if frame == "observed" else 1.0
    sigma = None if prepared.sigma is None else prepared.sigma.astype(np.float64)
    flux = prepared.flux.astype(np.float64)
    flux[~prepared.valid] = np.nan
    return Display(
        wavelength_aa=spec.wavelength_aa * doppler,
        flux=flux,
        sigma=sigma,
        bad=~prepared.valid,
        continuum=None,
        exponent=0,
        medium=spec.medium,
        doppler=doppler,
        sky_doppler=_sky(spectrum, prepared, doppler),
        x_label=_x_label(spec.medium, frame),
        y_label="flux / continuum",
    )


def _as_in_file(
    spectrum: Spectrum, prepared: Prepared | None, spec: PreparationSpec | None, frame: AxisFrame
) -> Display:
    medium: AxisMedium | None = spec.medium if prepared is not None and spec is not None else None
    wavelength, medium = _in_medium(spectrum, medium)
    shift = velocity_factor(prepared)
    known = prepared is not None or spectrum.frame == "rest"
    doppler = shift if frame == "observed" or not known else 1.0
    wavelength = wavelength * (doppler / shift)
    exponent = _exponent(spectrum.flux[~spectrum.bad])
    unit = 10.0**exponent
    continuum = None
    if prepared is not None and spec is not None:
        continuum = (spec.wavelength_aa * doppler, prepared.continuum.astype(np.float64) / unit)
    return Display(
        wavelength_aa=wavelength,
        flux=spectrum.flux / unit,
        sigma=None if spectrum.sigma is None else spectrum.sigma / unit,
        bad=np.asarray(spectrum.bad),
        continuum=continuum,
        exponent=exponent,
        medium=medium,
        doppler=doppler,
        sky_doppler=_sky(spectrum, prepared, doppler),
        x_label=_x_label(medium, frame if known else None, stated=spectrum.medium != "unknown"),
        y_label=_flux_label(spectrum.flux_unit, exponent),
    )


def _in_medium(spectrum: Spectrum, wanted: AxisMedium | None) -> tuple[Array, AxisMedium]:
    """Wavelengths in the wanted medium; an unknown medium is left as it stands."""
    own = spectrum.medium
    if own == "unknown":
        return spectrum.wavelength_aa, wanted or "air"
    if wanted is None or wanted == own:
        return spectrum.wavelength_aa, own
    turn = air_to_vacuum if wanted == "vacuum" else vacuum_to_air
    return turn(spectrum.wavelength_aa), wanted


def _sky(spectrum: Spectrum | None, prepared: Prepared | None, doppler: float) -> float | None:
    """A file at rest without a velocity does not say where the sky's lines lie."""
    if spectrum is not None and spectrum.frame == "rest":
        return None
    return doppler / velocity_factor(prepared)


def _x_label(medium: str, frame: AxisFrame | None, *, stated: bool = True) -> str:
    where = f"in {medium}" if stated else "(medium not stated)"
    how = {"rest": ", rest frame", "observed": ", as observed", None: ", as in the file"}[frame]
    return f"wavelength {where}{how} (Å)"


def _exponent(flux: Array) -> int:
    """A power of ten to take out of tick labels; 0 where they are readable as they are."""
    finite = np.abs(flux[np.isfinite(flux)])
    typical = float(np.percentile(finite, 90)) if finite.size else 0.0
    if typical == 0.0 or 1e-2 <= typical < 1e5:
        return 0
    return int(np.floor(np.log10(typical)))


def _flux_label(unit: str, exponent: int) -> str:
    unit = unit.strip()
    if len(unit) > _MAX_UNIT_LETTERS:
        unit = unit[: _MAX_UNIT_LETTERS - 1] + "…"
    power = f"10{str(exponent).translate(_SUPERSCRIPT)}" if exponent else ""
    inside = " × ".join(part for part in (power, unit) if part)
    return f"flux ({inside})" if inside else "flux"
