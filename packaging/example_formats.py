"""Writers of example files in the formats of real instruments, each marked as made.

Knows the layouts of files; knows nothing of stars (see ``example_spectra``). Every writer takes a
path and an observation and gives the same bytes each time.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from astropy.io import fits
from astropy.table import Table
from example_spectra import Observation

from spectra_gui.units import FWHM_PER_SIGMA, SPEED_OF_LIGHT_KMS

ORIGIN: Final = "made by Spectra from class means, not an observation"

DEX_PER_PIXEL: Final = 1e-4

Writer = Callable[[Path, Observation], None]


def write_sdss(path: Path, seen: Observation) -> None:
    """SDSS spec file: a COADD table with loglam, flux, ivar and wdisp; vacuum, heliocentric."""
    wavelength = seen.wavelength_aa
    pixel_aa = wavelength * np.log(10.0) * DEX_PER_PIXEL
    columns = [
        fits.Column("flux", "E", array=1e2 * seen.flux, unit="1E-17 erg/cm^2/s/Ang"),
        fits.Column("loglam", "E", array=np.log10(wavelength)),
        fits.Column("ivar", "E", array=1.0 / (1e2 * seen.sigma) ** 2),
        fits.Column("and_mask", "J", array=np.zeros(wavelength.size, np.int32)),
        fits.Column("wdisp", "E", array=seen.fwhm_aa / FWHM_PER_SIGMA / pixel_aa),
    ]
    primary = fits.PrimaryHDU()
    _mark(primary.header, seen)
    primary.header["VACUUM"] = (True, "wavelengths are in vacuum")
    table = fits.BinTableHDU.from_columns(columns, name="COADD")
    _save(path, fits.HDUList([primary, table]))


def write_lamost(path: Path, seen: Observation) -> None:
    """LAMOST low-resolution image: flux, inverse variance, wavelength, two masks; gzipped."""
    n = seen.wavelength_aa.size
    rows = np.zeros((5, n), np.float32)
    rows[0], rows[1], rows[2] = 1e3 * seen.flux, 1.0 / (1e3 * seen.sigma) ** 2, seen.wavelength_aa
    image = fits.PrimaryHDU(rows)
    header = image.header
    _mark(header, seen)
    header["TELESCOP"] = "LAMOST"
    header["VERSPIPE"] = ("v2.9.8", "layout of this version of the pipeline")
    header["COEFF0"] = float(np.log10(seen.wavelength_aa[0]))
    header["COEFF1"] = DEX_PER_PIXEL
    header["CRVAL1"], header["CD1_1"], header["CRPIX1"] = header["COEFF0"], DEX_PER_PIXEL, 1
    header["CTYPE1"], header["DC-FLAG"] = "LINEAR", 1
    header["VACUUM"], header["HELIO"] = True, True
    header["CLASS"] = "STAR"
    header["Z"] = (round(seen.velocity_kms / SPEED_OF_LIGHT_KMS, 7), "redshift of the pipeline")
    for row, name in enumerate(("FLUX", "INVERSE", "WAVELENGTH", "ANDMASK", "ORMASK"), start=1):
        header[f"ROW{row}"] = name
    _save(path, fits.HDUList([image]))


def write_iraf(path: Path, seen: Observation) -> None:
    """IRAF onedspec image with a linear dispersion, in air, not corrected for any motion."""
    image = fits.PrimaryHDU((1e4 * seen.flux).astype(np.float32))
    header = image.header
    _mark(header, seen)
    _linear_axis(header, seen, "LINEAR")
    header["WCSDIM"], header["DC-FLAG"] = 1, 0
    header["WAT0_001"] = "system=equispec"
    header["WAT1_001"] = "wtype=linear label=Wavelength units=angstroms"
    _save(path, fits.HDUList([image]))


def write_bess(path: Path, seen: Observation) -> None:
    """Amateur spectrum by the BeSS rules, as ISIS and specINTI write it."""
    image = fits.PrimaryHDU(seen.flux.astype(np.float32))
    header = image.header
    _mark(header, seen)
    _linear_axis(header, seen, "Wavelength")
    header["CUNIT1"] = "Angstrom"
    header["OBJNAME"] = seen.name
    header["OBSERVER"] = "Spectra"
    header["BSS_INST"] = "none: a made spectrum"
    header["BSS_VHEL"] = (0.0, "[km/s] heliocentric velocity that was applied")
    header["SPE_RPOW"] = round(float(np.median(seen.wavelength_aa)) / seen.fwhm_aa)
    _save(path, fits.HDUList([image]))


def write_text(path: Path, seen: Observation) -> None:
    """Three columns and a header in comments, as a reduction script writes them."""
    head = f"{seen.name}\norigin: {ORIGIN}\nwavelength_AA(air) flux sigma"
    lines = [
        f"{w:9.3f} {f:11.4e} {s:10.3e}"
        for w, f, s in zip(seen.wavelength_aa, seen.flux, seen.sigma, strict=True)
    ]
    _save_text(path, _commented(head) + "\n".join(lines) + "\n")


def write_semicolon_text(path: Path, seen: Observation) -> None:
    """Two columns with semicolons and decimal commas, as continental spreadsheets write them."""
    lines = [
        f"{w:.2f};{f:.5f}".replace(".", ",")
        for w, f in zip(seen.wavelength_aa, seen.flux, strict=True)
    ]
    _save_text(path, _commented(f"{seen.name}\n{ORIGIN}") + "\r\n".join(lines) + "\r\n")


def write_csv_nm(path: Path, seen: Observation) -> None:
    """CSV with named columns and wavelengths in nanometres."""
    lines = [
        f"{w / 10.0:.4f},{f:.5g},{s:.3g}"
        for w, f, s in zip(seen.wavelength_aa, seen.flux, seen.sigma, strict=True)
    ]
    head = _commented(f"{seen.name}\n{ORIGIN}") + "wavelength_nm,flux,flux_error\n"
    _save_text(path, head + "\n".join(lines) + "\n")


def write_ecsv(path: Path, seen: Observation) -> None:
    """Astropy's ECSV with units and a description."""
    table = Table(
        {
            "wavelength": np.round(seen.wavelength_aa, 3),
            "flux": [float(f"{f:.5g}") for f in seen.flux],
            "uncertainty": [float(f"{s:.3g}") for s in seen.sigma],
        },
        meta={"OBJECT": seen.name, "ORIGIN": ORIGIN, "MEDIUM": seen.medium},
    )
    table["wavelength"].unit = "Angstrom"
    table["flux"].unit = table["uncertainty"].unit = "erg / (Angstrom cm2 s)"
    stream = io.StringIO()
    table.write(stream, format="ascii.ecsv")
    _save_text(path, stream.getvalue())


