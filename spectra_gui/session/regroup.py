"""Where the reviews of a file's rows go when the parts of its objects are merged, or had apart.

A label is an object's: the row of a merged spectrum takes what was said of its parts, and the
first part what was said of the merged one. What contradicts it stays in a row of its own.
Knows rows and readings; publishes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectra_gui.data import OBJECT_NUMBER, Reading
from spectra_gui.session.rows import Row


def object_number(reading: Reading, index: int) -> int | None:
    """Which object of its file a spectrum is of, None where each is of one of its own."""
    number = reading.spectra[index].meta.get(OBJECT_NUMBER)
    return number if isinstance(number, int) else None


def regrouped(rows: Sequence[Row], reading: Reading) -> list[Row] | None:
    """The rows of a file with the indices and reviews that they have after a new reading.

    None where every row stays what it was. Rows that are left out have nothing to say any more.
    """
    numbers = [object_number(reading, index) for index in range(len(reading.spectra))]
    if None in numbers or any(row.object_number is None for row in rows):
        return None
    if all(row.index < len(numbers) and numbers[row.index] == row.object_number for row in rows):
        return None
    kept: list[Row] = []
    apart: list[Row] = []
    for number in dict.fromkeys(row.object_number for row in rows):
        members = sorted((r for r in rows if r.object_number == number), key=lambda r: r.index)
        if number not in numbers:
            apart += [row for row in members if row.review or row.asides]
            continue
        first, *others = members
        review = first.review
        for other in others:
            review = review.over(other.review)
        kept.append(replace(first.reviewed_as(review), index=numbers.index(number)))
        apart += [row for row in others if row.asides or row.review.over(review) != review]
    return kept + [replace(row, index=len(numbers) + i) for i, row in enumerate(apart)]
