"""Which rows of an image of many spectra are wanted: all, a window of them, or those chosen.

Knows numbers of rows; knows no file. A window counts the rows that hold stars, so that spectra
have the same numbers whether a file is read at once or by parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override

_SPARSE: Final = 4
"""Rows that lie further apart than this are read one by one."""


@dataclass(frozen=True, slots=True)
class RowSpan:
    """The wanted ``rows``, in order, of ``total`` that hold spectra."""

    rows: tuple[int, ...]
    total: int

    @property
    def is_part(self) -> bool:
        """Whether there are others, which a window has left out."""
        return len(self.rows) < self.total

    def of(self, hdu: Hdu, *, plane: int = 0) -> NDArray[np.float64]:
        """(len(rows), n) pixels of an image, of which little else is read."""
        height = hdu.shape[-2] if len(hdu.shape) > 1 else 1
        return self.read(
            lambda first, count: hdu.rows(plane * height + first, count), hdu.shape[-1]
        )

    def read(
        self, rows_from: Callable[[int, int], NDArray[np.float64]], n: int
    ) -> NDArray[np.float64]:
        """(len(rows), n) values by a function that gives ``count`` rows from ``first``."""
        if not self.rows:
            return np.zeros((0, n))
        first, count = self.rows[0], self.rows[-1] - self.rows[0] + 1
        if count > _SPARSE * len(self.rows):
            return np.vstack([rows_from(row, 1) for row in self.rows])
        values = rows_from(first, count)
        return values if count == len(self.rows) else values[[row - first for row in self.rows]]


def wanted_rows(
    probe: Probe, override: Override, shape: tuple[int, int], there: Sequence[int] | None = None
) -> RowSpan:
    """The wanted ones of the rows that are ``there`` (all, where it is None).

    ``shape`` is that of all rows. A person may also choose one that is not there, such as a sky
    fibre. Raises ``ReadError``: ``bad_override`` where there is no such row, ``too_large``.
    """
    n_rows, n = shape
    there = range(n_rows) if there is None else there
    if override.rows is not None:
        missing = sorted(row for row in override.rows if not 0 <= row < n_rows)
        if missing:
            there_are = f"The file has the numbers 0 to {n_rows - 1}."
            raise bad_override(f"there is no spectrum {missing[:5]}", there_are)
        span = RowSpan(tuple(sorted({*override.rows})), len(there))
    elif probe.window is None:
        span = RowSpan(tuple(there), len(there))
    else:
        first, count = probe.window
        span = RowSpan(tuple(there[first : first + count]), len(there))
    if len(span.rows) > probe.caps.spectra or len(span.rows) * n > probe.caps.total_points:
        raise probe.fail(
            "too_large",
            f"{probe.name} holds {len(span.rows)} spectra of {n} points, more than are read at "
            "once.",
            "Type them with `spectra-gui classify`, which takes them piece by piece, or choose "
            "some rows.",
        )
    return span
