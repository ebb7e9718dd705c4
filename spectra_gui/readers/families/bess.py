"""Amateur spectra by the BeSS rules: ISIS, specINTI, SpcAudACE, BASS, Demetra, VisualSpec.

Source: FITS rules of the BeSS data base, http://basebe.obspm.fr (BSS_* keywords, SPE_RPOW).
Wavelengths are in air (checked on Balmer lines of the files of 12 observers); BSS_VHEL states
the heliocentric velocity that was applied.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "bess"
TAKES: Final = frozenset({"hdu"})

_KEYS: Final = ("BSS_VHEL", "BSS_INST", "BSS_SITE", "BSS_ITRP", "BSS_NORM", "SPE_RPOW")


def sniff(probe: Probe) -> bool:
    """A one-dimensional primary image with BSS_ keywords, or written by an amateur program."""
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    return _evidence(probe) != ""


def _evidence(probe: Probe) -> str:
    header = probe.fits.primary.header
    keys = [key for key in _KEYS if key in header]
    if keys:
        return f"{keys[0]} = {header.text(keys[0])}"
    for key in ("VERSION", "SWCREATE", "CREATOR", "PROGRAM"):
        words = header.text(key).lower()
        names = ("isis", "specinti", "spcaudace", "bass", "demetra", "visual", "rspec", "basic")
        if words.startswith(names):
            return f"{key} = {header.text(key)}"
    return ""


def read(probe: Probe, override: Override) -> Found:
    """The spectrum, in air unless the header says otherwise."""
    return read_image(
        probe,
        override,
        description="BeSS (amateur FITS)",
        evidence=_evidence(probe),
        habits=Habits(medium=Claim("air", "habit of amateur calibrations (BeSS)", assumed=True)),
    )
