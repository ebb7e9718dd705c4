"""Python's door to the ensemble, in this process, for spectra of several makes.

Knows how specutils and astropy hold a spectrum; what is done to it is `inference`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import BundleError, find_bundle, load_bundle
from spectra_gui.data import Explanation, Spectrum, Verdict
from spectra_gui.data.explanation import Target
from spectra_gui.data.spectrum import Frame, Medium
from spectra_gui.inference import load_predictor

__all__ = ["BundleError", "Classifier", "to_spectrum"]


class Classifier:
    """Types spectra with a bundle.

    Parameters
    ----------
    bundle : name or folder; None takes the one that came with the program
    device : ``auto``, ``cpu``, ``cuda`` or ``mps``

    Raises
    ------
    BundleError
        Where the bundle is absent, damaged, foreign or newer than this program.
    """

    def __init__(self, bundle: str | Path | None = None, device: str = "auto") -> None:
        self.bundle = load_bundle(find_bundle(bundle))
        self._predictor = load_predictor(self.bundle, device)

    @property
    def device(self) -> str:
        """Where the networks run."""
        return self._predictor.device_name

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know of the run so far (fell back to the CPU, …)."""
        return tuple(self._predictor.notices)

    def classify(
        self,
        spectrum: Any,
        *,
        medium: Medium = "unknown",
        frame: Frame = "unknown",
        velocity_kms: float | None = None,
    ) -> Verdict:
        """The verdict on one spectrum.

        ``spectrum`` is a `Spectrum`, a specutils ``Spectrum`` (or ``Spectrum1D``), or a tuple
        (wavelength with unit, flux[, sigma]). For the latter two, ``medium``, ``frame`` and
        ``velocity_kms`` say what such a value cannot.
        """
        given = to_spectrum(spectrum, medium=medium, frame=frame, velocity_kms=velocity_kms)
        return self._predictor.classify([given])[0].verdict

    def classify_many(
        self, spectra: Sequence[Any], *, medium: Medium = "unknown", frame: Frame = "unknown"
    ) -> list[Verdict]:
        """The verdicts on several spectra, in their order; as `classify`, but faster."""
        given = [to_spectrum(s, medium=medium, frame=frame) for s in spectra]
        return [answer.verdict for answer in self._predictor.classify(given)]

    def explain(
        self,
        spectrum: Any,
        *,
        target: Target = "joint",
        method: Literal["guided_grad_cam", "occlusion"] = "guided_grad_cam",
        medium: Medium = "unknown",
        frame: Frame = "unknown",
        velocity_kms: float | None = None,
    ) -> Explanation:
        """Which wavelengths spoke for the verdict.

        Raises
        ------
        ValueError
            Where the spectrum cannot be prepared, with the reason.
        """
        given = to_spectrum(spectrum, medium=medium, frame=frame, velocity_kms=velocity_kms)
        answer = self._predictor.classify([given])[0]
        if answer.prepared is None:
            raise ValueError(" ".join(answer.verdict.reasons))
        return self._predictor.explain(
            answer.prepared, answer.verdict, target=target, method=method
        )


def to_spectrum(
    value: Any,
    *,
    medium: Medium = "unknown",
    frame: Frame = "unknown",
    velocity_kms: float | None = None,
) -> Spectrum:
    """A `Spectrum` from what Python users hold.

    Raises
    ------
    TypeError
        For a value of another make, and for wavelengths without a unit.
    ValueError
        For axes that are not one-dimensional, and for units that are no wavelength.
    """
    if isinstance(value, Spectrum):
        return value
    axis, flux, sigma, mask, name = _parts(value)
    wavelength_aa = _wavelength_aa(axis)
    order = np.argsort(wavelength_aa, kind="stable")

    def sorted_column(column: Any, what: str) -> Any:
        if column.shape != wavelength_aa.shape:
            raise ValueError(f"{what} has shape {column.shape}, expected {wavelength_aa.shape}")
        return column[order]

    unit = getattr(flux, "unit", None)
    return Spectrum(
        wavelength_aa[order],
        sorted_column(_plain(flux, unit), "flux"),
        sigma=None if sigma is None else sorted_column(_plain(sigma, unit), "sigma"),
        mask=None if mask is None else sorted_column(np.asarray(mask, dtype=bool), "mask"),
        medium=medium,
        frame=frame,
        velocity_kms=velocity_kms,
        flux_unit="" if unit is None else str(unit),
        name=name,
    )


def _parts(value: Any) -> tuple[Any, Any, Any, Any, str]:
    """Axis, flux, sigma or None, mask or None, and name of a spectrum of another make."""
    if hasattr(value, "spectral_axis") and hasattr(value, "flux"):
        name = str(value.meta.get("OBJECT", "")) if isinstance(value.meta, dict) else ""
        mask = getattr(value, "mask", None)
        return value.spectral_axis, value.flux, _standard_deviation(value), mask, name
    if isinstance(value, tuple) and len(value) in (2, 3):
        axis, flux, *rest = value
        return axis, flux, rest[0] if rest else None, None, ""
    raise TypeError(
        f"{type(value).__name__} is no spectrum; give a spectra_gui Spectrum, a specutils "
        "Spectrum, or a tuple (wavelength with unit, flux)"
    )


def _wavelength_aa(axis: Any) -> NDArray[np.float64]:
    """(n,) Å from a quantity of wavelength, frequency, energy or wave number."""
    from astropy import units

    if not isinstance(axis, units.Quantity):
        raise TypeError("the wavelengths have no unit; give them as an astropy Quantity")
    try:
        values = axis.to_value(units.AA, equivalencies=units.spectral())
    except units.UnitConversionError as error:
        raise ValueError(f"the axis is in {axis.unit}, which is no wavelength") from error
    if np.ndim(values) != 1:
        raise ValueError(f"the axis has {np.ndim(values)} dimensions, expected one")
    return np.array(values, dtype=np.float64)


def _plain(column: Any, unit: Any) -> NDArray[np.float64]:
    """(n,) numbers in ``unit``, where the column has one."""
    values = column.to_value(unit) if unit is not None and hasattr(column, "to_value") else column
    return np.asarray(values, dtype=np.float64)


def _standard_deviation(value: Any) -> Any:
    """The uncertainty of a specutils spectrum as a standard deviation, or None."""
    uncertainty = getattr(value, "uncertainty", None)
    if uncertainty is None:
        return None
    from astropy.nddata import StdDevUncertainty

    converted = uncertainty.represent_as(StdDevUncertainty)
    return converted.array if converted.unit is None else converted.quantity
