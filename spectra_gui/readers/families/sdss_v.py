"""SDSS-V Milky Way Mapper: mwmStar (coadds) and mwmVisit, a table for each instrument and site.

Source: https://data.sdss.org/datamodel/files/MWM_ASTRA/ (mwmStar, mwmVisit) and the loader of
specutils for them. HDUs 1 to 4 are BOSS/APO, BOSS/LCO, APOGEE/APO and APOGEE/LCO, empty where
there are no data; columns flux, ivar and pixel_flags, wavelengths as a column or by CRVAL and CDELT
(log10 Å; without a number, as these tables have one axis for all rows). Vacuum, and moved to rest
by the pipeline's velocity (columns v_rad, xcsao_v_rad), which is assumed where no word is said.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import hdu_choice, hdu_list
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override

NAME: Final = "sdss-v"
TAKES: Final = frozenset({"hdu"})

FloatArray = NDArray[np.float64]

_POWER: Final = {"BOSS": 2000.0, "APOGEE": 22_500.0}


def sniff(probe: Probe) -> bool:
    """SDSS_ID and V_ASTRA in the primary, and a table with flux, ivar and pixel_flags."""
    if probe.kind != "fits":
        return False
    header = probe.fits.primary.header
    return "SDSS_ID" in header and "V_ASTRA" in header and _any_table(probe)


def _any_table(probe: Probe) -> bool:
    return any(
        (hdu := probe.fits.get(i)) is not None
        and hdu.is_table
        and hdu.table.has("flux", "ivar", "pixel_flags")
        for i in range(1, 5)
    )


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each row of the tables that hold any; optical ones first."""
    units = [hdu for i in range(1, 5) if (hdu := probe.fits.get(i)) is not None]
    chosen = [hdu for hdu in units if hdu.is_table and hdu.table.n_rows and hdu.table.has("flux")]
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or hdu not in chosen:
            raise bad_override(f"there is no spectrum in HDU {override.hdu}", hdu_list(probe.fits))
        chosen = [hdu]
    if not chosen:
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} is an SDSS-V file of a star without any spectrum.",
            "Choose another star.",
        )
    stem = probe.fits.primary.header.text("SDSS_ID")
    found = Found(
        "SDSS-V Milky Way Mapper",
        f"SDSS_ID = {stem}, columns flux, ivar and pixel_flags",
        [],
        unit=ANGSTROM,
        medium=Claim("vacuum", "the SDSS data model", assumed=True),
        frame=Claim("rest", "the pipeline moves its spectra to rest", assumed=True),
        noise=Claim("ivar", "column ivar, 0 = no data"),
        mask=Claim("", "ivar = 0"),
        resolution=Claim("λ/FWHM ≈ 2000 (BOSS), 22500 (APOGEE)", "the spectrographs", True),
    )
    for hdu in chosen:
        _add_rows(hdu, f"SDSS {stem}", found)
    found.parts = Parts("spectra", f"all of SDSS_ID = {stem}")
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found


def _add_rows(hdu: Hdu, stem: str, found: Found) -> None:
    table = hdu.table
    flux = _vectors(hdu, "flux")
    ivar = _vectors(hdu, "ivar")
    waves = _wavelengths(hdu, flux.shape[1], found)
    instrument = "APOGEE" if "APOGEE" in hdu.name or waves[0][0] > 14_000.0 else "BOSS"
    telescope = table.find("telescope")
    sites = table.strings(telescope) if telescope is not None and telescope.is_text else []
    header = hdu.header
    for row in range(table.n_rows):
        meta = headers.facts(header)
        site = sites[row] if row < len(sites) else ""
        meta["instrument"] = f"{instrument} {site}".strip()
        label = f"{instrument} {row + 1}" if table.n_rows > 1 else instrument
        found.pieces.append(
            Piece(
                axis=waves[row] if row < len(waves) else waves[0],
                flux=flux[row],
                noise=ivar[row] if row < len(ivar) else None,
                name=f"{stem} {label}",
                flux_unit="1E-17 erg/cm^2/s/Ang",
                resolving_power=_POWER[instrument],
                row=len(found.pieces),
                meta=meta,
            )
        )


def _vectors(hdu: Hdu, name: str) -> FloatArray:
    column = hdu.table.find(name)
    if column is None:
        return np.zeros((0, 0))
    if column.is_variable:
        return np.vstack([hdu.table.array(column, row) for row in range(hdu.table.n_rows)])
    values = hdu.table.values(column)
    return values if values.ndim == 2 else values[None]


def _wavelengths(hdu: Hdu, n: int, found: Found) -> FloatArray:
    """(rows, n) Å: the column, else the logarithmic axis of the header."""
    stored = _vectors(hdu, "wavelength")
    if stored.size:
        found.scale = STORED
        return stored
    start, step = hdu.header.number("CRVAL", "CRVAL1"), hdu.header.number("CDELT", "CDELT1")
    if start is None or step is None or start > 6.0:
        raise ReadError(
            "no_wavelength",
            f"{hdu.label} has neither a column wavelength nor CRVAL and CDELT.",
            "Download the file again, or choose another HDU.",
        )
    found.scale = Claim("log10", f"CRVAL = {start:g}, CDELT = {step:g}")
    return np.asarray(10.0 ** (start + step * np.arange(n, dtype=np.float64)))[None]
