"""DESI coadd and spectra files: {B,R,Z}_WAVELENGTH, _FLUX, _IVAR, _MASK, FIBERMAP.

Source: https://desidatamodel.readthedocs.io (coadd-SURVEY-PROGRAM-PIXNUM). Vacuum, barycentric.
The arms share one grid of 0.8 Å; where they overlap, pixels are averaged by inverse variance.
Sky and unassigned fibres, and those without any data, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe

NAME: Final = "desi"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_FWHM_AA: Final = 1.8
"""λ/R over all three arms (Guy et al. 2023, AJ 165, 144, fig. 32: R = 2000 at 3600 Å, 5100 at
9800 Å)."""


@dataclass(slots=True)
class _Arm:
    wavelength: FloatArray
    flux: FloatArray
    ivar: FloatArray
    mask: FloatArray | None


def sniff(probe: Probe) -> bool:
    """HDUs named B_WAVELENGTH and B_FLUX (or R_, Z_, BRZ_)."""
    if probe.kind != "fits" or probe.fits.primary.is_image:
        return False
    for index in range(1, 8):
        hdu = probe.fits.get(index)
        if hdu is None:
            return False
        if hdu.name in ("B_WAVELENGTH", "R_WAVELENGTH", "Z_WAVELENGTH", "BRZ_WAVELENGTH"):
            return probe.fits.named(hdu.name.replace("WAVELENGTH", "FLUX")) is not None
    return False


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each target that has data."""
    arms = _arms(probe)
    n_targets = arms[0].flux.shape[0]
    pieces = _pieces(arms, n_targets, probe.fits.named("FIBERMAP"), override)
    left_out = n_targets - len(pieces)
    if not pieces:
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} is a DESI file of {n_targets} fibres without one target that has data.",
            "Check that this is the file of your target.",
        )
    note = f"{left_out} of {n_targets} fibres hold sky or no data and were left out."
    return Found(
        "DESI coadd",
        "HDUs B_WAVELENGTH, B_FLUX and so on",
        pieces,
        unit=ANGSTROM,
        scale=STORED,
        medium=Claim("vacuum", "the DESI data model", assumed=True),
        frame=Claim("barycentric", "the DESI data model", assumed=True),
        noise=Claim("ivar", "HDUs _IVAR, 0 = no data"),
        mask=Claim("", "HDUs _MASK and inverse variance 0"),
        resolution=Claim("1.8 Å FWHM", "the DESI spectrographs", assumed=True),
        warnings=[note] if left_out else [],
    )


def _pieces(arms: list[_Arm], n: int, fibermap: Hdu | None, override: Override) -> list[Piece]:
    names, kinds, positions = _targets(fibermap, n)
    # Rounding to the grid makes equal what the arms share.
    wavelength = np.round(np.concatenate([arm.wavelength for arm in arms]), 4)
    pieces: list[Piece] = []
    for row in range(n):
        ivar = np.concatenate([arm.ivar[row] for arm in arms])
        wanted = override.rows is not None and row in override.rows
        if not np.any(ivar > 0.0) or (kinds[row] not in ("TGT", "?") and not wanted):
            continue
        masks = [
            np.zeros(arm.wavelength.shape) if arm.mask is None else arm.mask[row] for arm in arms
        ]
        piece = Piece(
            axis=wavelength,
            flux=np.concatenate([arm.flux[row] for arm in arms]),
            noise=ivar,
            bad=np.concatenate(masks) != 0.0,
            fwhm_aa=_FWHM_AA,
            name=names[row],
            flux_unit="1E-17 erg/cm^2/s/Ang",
            row=row,
            meta={"instrument": "DESI"},
        )
        if positions is not None:
            piece.meta["ra_deg"], piece.meta["dec_deg"] = (float(p[row]) for p in positions)
        pieces.append(piece)
    return pieces


def _arms(probe: Probe) -> list[_Arm]:
    arms: list[_Arm] = []
    for letter in ("BRZ", "B", "R", "Z"):
        wave, flux, ivar, mask = (
            probe.fits.named(f"{letter}_{what}") for what in ("WAVELENGTH", "FLUX", "IVAR", "MASK")
        )
        if wave is None or flux is None or ivar is None:
            continue
        wavelength, values = wave.image().reshape(-1), np.atleast_2d(flux.image())
        weights = np.atleast_2d(ivar.image())
        bits = np.atleast_2d(mask.image()) if mask is not None and mask.is_image else None
        if values.shape[1] != wavelength.size or weights.shape != values.shape:
            raise probe.fail(
                "damaged",
                f"In {probe.name} the arm {letter} has fluxes that do not fit its wavelengths.",
                "Download it again.",
            )
        arms.append(_Arm(wavelength, values, weights, bits))
    same = {arm.flux.shape[0] for arm in arms}
    if len(same) != 1:
        raise probe.fail(
            "damaged",
            f"The arms of {probe.name} hold different numbers of targets, or none.",
            "Download it again.",
        )
    return arms


def _targets(
    hdu: Hdu | None, n: int
) -> tuple[list[str], list[str], tuple[FloatArray, FloatArray] | None]:
    """Names, OBJTYPE (``?`` where unknown) and positions of the fibres."""
    names = [f"fibre {i}" for i in range(n)]
    kinds = ["?"] * n
    if hdu is None or not hdu.is_table or hdu.table.n_rows != n:
        return names, kinds, None
    table = hdu.table
    number, kind = table.find("TARGETID"), table.find("OBJTYPE")
    if number is not None and number.code in "JK":
        names = [str(value) for value in table.integers(number)]
    if kind is not None and kind.is_text:
        kinds = table.strings(kind)
    ra, dec = table.find("TARGET_RA"), table.find("TARGET_DEC")
    if ra is None or dec is None:
        return names, kinds, None
    return names, kinds, (table.values(ra), table.values(dec))
