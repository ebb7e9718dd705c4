"""ATLAS9 and ATLAS12 fluxes as text (Kurucz; Castelli's grids): lines that begin with FLUX.

Source: https://wwwuser.oats.inaf.it/fiorella.castelli/grids.html : FLUX, number, wavelength in nm,
frequency in Hz, Hν with lines, Hν of the continuum, and their ratio (which with the word FLUX may
be missing, as may the lines of TEFF and TITLE); and the note of
https://cdsarc.cds.unistra.fr/ftp/VI/39/note.tex : Fλ = 4·c/λ²·Hν. Numbers may touch. Vacuum is
assumed, as the frequencies go with the wavelengths by c alone (which is checked); at rest.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.found import STORED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe

NAME: Final = "atlas-text"
TAKES: Final[frozenset[str]] = frozenset()

_EXPONENT: Final = r"[+-]?\d{0,8}\.\d{1,20}[ED][+-]\d{1,3}"
_GAP: Final = r"[ \t]{0,40}"
_POINT: Final = rf"(\d{{1,12}}\.\d{{1,12}}){_GAP}({_EXPONENT}){_GAP}({_EXPONENT})"
_ROW: Final = re.compile(
    rf"^{_GAP}FLUX{_GAP}\d{{1,9}}[ \t]{{1,40}}{_POINT}",
    re.M | re.I,
)
_BARE_ROW: Final = re.compile(
    rf"^{_GAP}(?:\d{{1,9}}[ \t]{{1,40}})?{_POINT}"
    rf"{_GAP}({_EXPONENT}){_GAP}(\d{{0,8}}\.\d{{1,12}}){_GAP}$",
    re.M | re.I,
)
"""Everything is bounded, so that no text takes longer than its length asks."""

_FEWEST_ROWS: Final = 10
_SAMPLE: Final = 200
_CLOSE: Final = 0.01
_SPEED_NM: Final = 2.997_924_58e17
"""Speed of light in nm/s, exact."""


def sniff(probe: Probe) -> bool:
    """Ten lines or more of FLUX with wavelength, frequency and moment.

    Or of the same without the word, where the frequency is c over the wavelength, and the last
    number the ratio of the two moments: nothing else goes together so.
    """
    if probe.kind != "text":
        return False
    head = probe.head.decode("latin-1")
    if len(_ROW.findall(head)) >= _FEWEST_ROWS:
        return True
    rows = _BARE_ROW.findall(head)[:_SAMPLE]
    if len(rows) < _FEWEST_ROWS:
        return False
    wave_nm, frequency, moment, continuum, ratio = _numbers(rows).T
    goes = np.abs(wave_nm * frequency / _SPEED_NM - 1.0) < _CLOSE
    return bool(np.all(goes & (np.abs(moment - ratio * continuum) <= _CLOSE * np.abs(moment))))


def _numbers(rows: list[tuple[str, ...]]) -> NDArray[np.float64]:
    """(n, m) of the words of rows, with the exponents of Fortran."""
    return np.array([[float(word.upper().replace("D", "E")) for word in row] for row in rows])


def read(probe: Probe, override: Override) -> Found:
    """The model's flux Fλ in erg/s/cm²/nm."""
    found = _ROW.findall(probe.text)
    marked = len(found) >= _FEWEST_ROWS
    rows = _numbers(found if marked else _BARE_ROW.findall(probe.text))
    wave_nm, frequency = rows[:, 0], rows[:, 1]
    ratio = wave_nm * frequency / _SPEED_NM
    if not np.all(np.abs(ratio - 1.0) < _CLOSE):
        raise probe.fail(
            "damaged",
            f"In {probe.name} the frequencies do not go with the wavelengths.",
            "Download it again.",
        )
    flux = 4.0 * _SPEED_NM / wave_nm**2 * rows[:, 2]
    title = re.search(r"TEFF\s+(\d+)\.?\s+GRAVITY\s+(\d+\.\d+)", probe.text[:20_000])
    name = f"ATLAS Teff {title[1]}, log g {float(title[2]):g}" if title else "ATLAS model"
    return Found(
        "ATLAS fluxes",
        f"{rows.shape[0]} lines of {'FLUX' if marked else 'wavelength, frequency and moments'}",
        [Piece(axis=wave_nm, flux=flux, name=name, flux_unit="erg/s/cm2/nm")],
        unit=Claim("nm", "definition of the format"),
        scale=STORED,
        medium=Claim("vacuum", "wavelength times frequency is c", assumed=True),
        frame=Claim("rest", "a model"),
        notes=[Claim("4 c/λ² times Hν", "ATLAS writes Eddington moments").decide("Flux")],
    )
