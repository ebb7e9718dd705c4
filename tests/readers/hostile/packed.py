"""Compressed files that grow beyond measure or lie about what is in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import numpy as np

from tests.readers.hostile.cases import declined, is_read
from tests.readers.hostile.ingredients import SOUND_TEXT, deflated, image


@declined("too_large")
def bomb_of_4_gigabytes_in_4_megabytes(path: Path) -> None:
    path.write_bytes(gzip.compress(image(n=10**9)) + deflated(64) * 64)


@declined("too_large")
def bomb_in_bzip2(path: Path) -> None:
    path.write_bytes(bz2.compress(image(n=10**9) + bytes(200 << 20)))


@declined("too_large")
def bomb_in_xz(path: Path) -> None:
    path.write_bytes(lzma.compress(image(n=10**9) + bytes(200 << 20), preset=0))


@declined("too_large")
def bomb_of_text(path: Path) -> None:
    path.write_bytes(gzip.compress(SOUND_TEXT.encode() * 100_000, compresslevel=1))


@is_read(100)
def bzip2_streams_one_after_the_other(path: Path) -> None:
    half = len(SOUND_TEXT) // 2
    path.write_bytes(
        bz2.compress(SOUND_TEXT[:half].encode()) + bz2.compress(SOUND_TEXT[half:].encode())
    )


@is_read(2_000_000)
def large_spectrum_packed_by_bzip2(path: Path) -> None:
    noise = np.random.default_rng(2).normal(1.0, 0.1, 2_000_000).astype(">f4")
    path.write_bytes(bz2.compress(image(n=noise.size, bitpix=-32) + noise.tobytes(), 1))


@declined("damaged")
def hundred_thousand_gzip_members(path: Path) -> None:
    path.write_bytes(gzip.compress(b"4000 1\n") * 100_000)


@is_read(100)
def gzip_members_one_after_the_other(path: Path) -> None:
    lines = SOUND_TEXT.encode().splitlines(keepends=True)
    path.write_bytes(b"".join(gzip.compress(line) for line in lines) + bytes(500))


@is_read(100)
def xz_streams_one_after_the_other(path: Path) -> None:
    half = len(SOUND_TEXT) // 2
    path.write_bytes(
        lzma.compress(SOUND_TEXT[:half].encode()) + lzma.compress(SOUND_TEXT[half:].encode())
    )


@declined("damaged")
def gzip_that_breaks_off(path: Path) -> None:
    path.write_bytes(gzip.compress(np.random.default_rng(0).bytes(1000))[:10])


@declined("too_large")
def bomb_in_npz(path: Path) -> None:
    start = io.BytesIO()
    layout = {"descr": "<f8", "fortran_order": False, "shape": (13_000_000,)}
    np.lib.format.write_array_header_2_0(start, layout)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("wave.npy", "flux.npy"):
            archive.writestr(name, start.getvalue() + bytes(104_000_000))


@declined("too_large", "damaged")
def npz_that_lies_about_its_size(path: Path) -> None:
    start = io.BytesIO()
    layout = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_2_0(start, layout)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("wave.npy", "flux.npy"):
            archive.writestr(name, start.getvalue() + bytes(800))


@declined("damaged", "not_a_spectrum")
def npz_of_objects(path: Path) -> None:
    np.savez(path.with_suffix(".npz"), wave=np.array([print], object), flux=np.zeros(9))
    path.with_suffix(".npz").rename(path)
