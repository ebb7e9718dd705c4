"""ESPaDOnS and NARVAL by Libre-ESpRIT, as in PolarBase: text of two or of five columns more.

Source: https://www.cfht.hawaii.edu/Instruments/Spectroscopy/Espadons/Espadons_esprit.html and
http://polarbase.irap.omp.eu (Petit et al. 2014, PASP 126, 469). The first line names the star
(``***Reduced spectrum of 'HD 1'``), the second counts rows and columns; then wavelength in nm,
intensity, its error; or, with polarisation, intensity, Stokes parameter, two null spectra, error.
Profiles of least-squares deconvolution have the same first line and an axis of velocity: they are
declined. Orders follow each other and overlap. Air and the Sun's frame are the pipeline's
defaults, which the file does not state: both are assumed.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.found import NO_NOISE, STORED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe

NAME: Final = "polarbase"
TAKES: Final[frozenset[str]] = frozenset()

_HEAD: Final = re.compile(
    rb"[ \t]{0,20}\*\*\*[ \t]{0,20}Reduced spectrum of[ \t]{1,20}'?([^'\r\n]{0,200})'?"
    rb"[^\n]{0,200}\n[ \t]{0,40}(\d{1,9})[ \t]{1,40}(\d{1,9})[ \t]{0,40}\r?\n"
)
_NOISE_AT: Final = {3: 2, 6: 5}
"""Column of the error, by the number of columns."""
_LOW_NM: Final = 250.0
_HIGH_NM: Final = 3000.0


def sniff(probe: Probe) -> bool:
    """The first line of Libre-ESpRIT."""
    return probe.kind == "text" and _HEAD.match(probe.head) is not None


def read(probe: Probe, override: Override) -> Found:
    """The intensity spectrum, its orders in one."""
    match = _HEAD.match(probe.head)
    assert match is not None
    lines = probe.text.splitlines()[2:]
    if lines and re.match(r"\s*[A-Za-z]", lines[0]):
        # OPERA may name the columns.
        lines = lines[1:]
    try:
        table = np.loadtxt(lines, ndmin=2, dtype=np.float64)
    except ValueError as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is a spectrum of Libre-ESpRIT with rows that are no numbers ({error}).",
            "Download it again.",
        ) from None
    if table.shape[0] < 2 or table.shape[1] < 2:
        raise probe.fail(
            "truncated",
            f"{probe.name} is a spectrum of Libre-ESpRIT without rows.",
            "Download it again.",
        )
    if table[:, 0].min() < _LOW_NM or table[:, 0].max() > _HIGH_NM:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} is no spectrum in nm: its first column runs from {table[0, 0]:g} to "
            f"{table[-1, 0]:g}, as the velocities of a mean line profile (LSD) do.",
            "Open the spectrum that the profile was made of.",
        )
    found = _found(table, match[1].decode("latin-1").strip())
    stated = int(match[2])
    if stated != table.shape[0]:
        found.warnings.append(f"The file states {stated} rows and has {table.shape[0]}.")
    return found


def _found(table: NDArray[np.float64], name: str) -> Found:
    """What the columns hold, by their number."""
    place = _NOISE_AT.get(table.shape[1])
    return Found(
        "ESPaDOnS or NARVAL (Libre-ESpRIT)",
        "first line: Reduced spectrum of",
        [
            Piece(
                axis=table[:, 0],
                flux=table[:, 1],
                noise=None if place is None else table[:, place],
                name=name,
            )
        ],
        unit=Claim("nm", "definition of the format"),
        scale=STORED,
        medium=Claim("air", "default of Libre-ESpRIT", assumed=True),
        frame=Claim("barycentric", "default of Libre-ESpRIT", assumed=True),
        noise=NO_NOISE
        if place is None
        else Claim("sigma", f"column {place + 1} of {table.shape[1]}"),
    )
