"""What may come through the door: anything; what leaves it is a reading or a clear refusal."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import Caps, formats, read

from .conftest import ramp

WriteText = Callable[..., Path]
TEXT = "\n".join(f"{4000 + i} {1 + i / 100}" for i in range(50)) + "\n"


def refused(path: Path | str, *, caps: Caps | None = None) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(path, caps=caps) if caps else read(path)
    assert caught.value.path == str(path)
    assert caught.value.reason
    assert caught.value.advice
    return caught.value


def test_no_name_is_no_folder() -> None:
    error = refused("")
    assert error.code == "not_found"
    assert "No file was named" in error.reason


def outcome(path: Path) -> tuple[str, int]:
    """The code of the refusal, or "" and the number of points."""
    try:
        return "", len(read(path).spectra[0])
    except ReadError as error:
        return error.code, 0


def test_places_that_are_no_files(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.fits").code == "not_found"
    assert refused(tmp_path).code == "is_directory"
    assert refused("https://example.org/star.fits").code == "not_found"
    assert refused("a\0b").code == "not_found"
    assert refused("x" * 5000).code == "not_found"
    (tmp_path / "empty.txt").write_bytes(b"")
    assert refused(tmp_path / "empty.txt").code == "empty"


@pytest.mark.skipif(os.name == "nt", reason="POSIX kinds of files")
def test_pipes_devices_and_loops(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").code == "not_a_spectrum"
    assert refused("/dev/zero").code == "not_a_spectrum"
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert refused(tmp_path / "a").code == "not_found"


def test_names_of_any_kind_and_content_over_name(tmp_path: Path) -> None:
    for name in ("étoile ☆ 'a' \"b\".fits", "white space .png", "no_extension"):
        path = tmp_path / name
        path.write_text(TEXT)
        assert read(path).reader == "text"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "packed"
    path.write_bytes(pack(TEXT.encode()))
    assert len(read(path).spectra[0]) == 50


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"%PDF-1.7\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"SIMPLE  =                    T" + b" " * 50,
        b"SIMPLE  =                    T" + b" " * 2850,
        b"\x00" * 1000,
        bytes(range(256)) * 40,
        b"<?xml version='1.0'?><VOTABLE></VOTABLE>",
        b"<?xml version='1.0'?><VOTABLE><RESOURCE><TABLE>",
        b"# %ECSV 1.0\n# ---\n# datatype: 3\nwave flux\n",
        b"# %ECSV 1.0\n# ---\n# !!python/object/apply:os.system [ls]\nwave flux\n1 2\n",
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"\x93NUMPY\x01\x00" + bytes(100),
    ],
)
def test_what_is_broken_or_something_else_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    assert refused(path).code in (
        "not_a_spectrum",
        "damaged",
        "truncated",
        "unknown_format",
        "unsupported",
        "no_wavelength",
        "empty",
    )


def test_a_votable_never_leads_out_of_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.fits"
    fits.PrimaryHDU(ramp()).writeto(secret)
    path = tmp_path / "href.xml"
    path.write_text(
        "<?xml version='1.0'?><VOTABLE><RESOURCE><TABLE>"
        "<FIELD name='wave' datatype='double'/><FIELD name='flux' datatype='double'/>"
        f"<DATA><FITS><STREAM href='file://{secret}'/></FITS></DATA>"
        "</TABLE></RESOURCE></VOTABLE>"
    )
    assert refused(path).code == "unsupported"
    path.write_text("<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><VOTABLE/>")
    assert refused(path).code == "unsupported"


def test_every_truncation_of_a_file_is_read_or_declined(tmp_path: Path) -> None:
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("wave", "D", unit="Angstrom", array=4000.0 + np.arange(50)),
            fits.Column("flux", "E", array=ramp()),
        ]
    )
    whole = tmp_path / "whole.fits"
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(whole)
    data = whole.read_bytes()
    path = tmp_path / "part.fits"
    for size in range(1, len(data), 397):
        path.write_bytes(data[:size])
        code, n_points = outcome(path)
        assert n_points == 50 or code in (
            "truncated",
            "damaged",
            "not_a_spectrum",
            "unknown_format",
        )


def test_listing_and_modules_agree() -> None:
    folder = Path(import_module("spectra_gui.readers.families").__path__[0])
    modules = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    listed = [info.name for info in formats()]
    assert {name.replace("-", "_") for name in listed} == modules
    assert len(set(listed)) == len(listed)
    for name in listed:
        module = import_module(f"spectra_gui.readers.families.{name.replace('-', '_')}")
        assert name == module.NAME
        assert {"hdu", "columns", "skip_rows"} >= module.TAKES
        assert (
            "ource: http" in module.__doc__.replace("\n", " ")
            or "http" in module.__doc__
            or (name in ("text", "fits-rows", "fits-matrix"))
        )


def test_listing_imports_no_reader() -> None:
    code = (
        "import sys; from spectra_gui.readers import formats; assert len(formats()) > 20;"
        "loaded = [m for m in sys.modules if 'families' in m or m in ('astropy', 'h5py', 'torch')];"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_reader_can_be_forced_and_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    hdu = fits.PrimaryHDU(ramp())
    hdu.header.update(CRVAL1=4000.0, CDELT1=2.0, CRPIX1=1, BSS_INST="x")
    hdu.writeto(path)
    reading = read(path)
    assert reading.reader == "bess"
    offered = next(choice for choice in reading.choices if choice.key == "reader")
    assert "fits-image" in offered.options
    assert read(path, override=Override(reader="fits-image")).spectra[0].medium == "unknown"


def test_a_velocity_that_a_person_gave_is_known_as_theirs(tmp_path: Path) -> None:
    path = tmp_path / "star.csv"
    path.write_text("wavelength,flux\n" + "".join(f"{4000 + i},1.{i:03d}\n" for i in range(200)))
    (plain,) = read(path).spectra
    (moved,) = read(path, override=Override(velocity_kms=-300.0)).spectra
    assert "velocity_origin" not in plain.meta
    assert (moved.velocity_kms, moved.meta["velocity_origin"]) == (-300.0, "user")


def test_the_choice_of_a_resolution_shows_the_one_in_force(tmp_path: Path) -> None:
    path = tmp_path / "star.txt"
    path.write_text(TEXT)

    def shown(override: Override) -> str:
        choices = read(path, override=override).choices
        return next(choice.value for choice in choices if choice.key == "fwhm_aa")

    assert shown(Override()) == ""
    assert shown(Override(fwhm_aa=2.5)).startswith("2.5 Å")
