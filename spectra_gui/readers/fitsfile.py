"""FITS, tolerantly: HDUs one by one, images and table columns as plain arrays.

Data are taken straight from the bytes, which costs a tenth of the time of astropy's record
arrays on tables of many columns, and survives what they do not (BSCALE as a string, padding cut
off, unparsable cards). Compressed images are left to astropy.
Source: FITS standard 4.0, https://fits.gsfc.nasa.gov/fits_standard.html

Knows no spectrum.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.readers.fitsheader import BLOCK, Header, Sliced, header_end
from spectra_gui.readers.fitstable import FitsTable

if TYPE_CHECKING:
    from spectra_gui.readers.probe import Probe

MAX_HDUS: Final = 2_000
_DTYPES: Final = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


class Hdu:
    """One header-data unit, decoded when asked."""

    def __init__(self, file: FitsFile, index: int, begin: int, start: int) -> None:
        self._file = file
        self.index = index
        self._begin = begin
        self._start = start
        self.header = Header(file.data[begin:start])

    @cached_property
    def name(self) -> str:
        """EXTNAME in upper case, "" where there is none."""
        return self.header.text("EXTNAME").upper()

    @property
    def label(self) -> str:
        """How a person names it: ``HDU 1 (COADD)``."""
        return f"HDU {self.index}" + (f" ({self.name})" if self.name else "")

    @cached_property
    def is_table(self) -> bool:
        """Whether this is a binary or ASCII table (and not a compressed image)."""
        kind = self.header.text("XTENSION").upper()
        return kind in ("BINTABLE", "A3DTABLE", "TABLE") and not self.is_compressed

    @cached_property
    def is_compressed(self) -> bool:
        """Whether this is an image that is stored tile by tile in a table."""
        return self.header.get("ZIMAGE") is True

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Image shape in numpy order; () for tables and for empty units."""
        if self.is_table:
            return ()
        axis = "ZNAXIS" if self.is_compressed else "NAXIS"
        n_axes = self.header.number(axis) or 0
        if not 0 < n_axes <= 99:
            return ()
        axes = [self.header.number(f"{axis}{i}") for i in range(1, int(n_axes) + 1)]
        shape = tuple(int(n or 0) for n in reversed(axes))
        return shape if all(n > 0 for n in shape) else ()

    @property
    def is_image(self) -> bool:
        """Whether this holds pixels."""
        return bool(self.shape)

    @cached_property
    def spectral_shape(self) -> tuple[int, ...]:
        """`shape` without axes of length one, but for the last."""
        return tuple(n for n in self.shape[:-1] if n != 1) + self.shape[-1:]

    def image(self) -> NDArray[np.float64]:
        """All pixels as float64 in numpy order, scaled, blanks as NaN.

        Raises ``ReadError``: ``too_large`` or ``truncated``.
        """
        count = math.prod(self.shape)
        self._file.check_size(count, self.label)
        if self.is_compressed:
            return self._file.decompress(self.index)
        return self._pixels(0, count).reshape(self.shape)

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """(count, n) pixels of the rows from ``first``, as `image` gives them, and no others.

        Of a cube the rows of all its planes are counted through.
        """
        n = self.shape[-1]
        self._file.check_size(count * n, f"{count} rows of {self.label}")
        if self.is_compressed:
            return self.image().reshape((-1, n))[first : first + count]
        return self._pixels(first * n, count * n).reshape((count, n))

    def _pixels(self, first: int, count: int) -> NDArray[np.float64]:
        raw = self._raw_pixels(first, count)
        values = raw.astype(np.float64)
        bitpix = self.header.number("BITPIX")
        blank = self.header.number("BLANK")
        if blank is not None and bitpix is not None and bitpix > 0:
            values[values == blank] = np.nan
        scale, zero = self.header.number("BSCALE"), self.header.number("BZERO")
        if scale not in (None, 0.0, 1.0):
            values *= scale
        if zero:
            values += zero
        return values

    def _raw_pixels(self, first: int, count: int) -> NDArray[Any]:
        kind = _DTYPES.get(int(self.header.number("BITPIX") or 0))
        if kind is None:
            raise self._file.damaged(f"{self.label} states no valid BITPIX")
        dtype = np.dtype(kind)
        begin = self._start + first * dtype.itemsize
        if begin + count * dtype.itemsize > len(self._file.data):
            raise self._file.truncated(self.label)
        return np.frombuffer(self._file.span(begin, count * dtype.itemsize), dtype)

    @cached_property
    def table(self) -> FitsTable:
        """The table's columns, decoded when asked. Only where `is_table`."""
        return FitsTable(
            header=self.header,
            cards=self._file.data[self._begin : self._start],
            start=self._start,
            file=self._file,
        )


