"""How many bytes of spectra stay in memory: the least recently used rows are let go first.

Ten thousand spectra of 4000 pixels would take more than a gigabyte; a file is read again in
milliseconds when its row is looked at. Knows row ids and byte counts only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from spectra_gui.data import Prepared, Spectrum

DEFAULT_LIMIT_BYTES = 256 * 2**20


def spectrum_bytes(spectrum: Spectrum | None, prepared: Prepared | None) -> int:
    """Bytes of the arrays of a row."""
    arrays: list[NDArray[Any] | None] = []
    if spectrum is not None:
        arrays += [spectrum.wavelength_aa, spectrum.flux, spectrum.sigma, spectrum.mask]
        arrays += [spectrum.fwhm_aa]
    if prepared is not None:
        arrays += [prepared.flux, prepared.valid, prepared.continuum, prepared.sigma]
    return sum(array.nbytes for array in arrays if array is not None)


class Shelf:
    """Row ids with their bytes, the least recently used first."""

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._bytes: OrderedDict[int, int] = OrderedDict()
        self._total = 0

    def put(self, row_id: int, n_bytes: int) -> None:
        """Note what a row holds now; it becomes the most recently used."""
        self._total += n_bytes - self._bytes.pop(row_id, 0)
        if n_bytes:
            self._bytes[row_id] = n_bytes

    def touch(self, row_id: int) -> None:
        if row_id in self._bytes:
            self._bytes.move_to_end(row_id)

    @property
    def is_full(self) -> bool:
        return self._total >= self.limit_bytes

    def take_surplus(self, *, is_needed: Callable[[int], bool]) -> list[int]:
        """Rows to let go so that the rest fits; never a needed or the most recently used one."""
        gone: list[int] = []
        if self._total <= self.limit_bytes:
            return gone
        for row_id in list(self._bytes)[:-1]:
            if not is_needed(row_id):
                self._total -= self._bytes.pop(row_id)
                gone.append(row_id)
                if self._total <= self.limit_bytes:
                    break
        return gone

    def clear(self) -> None:
        self._bytes.clear()
        self._total = 0
