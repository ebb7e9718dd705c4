"""HDF5 with Starfish's names, https://starfish.readthedocs.io , and with units as attributes."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from spectra_gui.readers import read

from .holding import holds, ramp

WAVES = 4000.0 + 2.0 * np.arange(50)


def test_starfish(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.hdf5"
    masks = np.ones(50, np.int8)
    masks[6] = 0
    with h5py.File(path, "w") as file:
        file.update({"wls": WAVES, "fls": ramp(), "sigmas": np.full(50, 0.1), "masks": masks})
    spectrum = holds(
        read(path),
        "hdf5",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )
    assert np.flatnonzero(spectrum.bad).tolist() == [6]


def test_units_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("star")
        group["wavelength"] = WAVES / 10
        group["wavelength"].attrs["unit"] = "nm"
        group["flux"] = ramp()
        group["flux"].attrs["unit"] = "Jy"
    spectrum = holds(
        read(path),
        "hdf5",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
    assert spectrum.flux_unit == "Jy"
