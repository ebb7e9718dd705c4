"""DESI coadd and spectra files: {B,R,Z}_WAVELENGTH, _FLUX, _IVAR, _MASK, FIBERMAP.

Source: https://desidatamodel.readthedocs.io (coadd-SURVEY-PROGRAM-PIXNUM). Vacuum, barycentric.
The arms share one grid of 0.8 Å; each is a part of its target's spectrum, in which pixels that two
arms share are averaged by inverse variance, as desispec.coaddition.coadd_cameras does; here arms
whose levels differ are matched before.
Sky and unassigned fibres, and those without any data, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Parts, Piece
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan, wanted_rows

NAME: Final = "desi"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_FWHM_AA: Final = 1.8
"""λ/R over all three arms (Guy et al. 2023, AJ 165, 144, fig. 32: R = 2000 at 3600 Å, 5100 at
9800 Å)."""

_ONE_TARGET: Final = Parts("arms", "HDUs B_, R_ and Z_ of a target", merged=True, by_row=True)


@dataclass(slots=True)
class _Arm:
    letter: str
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
    units = _units(probe)
    n_targets = units[0].n_targets
    names, kinds, positions = _targets(probe.fits.named("FIBERMAP"), n_targets)
    targets = [row for row in range(n_targets) if kinds[row] in ("TGT", "?")]
    n = sum(unit.wavelength.size for unit in units)
    span = wanted_rows(probe, override, (n_targets, n), targets)
    pieces = _pieces([unit.read(span) for unit in units], span)
    for piece in pieces:
        piece.name = f"{names[piece.row]} {piece.name}".strip()
        if positions is not None:
            place = tuple(float(p[piece.row]) for p in positions)
            if np.isfinite(place).all():
                piece.meta["ra_deg"], piece.meta["dec_deg"] = place
    if not pieces and not (span.is_part and override.rows is None):
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} is a DESI file of {n_targets} fibres without one target that has data.",
            "Check that this is the file of your target.",
        )
    left_out = n_targets - len(targets) + len(span.rows) - len({piece.row for piece in pieces})
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
        warnings=[note] if left_out and override.rows is None else [],
        total_rows=span.total,
        parts=_ONE_TARGET if len(units) > 1 else None,
    )


def _pieces(arms: list[_Arm], span: RowSpan) -> list[Piece]:
    """The arms of each target that have data."""
    pieces: list[Piece] = []
    for place, row in enumerate(span.rows):
        there = [arm for arm in arms if np.any(arm.ivar[place] > 0.0)]
        for arm in there:
            piece = Piece(
                axis=arm.wavelength,
                flux=arm.flux[place],
                noise=arm.ivar[place],
                bad=None if arm.mask is None else arm.mask[place] != 0.0,
                fwhm_aa=_FWHM_AA,
                name=arm.letter if len(there) > 1 else "",
                flux_unit="1E-17 erg/cm^2/s/Ang",
                row=row,
                part_of=row,
                meta={"instrument": "DESI"},
            )
            pieces.append(piece)
    return pieces


@dataclass(frozen=True, slots=True)
class _Unit:
    """The HDUs of an arm, unread but for its wavelengths."""

    letter: str
    wavelength: FloatArray
    flux: Hdu
    ivar: Hdu
    mask: Hdu | None

    @property
    def n_targets(self) -> int:
        return self.flux.shape[0] if len(self.flux.shape) == 2 else 1

    def read(self, span: RowSpan) -> _Arm:
        mask = None if self.mask is None else span.of(self.mask)
        return _Arm(self.letter, self.wavelength, span.of(self.flux), span.of(self.ivar), mask)


def _units(probe: Probe) -> list[_Unit]:
    units: list[_Unit] = []
    for letter in ("BRZ", "B", "R", "Z"):
        wave, flux, ivar, mask = (
            probe.fits.named(f"{letter}_{what}") for what in ("WAVELENGTH", "FLUX", "IVAR", "MASK")
        )
        if wave is None or flux is None or ivar is None:
            continue
        # Rounding to the grid makes equal what the arms share.
        wavelength = np.round(wave.image().reshape(-1), 4)
        if flux.shape[-1:] != (wavelength.size,) or ivar.shape != flux.shape:
            raise probe.fail(
                "damaged",
                f"In {probe.name} the arm {letter} has fluxes that do not fit its wavelengths.",
                "Download it again.",
            )
        fits = mask is not None and mask.shape == flux.shape
        units.append(_Unit(letter, wavelength, flux, ivar, mask if fits else None))
    if len({unit.n_targets for unit in units}) != 1:
        raise probe.fail(
            "damaged",
            f"The arms of {probe.name} hold different numbers of targets, or none.",
            "Download it again.",
        )
    return units


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
