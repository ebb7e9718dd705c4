"""HARPS, HARPS-N and SOPHIE s1d images (DRS 3), and ESPRESSO-style S1D tables.

Source: HARPS DRS manual 15, https://www.eso.org/sci/facilities/lasilla/instruments/harps/doc.html ,
ESPRESSO pipeline manual, http://atlas.obs-hp.fr/sophietest/fits.html (S1D_A in an extension) and
http://www.obs-hp.fr/guide/sophie/reduction.html (barycentric). Images are in air and barycentric;
tables hold ``wavelength`` (vacuum) and ``wavelength_air``.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.fitsviews import fits_view
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, hdu_choice, read_image
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.tables import read_view

NAME: Final = "harps"
TAKES: Final[frozenset[str]] = frozenset()

_PREFIXES: Final = ("ESO DRS", "TNG DRS", "OHP DRS")
_VELOCITIES: Final = (
    *(f"{prefix} CCF RVC" for prefix in _PREFIXES),
    "ESO QC CCF RV",
    "TNG QC CCF RV",
)
_MAX_VELOCITY_KMS: Final = 1000.0
"""Beyond it, the pipeline's -99999 for "none"."""


def sniff(probe: Probe) -> bool:
    """DRS keywords with a one-dimensional image in wavelength, or an S1D table."""
    if probe.kind != "fits":
        return False
    header = probe.fits.primary.header
    if _table(probe) is not None:
        return True
    image = _image(probe)
    if image is None or len(image.spectral_shape) != 1 or "CDELT1" not in image.header:
        return False
    drs = any(f"{prefix} VERSION" in header or f"{prefix} BERV" in header for prefix in _PREFIXES)
    return drs and image.header.text("CTYPE1").lower().startswith(("angstrom", "wave"))


def _image(probe: Probe) -> Hdu | None:
    """The primary, or what the archive of SOPHIE puts behind an empty one."""
    if probe.fits.primary.is_image:
        return probe.fits.primary
    hdu = probe.fits.get(1)
    return hdu if hdu is not None and hdu.name == "S1D_A" else None


def _table(probe: Probe) -> Hdu | None:
    hdu = probe.fits.get(1)
    if hdu is None or not hdu.is_table:
        return None
    return hdu if hdu.table.has("wavelength", "wavelength_air", "flux") else None


def read(probe: Probe, override: Override) -> Found:
    """The merged spectrum."""
    header = probe.fits.primary.header
    instrument = header.text("INSTRUME") or "HARPS"
    power = 75_000.0 if "SOPHIE" in instrument.upper() else 115_000.0
    drs = next((p for p in _PREFIXES if f"{p} BERV" in header), "")
    shifted = Claim(
        "barycentric",
        f"{drs} BERV was applied in s1d" if drs else "s1d is barycentric",
        assumed=True,
    )
    resolution = Claim(f"λ/FWHM ≈ {power:g}", instrument, assumed=True)
    table = _table(probe)
    if table is not None:
        found = read_view(
            fits_view(probe.fits, table),
            override,
            description=f"{instrument} S1D table",
            evidence=f"columns wavelength and wavelength_air in {table.label}",
            habits=Habits(
                Claim("vacuum", "column wavelength beside wavelength_air"),
                shifted,
                resolution,
                resolving_power=power,
            ),
        )
        found.choices.extend(hdu_choice(probe.fits, table))
        return _with_velocity(found, header)
    found = read_image(
        probe,
        override,
        description=f"{instrument} s1d",
        evidence="DRS keywords, CTYPE1 = Angstrom",
        habits=Habits(
            medium=Claim("air", "the DRS 3 calibrates in air", assumed=True),
            frame=shifted,
            resolution=resolution,
            resolving_power=power,
        ),
    )
    return _with_velocity(found, header)


def _with_velocity(found: Found, header: Header) -> Found:
    """Puts the star's velocity by the pipeline's cross-correlation on the spectrum, if stated."""
    for key in _VELOCITIES:
        velocity = header.number(key)
        if velocity is not None and abs(velocity) < _MAX_VELOCITY_KMS:
            found.pieces[0].velocity_kms = velocity
            found.velocity = Claim(f"{velocity:.1f} km/s", f"{key} = {velocity:g}")
            break
    return found
