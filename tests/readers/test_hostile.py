"""Files that nobody means to send: each is read right or declined, in 5 s and 1 GB, alone.

Every case goes through a real reading child with its limits. A case is a recipe that writes the
file and what must come of it: the codes that a refusal may have, or the number of points where
a right reading exists. After each, a sound file must read as if nothing had happened.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import queue
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import psutil
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.engine.client import ChildDied, Event, ReadDone, ReaderClient, ReadFailed
from spectra_gui.readers import Caps, read
from spectra_gui.readers.door import RowsError, read_rows

MEMORY_MB = 1024
TIME_S = 5.0
CODES = {
    "not_found", "is_directory", "permission", "empty", "truncated", "too_large",
    "unknown_format", "no_wavelength", "not_a_spectrum", "unsupported", "no_good_pixels",
    "damaged",
}  # fmt: skip

Recipe = Callable[[Path], Path | str | None]


@dataclass(frozen=True)
class Case:
    """``write`` makes the file (at the path it is given, or at the one that it returns)."""

    name: str
    write: Recipe
    codes: tuple[str, ...] = ()
    points: int = 0


CASES: list[Case] = []


def declined(*codes: str, name: str = "") -> Callable[[Recipe], Recipe]:
    """A recipe whose file must be declined with one of the codes."""

    def note(write: Recipe) -> Recipe:
        CASES.append(Case(name or write.__name__, write, codes=codes))
        return write

    return note


def is_read(points: int, name: str = "") -> Callable[[Recipe], Recipe]:
    """A recipe whose file has a right reading, of so many points."""

    def note(write: Recipe) -> Recipe:
        CASES.append(Case(name or write.__name__, write, points=points))
        return write

    return note


# --- what the recipes are made of


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


# --- places and names


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


# --- compressed


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


# --- FITS headers


for what, cards, codes in (
    ("NAXIS1 beyond all", {"n": 10**15}, ("too_large",)),
    ("NAXIS1 a float beyond all", {"n": "1e308"}, ("too_large",)),
    ("NAXIS1 negative", {"n": -5}, ("not_a_spectrum",)),
    ("NAXIS1 no number", {"n": "many"}, ("not_a_spectrum",)),
    ("BITPIX invalid", {"bitpix": -7}, ("damaged",)),
    ("data cut off", {"n": 101}, ("truncated",)),
    ("step of zero", {"axis": (card("CRVAL1", 4000.0), card("CDELT1", 0.0))}, ("no_wavelength",)),
    ("step of nothing", {"axis": (*AXIS[:1], card("CDELT1", 1e-300))}, ("no_wavelength",)),
    ("step of 1e300", {"axis": (*AXIS[:1], card("CDELT1", 1e300))}, ("no_wavelength",)),
    ("start of 1e300", {"axis": (card("CRVAL1", 1e300), *AXIS[1:])}, ("no_wavelength",)),
    ("start not a number", {"axis": (card("CRVAL1", "nan"), *AXIS[1:])}, ("no_wavelength",)),
    (
        "logarithm overflows",
        {"axis": (card("COEFF0", 300.0), card("COEFF1", 10.0))},
        ("no_wavelength",),
    ),
):

    @declined(*codes, name=what)
    def _bad_cards(path: Path, cards: dict[str, object] = cards) -> None:
        path.write_bytes(image(**cards) + FLUX)  # type: ignore[arg-type]


for what, more in (
    ("BSCALE as text", ("BSCALE  = '2.0'", "BZERO   = '1.0'")),
    ("BSCALE as words", ("BSCALE  = 'junk'", "BZERO   = 'none'")),
    ("BSCALE not a number", (card("BSCALE", "nan"), card("BZERO", "inf"))),
    ("strings that never end", ("OBJECT  = 'unclosed", "HIERARCH =", "=====", "HIERARCH a = '")),
    ("cards of bytes", ("\xff\xfe\x80=\x00\x01" * 10,)),
    ("a hundred thousand cards", tuple(f"KEY{i % 99999:05d}= {i:20d}" for i in range(100_000))),
    ("a hundred thousand remarks", ("HISTORY " + "x" * 70,) * 100_000),
    ("an endless string", ("OBJECT  = 'a&'", *("CONTINUE  '" + "b" * 60 + "&'",) * 50_000)),
):

    @is_read(100, name=what)
    def _odd_cards(path: Path, more: tuple[str, ...] = more) -> None:
        path.write_bytes(image(*more) + FLUX)


@is_read(100)
def padding_cut_off(path: Path) -> None:
    path.write_bytes(image() + FLUX)


@declined("truncated")
def header_without_end(path: Path) -> None:
    endless = image().replace(b"END".ljust(80), b"GOES = 'on'".ljust(80))
    path.write_bytes(endless + b"ENDLESS = 1".ljust(80) * 500_000)


@declined("truncated", "not_a_spectrum")
def nothing_but_END(path: Path) -> None:
    path.write_bytes(b"SIMPLE  =                    T".ljust(80) + b"END" * 10_000_000)


@declined("not_a_spectrum")
def hundred_thousand_HDUs(path: Path) -> None:
    empty = ("XTENSION= 'IMAGE   '", card("BITPIX", 8), card("NAXIS", 0))
    path.write_bytes(image(n=0) + header(*empty) * 20_000)


def _small_table() -> bytes:
    stream = io.BytesIO()
    columns = [
        fits.Column("wave", "D", unit="Angstrom", array=4000.0 + np.arange(50)),
        fits.Column("flux", "E", array=1.0 + 0.01 * np.arange(50)),
    ]
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)]).writeto(stream)
    return stream.getvalue()


for what, old, new in (
    ("cell larger than its row", b"TFORM1  = 'D       '", b"TFORM1  = '999999D '"),
    ("cell of nothing", b"TFORM1  = 'D       '", b"TFORM1  = '0D      '"),
    ("cell of no kind", b"TFORM1  = 'D       '", b"TFORM1  = '?       '"),
    ("rows beyond all", b"NAXIS2  =                   50", b"NAXIS2  =       99999999999999"),
    ("rows below nothing", b"NAXIS2  =                   50", b"NAXIS2  =                  -50"),
    ("columns beyond all", b"TFIELDS =                    2", b"TFIELDS =               999999"),
):

    @declined("damaged", "truncated", "too_large", "not_a_spectrum", name=f"table: {what}")
    def _bad_table(path: Path, old: bytes = old, new: bytes = new) -> None:
        assert old in _small_table()
        path.write_bytes(_small_table().replace(old, new))


# --- sizes


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


# --- flux and wavelengths


for what, value in (("not a number", np.nan), ("infinite", np.inf), ("zero", 0.0)):

    @declined("no_good_pixels", name=f"every flux {what}")
    def _no_flux(path: Path, value: float = value) -> None:
        path.write_bytes(image() + np.full(100, value).astype(">f8").tobytes())


for what, value in (("constant", 1.0), ("negative", -1.0), ("huge", 1e308), ("tiny", 5e-324)):

    @is_read(100, name=f"every flux {what}")
    def _some_flux(path: Path, value: float = value) -> None:
        path.write_bytes(image() + np.full(100, value).astype(">f8").tobytes())


@is_read(100)
def descending_wavelengths(path: Path) -> None:
    path.write_text(text([(5000 - i, 1 + i) for i in range(100)]))


@is_read(50)
def duplicated_wavelengths(path: Path) -> None:
    path.write_text(text([(4000 + i // 2, 1 + i) for i in range(100)]))


@is_read(99)
def a_wavelength_beyond_all(path: Path) -> None:
    path.write_text(text([(4000 + i if i < 99 else 1e300, 1 + i) for i in range(100)]))


for what, codes, wave in (
    ("jump", ("not_a_spectrum",), lambda i: 4000 + (i * 37) % 100),
    ("are all the same", ("no_wavelength",), lambda i: 4000),
    ("are not numbers", ("no_wavelength", "not_a_spectrum"), lambda i: "nan"),
    ("are negative", ("no_wavelength",), lambda i: -4000 - i),
    ("count pixels", ("no_wavelength",), lambda i: i),
):

    @declined(*codes, name=f"wavelengths {what}")
    def _bad_wave(path: Path, wave: Callable[[int], object] = wave) -> None:
        path.write_text(text([(wave(i), 1 + i) for i in range(100)]))


# --- text that is made to be slow


for what, line in (
    ("blanks", "# a" + " " * 1_000_000 + "b\n"),
    ("tabs", "# a" + "\t" * 1_000_000 + "b\n"),
    ("brackets", "# " + "[ " * 200_000 + "\n"),
    ("words before an equals sign", "# " + "a " * 100_000 + "= 1\n"),
    ("bars", "# " + "| " * 200_000 + "\n"),
):

    @is_read(100, name=f"header of {what}")
    def _slow_header(path: Path, line: str = line) -> None:
        path.write_text(line * 6 + SOUND_TEXT)


# --- VOTable, ECSV, HDF5


DOCUMENT_TYPE = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
LAUGHS = "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
)  # fmt: skip

for what, document, codes in (
    ("external entity", votable("&e;", before=DOCUMENT_TYPE), ("unsupported",)),
    (
        "billion laughs",
        votable("&j;", before=f"<!DOCTYPE x [<!ENTITY a 'ha'>{LAUGHS}]>"),
        ("unsupported",),
    ),
    ("stream of a file", votable("<FITS><STREAM href='file:///{}'/></FITS>"), ("unsupported",)),
    (
        "stream of the network",
        votable("<BINARY><STREAM \n href\n= 'http://127.0.0.1:9/x'/></BINARY>"),
        ("unsupported",),
    ),
    (
        "stream behind a quoted >",
        votable("<BINARY><STREAM encoding='>' href='http://127.0.0.1:9/x'/></BINARY>"),
        ("unsupported",),
    ),
    (
        "stream with a prefix",
        votable("<v:BINARY><v:STREAM href='http://127.0.0.1:9/x'/></v:BINARY>"),
        ("unsupported",),
    ),
    (
        "unusual encoding",
        votable("<FITS><STREAM href='file:///x'/></FITS>", encoding=" encoding='utf-7'"),
        ("unsupported",),
    ),
    (
        "numbers beyond its data",
        votable("<BINARY><STREAM encoding='base64'>AAAA</STREAM></BINARY>"),
        ("damaged", "not_a_spectrum"),
    ),
    ("rows beyond all", votable(table=" nrows='100000000000'"), ("too_large", "damaged")),
    ("cells beyond all", votable(field=" arraysize='99999999999x999'"), ("damaged", "too_large")),
    (
        "elements below elements",
        f"<VOTABLE>{'<RESOURCE>' * 100_000}{'</RESOURCE>' * 100_000}</VOTABLE>",
        ("damaged",),
    ),
    (
        "twenty thousand columns",
        "<VOTABLE><RESOURCE><TABLE>"
        + "<FIELD name='a' datatype='double'/>" * 20_000
        + "<DATA><TABLEDATA></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
        ("too_large",),
    ),
    (
        "a million rows",
        votable(f"<TABLEDATA>{'<TR><TD>1</TD><TD>1</TD></TR>' * 1_000_000}</TABLEDATA>"),
        ("too_large",),
    ),
    ("broken off", votable()[:2000], ("damaged",)),
):

    @declined(*codes, name=f"VOTable: {what}")
    def _bad_votable(path: Path, document: str = document) -> None:
        secret = path.with_name("secret.fits")
        secret.write_bytes(image() + FLUX)
        path.write_text(document.replace("{}", str(secret)))


for what, codec in (
    ("UTF-16", "utf-16"),
    ("UTF-16 without a mark", "utf-16-le"),
    ("EBCDIC", "cp037"),
):

    @declined("not_a_spectrum", "unknown_format", "unsupported", name=f"VOTable in {what}")
    def _other_encoding(path: Path, codec: str = codec) -> None:
        path.write_bytes(votable("<FITS><STREAM href='file:///x'/></FITS>").encode(codec))


for what, meta in (
    (
        "aliases of aliases",
        "\n#   a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "\n".join(
            f"#   {chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]"
            for i in range(12)
        ),
    ),
    ("a list that holds itself", " &a [*a]"),
    ("lists in lists", " " + "[" * 60_000 + "]" * 60_000),
    ("a number without end", " {a: " + "9" * 100_000 + "}"),
    ("a header without end", "\n" + "\n".join(f"#   k{i}: {i}" for i in range(18_000))),
):

    @declined("damaged", name=f"ECSV: {what}")
    def _bad_ecsv(path: Path, meta: str = meta) -> None:
        path.write_text(ecsv(meta))


@declined("too_large")
def ecsv_of_two_million_rows(path: Path) -> None:
    path.write_text(ecsv("") + "".join(f"{5000 + i / 1000:.3f} 1\n" for i in range(2_000_000)))


@declined("not_a_spectrum", "damaged")
def hdf5_that_leads_to_other_files(path: Path) -> None:
    secret = path.with_name("secret.h5")
    with h5py.File(secret, "w") as file:
        file["wave"], file["flux"] = 4000.0 + np.arange(100), 1.0 + np.arange(100)
    layout = h5py.VirtualLayout((100,), "f8")
    layout[:] = h5py.VirtualSource(str(secret), "flux", (100,))
    with h5py.File(path, "w") as file:
        file["wave"] = h5py.ExternalLink(str(secret), "wave")
        file["flux"] = h5py.ExternalLink(str(secret), "flux")
        file["wavelength"] = 4000.0 + np.arange(100)
        file.create_virtual_dataset("fluxes", layout)
        file.create_dataset("spec", (100,), "f8", external=[(str(secret), 0, 800)])


@declined("not_a_spectrum", "too_large")
def hdf5_of_ten_billion_points(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in ("wave", "flux"):
            file.create_dataset(name, (10**10,), "f8", chunks=(1 << 16,), compression="gzip")


# --- the tests


class Child:
    """A reading child, and what it says of a file."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        # Waiting is the machine's; the child's own time is what is held to five seconds.
        self.client = ReaderClient(
            self.events.put, memory_limit_mb=MEMORY_MB, time_limit_s=20 * TIME_S
        )

    def read(self, path: Path | str) -> ReadDone | ReadFailed:
        self.client.read(path)
        while True:
            event = self.events.get(timeout=60 * TIME_S)
            assert not isinstance(event, ChildDied), event.message
            if isinstance(event, ReadDone | ReadFailed):
                return event

    def processor_s(self) -> dict[int, float]:
        """Processor time by process id."""
        children = psutil.Process().children()
        found = {}
        for child in children:
            times = child.cpu_times()
            found[child.pid] = times.user + times.system
        return found


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.client.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.fits"
    path.write_bytes(image() + FLUX)
    return path


