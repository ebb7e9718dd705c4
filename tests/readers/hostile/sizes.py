"""Files of any size, from one point to ten million."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from astropy.io import fits

from tests.readers.hostile.cases import declined, is_read
from tests.readers.hostile.ingredients import AXIS, FLUX, card, image, table


@is_read(10_000_000)
def ten_million_points(path: Path) -> None:
    axis = (card("CRVAL1", 3000.0), card("CDELT1", 0.0005), card("CRPIX1", 1), AXIS[3])
    n = 10_000_000
    with path.open("wb") as stream:
        stream.write(image(n=n, bitpix=-32, axis=axis))
        stream.write((1.0 + 0.1 * np.sin(np.arange(n) / 1e4)).astype(">f4").tobytes())


@is_read(10_000_000)
def ten_million_points_in_a_table(path: Path) -> None:
    cells = np.zeros(10_000_000, [("WAVE", ">f8"), ("FLUX", ">f4"), ("IVAR", ">f4")])
    cells["WAVE"] = 3000.0 + 0.0005 * np.arange(cells.size)
    cells["FLUX"] = cells["IVAR"] = 1.0
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(cells)]).writeto(path)


@declined("too_large")
def more_points_than_are_read(path: Path) -> None:
    path.write_bytes(image(n=30_000_000, bitpix=-32))
    os.truncate(path, path.stat().st_size + 120_000_000)


@declined("too_large")
def ten_million_lines(path: Path) -> None:
    path.write_bytes(b"4000.0000 1.5\n" * 10_000_000)


@is_read(1_000_000)
def a_million_lines(path: Path) -> None:
    path.write_text("".join(f"{3000 + i / 200:.3f} {1 + i % 9}\n" for i in range(1_000_000)))


@is_read(1_000_000)
def a_million_lines_with_decimal_commas(path: Path) -> None:
    lines = (f"{3000 + i / 200:.3f};{1 + i % 9}.5\n".replace(".", ",") for i in range(1_000_000))
    path.write_text("".join(lines))


@declined("too_large")
def a_million_ragged_lines(path: Path) -> None:
    lines = (f"{3000 + i / 200:.3f} {1 + i % 9}{' x' * (i % 2)}\n" for i in range(1_000_000))
    path.write_text("".join(lines))


@declined("no_wavelength", "not_a_spectrum")
def twenty_thousand_columns(path: Path) -> None:
    line = " ".join(str(4000 + i) for i in range(20_000))
    path.write_text(f"{line}\n" * 30)


@is_read(60)
def twenty_thousand_columns_of_a_csv(path: Path) -> None:
    names = ",".join(f"c{i}" for i in range(20_000))
    lines = [",".join(str(4000 + i + j) for i in range(20_000)) for j in range(60)]
    path.write_text("\n".join([names, *lines]))


@declined("too_large")
def hundred_thousand_spectra(path: Path) -> None:
    table(100_000, 50, path)


@is_read(10)
def ten_points(path: Path) -> None:
    path.write_bytes(image(n=10) + FLUX)


@declined("not_a_spectrum")
def one_point(path: Path) -> None:
    path.write_bytes(image(n=1) + FLUX)
