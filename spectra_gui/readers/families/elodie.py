"""ELODIE: spectra of the archive and of the library (versions 3 and 3.1).

Source: http://atlas.obs-hp.fr/elodie/500/download.html (primary INTENSITY, HDUs FCA_NOR and
NOISE) and the library's https://cdsarc.cds.unistra.fr/viz-bin/ReadMe/III/251 and III/218
(CTYPE1 = WAVE-WAV, CUNIT = 10**(-10)m, primary flux, HDU NOISE, calibration relations FCANOR and
FCAPHY; R = 42000 by 0.05 Å, R = 10000 by 0.2 Å). The documents do not state medium and frame: air
is assumed, as of the thorium list of the pipeline (Baranne et al. 1996, A&AS 119, 373), and the
frame is left unknown.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers import axes
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "elodie"
TAKES: Final = frozenset({"hdu"})

_LOW_STEP_AA: Final = 0.1
"""Steps above this are of the library at R = 10000 (0.2 Å; the other is 0.05 Å)."""


def sniff(probe: Probe) -> bool:
    """A one-dimensional primary image of ELODIE, or one with its calibration relations."""
    return probe.kind == "fits" and _evidence(probe) != ""


def _evidence(probe: Probe) -> str:
    primary = probe.fits.primary
    if len(primary.spectral_shape) != 1:
        return ""
    header = primary.header
    axis = header.text("CTYPE1").upper()
    for key in ("INSTRUME", "ORIGIN", "DETNAM"):
        if "ELODIE" in header.text(key).upper() and not axis.startswith("PIXEL"):
            return f"{key} = {header.text(key)}"
    names = {hdu.name for i in range(1, 5) if (hdu := probe.fits.get(i)) is not None}
    if names & {"FCANOR", "FCA_NOR", "FCAPHY", "FCA_PHY"}:
        return "HDUs of flux calibration relations"
    return "CTYPE1 = WAVE-WAV" if axis == "WAVE-WAV" else ""


def read(probe: Probe, override: Override) -> Found:
    """The spectrum; not-a-number where the pipeline masked tellurics and glitches."""
    header = probe.fits.primary.header
    step = header.number("CDELT1", "CD1_1") or 0.0
    power = 10_000.0 if step > _LOW_STEP_AA else 42_000.0
    found = read_image(
        probe,
        override,
        description="ELODIE",
        evidence=_evidence(probe),
        habits=Habits(
            medium=Claim("air", "ELODIE calibrates in air", assumed=True),
            resolution=Claim(f"λ/FWHM ≈ {power:g}", f"ELODIE in steps of {step:g}", assumed=True),
            resolving_power=power,
        ),
    )
    if not found.unit.value and (unit := axes.parse_unit(header.text("CUNIT").split(" ")[0])):
        found.unit = Claim(unit, f"CUNIT = {header.text('CUNIT')}")
    return found