def _remove_files(folder: Path) -> None:
    """So that a run does not fill the disk; pytest keeps what is left of three runs."""
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_nobody_means_to_send(case: Case, child: Child, sound: Path, tmp_path: Path) -> None:
    assert isinstance(child.read(sound), ReadDone)
    path = case.write(tmp_path / "thing") or tmp_path / "thing"
    before = child.processor_s()
    event = child.read(path)
    after = child.processor_s()
    _remove_files(tmp_path)
    for pid in before.keys() & after.keys():
        assert after[pid] - before[pid] < TIME_S
    if isinstance(event, ReadFailed):
        error = event.error
        assert error.code in (case.codes or CODES), str(error)
        assert not case.points, str(error)
        assert error.code in CODES
        assert error.path == str(path)
        for sentence in (error.reason, error.advice):
            assert sentence.endswith(".")
            assert 10 < len(sentence) < 600
    else:
        assert case.points == len(event.reading.spectra[0])
    again = child.read(sound)
    assert isinstance(again, ReadDone)
    assert len(again.reading.spectra[0]) == 100


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.fits"
    path.write_bytes(image() + FLUX)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    # Root, as whom tests may run, may read everything.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "permission"
    assert "permissions" in caught.value.advice


def test_a_file_that_vanishes_changes_or_grows_while_it_is_read(
    child: Child, tmp_path: Path
) -> None:
    path = tmp_path / "changing.fits"
    whole = image() + FLUX
    path.write_bytes(whole)
    stop = threading.Event()

    def trouble() -> None:
        generator = np.random.default_rng(1)
        while not stop.is_set():
            path.write_bytes(whole[: int(generator.integers(0, len(whole)))])
            path.unlink(missing_ok=True)
            path.write_bytes(whole)

    thread = threading.Thread(target=trouble)
    thread.start()
    try:
        codes = set()
        for _ in range(300):
            event = child.read(path)
            codes.add(event.error.code if isinstance(event, ReadFailed) else "read")
    finally:
        stop.set()
        thread.join()
    # Of the first letters of a header nobody can say that they begin one.
    assert codes <= {
        "read", "not_found", "empty", "truncated", "unknown_format", "damaged", "not_a_spectrum",
    }  # fmt: skip
    event = child.read(path)
    assert isinstance(event, ReadDone)
    assert len(event.reading.spectra[0]) == 100


