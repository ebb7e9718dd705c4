"""LAMOST low resolution as an image of rows (pipelines of DR1 to DR8 v1).

Source: https://www.lamost.org/dr8/v1.0/doc/lr-data-production-description . Rows: flux, inverse
variance, wavelength, andmask, ormask. Early pipelines (v2.6) put a continuum-normalised
spectrum in the third row, under the same header; so it is tested, never taken on trust.
Vacuum, heliocentric; Z is the redshift.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import Claim, Found, Piece
from spectra_gui.readers.onedim import first_known, no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "lamost"
TAKES: Final[frozenset[str]] = frozenset()

_ROW_TOLERANCE: Final = 1e-4
"""Relative difference between the third row and the keywords that float32 and rounding allow."""


def sniff(probe: Probe) -> bool:
    """TELESCOP = LAMOST and a primary image of three to six rows."""
    if probe.kind != "fits":
        return False
    primary = probe.fits.primary
    named = primary.header.text("TELESCOP", "ORIGIN").upper()
    return "LAMOST" in named and len(primary.shape) == 2 and 2 <= primary.shape[0] <= 6


def read(probe: Probe, override: Override) -> Found:
    """The spectrum, with wavelengths from the third row if that is what it holds."""
    hdu = probe.fits.primary
    header = hdu.header
    rows = hdu.image()
    keywords = spectral_axis(header, rows.shape[1])
    third = rows[2] if rows.shape[0] > 2 else None
    notes = []
    axis, unit, scale = None, None, None
    if keywords is not None:
        axis, unit, scale = keywords.values, keywords.unit, keywords.scale
    if third is not None and _is_wavelength(third):
        stated = 10.0**axis if axis is not None else third
        agree = bool(np.all(np.abs(third / stated - 1.0) < _ROW_TOLERANCE))
        if axis is None or not agree:
            axis = third
            unit = Claim("angstrom", "the third row")
            scale = Claim("table", "wavelengths in the third row")
        meaning = "wavelength" + (", as the keywords say" if agree else "")
    else:
        meaning = "a normalised spectrum, not used"
    if axis is None or unit is None or scale is None:
        raise no_axis(probe, hdu)
    if third is not None:
        evidence = f"it runs from {third[0]:g} to {third[-1]:g}"
        notes.append(Claim(meaning, evidence).decide("Third row"))
    piece = Piece(
        axis=axis,
        flux=rows[0],
        noise=rows[1],
        name=headers.object_name(header),
        flux_unit=header.text("BUNIT"),
        resolving_power=1800.0,
    )
    found = Found(
        "LAMOST image",
        f"TELESCOP = LAMOST, {rows.shape[0]} rows, pipeline {header.text('VERSPIPE')}".strip(", "),
        [piece],
        unit=unit,
        scale=scale,
        medium=first_known(headers.medium(header), Claim("vacuum", "LAMOST", assumed=True)),
        frame=first_known(headers.frame(header), Claim("barycentric", "LAMOST", assumed=True)),
        noise=Claim("ivar", "second row, 0 = no data"),
        mask=Claim("", "inverse variance 0"),
        resolution=Claim("λ/FWHM ≈ 1800", "LAMOST low resolution", assumed=True),
        notes=notes,
    )
    found.velocity = add_pipeline_facts(header, piece)
    return found


def _is_wavelength(row: NDArray[np.float64]) -> bool:
    if not np.all(np.isfinite(row)):
        return False
    return bool(np.all(np.diff(row) > 0.0) and row[0] > 2500.0 and row[-1] < 12_000.0)


def add_pipeline_facts(header: Header, piece: Piece) -> Claim | None:
    """Put the pipeline's type and velocity on a piece; gives the claim of the velocity."""
    piece.meta = headers.facts(header)
    subclass, kind = header.text("SUBCLASS"), header.text("CLASS")
    if subclass and subclass.lower() not in ("non", "unknown"):
        piece.meta["pipeline_type"] = subclass if kind in ("STAR", "") else f"{kind} {subclass}"
    z, error = header.number("Z"), header.number("Z_ERR")
    velocity = headers.stated_velocity(z, error)
    if velocity is None or kind not in ("STAR", ""):
        return None
    piece.velocity_kms = velocity
    return Claim(f"{velocity:.1f} km/s", f"Z = {z:g}")
