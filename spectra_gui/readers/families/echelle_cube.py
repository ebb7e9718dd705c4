"""Echelle orders and their wavelengths in one cube: CERES (FEROS, HARPS, CORALIE …) and CHIRON.

Source: https://github.com/rabrahm/ceres (README: planes of a cube of (planes, orders, pixels) are
0 wavelength, 1 flux, 2 1/σ, 3 flux without blaze, 4 its 1/σ, 5 flux over continuum …) and, for
CHIRON, Tokovinin et al. 2013, PASP 125, 1336 (its reduced files are cubes of (orders, pixels, 2):
wavelength in Å and flux). Taken is the flux without blaze, where there is one. That a plane holds
wavelengths is told by its values. Neither says medium and frame in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, NO_NOISE, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import runs_through_wavelengths
from spectra_gui.readers.probe import Probe

NAME: Final = "echelle-cube"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_MAX_ORDERS: Final = 200
_MIN_PIXELS: Final = 100
_LEAST_AA: Final = 2500.0
_FLUX, _FLUX_NO_BLAZE, _INVERSE_SIGMA = 1, 3, 4


@dataclass(frozen=True, slots=True)
class _Orders:
    """Wavelengths and fluxes (orders, pixels), and 1/σ where there is one."""

    label: str
    wave: FloatArray
    flux: FloatArray
    inverse_sigma: FloatArray | None = None


def sniff(probe: Probe) -> bool:
    """A cube with a plane of wavelengths, as both pipelines stack them."""
    if probe.kind != "fits" or len(probe.fits.primary.shape) != 3:
        return False
    hdu = probe.fits.primary
    return _is_ceres(hdu) or _is_chiron(hdu)


def _is_ceres(hdu: Hdu) -> bool:
    planes, orders, pixels = hdu.shape
    if not (4 <= planes <= 12 and orders <= _MAX_ORDERS and pixels >= _MIN_PIXELS):
        return False
    return all(_runs(hdu.rows(row, 1)[0]) for row in (0, orders // 2, orders - 1))


def _is_chiron(hdu: Hdu) -> bool:
    orders, pixels, two = hdu.shape
    if two != 2 or orders > _MAX_ORDERS or pixels < _MIN_PIXELS:
        return False
    return _runs(hdu.rows(0, pixels)[:, 0])


def _runs(values: FloatArray) -> bool:
    return runs_through_wavelengths(values) and float(values.min()) >= _LEAST_AA


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each order."""
    hdu = probe.fits.primary
    orders = _ceres(hdu) if _is_ceres(hdu) else _chiron(hdu)
    header = hdu.header
    name = headers.object_name(header) or header.text("TARGET NAME", "HIERARCH TARGET NAME")
    found = Found(
        orders.label,
        f"{len(hdu.shape)} axes, the first {'plane' if hdu.shape[-1] != 2 else 'column'} runs "
        "through wavelengths",
        [],
        unit=ANGSTROM,
        scale=Claim("table", "wavelengths in the cube", assumed=True),
        medium=headers.medium(header),
        frame=headers.frame(header),
        noise=NO_NOISE,
        parts=Parts("orders", "a cube of orders"),
    )
    noise = None
    if orders.inverse_sigma is not None:
        noise = np.square(orders.inverse_sigma)
        found.noise = Claim("ivar", f"plane {_INVERSE_SIGMA} holds 1/σ")
    for row in range(orders.flux.shape[0]):
        found.pieces.append(
            Piece(
                axis=orders.wave[row],
                flux=orders.flux[row],
                noise=None if noise is None else noise[row],
                name=f"{name} order {row}".strip(),
                flux_unit=header.text("BUNIT"),
                row=row,
                meta=headers.facts(header),
            )
        )
    found.choices.append(OverrideChoice("rows", "Orders to take (0, 1, …)", "all"))
    return found


def _ceres(hdu: Hdu) -> _Orders:
    cube = hdu.image()
    has_noise = cube.shape[0] > _INVERSE_SIGMA
    flux = cube[_FLUX_NO_BLAZE] if has_noise else cube[_FLUX]
    return _Orders("CERES", cube[0], flux, cube[_INVERSE_SIGMA] if has_noise else None)


def _chiron(hdu: Hdu) -> _Orders:
    cube = hdu.image()
    return _Orders("CHIRON", cube[..., 0], cube[..., 1])
