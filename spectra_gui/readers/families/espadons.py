"""ESPaDOnS at CFHT as FITS (files 123456i.fits and p.fits): rows of an image, named by cards.

Source: http://cfht.hawaii.edu/Instruments/Upena/Mar2008reduction.html and the cards COL1, COL2 … of
the files, which say what each row holds: wavelength in nm, intensity, Stokes parameter, error.
Several reductions follow each other (continuum normalised or not); the first is taken. In air and
heliocentric, as the text files of the same pipeline (see polarbase), which is assumed.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import headers
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import NO_NOISE, STORED, Claim, Found, Piece
from spectra_gui.readers.onedim import first_known
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan

NAME: Final = "espadons"
TAKES: Final[frozenset[str]] = frozenset()

_MAX_ROWS: Final = 60
_MAX_FLUX_ROWS: Final = 8


def sniff(probe: Probe) -> bool:
    """Cards COL1 = Wavelength and COL2 = Intensity, and that many rows."""
    if probe.kind != "fits" or len(probe.fits.primary.shape) != 2:
        return False
    rows = probe.fits.primary.shape[0]
    header = probe.fits.primary.header
    return 2 <= rows <= _MAX_ROWS and _row(header, "wave", 0, 1) == 0 and bool(_fluxes(header))


def _row(header: Header, word: str, first: int, end: int) -> int | None:
    """The first row from ``first`` to before ``end`` whose card begins with a word."""
    for row in range(first, end):
        if header.text(f"COL{row + 1}").lower().startswith(word):
            return row
    return None


def _fluxes(header: Header) -> list[tuple[int, int, int | None]]:
    """Rows of wavelength, intensity and error of each reduction."""
    found: list[tuple[int, int, int | None]] = []
    wave = _row(header, "wave", 0, _MAX_ROWS)
    while wave is not None and len(found) < _MAX_FLUX_ROWS:
        after = _row(header, "wave", wave + 1, _MAX_ROWS)
        end = _MAX_ROWS if after is None else after
        flux, error = _row(header, "intens", wave, end), _row(header, "err", wave, end)
        if flux is not None:
            found.append((wave, flux, error))
        wave = after
    return found


def read(probe: Probe, override: Override) -> Found:
    """The first reduction, or those that were chosen by the number of their intensity's row."""
    hdu = probe.fits.primary
    header = hdu.header
    there = [parts for parts in _fluxes(header) if max(parts[0], parts[1]) < hdu.shape[0]]
    wanted = there[:1] if override.rows is None else [p for p in there if p[1] in override.rows]
    found = Found(
        "ESPaDOnS (CFHT)",
        "COL1 = Wavelength, COL2 = Intensity",
        [],
        unit=Claim("nm", "the pipeline's unit"),
        scale=STORED,
        medium=first_known(headers.medium(header), Claim("air", "Libre-ESpRIT", assumed=True)),
        frame=first_known(
            headers.frame(header), Claim("barycentric", "Libre-ESpRIT", assumed=True)
        ),
        noise=NO_NOISE,
    )
    for wave, flux, error in wanted:
        noise = error is not None and error < hdu.shape[0]
        axis, values = (RowSpan((row,), 1).of(hdu)[0] for row in (wave, flux))
        sigma = RowSpan((error,), 1).of(hdu)[0] if noise and error is not None else None
        if sigma is not None:
            found.noise = Claim(
                "sigma", f"COL{(error or 0) + 1} = {header.text(f'COL{(error or 0) + 1}')}"
            )
        name, meta = headers.object_name(header), headers.facts(header)
        found.pieces.append(Piece(axis, values, sigma, name=name, row=flux, meta=meta))
    if len(there) > 1:
        options = tuple(str(parts[1]) for parts in there)
        found.choices.append(OverrideChoice("rows", "Row of the intensity", options[0], options))
    return found
