"""GALAH (HERMES at the AAT): four files a star, one a CCD; counts, relative sigma, normalised.

Source: https://www.galah-survey.org/dr3/the_catalogues/ and Buder et al. 2021, MNRAS 506, 150.
``input_sigma`` is a fraction of the flux. The normalised spectrum stands on its own grid, moved
to rest: the ratio of the grids is the star's velocity. Air.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, first_known, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "galah"
TAKES: Final = frozenset({"hdu"})

_SIGMAS: Final = ("INPUT_SIGMA", "RELATIVE_ERROR")
_NORMALISED: Final = ("NORMALISED SPECTRA", "NORMALIZED", "NORMALISED")


def sniff(probe: Probe) -> bool:
    """A one-dimensional image with sisters of GALAH's names."""
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    header = probe.fits.primary.header
    stated = "GALAH" in header.text("ORIGIN").upper()
    if not stated and "HERMES" not in header.text("INSTRUME").upper():
        return False
    return stated or any(hdu.name in (*_SIGMAS, *_NORMALISED) for hdu in probe.fits)


def read(probe: Probe, override: Override) -> Found:
    """The reduced spectrum in counts, or the HDU that was asked for."""
    found = read_image(
        probe,
        override,
        description="GALAH",
        evidence="names of HDUs of the GALAH reduction",
        habits=Habits(
            medium=Claim("air", "GALAH", assumed=True),
            resolution=Claim("λ/FWHM ≈ 28000", "HERMES", assumed=True),
            resolving_power=28_000.0,
        ),
    )
    piece = found.pieces[0]
    normalised = next((hdu for hdu in probe.fits if hdu.name in _NORMALISED), None)
    chosen = probe.fits.choose(override.hdu) if override.hdu is not None else probe.fits.primary
    if chosen is not None and chosen is normalised:
        found.frame = Claim("rest", f"{chosen.label} is moved to rest", assumed=True)
        return found
    sigma = next((hdu for hdu in probe.fits if hdu.name in _SIGMAS), None)
    if sigma is not None and sigma.spectral_shape == (piece.flux.size,):
        piece.noise = sigma.image().reshape(-1)
        found.noise = Claim("relative", f"{sigma.label}: a fraction of the flux")
    found.frame = first_known(found.frame, Claim("unknown", "GALAH does not say of counts"))
    if normalised is not None:
        _add_velocity(probe.fits.primary, normalised, found)
    return found


def _add_velocity(counts: Hdu, normalised: Hdu, found: Found) -> None:
    """The velocity by which the normalised spectrum was moved, from both grids."""
    here, there = (hdu.header.number("CRVAL1") for hdu in (counts, normalised))
    step_here, step_there = (hdu.header.number("CDELT1") for hdu in (counts, normalised))
    if not here or not there or not step_here or not step_there:
        return
    ratio = here / there
    if abs(ratio - step_here / step_there) > 1e-6 or abs(ratio - 1.0) > 0.003:
        return
    velocity = headers.redshift_velocity(ratio - 1.0)
    found.pieces[0].velocity_kms = velocity
    found.velocity = Claim(f"{velocity:.1f} km/s", f"grid of {normalised.label} against HDU 0")