def test_a_large_file_that_becomes_shorter_is_declined(tmp_path: Path) -> None:
    path = tmp_path / "large.fits"
    path.write_bytes(image(n=10_000_000, bitpix=-64))
    os.truncate(path, path.stat().st_size + 80_000_000)
    from spectra_gui.readers.probe import Probe

    probe = Probe(path)
    assert probe.fits.primary.shape == (10_000_000,)
    os.truncate(path, 40_000_000)
    with pytest.raises(EOFError):
        probe.fits.primary.image()


def test_one_files_memory_is_not_held_against_the_next(child: Child, tmp_path: Path) -> None:
    path = tmp_path / "half.txt.gz"
    path.write_bytes(gzip.compress(bytes(300 << 20), compresslevel=1))
    for _ in range(4):
        assert isinstance(child.read(path), ReadFailed)
    large = tmp_path / "large.fits"
    ten_million_points(large)
    for _ in range(2):
        assert isinstance(child.read(large), ReadDone)


def test_rows_of_a_table_beyond_memory_are_read_by_parts(tmp_path: Path) -> None:
    path = tmp_path / "survey.fits"
    n_rows, n = 30_000, 800
    cells = np.zeros(n_rows, [("NAME", "S9"), ("WAVE", ">f4", n), ("FLUX", ">f4", n)])
    cells["NAME"] = [f"star{i}" for i in range(n_rows)]
    cells["WAVE"] = 4000.0 + np.arange(n)
    cells["FLUX"] = 1.0 + np.arange(n_rows)[:, None]
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(cells)]).writeto(path)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "too_large"
    assert "classify" in caught.value.advice or "Cut out" in caught.value.advice
    reading, total = read_rows(path, (29_990, 256))
    assert total == n_rows
    assert [s.name for s in reading.spectra] == [f"star{i}" for i in range(29_990, 30_000)]
    assert [float(s.flux[0]) for s in reading.spectra][:2] == [29_991.0, 29_992.0]
    chosen = read(path, override=Override(rows=(17, 19)))
    assert [s.name for s in chosen.spectra] == ["star17", "star19"]


def test_limits_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    path.write_text(SOUND_TEXT)
    for caps in (Caps(points=20), Caps(bytes=100), Caps(text_bytes=100, whole_bytes=50)):
        with pytest.raises(ReadError) as caught:
            read(path, caps=caps)
        assert caught.value.code == "too_large"


def test_rows_without_a_spectrum_say_that_there_are_others(tmp_path: Path) -> None:
    path = tmp_path / "survey.fits"
    table(30, 50, path)
    with fits.open(path, mode="update") as units:
        units[1].data["FLUX"][:10] = np.nan
    with pytest.raises(RowsError) as caught:
        read_rows(path, (0, 10))
    assert caught.value.code == "no_good_pixels"
    assert caught.value.total_rows == 30
    assert caught.value.path == str(path)
    reading, total = read_rows(path, (10, 10))
    assert (len(reading.spectra), total) == (10, 30)
    # Of what is no table of spectra, a window is all.
    (tmp_path / "one.fits").write_bytes(image() + FLUX)
    reading, total = read_rows(tmp_path / "one.fits", (500, 10))
    assert (len(reading.spectra), total) == (1, 0)
