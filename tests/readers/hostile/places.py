"""Places that are no files, names that nobody expects, and other things than spectra."""

from __future__ import annotations

import os
from pathlib import Path

from tests.readers.hostile.cases import declined, is_read
from tests.readers.hostile.ingredients import FLUX, SOUND_TEXT, image


@declined("not_found")
def nothing(path: Path) -> None: ...


@declined("is_directory")
def directory(path: Path) -> None:
    path.mkdir()


@declined("empty")
def zero_bytes(path: Path) -> None:
    path.touch()


if os.name == "posix":

    @declined("not_found")
    def symlink_loop(path: Path) -> None:
        other = path.with_name("other")
        path.symlink_to(other)
        other.symlink_to(path)

    @declined("not_found")
    def dangling_symlink(path: Path) -> None:
        path.symlink_to("/nowhere/at/all")

    @declined("not_a_spectrum")
    def pipe(path: Path) -> None:
        os.mkfifo(path)

    for device in ("/dev/zero", "/dev/urandom", "/dev/null", "/dev/tty"):
        declined("not_a_spectrum", name=device)(lambda _, device=device: device)

    @declined("too_large")
    def sparse_terabyte(path: Path) -> None:
        path.write_bytes(b"4000 1\n")
        os.truncate(path, 1 << 40)

    @declined("too_large")
    def sparse_terabyte_of_fits(path: Path) -> None:
        path.write_bytes(image(n=10**11))
        os.truncate(path, 1 << 40)

    @is_read(100)
    def name_of_bytes_that_are_no_text(path: Path) -> str:
        name = os.fsencode(path) + b"\xff\xfe \xe9.txt"
        Path(os.fsdecode(name)).write_text(SOUND_TEXT)
        return os.fsdecode(name)


for odd in (
    "étoile ☆ 'a' \"b\" 😀.fits", "white  space .fits", "-rf.fits", "a;b|c&d$e`f.fits",
    "100%s%d{0}.fits", "two\nlines.fits", "name[1].fits", "~home.fits", "x" * 240 + ".fits",
):  # fmt: skip

    @is_read(100, name=f"named {odd[:30]!r}")
    def _odd_name(path: Path, odd: str = odd) -> Path:
        path.with_name(odd).write_bytes(image() + FLUX)
        return path.with_name(odd)


@is_read(100)
def fits_renamed_to_png(path: Path) -> Path:
    path.with_suffix(".png").write_bytes(image() + FLUX)
    return path.with_suffix(".png")


OTHER_THINGS = {
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "photograph": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40,
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "zip": b"PK\x03\x04" + bytes(100),
    "tar": b"a" * 257 + b"ustar" + bytes(300),
    "program": b"\x7fELF" + bytes(3000),
    "pickle": b"\x80\x04cos\nsystem\n(S'touch pwned'\ntR.",
    "json": b'{"version": 1}',
    "web page as fits": b"<!DOCTYPE html><html><body>404</body></html>",
    "zeros": bytes(10**6),
    "one byte": b"\x00",
    "every byte": bytes(range(256)) * 400,
    "signature of FITS only": b"SIMPLE  =",
    "signature of FITS and zeros": b"SIMPLE  =                    T" + bytes(10**5),
    "signature of HDF5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "signature of npy": b"\x93NUMPY\x01\x00" + bytes(100),
    "header of FITS without data": image(n=0),
    "words": b"hello world\n" * 10_000,
    "newlines": b"\n" * 4_000_000,
    "blanks": b" " * 50_000_000,
    "comments": b"# x\n" * 1_000_000,
    "one endless line": b"4000 " * 10_000_000,
    "an endless digit": b"4000 1\n4001 2\n" + b"1" * 5_000_000,
}
for what, content in OTHER_THINGS.items():

    @declined(
        "not_a_spectrum", "unknown_format", "truncated", "damaged", "no_wavelength", name=what
    )
    def _other(path: Path, content: bytes = content) -> None:
        path.write_bytes(content)
