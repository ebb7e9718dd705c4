"""Spectra in several places of one file, each read by itself: tables, images or groups of arrays.

Knows what was found in each; knows no container.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectra_gui.readers.found import Found
from spectra_gui.readers.parts import follow_each_other


def are_alike(one: Found, other: Found) -> bool:
    """Whether each holds one spectrum, and the same is known of both."""
    single = len(one.pieces) == len(other.pieces) == 1
    return single and all(
        getattr(one, what).value == getattr(other, what).value
        for what in ("unit", "medium", "frame", "noise")
    )


def take_in(found: Found, others: Sequence[tuple[str, Found]], *, label: str) -> None:
    """Add to what was found under ``label`` what was found under other ones.

    Where they follow each other along the axis they are called segments, by which they can be
    merged.
    """
    if not others:
        return
    pieces = [one.pieces[0] for one in (found, *(other for _, other in others))]
    ends = [(float(np.nanmin(p.axis)), float(np.nanmax(p.axis))) for p in pieces]
    is_parted = min(low for low, _ in ends) > 0.0 and follow_each_other(ends)
    labels = (label, *(label for label, _ in others))
    for row, (piece, own) in enumerate(zip(pieces, labels, strict=True)):
        words = (piece.name, "segment" if is_parted else "", own)
        piece.name, piece.row = " ".join(word for word in words if word), row
    found.pieces, found.total_rows = pieces, 0


def left_out(labels: Sequence[str], choose: str) -> list[str]:
    """A warning that names what may hold spectra too; ``choose`` says how to have them."""
    if not labels:
        return []
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    named = ", ".join(labels[:3]) + more
    return [f"{named} may hold a spectrum too, of another kind; {choose}."]