WRITERS: Final[dict[str, tuple[str, Writer]]] = {
    "sdss": (".fits", write_sdss),
    "lamost": (".fits.gz", write_lamost),
    "iraf": (".fits", write_iraf),
    "bess": (".fit", write_bess),
    "text": (".txt", write_text),
    "text-gz": (".dat.gz", write_text),
    "semicolon": (".dat", write_semicolon_text),
    "csv": (".csv", write_csv_nm),
    "ecsv": (".ecsv", write_ecsv),
}
"""Suffix and writer of each format; SDSS and LAMOST want log10 pixels of 1e-4 in vacuum."""


def _mark(header: fits.Header, seen: Observation) -> None:
    header["OBJECT"] = seen.name
    header["ORIGIN"] = ORIGIN


def _linear_axis(header: fits.Header, seen: Observation, kind: str) -> None:
    step = float(seen.wavelength_aa[1] - seen.wavelength_aa[0])
    header["CTYPE1"], header["CRPIX1"] = kind, 1.0
    header["CRVAL1"], header["CDELT1"] = float(seen.wavelength_aa[0]), round(step, 9)


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _save(path: Path, hdus: fits.HDUList) -> None:
    stream = io.BytesIO()
    hdus.writeto(stream)
    _save_bytes(path, stream.getvalue())


def _save_text(path: Path, text: str) -> None:
    _save_bytes(path, text.encode("utf-8"))


def _save_bytes(path: Path, data: bytes) -> None:
    # No time stamp, so that the same spectra give the same file.
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
