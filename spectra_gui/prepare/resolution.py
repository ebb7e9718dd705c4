"""What is said of a spectrum's resolution beside the bundle's. Knows no kernel (see `grid`)."""

from __future__ import annotations

import numpy as np

from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.data.spectrum import Spectrum

COARSER = 1.1
"""Beyond this ratio to the bundle's FWHM a line is visibly shallower than in training."""


def median_fwhm_aa(spectrum: Spectrum, spec: PreparationSpec) -> float | None:
    """Median resolution element (Å) over the bundle's range; None where the file has none."""
    if spectrum.fwhm_aa is None:
        return None
    axis = spectrum.wavelength_aa
    inside = (axis >= spec.start_aa) & (axis <= spec.end_aa) & (spectrum.fwhm_aa > 0)
    return float(np.median(spectrum.fwhm_aa[inside])) if np.any(inside) else None


def resolution_note(fwhm_aa: float | None, spec: PreparationSpec) -> str | None:
    """A sentence where the resolution is unknown or coarser than the bundle's, else None."""
    if fwhm_aa is None:
        return (
            f"The resolution is not known; it was taken as the model's ({spec.fwhm_aa:.2g} Å). "
            "State it if you know it."
        )
    if fwhm_aa > COARSER * spec.fwhm_aa:
        return (
            f"The resolution ({fwhm_aa:.2g} Å) is coarser than the model's ({spec.fwhm_aa:.2g} Å): "
            "lines look weaker than they are."
        )
    return None
