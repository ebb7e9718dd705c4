"""APOGEE: apVisit (chips in rows, wavelengths in HDU 4), apStar and aspcapStar (log-linear).

Source: https://data.sdss.org/datamodel/files/APOGEE_REDUX/ (apVisit, apStar, aspcapStar).
Vacuum. Visits are as observed; apStar and aspcapStar are at rest, the first row of apStar is the
combination. H band (15100 to 17000 Å): read, but out of reach of optical classification.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Piece
from spectra_gui.readers.onedim import no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "apogee"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_HUGE: Final = 1000.0
"""Errors so many times above the median mark bad pixels."""


def sniff(probe: Probe) -> bool:
    """HDUs 1 to 4 with BUNITs of flux, error, mask and wavelength; or apStar's log axis."""
    if probe.kind != "fits" or probe.fits.primary.is_image:
        return False
    return _is_visit(probe) or _is_star(probe)


def _unit(probe: Probe, index: int) -> str:
    hdu = probe.fits.get(index)
    return hdu.header.text("BUNIT") if hdu is not None and hdu.is_image else ""


def _is_visit(probe: Probe) -> bool:
    return (
        _unit(probe, 1).lower().startswith("flux")
        and _unit(probe, 2).lower().startswith(("flux err", "err"))
        and _unit(probe, 4).lower().startswith("wavelength")
    )


def _is_star(probe: Probe) -> bool:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_image:
        return False
    start, step = hdu.header.number("CRVAL1"), hdu.header.number("CDELT1", "CD1_1")
    return (
        start is not None
        and step is not None
        and abs(start - 4.179) < 0.01
        and abs(step - 6e-6) < 1e-7
    )


def read(probe: Probe, override: Override) -> Found:
    """The visit's three chips as one spectrum, or the combined spectrum."""
    found = _visit(probe) if _is_visit(probe) else _star(probe)
    header = probe.fits.primary.header
    piece = found.pieces[0]
    piece.name = header.text("OBJID") or headers.object_name(header)
    piece.meta = headers.facts(header)
    piece.resolving_power = 22_500.0
    piece.flux_unit = _unit(probe, 1)
    found.resolution = Claim("λ/FWHM ≈ 22500", "APOGEE", assumed=True)
    found.noise = Claim("sigma", "HDU 2, huge = bad")
    return found


def _visit(probe: Probe) -> Found:
    flux, error, mask, wave = (_pixels(probe, i) for i in (1, 2, 3, 4))
    bad = _is_huge(error) | (flux == 0.0)
    piece = Piece(axis=wave, flux=flux, noise=error, bad=bad)
    found = Found(
        "APOGEE visit",
        "BUNIT of HDUs 1 to 4",
        [piece],
        unit=ANGSTROM,
        scale=STORED,
        medium=Claim("vacuum", "APOGEE data model", assumed=True),
        frame=Claim("observed", "apVisit is not shifted (BC and VHELIO in the header)", True),
        mask=Claim("", f"huge errors; {np.count_nonzero(mask)} pixels carry flags"),
    )
    velocity = probe.fits.primary.header.number("VRAD")
    if velocity is not None and abs(velocity) < 2000.0:
        piece.velocity_kms = velocity
        found.velocity = Claim(f"{velocity:.1f} km/s", f"VRAD = {velocity:g}, as observed")
    return found


def _star(probe: Probe) -> Found:
    hdu = probe.fits.get(1)
    assert hdu is not None
    flux = _first_row(hdu)
    axis = spectral_axis(hdu.header, flux.size)
    if axis is None:
        raise no_axis(probe, hdu)
    other = probe.fits.get(2)
    error = _first_row(other) if other is not None and other.shape == hdu.shape else None
    bad = None if error is None else _is_huge(error)
    return Found(
        "APOGEE combined spectrum",
        "axis of HDU 1: 4.179 by 6e-6 in log10",
        [Piece(axis=axis.values, flux=flux, noise=error, bad=bad)],
        unit=axis.unit,
        scale=axis.scale,
        medium=Claim("vacuum", "APOGEE data model", assumed=True),
        frame=Claim("rest", "apStar and aspcapStar are at rest", assumed=True),
        mask=Claim("", "huge errors"),
    )


def _is_huge(error: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(error > _HUGE * np.median(error))


def _pixels(probe: Probe, index: int) -> FloatArray:
    hdu = probe.fits.get(index)
    assert hdu is not None
    return hdu.image().reshape(-1)


def _first_row(hdu: Hdu) -> FloatArray:
    rows: FloatArray = hdu.image().reshape((-1, hdu.shape[-1]))
    return np.asarray(rows[0])
