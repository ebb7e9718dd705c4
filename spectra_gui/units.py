"""Physical constants and wavelength conversions, each with its source.

Knows numpy and nothing else of this package.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SPEED_OF_LIGHT_KMS: Final = 299_792.458
"""Exact by the definition of the metre (CGPM 1983, resolution 1)."""

FWHM_PER_SIGMA: Final = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))
"""Full width at half maximum of a Gaussian of unit standard deviation."""

VACUUM_LIMIT_AA: Final = 2000.0
"""Below this wavelength spectroscopists quote vacuum wavelengths by convention."""

Array = NDArray[np.float64]


def refractive_index_minus_one(vacuum_aa: Array) -> Array:
    """Refractivity of standard air at ``vacuum_aa`` (Å), shape kept.

    Source: Morton 2000, ApJS 130, 403, eq. 8 (Birch & Downs 1994, Metrologia 31, 315), which is
    the relation that the VALD and SDSS documentation recommend for the optical.
    """
    wavenumber_squared = (1e4 / np.asarray(vacuum_aa, dtype=np.float64)) ** 2
    return np.asarray(
        8.34254e-5
        + 2.406147e-2 / (130.0 - wavenumber_squared)
        + 1.5998e-4 / (38.9 - wavenumber_squared)
    )


def vacuum_to_air(vacuum_aa: Array) -> Array:
    """Wavelengths in air (Å) of vacuum wavelengths; values below 2000 Å stay as they are."""
    vacuum = np.asarray(vacuum_aa, dtype=np.float64)
    safe = np.maximum(vacuum, VACUUM_LIMIT_AA)
    return np.where(
        vacuum < VACUUM_LIMIT_AA, vacuum, vacuum / (1.0 + refractive_index_minus_one(safe))
    )


def air_to_vacuum(air_aa: Array) -> Array:
    """Vacuum wavelengths (Å) of wavelengths in air: the inverse of `vacuum_to_air` to 1e-9 Å."""
    air = np.asarray(air_aa, dtype=np.float64)
    vacuum = np.maximum(air, VACUUM_LIMIT_AA)
    for _ in range(4):
        vacuum = air * (1.0 + refractive_index_minus_one(np.maximum(vacuum, VACUUM_LIMIT_AA)))
    return np.where(air < VACUUM_LIMIT_AA, air, vacuum)


def doppler_factor(velocity_kms: float | Array) -> Array:
    """Ratio observed / rest wavelength for a radial velocity (km/s, receding positive).

    The relativistic form for purely radial motion, sqrt((1 + β) / (1 - β)).
    """
    beta = np.asarray(velocity_kms, dtype=np.float64) / SPEED_OF_LIGHT_KMS
    return np.asarray(np.sqrt((1.0 + beta) / (1.0 - beta)))
