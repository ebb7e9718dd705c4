"""What a file is that holds no spectrum, as far as it can be told, and what to do about it."""

from __future__ import annotations

import re
from typing import Final

from spectra_gui.data import ReadError
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.probe import Probe

_KINDS: Final = {
    "image": ("a picture", "Open the spectrum itself, as FITS or text."),
    "pdf": ("a PDF document", "Open the spectrum itself, as FITS or text."),
    "archive": ("an archive of files", "Unpack it and open the spectra in it."),
    "zip": ("an archive of files", "Unpack it and open the spectra in it."),
    "compress": ("packed with compress (.Z)", "Unpack it with gunzip or uncompress first."),
    "html": ("a web page", "The download may have failed; fetch the file itself."),
    "xml": ("XML, but no VOTable", "Save the spectrum as FITS, VOTable or text."),
    "database": ("a database", "Export the spectrum as FITS or text."),
    "idl": (
        "a save file of IDL",
        "Save the arrays as FITS (mwrfits) or as text from IDL.",
    ),
    "matlab": ("a MATLAB file", "Save the arrays as text or HDF5 (save with -v7.3)."),
    "parquet": ("a Parquet table", "Save the spectrum as FITS or CSV."),
    "office": (
        "a document of a spreadsheet or word processor",
        "Save the sheet as CSV, with one wavelength and one flux in each line.",
    ),
    "program": ("a program", "Open a spectrum as FITS or text."),
    "starlink": (
        "a Starlink NDF (.sdf)",
        "Convert it with ndf2fits of Starlink CONVERT and open the FITS file.",
    ),
    "netcdf": ("a netCDF file", "Export the spectrum as FITS or text."),
    "pickle": (
        "a Python pickle, which could run any code when opened",
        "Save the spectrum as FITS, text or npz.",
    ),
    "json": (
        "a JSON document without arrays of wavelengths and fluxes (such as settings or a session)",
        "Open the spectrum itself, as FITS or text.",
    ),
}


def refusal(probe: Probe) -> ReadError:
    """The error for a file that no reader takes."""
    if probe.kind in _KINDS:
        what, advice = _KINDS[probe.kind]
        code = "unsupported" if probe.kind in ("starlink", "compress") else "not_a_spectrum"
        return probe.fail(code, f"{probe.name} is {what}.", advice)
    if probe.kind == "fits":
        return _fits_refusal(probe)
    return probe.fail(
        "unknown_format",
        f"{probe.name} is of no format that is known here.",
        "Save the spectrum as FITS, or as text with one wavelength and one flux in each line.",
    )


def _fits_refusal(probe: Probe) -> ReadError:
    header = probe.fits.primary.header
    units = list(probe.fits)
    images = [hdu for hdu in units if hdu.is_image]
    tables = [hdu for hdu in units if hdu.is_table]
    if any(key in header for key in ("ESO DRS CCF RV", "TNG DRS CCF RV", "OHP DRS CCF RV")):
        return probe.fail(
            "not_a_spectrum",
            f"{probe.name} is a cross-correlation function in velocity, not a spectrum.",
            "Open the s1d file of the same exposure.",
        )
    if images and _is_echelle(images[0]):
        return probe.fail(
            "unsupported",
            f"{probe.name} holds echelle orders in pixels (e2ds), not merged.",
            "Open the s1d file of the same exposure.",
        )
    if tables:
        return _table_refusal(probe, tables[0])
    if images:
        shape = " × ".join(str(n) for n in reversed(images[0].spectral_shape))
        return probe.fail(
            "not_a_spectrum",
            f"{probe.name} is an image or a cube ({shape} pixels), not an extracted spectrum.",
            "Extract a one-dimensional spectrum first (specreduce, IRAF apall, ISIS …).",
        )
    return probe.fail(
        "not_a_spectrum",
        f"{probe.name} is a FITS file with headers but no data.",
        "Check that it was written and copied to its end.",
    )


def _is_echelle(hdu: Hdu) -> bool:
    header = hdu.header
    return len(hdu.shape) == 2 and any(
        f"{prefix} DRS CAL TH COEFF LL0" in header for prefix in ("ESO", "TNG", "OHP")
    )


def _table_refusal(probe: Probe, hdu: Hdu) -> ReadError:
    names = hdu.table.names
    shown = ", ".join(column.name for column in hdu.table.columns[:10])
    if any(re.match(r"(time|jd|mjd|bjd|hjd|phase)\b", name) for name in names):
        what = "a table over time (a light curve or a log)"
    elif any(re.match(r".*(mag|_mag)$", name) for name in names):
        what = "a catalogue of magnitudes"
    else:
        what = "a table without a flux that goes with wavelengths"
    return probe.fail(
        "not_a_spectrum",
        f"{probe.name} is {what} (columns {shown}).",
        "If it is a spectrum, choose its wavelength and flux columns.",
    )
