"""SPRAT and LOTUS of the Liverpool Telescope, level 2: images and their extracted spectra.

Source: https://telescope.livjm.ac.uk/TelInst/Inst/SPRAT/ (HDUs L1_IMAGE, LSS_NONSS, SPEC_NONSS,
SPEC_SS without the sky, NORMFLUX and FLUX calibrated in flux). Linear in Å by CRVAL1 and CDELT1.
The arc lines are in air, which is assumed, and nothing is shifted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, Claim, Found
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "sprat"
TAKES: Final = frozenset({"hdu"})

_BEST_FIRST: Final = ("FLUX", "NORMFLUX", "SPEC_SS", "SPEC_NONSS")


def sniff(probe: Probe) -> bool:
    """An HDU SPEC_NONSS that holds one row."""
    return probe.kind == "fits" and len(probe.fits.primary.shape) == 2 and bool(_spectra(probe))


def _spectra(probe: Probe) -> dict[str, Hdu]:
    units = (probe.fits.get(i) for i in range(1, 8))
    rows = {hdu.name: hdu for hdu in units if hdu is not None and len(hdu.spectral_shape) == 1}
    return rows if "SPEC_NONSS" in rows else {}


def read(probe: Probe, override: Override) -> Found:
    """The spectrum that was calibrated furthest."""
    if override.hdu is None:
        spectra = _spectra(probe)
        best = next(spectra[name] for name in _BEST_FIRST if name in spectra)
        override = replace(override, hdu=str(best.index))
    found = read_image(
        probe,
        override,
        description="Liverpool Telescope (SPRAT, LOTUS)",
        evidence="HDU SPEC_NONSS",
        habits=Habits(
            medium=Claim("air", "its arc lines are in air", assumed=True),
            frame=Claim("observed", "nothing is shifted", assumed=True),
        ),
    )
    if not found.unit.value:
        found.unit = ANGSTROM
    return found
