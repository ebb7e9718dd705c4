"""What the name of a column of wavelengths says of their medium and frame, and what remarks say.

Knows no data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    """Rest, barycentric or observed, by name; unknown where it does not say so."""
    return SILENT if column is None else frame_in_name(column.name)


def frame_in_name(name: str) -> Claim:
    """The frame that a column's name states; unknown where it does not.

    ``obs`` is what is not at rest, and may be either of the others.
    """
    said = (frame for pattern, frame in _FRAMES if re.search(pattern, name.lower()))
    return next((Claim(frame, f"column {name}") for frame in said), SILENT)


_DENIED: Final = re.compile(r"\b(not?|un\w+|without|before|never|false|n)\b|=\s*0\b", re.I)
_DONE: Final = re.compile(r"\b(corrected|applied|shifted|removed|done|true|yes)\b", re.I)
_REMARKS: Final = (
    # A correction, a velocity or a date by that name says nothing of the wavelengths.
    (
        r"\b(bary|helio)centric(ally)?\b(?!\s*(corr|vel|rv\b|radial|rad\.|julian|jd\b|date|time))",
        "barycentric",
    ),
    (r"\b(topo|geo)centric\b|\bobserved (frame|wave|lambda)", "observed"),
    (r"\brest[ -]?frame\b|\brest (wave|lambda)|\b(at|to) rest\b|\bframe\s*[:=]\s*rest\b", "rest"),
)
_OF_A_CORRECTION: Final = re.compile(r"\b(bary|helio)centric\s+(velocity|rv|correction)", re.I)
_ABOUT_A_LINE: Final = re.compile(r"rest (wave|lambda).*\d", re.I)


def frame_in_remarks(lines: Iterable[str]) -> Claim:
    """The frame that remarks above a spectrum state; unknown where none does, or two differ."""
    said = [(frame, line) for line in lines for frame in _frames_said(line)]
    if len({frame for frame, _ in said}) != 1:
        return SILENT
    return Claim(said[0][0], f"the header says: {said[0][1][:60]}")


def _frames_said(line: str) -> list[str]:
    if _DENIED.search(line) or _ABOUT_A_LINE.search(line):
        return []
    found = [frame for pattern, frame in _REMARKS if re.search(pattern, line, re.I)]
    if not found and _OF_A_CORRECTION.search(line) and _DONE.search(line):
        return ["barycentric"]
    return found
