"""PHOENIX text of Allard and others (BT-Settl, AMES-Cond, NextGen): files ``*.spec.7``.

Source: FORMAT of http://phoenix.ens-lyon.fr/Grids/ : column 1 is the wavelength in Å, columns 2 and
3 the decimal logarithms of the flux and of the black body's, both plus DF, and further columns
identify lines. Exponents are written with D, numbers may touch, and rows come in the order in
which processors finished. DF = -8 is assumed (older grids have another constant, which changes the
scale of the flux alone). Vacuum, as PHOENIX computes, is assumed; at rest.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe

NAME: Final = "btsettl"
TAKES: Final[frozenset[str]] = frozenset()

_NUMBER: Final = r"[+-]?\d{1,12}\.\d{1,20}(?:[EDed][+-]?\d{1,4})?"
_GAP: Final = r"[ \t]{0,40}"
_ROW: Final = re.compile(rf"^{_GAP}({_NUMBER}){_GAP}({_NUMBER}){_GAP}({_NUMBER})", re.M)
"""Everything is bounded, so that no text takes longer than its length asks."""
_D_NUMBER: Final = re.compile(r"\d\.\d{1,20}[Dd][+-]?\d")
_DF: Final = -8.0
_LOG_LOW: Final = -120.0
_LOG_HIGH: Final = 25.0


def sniff(probe: Probe) -> bool:
    """Rows of three numbers with D exponents whose second and third are logarithms."""
    if probe.kind != "text":
        return False
    lines = [line[:400] for line in probe.head.decode("latin-1").splitlines() if line.strip()][:40]
    if len(lines) < 10 or not all(_ROW.match(line) and _D_NUMBER.search(line) for line in lines):
        return False
    found = [row for line in lines if (row := _ROW.match(line)) is not None]
    return _are_logarithms(
        np.array([_float(row[2]) for row in found]), np.array([_float(row[3]) for row in found])
    )


def _are_logarithms(flux: NDArray[np.float64], body: NDArray[np.float64]) -> bool:
    """Whether columns 2 and 3 are logarithms of a flux and of a black body, not flux and error.

    An error is never negative; and a black body's logarithm is large and smooth, with the flux's
    near it or below.
    """
    if np.any(flux < _LOG_LOW) or np.any(flux > _LOG_HIGH) or np.any(body > _LOG_HIGH):
        return False
    below = bool(np.all(body < -1.0))
    smooth = float(np.ptp(body)) < 0.05 * float(np.abs(body).min())
    above = bool(np.all(body > 3.0)) and smooth and bool(np.all(flux < body + 3.0))
    return below or above


def read(probe: Probe, override: Override) -> Found:
    """The model's flux in erg/s/cm²/Å, in order of wavelength."""
    rows = _ROW.findall(probe.text)
    if len(rows) > probe.caps.points:
        raise probe.fail(
            "too_large",
            f"{probe.name} holds {len(rows)} points.",
            "Cut out the range of interest and open that.",
        )
    table = np.array([[_float(word) for word in row[:2]] for row in rows])
    order = np.argsort(table[:, 0], kind="stable")
    table = table[order]
    flux = 10.0 ** np.clip(table[:, 1] + _DF, -300.0, 300.0)
    piece = Piece(axis=table[:, 0], flux=flux, flux_unit="erg/s/cm2/A", name="PHOENIX model")
    return Found(
        "PHOENIX model (BT-Settl, .7)",
        f"{len(rows)} rows with D exponents",
        [piece],
        unit=ANGSTROM,
        scale=STORED,
        medium=Claim("vacuum", "PHOENIX computes in vacuum", assumed=True),
        frame=Claim("rest", "a model"),
        notes=[
            Claim("10^(column 2 - 8)", "FORMAT of the grids; older grids differ", True).decide(
                "Flux"
            )
        ],
    )


def _float(word: str) -> float:
    return float(word.replace("D", "E").replace("d", "e"))
