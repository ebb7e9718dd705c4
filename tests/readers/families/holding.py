"""What every family's own test holds, and small files after published data models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Reading, Spectrum
from spectra_gui.readers.listing import built_in_formats


def holds(
    reading: Reading,
    reader: str,
    *,
    ends: tuple[float, float],
    points: int,
    medium: str,
    frame: str,
    noise: str,
    count: int = 1,
) -> Spectrum:
    """Assert what the manifest of real files states too; gives the first spectrum.

    ``ends`` in Å to 1e-5 and ``points`` are of the first spectrum; ``noise`` is the kind of
    uncertainty as stored.
    """
    first = reading.spectra[0]
    assert reading.reader == reader
    assert len(reading.spectra) == count
    found = (float(first.wavelength_aa[0]), float(first.wavelength_aa[-1]))
    assert found == pytest.approx(ends, rel=1e-5)
    assert len(first) == points
    assert (first.medium, first.frame) == (medium, frame)
    assert decided(reading, "Uncertainty")[0] == noise
    assert (first.sigma is not None) == (noise != "none")
    _is_what_is_told(reader, medium, frame, noise)
    return first


def _is_what_is_told(reader: str, medium: str, frame: str, noise: str) -> None:
    """Assert that the table of formats tells this of the format."""
    info = next(info for info in built_in_formats() if info.name == reader)
    for told, found in ((info.medium, medium), (info.frame, frame), (info.uncertainty, noise)):
        words = set(re.findall(r"[a-z]+", told))
        assert found in words or "stated" in words or "column" in words, (reader, told, found)


def decided(reading: Reading, subject: str) -> tuple[str, bool]:
    """The value of a decision, and whether it was assumed."""
    found = next(d for d in reading.decisions if d.subject == subject)
    return found.value, found.assumed


def ramp(n: int = 50) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A flux without zeros that tells its pixels apart."""
    return 1.0 + 0.01 * np.arange(n)


def with_cards(hdu: Any, **cards: Any) -> Any:
    """The HDU with cards; ``__`` stands for ``-``, and ``___`` for a blank."""
    for key, value in cards.items():
        hdu.header[key.replace("___", " ").replace("__", "-")] = value
    return hdu


def primary(data: Any = None, **cards: Any) -> Any:
    """A primary HDU with cards."""
    return with_cards(fits.PrimaryHDU(None if data is None else np.asarray(data)), **cards)


def image(data: Any, name: str = "", **cards: Any) -> Any:
    """An image extension with cards."""
    return with_cards(fits.ImageHDU(np.asarray(data), name=name or None), **cards)


def table(name: str = "", **columns: Any) -> Any:
    """A binary table: a column is an array, or (array, unit)."""
    made = []
    for key, value in columns.items():
        array, unit = value if isinstance(value, tuple) else (value, None)
        array = np.asarray(array)
        if array.dtype.kind in "US":
            form = f"{array.dtype.itemsize // (4 if array.dtype.kind == 'U' else 1)}A"
        else:
            letter = {"f8": "D", "f4": "E", "i4": "J", "i8": "K", "i2": "I", "u1": "B"}
            repeat = array.shape[1] if array.ndim == 2 else 1
            form = f"{repeat}{letter[array.dtype.str[1:]]}"
        made.append(fits.Column(key, form, unit=unit, array=array))
    hdu = fits.BinTableHDU.from_columns(made)
    if name:
        hdu.name = name
    return hdu


def write(tmp_path: Path, *hdus: Any, name: str = "spectrum.fits") -> Path:
    """A FITS file of HDUs."""
    path = tmp_path / name
    fits.HDUList([*hdus]).writeto(path, overwrite=True)
    return path


def write_columns(tmp_path: Path, *columns: Any, head: str = "", form: str = "%.8g") -> Path:
    """Columns of numbers as text below a head."""
    path = tmp_path / "spectrum.txt"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(head)
        np.savetxt(stream, np.column_stack(columns), fmt=form)
    return path
