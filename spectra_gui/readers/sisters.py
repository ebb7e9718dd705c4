"""Spectra in several places of one file, each read by itself: tables, images or groups of arrays.

Knows what was found in each; knows no container.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectra_gui.readers.found import Found, Piece
from spectra_gui.readers.parts import follow_each_other


def are_alike(one: Found, other: Found) -> bool:
    """Whether each holds one spectrum, and the same is known of both."""
    single = len(one.pieces) == len(other.pieces) == 1
    return single and all(
        getattr(one, what).value == getattr(other, what).value
        for what in ("unit", "medium", "frame", "noise")
    )


def take_in(found: Found, others: Sequence[tuple[str, Found]], *, label: str) -> None:
    """Add to what was found under ``label`` what was found under other ones."""
    if not others:
        return
    found.pieces = [one.pieces[0] for one in (found, *(other for _, other in others))]
    found.total_rows = 0
    name_apart(found.pieces, (label, *(label for label, _ in others)))


def name_apart(pieces: Sequence[Piece], labels: Sequence[str]) -> None:
    """Number the spectra of several places, and call each by the label of its own.

    Where they follow each other along the axis they are called segments, by which they can be
    merged.
    """
    ends = [(float(np.nanmin(p.axis)), float(np.nanmax(p.axis))) for p in pieces]
    is_parted = min(low for low, _ in ends) > 0.0 and follow_each_other(ends)
    for row, (piece, own) in enumerate(zip(pieces, labels, strict=True)):
        words = (piece.name, "segment" if is_parted else "", own)
        piece.name, piece.row = " ".join(word for word in words if word), row


def left_out(labels: Sequence[str], choose: str) -> list[str]:
    """A warning that names what was not read; ``choose`` is what it is had by."""
    if not labels:
        return []
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    named = ", ".join(labels[:3]) + more
    if len(labels) == 1:
        return [f"{named} may hold a spectrum too and was left out; to have it, choose {choose}."]
    return [f"{named} may hold spectra too and were left out; to have one, choose {choose}."]


def beyond(n: int, read: int) -> list[str]:
    """A warning where a file has ``n`` places for spectra, of which the first are ``read``."""
    if n <= read:
        return []
    return [
        f"Only the first {read} of {n} places in the file that may hold spectra were looked at; "
        "cut out those that are wanted."
    ]
