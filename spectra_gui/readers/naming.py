"""What a spectrum is called whose file does not say: the file's name, with its number in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from spectra_gui.data import Spectrum, number_in_file

_PACKED: Final = frozenset({".gz", ".bz2", ".xz", ".z"})


_PART: Final = re.compile(r"(block|order|row|aperture) \d+")
"""A name that tells one spectrum of a file from another, but not whose they are."""


def named_by_file(spectra: Iterable[Spectrum], path: str, *, several: bool) -> list[Spectrum]:
    """The spectra, those without a name called like ``path``; numbered where it has ``several``.

    What is only called a block, an order, a row or an aperture has the file's name before that.
    """
    stem = file_stem(path)
    named = []
    for place, spectrum in enumerate(spectra):
        if _PART.fullmatch(spectrum.name):
            spectrum = spectrum.changed(name=f"{stem} {spectrum.name}")
        elif not spectrum.name:
            number = number_in_file(spectrum, place)
            spectrum = spectrum.changed(name=f"{stem} [{number}]" if several else stem)
        named.append(spectrum)
    return named


def file_stem(path: str) -> str:
    """``vega`` of ``night1/vega.fits`` and of ``vega.fits.gz``."""
    file = Path(path)
    if file.suffix.lower() in _PACKED and Path(file.stem).suffix:
        file = Path(file.stem)
    return file.stem
