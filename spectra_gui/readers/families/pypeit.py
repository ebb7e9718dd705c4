"""PypeIt: spec1d (one HDU an object, boxcar and optimal extraction) and coadded OneSpec tables.

Source: https://pypeit.readthedocs.io/en/release/out_spec1D.html and out_onespec.html (wavelengths
in vacuum; OPT_ and BOX_ columns WAVE, COUNTS or FLAM, _IVAR, MASK with 1 = good; wave, flux, ivar,
mask). The optimal extraction is read where there is one, and the flux in FLAM where it is
calibrated. In spec1d of an echelle HDUs are named OBJ, ORDER and DET with numbers, and those of one
OBJ are orders of one object. VEL_TYPE and VEL_CORR say whether the wavelengths were moved to the
Sun's frame.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import hdu_choice, hdu_list, merged_header
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override

NAME: Final = "pypeit"
TAKES: Final = frozenset({"hdu"})

FloatArray = NDArray[np.float64]

_MAX_HDUS: Final = 1000
_CHOICES: Final = (
    ("opt_wave", "opt_flam"),
    ("opt_wave", "opt_counts"),
    ("box_wave", "box_flam"),
    ("box_wave", "box_counts"),
    ("wave", "flux"),
)

_ORDER: Final = re.compile(r"OBJ(\d+)-ORDER\d+", re.I)


def sniff(probe: Probe) -> bool:
    """PypeIt's name in the header and a table with its columns."""
    if probe.kind != "fits":
        return False
    header = probe.fits.primary.header
    first = probe.fits.get(1)
    stated = "PYP_SPEC" in header or "VERSPYP" in header
    if first is not None and first.header.text("DMODCLS") in ("OneSpec", "SpecObj"):
        stated = True
    return stated and bool(_tables(probe))


def _tables(probe: Probe) -> list[Hdu]:
    units = (probe.fits.get(i) for i in range(1, _MAX_HDUS))
    return [hdu for hdu in units if hdu is not None and hdu.is_table and _columns(hdu) is not None]


def _columns(hdu: Hdu) -> tuple[str, str] | None:
    return next((pair for pair in _CHOICES if hdu.table.has(*pair)), None)


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each extracted object."""
    chosen = _tables(probe)
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or hdu not in chosen:
            raise bad_override(f"there is no spectrum in HDU {override.hdu}", hdu_list(probe.fits))
        chosen = [hdu]
    used = _columns(chosen[0])
    found = Found(
        "PypeIt",
        f"columns {' and '.join(used or ())} in {chosen[0].label}",
        [],
        unit=ANGSTROM,
        scale=STORED,
        medium=Claim("vacuum", "PypeIt calibrates in vacuum"),
        frame=_frame(merged_header(probe.fits, chosen[0])),
        noise=Claim("ivar", "column of inverse variance, 0 = no data"),
        mask=Claim("", "column MASK, 1 = good"),
    )
    for hdu in chosen:
        _add(probe, hdu, found, several=len(chosen) > 1)
    if any(_ORDER.match(hdu.name) for hdu in chosen):
        found.parts = Parts("orders", f"names of HDUs, such as {chosen[0].name}")
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found


def _frame(header: Header) -> Claim:
    kind = header.text("VEL_TYPE").lower()
    if kind.startswith(("helio", "bary")):
        return Claim("barycentric", f"VEL_TYPE = {header.text('VEL_TYPE')}")
    if kind.startswith("obs"):
        return Claim("observed", f"VEL_TYPE = {header.text('VEL_TYPE')}")
    if header.number("VEL_CORR") is not None:
        return Claim("barycentric", f"VEL_CORR = {header.text('VEL_CORR')}")
    return headers.frame(header)


def _add(probe: Probe, hdu: Hdu, found: Found, *, several: bool) -> None:
    pair = _columns(hdu)
    assert pair is not None
    wave, flux = (_values(hdu, name) for name in pair)
    prefix = pair[0][:4] if pair[0] != "wave" else ""
    ivar = _values(hdu, "ivar" if not prefix else f"{pair[1]}_ivar")
    mask = _values(hdu, f"{prefix}mask")
    if wave is None or flux is None:
        return
    header = merged_header(probe.fits, hdu)
    name = header.text("TARGET") or headers.object_name(header)
    # Wavelengths of 0 stand where the detector has none.
    piece = Piece(
        axis=wave,
        flux=flux,
        noise=ivar,
        bad=None if mask is None else mask != 1.0,
        name=f"{name} {hdu.name}".strip() if several else name,
        flux_unit="1E-17 erg/cm^2/s/Ang" if pair[1] != "opt_counts" else "counts",
        row=len(found.pieces),
        part_of=_object_number(hdu.name, len(found.pieces)),
        meta=headers.facts(header),
    )
    found.pieces.append(piece)
    if ivar is None:
        found.noise = Claim("none", "no column of inverse variance")


def _object_number(name: str, place: int) -> int:
    """A number for the object of an HDU: that of OBJ, or one of its own below zero."""
    match = _ORDER.match(name)
    return int(match[1]) if match else -1 - place


def _values(hdu: Hdu, name: str) -> FloatArray | None:
    column = hdu.table.find(name)
    if column is None:
        return None
    if column.code in "LX":
        return None
    values = hdu.table.array(column, 0) if column.is_variable else hdu.table.values(column)
    return values.reshape(-1)
