"""SDSS spec file (DR9 and later, also SDSS-V): a COADD table with loglam, flux and ivar.

Source: https://data.sdss.org/datamodel/files/BOSS_SPECTRO_REDUX/RUN2D/spectra/PLATE4/spec.html
Wavelengths are vacuum and heliocentric; ``wdisp`` is the instrument's sigma in pixels of
1e-4 dex.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitstable import FitsTable
from spectra_gui.readers.found import Claim, Found, Piece
from spectra_gui.readers.onedim import hdu_choice
from spectra_gui.readers.probe import Probe
from spectra_gui.units import FWHM_PER_SIGMA

NAME: Final = "sdss-spec"
TAKES: Final[frozenset[str]] = frozenset()

_DEX_PER_PIXEL: Final = 1e-4


def sniff(probe: Probe) -> bool:
    """HDU 1 is a table with the columns flux, loglam and ivar, and not LAMOST's."""
    if probe.kind != "fits" or "LAMOST" in probe.fits.primary.header.text("TELESCOP").upper():
        return False
    hdu = probe.fits.get(1)
    return hdu is not None and hdu.is_table and hdu.table.has("flux", "loglam", "ivar")


def read(probe: Probe, override: Override) -> Found:
    """The co-added spectrum; class, type and redshift of the pipeline from HDU 2."""
    hdu = probe.fits.get(1)
    assert hdu is not None
    table = hdu.table
    header = probe.fits.primary.header
    loglam = _column(table, "loglam")
    piece = Piece(
        axis=loglam,
        flux=_column(table, "flux"),
        noise=_column(table, "ivar"),
        name=headers.object_name(header),
        flux_unit=header.text("BUNIT") or "1E-17 erg/cm^2/s/Ang",
        meta=headers.facts(header),
    )
    resolution = _resolution(table, piece)
    velocity = _pipeline_facts(probe, piece)
    if not piece.name:
        plate = [header.text(key) for key in ("PLATEID", "MJD", "FIBERID")]
        piece.name = "-".join(plate) if all(plate) else ""
    medium = headers.medium(header)
    frame = headers.frame(header)
    habit = "the SDSS data model"
    return Found(
        "SDSS spec",
        f"columns flux, loglam and ivar in {hdu.label}",
        [piece],
        unit=Claim("log10_angstrom", "column loglam"),
        scale=Claim("log10", "column loglam"),
        medium=medium if medium.value != "unknown" else Claim("vacuum", habit, assumed=True),
        frame=frame if frame.value != "unknown" else Claim("barycentric", habit, assumed=True),
        noise=Claim("ivar", "column ivar, 0 = no data"),
        mask=Claim("", "ivar = 0"),
        resolution=resolution,
        velocity=velocity,
        choices=hdu_choice(probe.fits, hdu),
    )


def _column(table: FitsTable, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    column = table.find(name)
    assert column is not None
    values = table.values(column)
    return values[0] if values.ndim == 2 else values


def _resolution(table: FitsTable, piece: Piece) -> Claim | None:
    for name in ("wresl", "wdisp"):
        if not table.has(name):
            continue
        values = _column(table, name)
        good = np.isfinite(values) & (values > 0)
        if not good.any():
            continue
        values = np.where(good, values, np.median(values[good]))
        wavelength = 10.0**piece.axis
        if name == "wdisp":
            # Sigma in pixels; a pixel is 1e-4 dex.
            values = values * wavelength * np.log(10.0) * _DEX_PER_PIXEL
        piece.fwhm_aa = values * FWHM_PER_SIGMA
        middle = float(np.median(wavelength / piece.fwhm_aa))
        return Claim(f"λ/FWHM ≈ {middle:.0f}, for each pixel", f"column {name}", assumed=True)
    piece.resolving_power = 2000.0
    return Claim("λ/FWHM ≈ 2000", "the SDSS spectrographs", assumed=True)


def _pipeline_facts(probe: Probe, piece: Piece) -> Claim | None:
    hdu = probe.fits.get(2)
    if hdu is None or not hdu.is_table:
        return None
    table = hdu.table
    subclass = str(table.first("SUBCLASS") or "").strip()
    if subclass:
        piece.meta["pipeline_type"] = subclass
    ra, dec = table.first("PLUG_RA", "FIBER_RA"), table.first("PLUG_DEC", "FIBER_DEC")
    if isinstance(ra, float) and isinstance(dec, float):
        piece.meta["ra_deg"], piece.meta["dec_deg"] = ra, dec
    z, error = table.first("Z"), table.first("Z_ERR")
    kind = str(table.first("CLASS") or "")
    if kind and kind != "STAR":
        piece.meta["pipeline_type"] = f"{kind} {subclass}".strip()
    warning = table.first("ZWARNING")
    velocity = headers.stated_velocity(
        z if isinstance(z, float) else None, error if isinstance(error, float) else None
    )
    if velocity is None or warning:
        return None
    piece.velocity_kms = velocity
    return Claim(f"{velocity:.1f} km/s", f"Z = {z:.6f} in {hdu.label}")
