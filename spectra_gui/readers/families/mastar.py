"""MaStar (SDSS-IV MaNGA stellar library): template images and the tables of visits.

Source: https://www.sdss4.org/dr17/mastar/ and the data model of mastar-goodspec,
https://data.sdss.org/datamodel/files/MANGA_SPECTRO_MASTAR/DRPVER/MPROCVER/ . Vacuum. Template
images have CTYPE1 = WAVE-LOG with log10 values, HDUs IVAR and SRES, and are at rest; visits are
heliocentric, HELIOV is the star's velocity.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice, read_image
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "mastar"
TAKES: Final[frozenset[str]] = frozenset()


def sniff(probe: Probe) -> bool:
    """A log image with an SRES sister, or a table with MANGAID, WAVE, FLUX and IVAR."""
    if probe.kind != "fits":
        return False
    return _is_template(probe) or _table(probe) is not None


def _is_template(probe: Probe) -> bool:
    primary = probe.fits.primary
    if len(primary.spectral_shape) != 1 or primary.header.text("CTYPE1").upper() != "WAVE-LOG":
        return False
    names = {hdu.name for hdu in (probe.fits.get(1), probe.fits.get(2)) if hdu is not None}
    return {"IVAR", "SRES"} <= names


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table:
        return None
    return hdu if hdu.table.has("mangaid", "wave", "flux", "ivar") else None


def read(probe: Probe, override: Override) -> Found:
    """The template, or all visits."""
    vacuum = Claim("vacuum", "MaStar", assumed=True)
    if _is_template(probe):
        habits = Habits(medium=vacuum, frame=Claim("rest", "MaStar templates", assumed=True))
        return read_image(
            probe,
            override,
            description="MaStar template",
            evidence="CTYPE1 = WAVE-LOG with HDUs IVAR and SRES",
            habits=habits,
        )
    hdu = _table(probe)
    assert hdu is not None
    found = read_view(
        fits_view(probe.fits, hdu),
        override,
        description="MaStar spectra",
        evidence=f"columns MANGAID, WAVE, FLUX and IVAR in {hdu.label}",
        habits=Habits(
            medium=vacuum,
            frame=Claim("barycentric", "MaStar visits", assumed=True),
            resolution=Claim("λ/FWHM ≈ 1800", "MaStar (BOSS spectrographs)", assumed=True),
            resolving_power=1800.0,
        ),
    )
    _velocities(hdu, found)
    found.choices.extend(hdu_choice(probe.fits, hdu))
    return found


def _velocities(hdu: Hdu, found: Found) -> None:
    column = hdu.table.find("heliov")
    if column is None:
        return
    first, last = found.pieces[0].row, found.pieces[-1].row
    values = np.atleast_1d(hdu.table.rows(first, last - first + 1).values(column))
    for piece in found.pieces:
        value = float(values[piece.row - first])
        if np.isfinite(value) and abs(value) < 900.0:
            piece.velocity_kms = value
    found.velocity = Claim("for each star", f"column HELIOV of {hdu.label}")
