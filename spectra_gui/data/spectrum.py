"""One spectrum as it left its file: wavelengths in Å, everything else as the file said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Medium = Literal["air", "vacuum", "unknown"]
Frame = Literal["rest", "barycentric", "observed", "unknown"]
FwhmOrigin = Literal["header", "family", "estimated", "user", "none"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OBJECT_NUMBER: Final = "object_number"
"""In ``Spectrum.meta`` of a file with several spectra of one object: which of its objects it is of,
by a number that stays when they are merged or had apart."""

ROW_NUMBER: Final = "row"
"""In ``Spectrum.meta`` of a file with several: the number of the spectrum's row, which
``Override.rows`` takes. It is not there where a spectrum has no row to itself."""

IF_REFUSED: Final = "if_refused"
"""In ``Spectrum.meta``: a sentence that a refusal is to end with, on what may help."""


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view, so that a value that travels between rooms cannot be changed in one."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """A one-dimensional spectrum.

    Attributes
    ----------
    wavelength_aa : (n,) float64, strictly increasing, Å
    flux : (n,) float64, in ``flux_unit`` (a raw string, never needed to be understood)
    sigma : (n,) float64 standard deviation of ``flux``, or None where the file gives none
    mask : (n,) bool, True = do not use this pixel
    fwhm_aa : (n,) float64 resolution element in Å, or None; ``fwhm_origin`` says where it is from
    medium, frame : of the wavelengths
    velocity_kms : radial velocity that a header or a person states (applies when the frame is
        not ``rest``), or None
    name : the star or object, else what tells this spectrum from its siblings in the file
    meta : facts carried along for display (``mk_type``, ``ra_deg``, ``dec_deg``, ``date``,
        ``instrument``, …)
    """

    wavelength_aa: FloatArray
    flux: FloatArray
    sigma: FloatArray | None = None
    mask: BoolArray | None = None
    fwhm_aa: FloatArray | None = None
    fwhm_origin: FwhmOrigin = "none"
    medium: Medium = "unknown"
    frame: Frame = "unknown"
    velocity_kms: float | None = None
    flux_unit: str = ""
    name: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wavelength = np.ascontiguousarray(self.wavelength_aa, dtype=np.float64)
        n = wavelength.size
        if wavelength.ndim != 1 or n < 2:
            raise ValueError("a spectrum needs a one-dimensional axis of at least two points")
        if not np.all(np.isfinite(wavelength)) or not np.all(np.diff(wavelength) > 0):
            raise ValueError("wavelengths must be finite and strictly increasing")
        set_field = object.__setattr__
        set_field(self, "wavelength_aa", read_only(wavelength))
        flux = self._column(self.flux, n, "flux")
        mask = np.zeros(n, bool) if self.mask is None else np.array(self.mask, bool)
        if mask.shape != (n,):
            raise ValueError(f"mask has shape {mask.shape}, expected ({n},)")
        mask |= ~np.isfinite(flux)
        if self.sigma is not None:
            sigma = self._column(self.sigma, n, "sigma")
            mask |= ~(np.isfinite(sigma) & (sigma > 0))
            set_field(self, "sigma", read_only(sigma))
        if self.fwhm_aa is not None:
            set_field(self, "fwhm_aa", read_only(self._column(self.fwhm_aa, n, "fwhm_aa")))
        set_field(self, "flux", read_only(flux))
        set_field(self, "mask", read_only(mask))
        set_field(self, "meta", MappingProxyType(dict(self.meta)))

    @staticmethod
    def _column(values: Any, n: int, what: str) -> FloatArray:
        column = np.ascontiguousarray(values, dtype=np.float64)
        if column.shape != (n,):
            raise ValueError(f"{what} has shape {column.shape}, expected ({n},)")
        return column

    @property
    def bad(self) -> BoolArray:
        """(n,) bool: the mask, which is never None once the spectrum stands."""
        assert self.mask is not None
        return self.mask

    def __len__(self) -> int:
        return int(self.wavelength_aa.size)

    def changed(self, **values: Any) -> Spectrum:
        """A copy with some fields replaced and checked anew."""
        return replace(self, **values)

    def __reduce__(self) -> tuple[Any, ...]:
        values = [getattr(self, f.name) for f in fields(self)]
        values[-1] = dict(self.meta)
        return (Spectrum, tuple(values))


def number_in_file(spectrum: Spectrum, place: int) -> int:
    """By what number a spectrum is called: that of its row, else its ``place`` in the reading."""
    number = spectrum.meta.get(ROW_NUMBER)
    return number if isinstance(number, int) else place
