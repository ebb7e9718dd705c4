"""Many files to measure with: the examples that can be typed, under as many names as needed."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import numpy as np
from astropy.io import fits

from spectra_gui import assets
from spectra_gui.readers import read


def many_files(folder: Path, count: int) -> Path:
    """A folder of ``count`` files; hard links where the disk has them, else copies."""
    examples = typed_examples()
    folder.mkdir(parents=True)
    for number in range(count):
        source = examples[number % len(examples)]
        target = folder / f"{number:05d}-{source.name}"
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    return folder


def typed_examples() -> list[Path]:
    """The examples that get a type, by the manifest that lies beside them."""
    folder = assets.examples_folder()
    with (folder / "EXAMPLES.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [folder / row["file"] for row in rows if row["expected"] == "type"]


def write_survey(path: Path, count: int) -> None:
    """A FITS table of ``count`` spectra, written part by part: the examples again and again."""
    spectra = [read(example).spectra[0] for example in typed_examples()]
    wavelength_aa = np.arange(3850.0, 6900.0, 2.0)
    fluxes = [np.interp(wavelength_aa, s.wavelength_aa, s.flux) for s in spectra]
    row = [
        ("NAME", "S12"),
        ("WAVE", ">f4", wavelength_aa.size),
        ("FLUX", ">f4", wavelength_aa.size),
    ]
    unit = fits.BinTableHDU(np.zeros(0, row))
    unit.columns["WAVE"].unit = "Angstrom"
    unit.header["NAXIS2"] = count
    with path.open("wb") as stream:
        stream.write(fits.PrimaryHDU().header.tostring().encode("ascii"))
        stream.write(unit.header.tostring().encode("ascii"))
        for number in range(count):
            cell = np.zeros(1, row)
            cell["NAME"] = f"star{number}"
            cell["WAVE"], cell["FLUX"] = wavelength_aa, fluxes[number % len(fluxes)]
            stream.write(cell.tobytes())
        stream.write(bytes(-stream.tell() % 2880))
