"""What stands under the cross-hair and which lines a display names. Pure values, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectra_gui.data.lines import LINES, nearest_line, positions_aa
from spectra_gui.window.plots.axes import Mark
from spectra_gui.window.plots.display import Display

TOLERANCE_PX = 5.0
TOLERANCE_AA = (1.0, 8.0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """One place on the spectrum: axis wavelength, flux there (NaN in a gap), nearest line's name.

    ``index`` is the pixel of the display; ``text`` is the whole for the status bar.
    """

    wavelength_aa: float
    flux: float
    line: str
    index: int
    text: str


def cursor_at(
    display: Display, x_aa: float, *, aa_per_px: float, letter: str = ""
) -> Cursor | None:
    """The pixel nearest to a wavelength, or None beyond the ends of the spectrum.

    Only lines that are seen in the spectral class ``letter`` are named ("" = any).
    """
    axis = display.wavelength_aa
    slack = 8 * aa_per_px
    if not axis.size or not axis[0] - slack <= x_aa <= axis[-1] + slack:
        return None
    index = int(np.clip(np.searchsorted(axis, x_aa), 1, axis.size - 1))
    if abs(axis[index - 1] - x_aa) <= abs(axis[index] - x_aa):
        index -= 1
    flux = float(display.flux[index])
    tolerance = float(np.clip(TOLERANCE_PX * aa_per_px, *TOLERANCE_AA))
    line = nearest_line(x_aa / display.doppler, display.medium, tolerance, letters=letter)
    name = line.name if line is not None else ""
    words = [f"λ {axis[index]:.1f} Å", _flux_words(flux, display.exponent)]
    text = "   ".join([*words, name] if name else words)
    return Cursor(float(axis[index]), flux, name, index, text)


def _flux_words(flux: float, exponent: int) -> str:
    if not np.isfinite(flux):
        return "flux –"
    plain = 1e-3 <= abs(flux) < 1e6 or flux == 0
    digits = max(2 - int(np.floor(np.log10(abs(flux)))), 0) if plain and flux else 0
    number = (f"{flux:.{digits}f}" if plain else f"{flux:.3g}").replace("-", "\N{MINUS SIGN}")
    return f"flux {number}e{exponent}" if exponent else f"flux {number}"


def marks_for(display: Display, *, letter: str = "") -> tuple[Mark, ...]:
    """The lines within a display that are seen in a spectral class ("" = any), on its axis.

    Telluric bands stay where the sky puts them and are left out where the velocity of the
    observer is not known.
    """
    if display.wavelength_aa.size < 2:
        return ()
    first, last = display.wavelength_aa[0], display.wavelength_aa[-1]
    marks = []
    for line, places in zip(LINES, positions_aa(display.medium).tolist(), strict=True):
        if letter not in line.letters:
            continue
        sky = line.kind == "telluric"
        factor = display.sky_doppler if sky else display.doppler
        if factor is None:
            continue
        head, low, high = (place * factor for place in places)
        if high >= first and low <= last:
            marks.append(Mark(head, low, high, line.label, line.name, line.rank, sky))
    return tuple(marks)
