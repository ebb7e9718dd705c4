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
    FormatInfo("gaia", "Gaia XP sampled and RVS mean spectra", (*_FITS, ".csv", ".ecsv", ".xml")),
    FormatInfo("sdss-spec", "SDSS spec file (DR9 and later, SDSS-V)", _FITS),
    FormatInfo("sdss-image", "SDSS spSpec and spPlate", _FITS),
    FormatInfo("sdss-v", "SDSS-V Milky Way Mapper (mwmStar, mwmVisit)", _FITS),
    FormatInfo("lamost", "LAMOST low resolution, image of rows", _FITS),
    FormatInfo("lamost-table", "LAMOST tables, low and medium resolution", _FITS),
    FormatInfo("desi", "DESI coadds and spectra", _FITS),
    FormatInfo("apogee", "APOGEE visits and combined spectra", _FITS),
    FormatInfo("hst", "HST STIS and COS x1d", _FITS),
    FormatInfo("calspec", "CALSPEC flux standards", _FITS),
    FormatInfo("synphot", "synphot models (Kurucz, PHOENIX and others at STScI)", _FITS),
    FormatInfo("atlas-grid", "ATLAS9 grids at STScI, a column for each gravity", _FITS),
    FormatInfo("phoenix", "PHOENIX models of Göttingen", _FITS),
    FormatInfo("harps", "HARPS, HARPS-N, SOPHIE and ESPRESSO s1d", _FITS),
    FormatInfo("elodie", "ELODIE archive and library", _FITS),
    FormatInfo("weave", "WEAVE levels 1 and 2", _FITS),
    FormatInfo("fourmost", "4MOST level 1", _FITS),
    FormatInfo("giraffe", "FLAMES-GIRAFFE, all fibres of an exposure", _FITS),
    FormatInfo("xsl", "X-shooter Spectral Library", _FITS),
    FormatInfo("eso-phase3", "ESO Phase 3 spectra (UVES, HARPS, FEROS, X-shooter …)", _FITS),
    FormatInfo("mastar", "MaStar library", _FITS),
    FormatInfo("galah", "GALAH", _FITS),
    FormatInfo("aaomega", "AAOmega, 2dF, WiggleZ and OzDES (2dfdr)", _FITS),
    FormatInfo("sixdf", "6dF Galaxy Survey", _FITS),
    FormatInfo("twodfgrs", "2dF Galaxy Redshift Survey", _FITS),
    FormatInfo("twoslaq", "2SLAQ", _FITS),
    FormatInfo("spextool", "Spextool, IRTF and SpeX Prism libraries", _FITS),
    FormatInfo("pypeit", "PypeIt spec1d and coadds", _FITS),
    FormatInfo("deimos", "DEIMOS spec1d (DEEP2)", _FITS),
    FormatInfo("sprat", "Liverpool Telescope SPRAT and LOTUS, level 2", _FITS),
    FormatInfo("espadons", "ESPaDOnS as FITS (CFHT)", _FITS),
    FormatInfo("makee", "Keck HIRES and ESI orders (MAKEE)", _FITS),
    FormatInfo(
        "echelle",
        "Echelle orders with wavelengths (ESPRESSO S2D, CARMENES, SPIRou, NEID, KPF)",
        _FITS,
    ),
    FormatInfo("echelle-cube", "Echelle orders in a cube (CERES, CHIRON)", _FITS),
    FormatInfo("iraf", "IRAF onedspec, equispec and multispec", _FITS),
    FormatInfo("bess", "BeSS and other amateur FITS (ISIS, specINTI, SpcAudACE, BASS)", _FITS),
    FormatInfo("miles", "MILES library", (*_FITS, *_TEXT)),
    FormatInfo("cflib", "Indo-US library (CFLIB)", (*_FITS, *_TEXT)),
    FormatInfo("jacoby", "Jacoby library", (*_FITS, *_TEXT)),
    FormatInfo("stelib", "STELIB", _FITS),
    FormatInfo("eso-pipeline", "UVES and FEROS pipelines", _FITS),
    FormatInfo("midas", "MIDAS images as FITS", _FITS),
    FormatInfo("fits-matrix", "FITS image of many spectra, wavelengths in another HDU", _FITS),
    FormatInfo("fits-image", "FITS image of one spectrum (linear or logarithmic)", _FITS),
    FormatInfo("fits-rows", "FITS image of a few rows", _FITS),
    FormatInfo("fits-table", "FITS table with wavelength and flux columns", _FITS),
    FormatInfo("votable", "VOTable", (".xml", ".vot", ".votable")),
    FormatInfo("ecsv", "ECSV", (".ecsv",)),
    FormatInfo("npz", "NumPy arrays", (".npz", ".npy")),
    FormatInfo("asdf", "ASDF (specutils Spectrum, named arrays)", (".asdf",)),
    FormatInfo("hdf5", "HDF5 arrays (Starfish)", (".hdf5", ".h5")),
    FormatInfo("galactic", "Galactic SPC (GRAMS, Thermo)", (".spc",)),
    FormatInfo("pickles", "Pickles library", _TEXT),
    FormatInfo("polarbase", "ESPaDOnS and NARVAL text (PolarBase)", (".s", ".txt")),
    FormatInfo("atlas-text", "ATLAS fluxes as text (Kurucz, Castelli)", _TEXT),
    FormatInfo("btsettl", "PHOENIX models as text (BT-Settl, .7)", (".7", ".7.gz", ".7.bz2")),
    FormatInfo("text", "Text in columns, CSV included", _TEXT),
    FormatInfo("specutils", "Any format of specutils, where it is named: specutils:FORMAT", ()),
)


def built_in_formats() -> tuple[FormatInfo, ...]:
    """The formats of this package, the particular before the general."""
    return _FORMATS


def formats() -> tuple[FormatInfo, ...]:
    """All formats: those of plug-ins, then those of this package, the particular before the
    general.
    """
    from spectra_gui.readers.plugins import installed

    taken = {info.name for info in _FORMATS}
    added = tuple(
        FormatInfo(point.name, f"plug-in {point.value}", ())
        for point in installed()
        if point.name not in taken
    )
    return (*added, *_FORMATS)