class FitsFile:
    """The HDUs of a file, opened one after the other as they are asked for."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self.data: Sliced = probe.parts
        self.window = probe.window
        self._hdus: list[Hdu] = []
        self._next: int | None = 0

    def __iter__(self) -> Iterator[Hdu]:
        index = 0
        while (hdu := self.get(index)) is not None:
            yield hdu
            index += 1

    def get(self, index: int) -> Hdu | None:
        """HDU number ``index``, or None beyond the last that can be opened."""
        while len(self._hdus) <= index and self._next is not None:
            self._open(self._next)
        return self._hdus[index] if index < len(self._hdus) else None

    def _open(self, begin: int) -> None:
        """Open the HDU at ``begin``, or note that there is none."""
        number = len(self._hdus)
        self._next = None
        if number >= MAX_HDUS or (number and self.data[begin : begin + 8] != b"XTENSION"):
            return
        start = header_end(self.data, begin)
        if start is None:
            if number == 0:
                raise self.truncated("its first header")
            return
        hdu = Hdu(self, number, begin, start)
        self._hdus.append(hdu)
        size = hdu.header.data_bytes()
        after = start + size + (-size) % BLOCK
        if after < len(self.data):
            self._next = after

    def span(self, begin: int, size: int) -> bytes | memoryview:
        """``size`` bytes from ``begin``, without a copy where they are in memory already.

        Raises ``truncated`` where the file ends before.
        """
        data = self.data
        if begin < 0 or size < 0 or begin + size > len(data):
            raise self.truncated("its data")
        if isinstance(data, bytes):
            return memoryview(data)[begin : begin + size]
        return data[begin : begin + size]

    def decompress(self, index: int) -> NDArray[np.float64]:
        """The pixels of a compressed image, by astropy."""
        from astropy.io import fits

        with fits.open(
            io.BytesIO(self._probe.data), memmap=False, ignore_missing_end=True
        ) as units:
            return np.asarray(units[index].data, dtype=np.float64)

    @cached_property
    def primary(self) -> Hdu:
        """HDU 0."""
        hdu = self.get(0)
        if hdu is None:
            raise self.damaged("it holds no header")
        return hdu

    def named(self, name: str) -> Hdu | None:
        """The first HDU of that EXTNAME (upper case), or None."""
        return next((hdu for hdu in self if hdu.name == name), None)

    def first_table(self) -> Hdu | None:
        """The first table, or None."""
        return next((hdu for hdu in self if hdu.is_table), None)

    def choose(self, wanted: str) -> Hdu | None:
        """The HDU that a person named by number or EXTNAME, or None."""
        word = wanted.strip()
        if re.fullmatch(r"\d{1,4}", word):
            return self.get(int(word))
        return self.named(word.upper())

    def check_size(self, count: int, what: str) -> None:
        """Raise ``too_large`` where ``count`` values are beyond the limit."""
        if count > self._probe.caps.total_points:
            raise self._probe.fail(
                "too_large",
                f"{what} of {self._probe.name} holds {_count_text(count)} values.",
                "Cut out the spectra of interest and open those.",
            )

    def damaged(self, why: str) -> Exception:
        """A `ReadError` for a file that breaks the standard beyond use."""
        return self._probe.fail(
            "damaged",
            f"{self._probe.name} is a FITS file, but {why}.",
            "Download or copy it again; astropy's fitsheader tool may show more.",
        )

    def truncated(self, what: str) -> Exception:
        """A `ReadError` for data that end before the header says."""
        return self._probe.fail(
            "truncated",
            f"{self._probe.name} ends in the middle of {what}.",
            "Download or copy it again.",
        )


def _count_text(count: int) -> str:
    return f"{count}" if count < 10**15 else f"{float(min(count, 10**300)):.0e}"
