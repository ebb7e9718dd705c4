"""What the name of a column of wavelengths says of their medium and frame. Knows no data."""

from __future__ import annotations

import re
from typing import Final

from spectra_gui.readers.found import SILENT, Claim
from spectra_gui.readers.views import Column

_FRAMES: Final = (
    (r"(^|[\W_])rest|rest_?(frame)?$", "rest"),
    (r"bary|helio", "barycentric"),
    (r"topo", "observed"),
)


def medium_of(column: Column | None) -> Claim:
    """Air or vacuum, by UCD or name; unknown where neither says so."""
    if column is None:
        return SILENT
    name = column.name.lower()
    if "obs.atmos" in column.ucd.lower():
        return Claim("air", f"UCD of column {column.name}: {column.ucd}")
    if re.search(r"vac", name):
        return Claim("vacuum", f"column {column.name}")
    if re.search(r"(^|[^a-z])air|air$", name):
        return Claim("air", f"column {column.name}")
    return SILENT


def frame_of(column: Column | None) -> Claim:
    """Rest, barycentric or observed, by name; unknown where it does not say so.

    ``obs`` is what is not at rest, and may be either of the others.
    """
    if column is None:
        return SILENT
    said = (frame for pattern, frame in _FRAMES if re.search(pattern, column.name.lower()))
    return next((Claim(frame, f"column {column.name}") for frame in said), SILENT)
