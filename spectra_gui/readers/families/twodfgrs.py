"""2dF Galaxy Redshift Survey: a sky chart, then one HDU a spectrum with three rows.

Source: http://www.2dfgrs.net/Public/Release/Spectra/ and https://docs.datacentral.org.au/2dfgrs/ .
IMAGE = SPECTRUM; rows flux, variance, sky; Å by CRVAL1, CDELT1 and CRPIX1, without CUNIT1. Air and
as observed, as 2dfdr leaves them, is assumed. Stars among the targets have Z near 0.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Piece
from spectra_gui.readers.onedim import hdu_choice, merged_header, no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "twodfgrs"
TAKES: Final[frozenset[str]] = frozenset()

_MAX_HDUS: Final = 200


def sniff(probe: Probe) -> bool:
    """IMAGE = SKYCHART or SPECTRUM in the primary, and an HDU of three rows."""
    if probe.kind != "fits":
        return False
    word = probe.fits.primary.header.text("IMAGE").upper()
    return word in ("SKYCHART", "SPECTRUM") and bool(_spectra(probe))


def _spectra(probe: Probe) -> list[Hdu]:
    units = [hdu for i in range(_MAX_HDUS) if (hdu := probe.fits.get(i)) is not None]
    return [
        hdu
        for hdu in units
        if len(hdu.spectral_shape) == 2
        and hdu.spectral_shape[0] == 3
        and hdu.header.text("IMAGE").upper() != "SKYCHART"
    ]


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each observation."""
    chosen = _spectra(probe)
    found = Found(
        "2dFGRS",
        f"IMAGE = SPECTRUM, three rows in {chosen[0].label}",
        [],
        unit=ANGSTROM,
        medium=Claim("air", "2dfdr calibrates in air", assumed=True),
        frame=Claim("observed", "2dfdr shifts nothing", assumed=True),
        noise=Claim("variance", "second row"),
    )
    for row, hdu in enumerate(chosen):
        rows = hdu.image().reshape(hdu.spectral_shape)
        axis = spectral_axis(hdu.header, rows.shape[1])
        if axis is None:
            raise no_axis(probe, hdu)
        found.scale = axis.scale
        header = merged_header(probe.fits, hdu)
        name = header.text("NAME") or headers.object_name(header)
        found.pieces.append(
            Piece(
                axis=axis.values,
                flux=rows[0],
                noise=rows[1],
                name=f"{name} {hdu.label}".strip() if len(chosen) > 1 else name,
                flux_unit=header.text("BUNIT"),
                row=row,
                meta=headers.facts(header),
            )
        )
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found
