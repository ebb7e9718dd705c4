"""6dF Galaxy Survey: V, R and spliced VR spectra as rows, or one spectrum as a table.

Source: http://www-wfau.roe.ac.uk/6dFGS/fits.html : five thumbnail images, then for each
observation the images V and R (rows: flux, variance, sky) and VR (and a row of wavelengths), Å by
CRVAL1, CDELT1 and CRPIX1. Files of one spectrum, as image or table, are Data Central's,
https://docs.datacentral.org.au/6dfgs/ . The pages do not state medium and frame: as 2dfdr leaves
them, air and as observed, which is assumed. The table holds no uncertainty.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Piece
from spectra_gui.readers.onedim import (
    Habits,
    hdu_choice,
    hdu_list,
    merged_header,
    no_axis,
    runs_through_wavelengths,
)
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.tables import read_view
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "sixdf"
TAKES: Final = frozenset({"hdu"})

_MAX_HDUS: Final = 60
_KEYS: Final = ("OBSRA", "OBSDEC", "Z_HELIO", "QUALITY")
_AIR: Final = Claim("air", "2dfdr calibrates in air", assumed=True)
_OBSERVED: Final = Claim("observed", "2dfdr shifts nothing", assumed=True)


def sniff(probe: Probe) -> bool:
    """6dF's keywords with three or four rows of pixels, or with a table of WAVE and FLUX."""
    return probe.kind == "fits" and (bool(_images(probe)) or _table(probe) is not None)


def _is_6df(hdu: Hdu) -> bool:
    return sum(key in hdu.header for key in _KEYS) >= 3 or hdu.name in (
        "SPECTRUM VR",
        "SPECTRUM V",
        "SPECTRUM R",
    )


def _images(probe: Probe) -> list[Hdu]:
    """Images of spectra: the spliced ones, which have four rows, where there are any."""
    units = [hdu for i in range(_MAX_HDUS) if (hdu := probe.fits.get(i)) is not None]
    images = [
        hdu
        for hdu in units
        if len(hdu.spectral_shape) == 2 and hdu.spectral_shape[0] in (3, 4) and _is_6df(hdu)
    ]
    return [hdu for hdu in images if hdu.spectral_shape[0] == 4] or images


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table or not hdu.table.has("wave", "flux"):
        return None
    return hdu if _is_6df(probe.fits.primary) else None


def read(probe: Probe, override: Override) -> Found:
    """The spliced spectrum of each observation, or the HDU that was asked for."""
    table = _table(probe)
    if table is not None:
        found = read_view(
            fits_view(probe.fits, table),
            override,
            description="6dFGS table",
            evidence=f"keywords of 6dF, columns WAVE and FLUX in {table.label}",
            habits=Habits(medium=_AIR, frame=_OBSERVED),
        )
        _add_velocity(probe.fits.primary, found.pieces[0], found)
        return found
    chosen = _images(probe)
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or len(hdu.spectral_shape) != 2 or hdu.spectral_shape[0] not in (3, 4):
            raise bad_override(f"there are no rows {override.hdu}", hdu_list(probe.fits))
        chosen = [hdu]
    found = Found(
        "6dFGS",
        f"{chosen[0].spectral_shape[0]} rows with keywords of 6dF in {chosen[0].label}",
        [],
        medium=_AIR,
        frame=_OBSERVED,
        noise=Claim("variance", "second row"),
    )
    for row, hdu in enumerate(chosen):
        _add(probe, hdu, row, found, several=len(chosen) > 1)
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found


def _add(probe: Probe, hdu: Hdu, row: int, found: Found, *, several: bool) -> None:
    rows = hdu.image().reshape(hdu.spectral_shape)
    axis = spectral_axis(hdu.header, rows.shape[1])
    if rows.shape[0] == 4 and runs_through_wavelengths(rows[3]):
        values, found.unit = rows[3], ANGSTROM
        found.scale = Claim("table", "wavelengths in the fourth row")
    elif axis is not None:
        values, found.unit, found.scale = axis.values, axis.unit, axis.scale
    else:
        raise no_axis(probe, hdu)
    header = merged_header(probe.fits, hdu)
    name = header.text("TARGET", "TARGETNA", "TARGETNM") or headers.object_name(header)
    piece = Piece(
        axis=values,
        flux=rows[0],
        noise=rows[1],
        name=f"{name} {hdu.label}".strip() if several else name,
        flux_unit=header.text("BUNIT"),
        row=row,
        meta=headers.facts(header),
    )
    ra, dec = header.number("OBSRA"), header.number("OBSDEC")
    if ra is not None and dec is not None and not header.text("OBSRA").count(":"):
        piece.meta["ra_deg"], piece.meta["dec_deg"] = ra, dec
    _add_velocity(hdu, piece, found)
    found.pieces.append(piece)


def _add_velocity(hdu: Hdu, piece: Piece, found: Found) -> None:
    """The measured, not the heliocentric, redshift: the wavelengths are as observed."""
    z, quality = hdu.header.number("Z"), hdu.header.number("QUALITY")
    velocity = headers.stated_velocity(z, None)
    if velocity is None or quality not in (3.0, 4.0, 6.0):
        return
    piece.velocity_kms = velocity
    found.velocity = Claim(f"{velocity:.1f} km/s", f"Z = {z:g}, QUALITY = {quality:g}")
