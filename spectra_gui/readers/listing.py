"""The formats that can be read, in the order in which a file is tried. Imports no reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STATED: Final = "as stated"
"""Where the file decides, and without a word of it the lines, or nobody."""


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """One format: its ``name`` (what `Override.reader` takes), ``description`` for a person and
    the usual ``extensions`` (for file dialogs; recognition never looks at them).

    What is taken from its files, in words that the tests of each family hold: ``medium``,
    ``frame``, kind of ``uncertainty`` and ``mask`` of bad pixels; ``several`` names what gives
    several spectra, "" where a file has one.
    """

    name: str
    description: str
    extensions: tuple[str, ...]
    medium: str = STATED
    frame: str = STATED
    uncertainty: str = STATED
    mask: str = ""
    several: str = ""


_FITS: Final = (".fits", ".fit", ".fts", ".fits.gz")
_TEXT: Final = (".txt", ".dat", ".asc", ".ascii", ".csv", ".spec", ".txt.gz")
_BOTH: Final = (*_FITS, *_TEXT)
_GAIA: Final = (*_FITS, ".csv", ".ecsv", ".xml")
_BT: Final = (".7", ".7.gz", ".7.bz2")
_XML: Final = (".xml", ".vot", ".votable")

_HABIT_AIR: Final = f"air, or {STATED}"
_HABIT_VACUUM: Final = f"vacuum, or {STATED}"
_NO_IVAR: Final = "inverse variance 0"


def _format(
    name: str, description: str, extensions: tuple[str, ...] = _FITS, **taken: str
) -> FormatInfo:
    return FormatInfo(name, description, extensions, **taken)


_FORMATS: Final = (
    _format("gaia", "Gaia XP sampled and RVS mean spectra", _GAIA, medium="vacuum or unknown",
            frame="rest or unknown", uncertainty="sigma", several="sources"),
    _format("sdss-spec", "SDSS spec file (DR9 and later, SDSS-V)", medium="vacuum",
            frame="barycentric", uncertainty="ivar", mask=_NO_IVAR),
    _format("sdss-image", "SDSS spSpec and spPlate", medium=_HABIT_VACUUM,
            frame=f"barycentric, or {STATED}", uncertainty="sigma or ivar", mask="error 0",
            several="fibres of a plate"),
    _format("sdss-v", "SDSS-V Milky Way Mapper (mwmStar, mwmVisit)", medium="vacuum", frame="rest",
            uncertainty="ivar", mask=_NO_IVAR, several="visits and instruments"),
    _format("lamost", "LAMOST low resolution, image of rows", medium=_HABIT_VACUUM,
            frame=f"barycentric, or {STATED}", uncertainty="ivar", mask=_NO_IVAR),
    _format("lamost-table", "LAMOST tables, low and medium resolution", medium=_HABIT_VACUUM,
            frame=f"barycentric, or {STATED}", uncertainty="ivar", mask=_NO_IVAR,
            several="arms, merged"),
    _format("desi", "DESI coadds and spectra", medium="vacuum", frame="barycentric",
            uncertainty="ivar", mask=f"MASK, {_NO_IVAR}", several="targets; their arms, merged"),
    _format("apogee", "APOGEE visits and combined spectra", medium="vacuum",
            frame="observed or rest", uncertainty="sigma", mask="huge errors"),
    _format("hst", "HST STIS and COS x1d", medium=_HABIT_VACUUM, frame="barycentric or observed",
            uncertainty="sigma", mask="DQ by SDQFLAGS", several="orders or segments"),
    _format("calspec", "CALSPEC flux standards", medium="vacuum", uncertainty="sigma"),
    _format("synphot", "synphot models (Kurucz, PHOENIX and others at STScI)", medium="vacuum",
            frame="rest", uncertainty="none"),
    _format("atlas-grid", "ATLAS9 grids at STScI, a column for each gravity", medium="vacuum",
            frame="rest", uncertainty="none", several="gravities"),
    _format("phoenix", "PHOENIX models of Göttingen", medium="vacuum or air", frame="rest",
            uncertainty="none"),
    _format("harps", "HARPS, HARPS-N, SOPHIE and ESPRESSO s1d", medium="air or vacuum",
            frame="barycentric", uncertainty="sigma or none", mask="quality, zeros in the gap"),
    _format("e2ds", "HARPS, HARPS-N and SOPHIE e2ds (orders)", medium=_HABIT_AIR,
            frame=f"observed, or {STATED}", uncertainty="none", several="orders"),
    _format("elodie", "ELODIE archive and library", medium="air", uncertainty="sigma or none",
            mask="not-a-number"),
    _format("weave", "WEAVE levels 1 and 2", medium="air, unknown for level 2",
            frame="barycentric", uncertainty="ivar or sigma", mask=_NO_IVAR,
            several="fibres on targets; arms of level 2"),
    _format("fourmost", "4MOST level 1", uncertainty="sigma", mask="QUAL"),
    _format("giraffe", "FLAMES-GIRAFFE, all fibres of an exposure", medium=_HABIT_AIR,
            frame=f"observed, or {STATED}", uncertainty="none", several="fibres on objects"),
    _format("xsl", "X-shooter Spectral Library", medium="air", frame="rest or barycentric",
            uncertainty="sigma"),
    _format("eso-phase3", "ESO Phase 3 spectra (UVES, HARPS, FEROS, X-shooter …)",
            medium="air or vacuum by TUCD1", uncertainty="sigma", mask="QUAL"),
    _format("mastar", "MaStar library", medium="vacuum", frame="barycentric or rest",
            uncertainty="ivar", mask=_NO_IVAR, several="visits"),
    _format("galah", "GALAH", medium="air", frame="observed, rest or unknown",
            uncertainty="relative"),
    _format("aaomega", "AAOmega, 2dF, WiggleZ and OzDES (2dfdr)", medium=_HABIT_AIR,
            frame=f"observed, or {STATED}", uncertainty="variance", several="fibres on targets"),
    _format("sixdf", "6dF Galaxy Survey", medium="air", frame="observed",
            uncertainty="variance or none", several="arms"),
    _format("twodfgrs", "2dF Galaxy Redshift Survey", medium="air", frame="observed",
            uncertainty="variance"),
    _format("twoslaq", "2SLAQ", medium="air", frame="observed", uncertainty="none"),
    _format("spextool", "Spextool, IRTF and SpeX Prism libraries", medium=_HABIT_VACUUM,
            frame="observed", uncertainty="sigma", mask="not-a-number", several="orders"),
    _format("pypeit", "PypeIt spec1d and coadds", medium=_HABIT_VACUUM,
            frame="barycentric, observed or unknown", uncertainty="ivar", mask="MASK, 1 = good",
            several="objects and orders"),
    _format("deimos", "DEIMOS spec1d (DEEP2)", medium="air", frame="observed", uncertainty="ivar",
            mask=_NO_IVAR, several="sides of the detector, merged"),
    _format("sprat", "Liverpool Telescope SPRAT and LOTUS, level 2", medium=_HABIT_AIR,
            frame=f"observed, or {STATED}", uncertainty="none"),
    _format("espadons", "ESPaDOnS as FITS (CFHT)", medium=_HABIT_AIR,
            frame=f"barycentric, or {STATED}", uncertainty="sigma or none",
            several="reductions, of which the first is taken"),
    _format("makee", "Keck HIRES and ESI orders (MAKEE)", medium=_HABIT_VACUUM,
            frame=f"barycentric, or {STATED}", uncertainty="none", several="orders"),
    _format("echelle",
            "Echelle orders with wavelengths (ESPRESSO S2D, CARMENES, SPIRou, NEID, KPF)",
            medium=_HABIT_VACUUM, frame="barycentric, observed or unknown",
            uncertainty="sigma, variance or none", mask="quality", several="orders"),
    _format("echelle-cube", "Echelle orders in a cube (CERES, CHIRON)",
            uncertainty="ivar or none", several="orders"),
    _format("iraf", "IRAF onedspec, equispec and multispec", medium=_HABIT_AIR,
            uncertainty="sigma or none", several="apertures, orders"),
    _format("bess", "BeSS and other amateur FITS (ISIS, specINTI, SpcAudACE, BASS)", medium="air",
            frame="observed or barycentric by BSS_VHEL", uncertainty="none", mask="zeros at ends"),
    _format("miles", "MILES library", _BOTH, medium="air", frame="rest", uncertainty="none"),
    _format("cflib", "Indo-US library (CFLIB)", _BOTH, medium="air", frame="rest",
            uncertainty="none", mask="flux 0.0001"),
    _format("jacoby", "Jacoby library", _BOTH, medium="air", uncertainty="none"),
    _format("stelib", "STELIB", medium="air", frame="rest", uncertainty="none"),
    _format("eso-pipeline", "UVES and FEROS pipelines", medium="air", uncertainty="none"),
    _format("midas", "MIDAS images as FITS", uncertainty="none"),
    _format("fits-matrix", "FITS image of many spectra, wavelengths in another HDU",
            mask="MASK", several="rows"),
    _format("fits-image", "FITS image of one spectrum (linear or logarithmic)",
            mask="MASK, DQ, QUAL"),
    _format("fits-rows", "FITS image of a few rows"),
    _format("fits-table", "FITS table with wavelength and flux columns", mask="mask or dq column",
            several="rows of vectors, tables, order column"),
    _format("votable", "VOTable", _XML, mask="mask or dq column",
            several="rows of vectors, order column"),
    _format("ecsv", "ECSV", (".ecsv",), mask="mask or dq column",
            several="rows of vectors, order column"),
    _format("npz", "NumPy arrays", (".npz", ".npy"), mask="mask array", several="rows of arrays"),
    _format("asdf", "ASDF (specutils Spectrum, named arrays)", (".asdf",), mask="mask array",
            several="spectra, rows of arrays"),
    _format("hdf5", "HDF5 arrays (Starfish)", (".hdf5", ".h5"), mask="mask array",
            several="rows of arrays, groups"),
    _format("galactic", "Galactic SPC (GRAMS, Thermo)", (".spc",), medium="unknown",
            frame="unknown", uncertainty="none", several="subfiles"),
    _format("pickles", "Pickles library", _TEXT, frame="rest", uncertainty="sigma"),
    _format("polarbase", "ESPaDOnS and NARVAL text (PolarBase)", (".s", ".txt"), medium="air",
            frame="barycentric", uncertainty="sigma or none"),
    _format("atlas-text", "ATLAS fluxes as text (Kurucz, Castelli)", _TEXT, medium="vacuum",
            frame="rest", uncertainty="none"),
    _format("btsettl", "PHOENIX models as text (BT-Settl, .7)", _BT, medium="vacuum", frame="rest",
            uncertainty="none"),
    _format("text", "Text in columns, CSV included", _TEXT,
            uncertainty="a column of that name, or the third where it fits the scatter",
            several="blocks where the wavelengths start over"),
    _format("json", "JSON with arrays or points", (".json",),
            uncertainty="a column of that name, or the third where it fits the scatter"),
    _format("specutils", "Any format of specutils, where it is named: specutils:FORMAT", ()),
)  # fmt: skip


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
