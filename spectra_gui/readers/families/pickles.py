"""Pickles' Stellar Spectral Flux Library as text: UVILIB (to 10620 Å) and UVKLIB (to 25000 Å).

Source: Pickles 1998, PASP 110, 863, and https://cdsarc.cds.unistra.fr/ftp/J/PASP/110/863/ReadMe :
1150 Å on by 5 Å; columns λ, Fλ normalised at 5556 Å, and its standard deviation; further columns
are the components. R ≈ 500. Joined from sources in air and in vacuum, so the medium is unknown.
"""

from __future__ import annotations

from typing import Final

from spectra_gui.data import Override
from spectra_gui.readers.families.text import Library, even_axis, read_columns
from spectra_gui.readers.found import Claim, Found
from spectra_gui.readers.probe import Probe

NAME: Final = "pickles"
TAKES: Final = frozenset({"columns", "skip_rows"})

_N_POINTS: Final = (1895, 4771)


def sniff(probe: Probe) -> bool:
    """Text whose first column is the library's very axis."""
    axis = even_axis(probe)
    return axis is not None and axis[:2] == (1150.0, 5.0) and axis[2] in _N_POINTS


def read(probe: Probe, override: Override) -> Found:
    """The mean spectrum of a type."""
    return read_columns(
        probe,
        override,
        Library(
            "Pickles library",
            "1150 Å by 5 Å; ",
            frame=Claim("rest", "the Pickles library is at rest", assumed=True),
            resolution=Claim("λ/FWHM ≈ 500", "Pickles 1998", assumed=True),
            resolving_power=500.0,
        ),
    )
