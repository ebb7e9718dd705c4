"""Two small made libraries with a few stars in common, and a recipe that learns them in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from astropy.io import fits

from spectra_gui.recipes import DataConfig, RunConfig, ScoringConfig, write_config
from tests.training.made import MEMBERS, label_of, made_config, made_types, star_flux

START_AA, STEP_AA, N_PIXELS = 3830.0, 4.0, 662


def write_libraries(data: Path, *, n: int = 40, common: int = 8) -> None:
    """``stellar/miles.fits.gz`` and ``cflib.fits.gz`` of ``n`` stars each below ``data``."""
    (data / "stellar").mkdir(parents=True)
    for name, first in (("miles", 0), ("cflib", n - common)):
        _write_library(data / "stellar" / f"{name}.fits.gz", first, n)


def _write_library(path: Path, first: int, n: int) -> None:
    wavelength_aa = START_AA + STEP_AA * np.arange(N_PIXELS)
    types = made_types(first + n)[first:]
    names = [f"S{first + i}" for i in range(n)]
    flux = [star_flux(wavelength_aa, *kind, seed=first + i) for i, kind in enumerate(types)]
    columns = [
        fits.Column("star", "20A", array=names),
        fits.Column("system", "20A", array=names),
        fits.Column("label", "20A", array=[label_of(*kind) for kind in types]),
        fits.Column("feh", "D", array=np.zeros(n)),
        fits.Column("flux", f"{N_PIXELS}E", array=np.array(flux, dtype=np.float32)),
    ]
    table = fits.BinTableHDU.from_columns(columns)
    table.header["WAVE0"], table.header["DWAVE"], table.header["FWHM"] = START_AA, STEP_AA, 6.0
    table.writeto(path)


def small_recipe(**changes: object) -> RunConfig:
    """Two folds and both libraries left out, of a three-branch and a residual member."""
    optimiser = replace(made_config().optimiser, epochs=3, batch_size=64)
    values: dict[str, object] = {
        "data": DataConfig(libraries=("miles", "cflib"), validation=0.1),
        "optimiser": optimiser,
        "scoring": ScoringConfig(folds=2, left_out=(("miles", "cflib"), ("cflib", "miles"))),
        "members": MEMBERS,
    }
    return made_config(**{**values, **changes})


def write_recipe(folder: Path, **changes: object) -> Path:
    """`small_recipe` as a file."""
    path = folder / "train.toml"
    write_config(small_recipe(**changes), path)
    return path
