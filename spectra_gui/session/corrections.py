"""What a person said of rows, in a form that tells what was saved from what was not. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spectra_gui.data import Override
from spectra_gui.session.rows import Row

_NOTHING: Final = Override()


def place_of(row: Row) -> tuple[str, int]:
    """What a row is known by in a session: its file, and its number in there."""
    return row.path, row.index


def corrections(rows: Iterable[Row]) -> dict[tuple[str, int], object]:
    """What a person said of each row of which they said anything."""
    said = ((place_of(row), said_of(row)) for row in rows)
    return {place: what for place, what in said if what is not None}


def said_of(row: Row) -> object:
    """All that a person said about a row, None where nothing."""
    review = row.review
    if not (review or row.asides or row.override != _NOTHING):
        return None
    asides = tuple((aside.review, aside.file_sha256) for aside in row.asides)
    return review, asides, row.override
