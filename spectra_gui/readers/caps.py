"""How much a file may hold before reading it stops. Knows numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits of one reading; beyond each of them a `ReadError` with code ``too_large`` is raised.

    ``bytes``: of the file and of what it decompresses to. ``text_bytes``: the same for text, whose
    lines take ten times their size while they are parsed. ``points``: of one spectrum.
    ``total_points``: of all spectra of a file together. ``columns``: of a table.
    ``whole_bytes``: a file of FITS, HDF5 or NumPy above it is read part by part, and only what is
    wanted of it; ``bytes`` does not hold for it. ``cells``: of a table that is written as text.
    ``spectra``: of a file that is read at once. ``expansion``: decompressed over compressed
    bytes, where the decompressed part is above ``expansion_from`` (a sound spectrum is packed 2
    to 30 times).
    """

    bytes: int = 512 << 20
    whole_bytes: int = 64 << 20
    text_bytes: int = 64 << 20
    points: int = 10_000_000
    total_points: int = 20_000_000
    columns: int = 2_000
    cells: int = 1_500_000
    spectra: int = 10_000
    expansion: int = 100
    expansion_from: int = 32 << 20


CAPS: Final = Caps()
