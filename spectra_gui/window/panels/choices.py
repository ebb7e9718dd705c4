"""What a person may override about a file: words for the options, and text into values.

Knows the fields of `Override`; knows no widget.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from spectra_gui.data import Override

AS_READ: Final = ""
"""The option that leaves a point to the reader."""

SUBJECT_OF: Final = {
    "wavelength_unit": "Wavelength unit",
    "medium": "Medium",
    "frame": "Frame",
    "fwhm_aa": "Resolution",
    "reader": "Format",
    "velocity_kms": "Velocity",
    "columns": "Columns",
    "uncertainty": "Uncertainty",
    "hdu": "HDU",
    "rows": "Rows",
    "skip_rows": "Skipped rows",
    "merge": "Several spectra",
}

OPTION_WORDS: Final = {
    "angstrom": "Å",
    "nm": "nm",
    "um": "µm",
    "log10_angstrom": "log₁₀ Å",
    "log10_nm": "log₁₀ nm",
    "ln_angstrom": "ln Å",
    "wavenumber": "cm⁻¹",
}

HINTS: Final = {
    "columns": "such as 0, 1, 2 or WAVE, FLUX",
    "rows": "such as 0-3, 5",
    "velocity_kms": "km/s",
    "fwhm_aa": "Å",
    "hdu": "number or name",
    "skip_rows": "number of lines",
}


class BadChoiceError(ValueError):
    """What a person wrote cannot be understood; the message says what is expected."""


def with_choice(override: Override, key: str, text: str) -> Override:
    """The override with one point set from text; empty text leaves the point to the reader.

    Raises
    ------
    BadChoiceError
        Where the text is no number, list or range for that point.
    """
    text = text.strip()
    value: object = None if text == AS_READ else _parsed(key, text)
    return replace(override, **{key: value})  # type: ignore[arg-type]


def _parsed(key: str, text: str) -> object:
    if key in ("velocity_kms", "fwhm_aa"):
        try:
            number = float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
        except ValueError:
            raise BadChoiceError(f"“{text}” is not a number; write one {HINTS[key]}") from None
        if key == "fwhm_aa" and not number > 0:
            raise BadChoiceError("The resolution must be above 0 Å")
        return number
    if key == "skip_rows":
        if not text.isdigit():
            raise BadChoiceError(f"“{text}” is not a number of lines")
        return int(text)
    if key == "columns":
        # A name may have blanks in it where commas stand between the names.
        apart = text.split(",") if "," in text else text.split()
        return tuple(part.strip() for part in apart if part.strip())
    if key == "rows":
        return _rows(text)
    return text


def _rows(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[,\s]+", text):
        match = re.fullmatch(r"(\d+)(?:[-–](\d+))?", part)
        if match is None:
            raise BadChoiceError(f"“{text}” does not name rows; write {HINTS['rows']}")
        first = int(match[1])
        found.extend(range(first, int(match[2] or first) + 1))
    return tuple(found)


def choice_text(override: Override, key: str) -> str:
    """What a person set for a point, as text; empty where they left it to the reader."""
    value = getattr(override, key)
    if value is None:
        return AS_READ
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
