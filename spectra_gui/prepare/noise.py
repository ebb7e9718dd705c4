"""Signal to noise of a spectrum on its own pixels. Knows no grid but its ends and its FWHM."""

from __future__ import annotations

import numpy as np

from spectra_gui.data.preparation import MOST_ESTIMATED_SNR, PreparationSpec
from spectra_gui.data.spectrum import Spectrum

DER_SNR_FACTOR = 1.482602 / np.sqrt(6.0)
"""Stoehr et al. 2008, ADASS XVII, ASP Conf. Ser. 394, 505: σ of 2 f(i) - f(i-2) - f(i+2)."""

LEAST_PIXELS = 20


def signal_to_noise(spectrum: Spectrum, spec: PreparationSpec) -> float | None:
    """Median signal to noise in a resolution element of ``spec.fwhm_aa``, within the grid.

    Taken from the file's sigma where it has one, else from the scatter between neighbours
    (DER_SNR), which reads too high where a pipeline has smoothed or oversampled the noise and too
    low where narrow lines crowd; `MOST_ESTIMATED_SNR` then stands for that and more. None where
    neither can be had.
    """
    axis = spectrum.wavelength_aa
    good = ~spectrum.bad & (axis >= spec.start_aa) & (axis <= spec.end_aa)
    if np.count_nonzero(good) < LEAST_PIXELS:
        return None
    flux = spectrum.flux[good]
    pixels_per_element = spec.fwhm_aa / np.gradient(axis)[good]
    if spectrum.sigma is not None:
        per_pixel = flux / spectrum.sigma[good]
        return float(np.median(per_pixel * np.sqrt(pixels_per_element)))
    noise = DER_SNR_FACTOR * np.median(np.abs(2.0 * flux[2:-2] - flux[:-4] - flux[4:]))
    if not noise > 0:
        return None
    estimate = float(np.median(flux) / noise * np.sqrt(np.median(pixels_per_element)))
    return min(estimate, MOST_ESTIMATED_SNR)


def snr_note(spectrum: Spectrum, snr: float | None) -> str:
    """Where the signal to noise is from, if not from the file; "" where it is."""
    if spectrum.sigma is not None or snr is None:
        return ""
    words = (
        "The file gives no uncertainties: the signal to noise is estimated from the scatter "
        "between neighbouring pixels"
    )
    if snr >= MOST_ESTIMATED_SNR:
        return (
            f"{words}, which is so small that it says no more than above {snr:.0f}: the spectrum "
            "was smoothed, averaged or computed."
        )
    return f"{words}, which smoothing makes too high."
