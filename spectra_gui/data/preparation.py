"""How a bundle wants its spectra prepared, the class templates, and one prepared spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.spectrum import read_only

RvOrigin = Literal["rest", "header", "user", "measured", "none"]

MOST_ESTIMATED_SNR: Final = 500.0
"""Above this the scatter of pixels tells how a spectrum was smoothed or computed, not its noise:
the lines themselves differ by more from pixel to pixel."""


@dataclass(frozen=True, slots=True)
class PreparationSpec:
    """The model's grid and what is done to a spectrum to bring it there.

    ``start_aa + step_aa * arange(n_pixels)`` in ``medium``, at rest, smoothed to ``fwhm_aa`` and
    divided by a Gaussian running mean of standard deviation ``continuum_sigma_aa``.
    ``procedure``: ``sezen_2025`` prepares as the published study did instead, without a velocity,
    a medium or a resolution (`spectra_gui.prepare.published`).
    """

    start_aa: float = 3850.0
    step_aa: float = 1.25
    n_pixels: int = 2441
    medium: Literal["air", "vacuum"] = "air"
    fwhm_aa: float = 3.0
    continuum_sigma_aa: float = 100.0
    procedure: Literal["own", "sezen_2025"] = "own"

    @property
    def wavelength_aa(self) -> NDArray[np.float64]:
        """(n_pixels,) Å."""
        return self.start_aa + self.step_aa * np.arange(self.n_pixels, dtype=np.float64)

    @property
    def end_aa(self) -> float:
        return self.start_aa + self.step_aa * (self.n_pixels - 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; without ``procedure`` where it is our own, which older programs know."""
        values = asdict(self)
        if self.procedure == "own":
            del values["procedure"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PreparationSpec:
        return cls(**values)


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """Mean prepared spectra of MK boxes, each over several stars.

    ``names`` (m,) such as ``"G2 V"``; ``codes`` (m,) temperature 0–70; ``classes`` (m,) 0–5;
    ``flux`` (m, n_pixels) float32, continuum 1; ``n_stars`` (m,).
    """

    names: tuple[str, ...]
    codes: NDArray[np.float64]
    classes: NDArray[np.int64]
    flux: NDArray[np.float32]
    n_stars: NDArray[np.int64]

    def __post_init__(self) -> None:
        for name in ("codes", "classes", "flux", "n_stars"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def nearest_box(self, code: float, class_index: int) -> int:
        """Index of the template closest on the grid; a class counts as much as 5 subtypes."""
        distance = np.abs(self.codes - code) + 5.0 * np.abs(self.classes - class_index)
        return int(np.argmin(distance))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A spectrum on a bundle's grid.

    Attributes
    ----------
    flux : (n_pixels,) float32, continuum 1; 1 where not valid
    valid : (n_pixels,) bool
    continuum : (n_pixels,) float32, what ``flux`` was divided by (the file's flux units)
    sigma : (n_pixels,) float32 in units of the continuum, or None
    rv_kms, rv_err_kms, rv_origin : the velocity that was taken out
    rv_quality : r of Tonry & Davis (1979): height of the cross-correlation peak over √2 times the
        rms of the correlation's antisymmetric part about it; None where none was computed
    snr : median signal to noise per ``fwhm_aa``, None where it cannot be had; from the scatter of
        the pixels where there is no ``sigma``, and then `MOST_ESTIMATED_SNR` at most
    fwhm_aa : the file's own resolution (median over the grid) or None; ``fwhm_origin`` as in
        `Spectrum`
    coverage : fraction of valid pixels
    notes : what a person should know, in sentences
    """

    flux: NDArray[np.float32]
    valid: NDArray[np.bool_]
    continuum: NDArray[np.float32]
    sigma: NDArray[np.float32] | None
    rv_kms: float | None
    rv_err_kms: float | None
    rv_origin: RvOrigin
    rv_quality: float | None
    snr: float | None
    fwhm_aa: float | None
    fwhm_origin: str
    coverage: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("flux", "valid", "continuum", "sigma"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, read_only(array))
