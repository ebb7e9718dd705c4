"""The formats that can be read, in the order in which a file is tried. Imports no reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """One format: its ``name`` (what `Override.reader` takes), ``description`` for a person and
    the usual ``extensions`` (for file dialogs; recognition never looks at them).
    """

    name: str
    description: str
    extensions: tuple[str, ...]


_FITS: Final = (".fits", ".fit", ".fts", ".fits.gz")
_TEXT: Final = (".txt", ".dat", ".asc", ".ascii", ".csv", ".spec", ".txt.gz")

_FORMATS: Final = (
    FormatInfo("sdss-spec", "SDSS spec file (DR9 and later, SDSS-V)", _FITS),
    FormatInfo("hst", "HST STIS and COS x1d", _FITS),
    FormatInfo("calspec", "CALSPEC flux standards", _FITS),
    FormatInfo("synphot", "synphot models (Kurucz, PHOENIX and others at STScI)", _FITS),
    FormatInfo("eso-phase3", "ESO Phase 3 spectra (UVES, HARPS, FEROS, X-shooter …)", _FITS),
    FormatInfo("mastar", "MaStar library", _FITS),
    FormatInfo("bess", "BeSS and other amateur FITS (ISIS, specINTI, SpcAudACE, BASS)", _FITS),
    FormatInfo("miles", "MILES library", _FITS),
    FormatInfo("fits-image", "FITS image of one spectrum (linear or logarithmic)", _FITS),
    FormatInfo("fits-table", "FITS table with wavelength and flux columns", _FITS),
    FormatInfo("text", "Text in columns, CSV included", _TEXT),
)


def formats() -> tuple[FormatInfo, ...]:
    """All formats, the particular before the general."""
    return _FORMATS
