"""Small files that the tests write themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

WriteImage = Callable[..., Path]


@pytest.fixture
def write_image(tmp_path: Path) -> WriteImage:
    """Write an image as a FITS file: ``write_image(pixels, CRVAL1=4000, …) -> path``."""

    def write(pixels: Any, name: str = "image.fits", **cards: Any) -> Path:
        hdu = fits.PrimaryHDU(np.asarray(pixels))
        for key, value in cards.items():
            hdu.header[key.replace("__", "-")] = value
        path = tmp_path / name
        hdu.writeto(path)
        return path

    return write


@pytest.fixture
def write_text(tmp_path: Path) -> Callable[..., Path]:
    """Write text to a file and give its path."""

    def write(text: str, name: str = "spectrum.txt", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def ramp(n: int = 50) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A flux without zeros that tells its pixels apart."""
    return 1.0 + 0.01 * np.arange(n)
