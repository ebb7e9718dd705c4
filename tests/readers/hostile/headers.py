"""FITS headers that lie, break off or never end."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from astropy.io import fits

from tests.readers.hostile.cases import declined, is_read
from tests.readers.hostile.ingredients import AXIS, FLUX, card, header, image

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
