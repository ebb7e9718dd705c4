"""AAOmega, 2dF, WiggleZ and OzDES (2dfdr): fibres in rows, HDUs VARIANCE, SKY and FIBRES.

Source: 2dfdr manual, https://www.aao.gov.au/science/software/2dfdr . TYPE in FIBRES is P for a
target, S for sky. Air unless VACUUM = T; as observed unless a keyword says otherwise. WiggleZ at
https://docs.datacentral.org.au/wigglez/ holds flux, then variance in an HDU without a name.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import NO_NOISE, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.onedim import first_known, no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import wanted_rows
from spectra_gui.readers.wcs import SpectralAxis, instrument_words, spectral_axis

NAME: Final = "aaomega"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]


def sniff(probe: Probe) -> bool:
    """A primary image of the 2dF instruments, or one with a FIBRES table."""
    if probe.kind != "fits" or not 1 <= len(probe.fits.primary.shape) <= 2:
        return False
    instrument = probe.fits.primary.header.text("INSTRUME").upper()
    if "AAOMEGA" in instrument or instrument in ("2DF", "SPIRAL") or _is_wigglez(probe):
        return True
    return any((hdu := probe.fits.get(i)) is not None and hdu.name == "FIBRES" for i in range(1, 6))


def _is_wigglez(probe: Probe) -> bool:
    return "2018MNRAS.474.4151D" in probe.fits.primary.header.text("REFCODE")


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each target fibre."""
    hdu = probe.fits.primary
    header = hdu.header
    n = hdu.shape[-1]
    axis = _stored_wavelengths(probe, n) or spectral_axis(header, n)
    if axis is None:
        raise no_axis(probe, hdu)
    waves = axis.values.reshape((-1, n))
    found = Found(
        "AAOmega (2dfdr)",
        f"INSTRUME = {header.text('INSTRUME')}",
        [],
        unit=axis.unit,
        scale=axis.scale,
        hint=instrument_words(header),
        medium=first_known(headers.medium(header), Claim("air", "2dfdr", assumed=True)),
        frame=first_known(
            headers.frame(header), Claim("observed", "2dfdr shifts nothing", assumed=True)
        ),
        noise=NO_NOISE,
        warnings=axis.warnings,
    )
    _add_fibres(probe, waves, override, found)
    return found


def _add_fibres(probe: Probe, waves: FloatArray, override: Override, found: Found) -> None:
    hdu, variance = probe.fits.primary, probe.fits.named("VARIANCE")
    header, n_rows = hdu.header, hdu.shape[0] if len(hdu.shape) == 2 else 1
    if variance is None and _is_wigglez(probe):
        variance = probe.fits.get(1)
    names, kinds = _fibres(probe.fits.named("FIBRES"), n_rows)
    targets = [row for row in range(n_rows) if kinds[row] in ("P", "") or n_rows == 1]
    span = wanted_rows(probe, override, (n_rows, hdu.shape[-1]), targets)
    found.total_rows = span.total if n_rows > 1 else 0
    flux, noise = span.of(hdu), None
    if variance is not None and variance.is_image and variance.shape == hdu.shape:
        noise = span.of(variance)
        found.noise = Claim("variance", variance.label)
    for place, row in enumerate(span.rows):
        meta = headers.facts(header)
        if names[row]:
            # The header's position is the field's.
            meta.pop("ra_deg", None)
            meta.pop("dec_deg", None)
        found.pieces.append(
            Piece(
                axis=waves[row] if row < waves.shape[0] else waves[0],
                flux=flux[place],
                noise=None if noise is None else noise[place],
                name=names[row] or headers.object_name(header),
                flux_unit=header.text("BUNIT"),
                row=row,
                meta=meta,
            )
        )
    left_out = n_rows - len(targets)
    if left_out and override.rows is None:
        found.warnings.append(f"{left_out} fibres on the sky or unused were left out.")


def _stored_wavelengths(probe: Probe, n: int) -> SpectralAxis | None:
    """Wavelengths of a sister HDU, one row for all or one a fibre; they beat the keywords."""
    hdu = probe.fits.named("WAVELENGTH") or probe.fits.named("WAVE")
    if hdu is None or not hdu.is_image or hdu.shape[-1] != n:
        return None
    values = hdu.image()
    unit = axes.parse_unit(hdu.header.text("BUNIT", "CUNIT1"))
    small = 2.9 <= np.nanmin(values) <= np.nanmax(values) <= 4.8
    claim = Claim(unit, f"unit of {hdu.label}") if unit and not small else UNSTATED
    return SpectralAxis(values, claim, Claim("table", f"wavelengths in {hdu.label}"))


def _fibres(hdu: Hdu | None, n: int) -> tuple[list[str], list[str]]:
    """Names and types of the fibres, "" where they are not told."""
    if hdu is None or not hdu.is_table or hdu.table.n_rows != n:
        return [""] * n, [""] * n
    name, kind = hdu.table.find("NAME"), hdu.table.find("TYPE")
    names = hdu.table.strings(name) if name is not None and name.is_text else [""] * n
    kinds = hdu.table.strings(kind) if kind is not None and kind.is_text else [""] * n
    return names, [word[:1].upper() for word in kinds]
