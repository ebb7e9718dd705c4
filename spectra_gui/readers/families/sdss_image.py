"""SDSS images of rows: spSpec (DR1 to DR8, one star) and spPlate (one row a fibre).

Source: https://classic.sdss.org/dr7/dm/flatFiles/spSpec.php and
https://data.sdss.org/datamodel/files/BOSS_SPECTRO_REDUX/RUN2D/PLATE4/spPlate.html .
λ = 10^(COEFF0 + COEFF1·i), i from 0; vacuum, heliocentric.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import NO_NOISE, Claim, Found, Piece
from spectra_gui.readers.onedim import first_known, no_axis
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import wanted_rows
from spectra_gui.readers.wcs import spectral_axis

NAME: Final = "sdss-image"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_FIBRES_FROM: Final = 20
"""From so many rows on, rows are fibres (FORMATS, section 1)."""


def sniff(probe: Probe) -> bool:
    """COEFF0 and COEFF1, a two-dimensional primary image, and not LAMOST."""
    if probe.kind != "fits":
        return False
    primary = probe.fits.primary
    header = primary.header
    if "LAMOST" in header.text("TELESCOP").upper() or len(primary.shape) != 2:
        return False
    return header.number("COEFF0") is not None and header.number("COEFF1") is not None


def read(probe: Probe, override: Override) -> Found:
    """The star's spectrum, or those of all fibres."""
    hdu = probe.fits.primary
    header = hdu.header
    n_rows, n = hdu.shape
    axis = spectral_axis(header, n)
    if axis is None:
        raise no_axis(probe, hdu)
    fibres = n_rows >= _FIBRES_FROM and not header.text("ARRAY1")
    found = Found(
        "SDSS spPlate" if fibres else "SDSS spSpec",
        f"COEFF0 with {n_rows} rows" + (" (fibres)" if fibres else ""),
        [],
        unit=axis.unit,
        scale=axis.scale,
        medium=first_known(headers.medium(header), Claim("vacuum", "SDSS", assumed=True)),
        frame=first_known(headers.frame(header), Claim("barycentric", "SDSS", assumed=True)),
        noise=NO_NOISE,
        resolution=Claim("λ/FWHM ≈ 2000", "the SDSS spectrographs", assumed=True),
    )
    if fibres:
        _fibres(probe, override, axis.values, found)
    else:
        _star(header, hdu.image(), axis.values, found)
    for piece in found.pieces:
        piece.resolving_power = 2000.0
        piece.flux_unit = header.text("BUNIT")
    return found


def _star(header: Header, rows: FloatArray, axis: FloatArray, found: Found) -> None:
    titles = [header.text(f"ARRAY{i}").upper() for i in range(1, rows.shape[0] + 1)]
    error = next((i for i, title in enumerate(titles) if "ERR" in title or "NOISE" in title), None)
    if error is None and rows.shape[0] > 2 and not any(titles):
        error = 2
    noise = rows[error] if error is not None else None
    if error is not None:
        found.noise = Claim("sigma", f"row {error + 1} ({titles[error] or 'spSpec'}), 0 = no data")
        found.mask = Claim("", "error 0")
    name = header.text("NAME") or headers.object_name(header)
    piece = Piece(axis=axis, flux=rows[0], noise=noise, name=name, meta=headers.facts(header))
    ra, dec = header.number("RAOBJ"), header.number("DECOBJ")
    if ra is not None and dec is not None:
        piece.meta["ra_deg"], piece.meta["dec_deg"] = ra, dec
    z = header.number("Z")
    velocity = headers.stated_velocity(z, header.number("Z_ERR"))
    if velocity is not None and header.number("Z_STATUS") not in (0.0, 1.0):
        piece.velocity_kms = velocity
        found.velocity = Claim(f"{velocity:.1f} km/s", f"Z = {z:g}")
    found.pieces.append(piece)


def _fibres(probe: Probe, override: Override, axis: FloatArray, found: Found) -> None:
    hdu, ivar = probe.fits.primary, probe.fits.get(1)
    n_rows = hdu.shape[0]
    sky, positions = _plug_map(probe.fits.get(5), n_rows)
    targets = [row for row in range(n_rows) if row not in sky]
    span = wanted_rows(probe, override, (n_rows, hdu.shape[1]), targets)
    found.total_rows = span.total
    flux, noise = span.of(hdu), None
    if ivar is not None and ivar.is_image and ivar.shape == hdu.shape:
        noise = span.of(ivar)
        found.noise = Claim("ivar", f"{ivar.label}, 0 = no data")
        found.mask = Claim("", "inverse variance 0")
    plate, mjd = (hdu.header.text(key) for key in ("PLATEID", "MJD"))
    stem = "-".join(word for word in (plate, mjd) if word)
    for place, row in enumerate(span.rows):
        meta = headers.facts(hdu.header)
        # The header's position is the plate's, not the star's.
        meta.pop("ra_deg", None)
        meta.pop("dec_deg", None)
        if positions is not None:
            meta["ra_deg"], meta["dec_deg"] = (float(p[row]) for p in positions)
        found.pieces.append(
            Piece(
                axis=axis,
                flux=flux[place],
                noise=None if noise is None else noise[place],
                name=f"{stem} fibre {row + 1}".strip(),
                row=row,
                meta=meta,
            )
        )
    if sky and override.rows is None:
        found.warnings.append(f"{len(sky)} sky fibres were left out.")


def _plug_map(
    hdu: Hdu | None, n_rows: int
) -> tuple[set[int], tuple[FloatArray, FloatArray] | None]:
    if hdu is None or not hdu.is_table or hdu.table.n_rows != n_rows:
        return set(), None
    table = hdu.table
    kind, ra, dec = table.find("OBJTYPE"), table.find("RA"), table.find("DEC")
    sky = set()
    if kind is not None and kind.is_text:
        sky = {i for i, word in enumerate(table.strings(kind)) if word.upper() in ("SKY", "NA")}
    if ra is None or dec is None:
        return sky, None
    return sky, (table.values(ra), table.values(dec))
