"""What the recipes of hostile files are made of."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from astropy.io import fits


def card(key: str, value: object) -> str:
    return f"{key:<8}= {value!s:>20}"


AXIS = (card("CRVAL1", 4000.0), card("CDELT1", 0.5), card("CRPIX1", 1.0), "CUNIT1  = 'Angstrom'")
FLUX = (1.0 + 0.01 * np.arange(100)).astype(">f8").tobytes()


def header(*cards: str) -> bytes:
    raw = "".join(c[:80].ljust(80) for c in (*cards, "END")).encode("latin-1")
    return raw + b" " * (-len(raw) % 2880)


def image(*cards: str, n: object = 100, bitpix: int = -64, axis: tuple[str, ...] = AXIS) -> bytes:
    start = ("SIMPLE  =                    T", card("BITPIX", bitpix), card("NAXIS", 1))
    return header(*start, card("NAXIS1", n), *axis, *cards)


def text(rows: Iterator[tuple[object, object]] | list[tuple[object, object]]) -> str:
    return "".join(f"{a} {b}\n" for a, b in rows)


SOUND_TEXT = text([(4000 + i, 1 + i / 100) for i in range(100)])

VOTABLE = (
    "<?xml version='1.0'{encoding}?>{before}<VOTABLE version='1.3'><RESOURCE><TABLE{table}>"
    "<FIELD name='wave' datatype='double' unit='Angstrom'/>"
    "<FIELD name='flux' datatype='double'{field}/><DATA>{data}</DATA>"
    "</TABLE></RESOURCE></VOTABLE>"
)
VOTABLE_ROWS = "".join(f"<TR><TD>{4000 + i}</TD><TD>{1 + i}</TD></TR>" for i in range(100))


def votable(data: str = "", **parts: str) -> str:
    empty = dict.fromkeys(("encoding", "before", "table", "field"), "")
    data = data or f"<TABLEDATA>{VOTABLE_ROWS}</TABLEDATA>"
    return VOTABLE.format(**(empty | parts | {"data": data}))


ECSV_HEAD = (
    "# %ECSV 1.0\n# ---\n# datatype:\n# - {{name: wave, unit: Angstrom, datatype: float64}}\n"
    "# - {{name: flux, datatype: float64}}\n{meta}wave flux\n"
)


def ecsv(meta: str) -> str:
    return ECSV_HEAD.format(meta=f"# meta:{meta}\n" if meta else "") + SOUND_TEXT


def deflated(megabytes: int) -> bytes:
    """A gzip member of zeros."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


def table(n_rows: int, n: int, path: Path) -> None:
    cells = np.zeros(n_rows, [("WAVE", ">f4", n), ("FLUX", ">f4", n)])
    cells["WAVE"] = 4000.0 + np.arange(n)
    cells["FLUX"] = 1.0 + np.arange(n)
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(cells)]).writeto(path)
