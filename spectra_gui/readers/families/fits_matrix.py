"""FITS image of many spectra, one a row, with wavelengths in a sister image.

No specification: collections made for statistics are kept like this. The wavelengths (an HDU named
WAVE, WAVELENGTH, LAMBDA or LOGLAM) are one row for all, or one for each; IVAR, VAR or ERR of the
same shape hold the uncertainties and MASK what not to use.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import NO_NOISE, STORED, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.onedim import WAVE_NAMES, merged_header, noise_kind_of
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import wanted_rows

NAME: Final = "fits-matrix"
TAKES: Final[frozenset[str]] = frozenset()

_MAX_HDUS: Final = 12
_VOTING_ROWS: Final = 50
"""Rows of a mask that tell for all what 1 means."""


def sniff(probe: Probe) -> bool:
    """An image of rows, and one of wavelengths that fits it."""
    return probe.kind == "fits" and _pair(probe) is not None


def _images(probe: Probe) -> list[Hdu]:
    units = (probe.fits.get(i) for i in range(_MAX_HDUS))
    return [hdu for hdu in units if hdu is not None and hdu.is_image]


def _pair(probe: Probe) -> tuple[Hdu, Hdu] | None:
    """The fluxes and the wavelengths."""
    images = _images(probe)
    wave = next((hdu for hdu in images if WAVE_NAMES.match(hdu.name)), None)
    if wave is None:
        return None
    for hdu in images:
        companion = hdu.index == wave.index or noise_kind_of(hdu) or hdu.name == "MASK"
        fits = wave.shape in (hdu.shape, hdu.shape[-1:], (1, *hdu.shape[-1:]))
        if len(hdu.shape) == 2 and hdu.shape[1] >= 10 and not companion and fits:
            return hdu, wave
    return None


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each row."""
    pair = _pair(probe)
    assert pair is not None
    flux, wave = pair
    span = wanted_rows(probe, override, (flux.shape[0], flux.shape[1]))
    shared = wave.shape != flux.shape or flux.shape[0] == 1
    waves = wave.image().reshape((1, -1)) if shared else span.of(wave)
    header = merged_header(probe.fits, flux)
    found = Found(
        "FITS image of many spectra",
        f"{flux.label}, wavelengths in {wave.label}",
        [],
        unit=_unit(wave, waves[:1]),
        scale=STORED,
        medium=headers.medium(header),
        frame=headers.frame(header),
        noise=NO_NOISE,
        total_rows=span.total,
    )
    sisters = [h for h in _images(probe) if h.shape == flux.shape and h.index != flux.index]
    noise_hdu = next((hdu for hdu in sisters if noise_kind_of(hdu)), None)
    mask_hdu = next((h for h in sisters if re.match(r"(AND_?)?MASK$|DQ$|QUAL", h.name)), None)
    fluxes = span.of(flux)
    noise = span.of(noise_hdu) if noise_hdu is not None else None
    mask = span.of(mask_hdu) if mask_hdu is not None else None
    if noise_hdu is not None:
        found.noise = Claim(noise_kind_of(noise_hdu), noise_hdu.label)
    one_is_good = mask_hdu is not None and _one_is_good(mask_hdu)
    if mask_hdu is not None:
        meaning = "1 = good, since most pixels have it" if one_is_good else "not zero = bad"
        found.mask = Claim("", f"{mask_hdu.label}, {meaning}", assumed=True)
    for place, row in enumerate(span.rows):
        found.pieces.append(
            Piece(
                axis=waves[0] if shared else waves[place],
                flux=fluxes[place],
                noise=None if noise is None else noise[place],
                bad=None if mask is None else (mask[place] != 0.0) ^ one_is_good,
                name=f"row {row}",
                flux_unit=header.text("BUNIT"),
                row=row,
            )
        )
    found.choices.append(OverrideChoice("rows", "Rows to take (0, 1, …)", "all"))
    return found


def _one_is_good(hdu: Hdu) -> bool:
    """Whether the first rows of a mask together have ones for the most part, and zeros else."""
    mask = hdu.rows(0, min(hdu.shape[0], _VOTING_ROWS))
    return bool(np.all((mask == 0.0) | (mask == 1.0)) and np.mean(mask) > 0.5)


def _unit(wave: Hdu, values: NDArray[np.float64]) -> Claim:
    stated = axes.parse_unit(wave.header.text("BUNIT", "CUNIT1", "UNITS"))
    finite = values[np.isfinite(values)]
    if stated:
        return axes.natural_where_large(Claim(stated, f"BUNIT of {wave.label}"), finite)
    if wave.name == "LOGLAM":
        return Claim("log10_angstrom", f"name of {wave.label}")
    return UNSTATED
