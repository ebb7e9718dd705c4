"""Galactic SPC after the Universal Data Format Specification of 1997 (SPC.H)."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read
from spectra_gui.readers.caps import CAPS

from .holding import holds, ramp

N = 60


def spc(
    tmp_path: Path,
    *subfiles: bytes,
    flags: int = 0,
    exponent: int = -128,
    x_kind: int = 3,
    y_kind: int = 4,
    version: int = 0x4B,
    xs: bytes = b"",
    labels: bytes = b"Wavelength (nm)\0Counts\0\0",
) -> Path:
    date = 2004 << 20 | 7 << 16 | 23 << 11
    head = struct.pack(
        "<BBBbIddIBBBBI9s9sh32s130s30sIIBBhf48sfIfB187s",
        *(flags, version, 0, exponent, N, 400.0, 459.0, len(subfiles), x_kind, y_kind, 0, 0, date),
        *(b"", b"LHIRES", 0, b"", b"Vega, first night", labels),
        *(0, 0, 0, 0, 0, 0.0, b"", 0.0, 0, 0.0, 0, b""),
    )
    assert len(head) == 512
    path = tmp_path / "vega.spc"
    path.write_bytes(head + xs + b"".join(subfiles))
    return path


def sub(y: Any, kind: str = "<f4", *, exponent: int = -128, n: int = 0, x: bytes = b"") -> bytes:
    head = struct.pack("<BbHfffIIf4s", 0, exponent, 0, 0.0, 0.0, 0.0, n, 0, 0.0, b"")
    return head + x + np.asarray(y).astype(kind).tobytes()


def test_even_nanometres_as_floats(tmp_path: Path) -> None:
    spectrum = holds(
        read(spc(tmp_path, sub(ramp(N)))),
        "galactic",
        ends=(4000.0, 4590.0),
        points=N,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
    assert spectrum.name == "Vega, first night"
    assert spectrum.meta == {"instrument": "LHIRES", "date": "2004-07-23"}
    np.testing.assert_allclose(spectrum.flux, ramp(N), rtol=1e-6)


@pytest.mark.parametrize(("kind", "flags", "bits"), [("<i4", 0, 32), ("<i2", 1, 16)])
def test_scaled_integers(tmp_path: Path, kind: str, flags: int, bits: int) -> None:
    stored = np.round(ramp(N) / 4.0 * 2.0**bits / 2.0)
    path = spc(tmp_path, sub(stored, kind), flags=flags, exponent=3)
    np.testing.assert_allclose(read(path).spectra[0].flux, ramp(N), rtol=1e-3)


def test_uneven_axis_and_the_label_of_x(tmp_path: Path) -> None:
    xs = (400.0 + np.arange(N) ** 1.1).astype("<f4").tobytes()
    path = spc(tmp_path, sub(ramp(N)), flags=0x80 | 0x20, x_kind=0, xs=xs)
    assert read(path).spectra[0].wavelength_aa[1] == pytest.approx(4010.0, rel=1e-5)


def test_the_label_of_y_says_nothing_of_wavelengths(tmp_path: Path) -> None:
    path = spc(tmp_path, sub(ramp(N)), flags=0x20, x_kind=0, labels=b"\0Photons (um)\0")
    assert read(path).spectra[0].wavelength_aa[0] == pytest.approx(4000.0)


def test_more_subfiles_than_are_read_at_once(tmp_path: Path) -> None:
    path = spc(tmp_path, *(sub(ramp(N)) for _ in range(5)))
    with pytest.raises(ReadError) as caught:
        read(path, caps=replace(CAPS, spectra=3))
    assert caught.value.code == "too_large"


def test_each_subfile_is_a_spectrum(tmp_path: Path) -> None:
    stored = np.full(N, 2.0**20)
    path = spc(tmp_path, sub(ramp(N)), sub(stored, "<i4", exponent=13), flags=0x04)
    reading = read(path)
    assert [float(s.flux[0]) for s in reading.spectra] == [1.0, 2.0]
    axis = (500.0 + np.arange(40)).astype("<f4").tobytes()
    own = spc(tmp_path, sub(ramp(40), n=40, x=axis), sub(ramp(N)), flags=0x04 | 0x80 | 0x40)
    with pytest.raises(ReadError) as caught:
        read(own)
    assert caught.value.code == "truncated"
    own = spc(tmp_path, sub(ramp(40), n=40, x=axis), flags=0x04 | 0x80 | 0x40)
    assert read(own).spectra[0].wavelength_aa[0] == 5000.0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 0x4C}, "unsupported"),
        ({"y_kind": 2}, "not_a_spectrum"),
        ({"x_kind": 13}, "no_wavelength"),
    ],
)
def test_other_forms_and_other_quantities_are_declined(
    tmp_path: Path, changes: dict[str, int], code: str
) -> None:
    path = spc(tmp_path, sub(ramp(N)), **changes)  # type: ignore[arg-type]
    if code == "unsupported":
        data = bytearray(path.read_bytes())
        data[4:8] = struct.pack(">I", N)
        path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == code
    assert caught.value.advice


def test_a_person_knows_the_unit_better(tmp_path: Path) -> None:
    path = spc(tmp_path, sub(ramp(N)), x_kind=13)
    reading = read(path, override=Override(wavelength_unit="nm"))
    assert reading.spectra[0].wavelength_aa[0] == 4000.0


def test_a_cut_file_is_truncated_and_noise_is_no_spc(tmp_path: Path) -> None:
    path = spc(tmp_path, sub(ramp(N)))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "truncated"
    path.write_bytes(b"\x00K" + np.random.default_rng(3).bytes(2000))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "unknown_format"
