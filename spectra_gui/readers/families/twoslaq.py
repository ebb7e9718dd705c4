"""2SLAQ, the luminous red galaxies (and stars among them): a plane of the target, one of the sky.

Source: http://www.physics.usyd.edu.au/2slaq/ and https://docs.datacentral.org.au/2slaq/ . The
primary has three axes (2, 1, n); Å by CRVAL1, CD1_1 and CRPIX1, without CUNIT1; no uncertainty. Air
and as observed, as 2dfdr leaves them, is assumed.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Piece
from spectra_gui.readers.onedim import no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "twoslaq"
TAKES: Final[frozenset[str]] = frozenset()


def sniff(probe: Probe) -> bool:
    """MSTITLE of the survey and a primary of two planes of one row."""
    if probe.kind != "fits":
        return False
    primary = probe.fits.primary
    named = primary.header.text("MSTITLE").startswith("2dF-SDSS LRG/QSO survey")
    return named and len(primary.shape) == 3 and primary.shape[:2] == (2, 1)


def read(probe: Probe, override: Override) -> Found:
    """The target's spectrum."""
    hdu = probe.fits.primary
    cube = hdu.image()
    axis = spectral_axis(hdu.header, cube.shape[2])
    if axis is None:
        raise no_axis(probe, hdu)
    piece = Piece(
        axis=axis.values,
        flux=cube[0, 0],
        name=headers.object_name(hdu.header),
        flux_unit=hdu.header.text("BUNIT"),
        meta=headers.facts(hdu.header),
    )
    return Found(
        "2SLAQ",
        "MSTITLE, planes of target and sky",
        [piece],
        unit=ANGSTROM,
        scale=axis.scale,
        medium=Claim("air", "2dfdr calibrates in air", assumed=True),
        frame=Claim("observed", "2dfdr shifts nothing", assumed=True),
        warnings=axis.warnings,
    )
