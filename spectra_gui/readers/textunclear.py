"""What is declined of a text that could be a spectrum, but as well something else.

Knows the columns of a parsed text; knows no library.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_gui.data import ReadError
from spectra_gui.readers import axes
from spectra_gui.readers.noise import is_list_of_lines
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.textcolumns import Columns
from spectra_gui.readers.textlines import TextTable

_DATES_FROM: Final = 40_000.0
"""Numbers without a unit beyond 4 µm in Å: modified Julian dates begin in 1968 with them."""

_BEYOND_OPTICAL: Final = (
    # Unit by size; where numbers begin, how far they reach at least and at most; the other unit.
    (
        *("angstrom", 7000.0, 12_000.0, 40_000.0, "cm⁻¹", "wavenumber"),
        "State the unit (--unit wavenumber or --unit angstrom).",
    ),
    (
        *("um", 3.45, 3.5, 4.2, "log10 Å", "log10_angstrom"),
        "State the unit (--unit um or --unit log10_angstrom).",
    ),
    (
        *("um", 7.5, 7.6, 10.5, "ln Å", "ln_angstrom"),
        "State the unit (--unit um or --unit ln_angstrom).",
    ),
    (
        *("um", 1.1, 1.2, 4.2, "eV", "ev"),
        "State the unit (--unit um, --unit log10_angstrom …), or name the column in a line above "
        "the numbers, such as energy_eV.",
    ),
)


def refuse_unclear_axis(table: TextTable, columns: Columns) -> None:
    """Raise where nameless numbers would be infrared by their size, and optical in another unit.

    A K spectrum in Å runs through the numbers that a blue one has in cm⁻¹; logarithms that are
    uneven, as those of even wavelengths are, look like µm.
    """
    name = table.names[columns.wavelength] if columns.wavelength < len(table.names) else ""
    text = " ".join([name, *table.comments, *table.facts]).lower()
    if re.search(r"wave.?len|wave\b|lambda|ångstr|angstr|micron|µm", text):
        return
    values = table.data[:, columns.wavelength]
    values = values[np.isfinite(values)]
    guessed = axes.guess_unit(values, hint=text).value
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    span = f"Its first column runs from {low:g} to {high:g} without a unit"
    if guessed == "angstrom" and low >= _DATES_FROM:
        raise ReadError(
            "no_wavelength",
            f"{span}: no light of a star that is typed here, but perhaps dates (MJD).",
            "State the unit (--unit angstrom …), or choose the column that holds wavelengths.",
            has_columns=True,
        )
    for unit, least, reach, most, word, other, advice in _BEYOND_OPTICAL:
        if unit == guessed and least <= low and reach <= high <= most:
            ends = np.sort(axes.to_angstrom(np.array([high, low]), other))
            raise ReadError(
                "no_wavelength",
                f"{span}: in {axes.UNIT_WORDS[unit]} that is infrared, in {word} it is optical "
                f"light of {ends[0]:.0f} to {ends[1]:.0f} Å.",
                advice,
                has_columns=True,
            )


def refuse_magnitudes(probe: Probe, table: TextTable, columns: Columns) -> None:
    """Standard-star lists of IRAF: wavelength, magnitude, width of the band."""
    if columns.noise_claim.value == "sigma" and not columns.noise_claim.assumed:
        return
    data = table.data
    if columns.flux + 1 >= data.shape[1] or data.shape[0] > 500:
        return
    flux, third = data[:, columns.flux], data[:, columns.flux + 1]
    steps = np.abs(np.diff(data[:, columns.wavelength]))
    widths = len(np.unique(third)) <= 4 and float(np.nanmin(third)) >= 1.0
    alike = abs(float(np.nanmedian(third)) - float(np.median(steps))) <= 0.5 * np.median(steps)
    if widths and alike and float(np.nanmin(flux)) > 0.0 and float(np.nanmax(flux)) < 30.0:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} is a calibration table: magnitudes in bands of given widths.",
            "Open the spectrum itself, in flux.",
        )


def refuse_lines(probe: Probe, table: TextTable, columns: Columns) -> None:
    """Lists of lines: a wavelength and a strength, where no header names them."""
    data = table.data
    if columns.assumed and is_list_of_lines(data[:, columns.wavelength], data[:, columns.flux]):
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} has its points at random places, as a list of lines has, and its "
            "columns are not named as those of a spectrum.",
            "If it is a spectrum, choose its wavelength and flux columns.",
        )
