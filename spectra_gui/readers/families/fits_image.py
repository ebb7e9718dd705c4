"""Plain FITS image of one spectrum, with linear or logarithmic wavelengths in its keywords.

Source: FITS standard 4.0 and Paper III, https://fits.gsfc.nasa.gov/fits_wcs.html
Also iSpec's files, and IDL files whose sister HDUs have no name.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import Found
from spectra_gui.readers.headers import pipeline_habits
from spectra_gui.readers.merge import MOST_PARTS
from spectra_gui.readers.onedim import (
    WAVE_NAMES,
    Habits,
    noise_kind_of,
    pick_image,
    read_image,
)
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.sisters import beyond, left_out, name_apart
from spectra_gui.readers.wcsviews import is_one_line, spectral_view

_TITLE: Final = "FITS image"
_COMPANION: Final = re.compile(
    r"MASK|DQ|QUAL|FLAG|BPM|BADPIX|RES|SKY|BACK|BKG|CONT|NORM|MODEL|FIT|RAW|RESP|FLAT|TELL|TRANS|"
    r"SNR|ERR|VAR|SIG|NOISE|WEIGHT|EXP|BLAZE"
)

NAME: Final = "fits-image"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """The first image has one dimension, and wavelengths or no table beside it."""
    if probe.kind != "fits":
        return False
    hdu = next((hdu for hdu in probe.fits if hdu.is_image), None)
    if hdu is None or not is_one_line(hdu.shape):
        return False
    header = spectral_view(hdu.header, hdu.shape)
    if any(key in header for key in ("CRVAL1", "COEFF0", "PS1_0")):
        return True
    # A dummy image may stand before the table that holds the spectrum.
    return probe.fits.first_table() is None


def read(probe: Probe, override: Override) -> Found:
    """The spectrum; medium and frame as the header says, or as the pipeline is known to do."""
    hdu = pick_image(probe, override)
    header = probe.fits.primary.header
    medium, frame = pipeline_habits(header)
    label = hdu.label if hdu else "HDU 0"
    habits = Habits(medium=medium, frame=frame)
    evidence = f"one row of pixels in {label}"
    found = read_image(probe, override, description=_TITLE, evidence=evidence, habits=habits)
    if hdu is not None and override.hdu is None:
        _add_sisters(probe, hdu, habits, found)
    return found


def _add_sisters(probe: Probe, first: Hdu, habits: Habits, found: Found) -> None:
    """Arms or orders in images of their own, each with its wavelengths in its keywords."""
    own, others = [(first, found)], []
    later = [hdu for hdu in probe.fits if hdu.index > first.index and _is_flux(hdu)]
    for hdu in later[: MOST_PARTS - 1]:
        other = _read_other(probe, hdu, habits)
        if other is None or np.array_equal(other.pieces[0].axis, found.pieces[0].axis):
            # Of the same pixels it is something about the first.
            continue
        if _is_alike(other, found):
            own.append((hdu, other))
        else:
            others.append(hdu.label)
    found.warnings += left_out(others, "its HDU")
    found.warnings += beyond(len(later) + 1, MOST_PARTS)
    if len(own) == 1:
        return
    pieces = [one.pieces[0] for _, one in own]
    name_apart(pieces, [hdu.name or str(hdu.index) for hdu, _ in own])
    found.pieces = pieces
    found.evidence = f"{len(own)} rows of pixels, of which the first is in {first.label}"


def _is_flux(hdu: Hdu) -> bool:
    """Whether an image has wavelengths of its own, and no name of what goes with a flux."""
    if not hdu.is_image or len(hdu.spectral_shape) != 1 or "CRVAL1" not in hdu.header:
        return False
    return not (noise_kind_of(hdu) or WAVE_NAMES.match(hdu.name) or _COMPANION.search(hdu.name))


def _read_other(probe: Probe, hdu: Hdu, habits: Habits) -> Found | None:
    """The spectrum of another image, or None."""
    asked = Override(hdu=str(hdu.index))
    try:
        return read_image(probe, asked, description=_TITLE, evidence="", habits=habits)
    except ReadError:
        return None


def _is_alike(other: Found, first: Found) -> bool:
    """Whether two images may be read as one file's spectra.

    Of uncertainties it could not be told to which of the fluxes they belong.
    """
    bare = other.noise.value == "none" and other.mask is None and first.mask is None
    return bare and _claims(other) == _claims(first) and float(other.pieces[0].axis.min()) > 0.0


def _claims(found: Found) -> tuple[str, ...]:
    """What has to be alike in the images of one reading."""
    return found.unit.value, found.medium.value, found.frame.value, found.noise.value
