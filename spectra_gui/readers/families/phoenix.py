"""PHOENIX models of Göttingen (Husser et al. 2013, A&A 553, A6): HiRes and medium resolution.

Source: https://phoenix.astro.physik.uni-goettingen.de/ . HiRes files hold fluxes in
erg/s/cm²/cm alone; their wavelengths (Å, vacuum) stand in WAVE_PHOENIX-ACES-AGSS-COND-2011.fits,
which is looked for in the same folder and taken where it has as many points. Files of medium
resolution have an axis of their own: WAVE or AWAV, linear or in even steps of a logarithm.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.found import ANGSTROM, Claim, Found, Piece
from spectra_gui.readers.onedim import Habits, read_image
from spectra_gui.readers.probe import Probe

NAME: Final = "phoenix"
TAKES: Final[frozenset[str]] = frozenset()

_REST: Final = Claim("rest", "a model")
_PATTERN: Final = "WAVE_PHOENIX*.fits"
_MAX_SISTERS: Final = 5


def sniff(probe: Probe) -> bool:
    """PHXTEFF in the header and a one-dimensional primary image."""
    if probe.kind != "fits" or len(probe.fits.primary.spectral_shape) != 1:
        return False
    return "PHXTEFF" in probe.fits.primary.header


def read(probe: Probe, override: Override) -> Found:
    """The model's spectrum."""
    header = probe.fits.primary.header
    if header.number("CRVAL1") is not None and header.number("CDELT1", "CD1_1"):
        found = read_image(
            probe,
            override,
            description="PHOENIX model",
            evidence=f"PHXTEFF = {header.text('PHXTEFF')}",
            habits=Habits(medium=Claim("vacuum", "PHOENIX", assumed=True), frame=_REST),
        )
        found.pieces[0].name = _name(probe)
        return found
    flux = probe.fits.primary.image().reshape(-1)
    wavelength, place = _sister(probe, flux.size)
    piece = Piece(axis=wavelength, flux=flux, name=_name(probe), flux_unit=header.text("BUNIT"))
    return Found(
        "PHOENIX HiRes model",
        f"PHXTEFF = {header.text('PHXTEFF')}",
        [piece],
        unit=ANGSTROM,
        scale=Claim("table", f"wavelengths in {place}, in the same folder"),
        medium=Claim("vacuum", "Husser et al. 2013"),
        frame=_REST,
    )


def _sister(probe: Probe, n: int) -> tuple[NDArray[np.float64], str]:
    """Wavelengths of the file beside this one that has as many points."""
    folder = Path(probe.path).parent
    for path in sorted(folder.glob(_PATTERN))[:_MAX_SISTERS]:
        try:
            other = Probe(path, probe.caps)
            if other.kind != "fits" or other.fits.primary.spectral_shape != (n,):
                continue
            values = other.fits.primary.image().reshape(-1)
        except ReadError:
            continue
        if np.all(np.diff(values) > 0.0) and values[0] > 0.0:
            return values, path.name
    raise probe.fail(
        "no_wavelength",
        f"{probe.name} is a PHOENIX model, whose wavelengths stand in a file of their own.",
        "Put WAVE_PHOENIX-ACES-AGSS-COND-2011.fits into the same folder and open the model again.",
    )


def _name(probe: Probe) -> str:
    header = probe.fits.primary.header
    words = [
        f"{label} {value:g}"
        for label, key in (("Teff", "PHXTEFF"), ("log g", "PHXLOGG"), ("[M/H]", "PHXM_H"))
        if (value := header.number(key)) is not None
    ]
    return f"PHOENIX {', '.join(words)}"
