"""What a spectrum is called whose file does not say: the file's name, with its number in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from spectra_gui.data import Spectrum, number_in_file

_PACKED: Final = frozenset({".gz", ".bz2", ".xz", ".z"})


def named_by_file(spectra: Iterable[Spectrum], path: str, *, several: bool) -> list[Spectrum]:
    """The spectra, those without a name called like ``path``; numbered where it has ``several``."""
    stem = file_stem(path)
    return [
        spectrum
        if spectrum.name
        else spectrum.changed(
            name=f"{stem} [{number_in_file(spectrum, place)}]" if several else stem
        )
        for place, spectrum in enumerate(spectra)
    ]


def file_stem(path: str) -> str:
    """``vega`` of ``night1/vega.fits`` and of ``vega.fits.gz``."""
    file = Path(path)
    if file.suffix.lower() in _PACKED and Path(file.stem).suffix:
        file = Path(file.stem)
    return file.stem
