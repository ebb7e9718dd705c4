"""What spectra are called whose file does not say: the same behind every door."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Spectrum
from spectra_gui.readers import read
from spectra_gui.readers.naming import file_stem, named_by_file

from .families.holding import primary, ramp, write


def test_a_file_that_names_no_star_gives_its_own_name(tmp_path: Path) -> None:
    lines = "".join(f"{4000 + i} {1 + i % 7}\n" for i in range(400))
    plain, packed = tmp_path / "vega 2.txt", tmp_path / "altair.txt.gz"
    plain.write_text(lines)
    packed.write_bytes(gzip.compress(lines.encode()))

    assert [read(path).spectra[0].name for path in (plain, packed)] == ["vega 2", "altair"]


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("night/hd1.fits", "hd1"),
        ("hd1.5.fits.gz", "hd1.5"),
        ("a.gz", "a"),
        (".fits", ".fits"),
        ("hd1", "hd1"),
    ],
)
def test_the_stem_of_a_file_has_no_ending(path: str, stem: str) -> None:
    assert file_stem(path) == stem


def test_only_what_has_no_name_is_numbered_and_by_its_row() -> None:
    axis = np.linspace(4000.0, 5000.0, 10)
    named = Spectrum(axis, axis, name="HD 1", meta={"row": 7})
    nameless = Spectrum(axis, axis, meta={"row": 8})

    names = [s.name for s in named_by_file([named, nameless], "plate.fits", several=True)]

    assert names == ["HD 1", "plate [8]"]


def test_a_block_of_a_file_has_the_name_of_the_file_before_its_own(tmp_path: Path) -> None:
    waves = np.tile(np.linspace(4000.0, 5000.0, 100), 2)
    path = tmp_path / "night1.txt"
    np.savetxt(path, np.column_stack([waves, 1.0 + 0.01 * np.sin(waves)]))
    assert [s.name for s in read(path).spectra] == ["night1 block 1", "night1 block 2"]


def test_a_name_without_quotes_in_a_header_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, primary(ramp(), CRVAL1=4000.0, CDELT1=1.0, OBJECT="to be broken"))
    content = path.read_bytes()
    begin = content.index(b"OBJECT  =")
    card = b"OBJECT  = unquoted".ljust(80)
    path.write_bytes(content[:begin] + card + content[begin + 80 :])
    assert read(path).spectra[0].name == "spectrum"
