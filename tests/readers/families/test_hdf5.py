"""HDF5 with Starfish's names, https://starfish.readthedocs.io , and with units as attributes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read, read_rows

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


def test_columns_of_a_table(tmp_path: Path) -> None:
    """As astropy's Table.write, pandas and PyTables keep tables."""
    path = tmp_path / "table.h5"
    cells = np.zeros(50, [("wavelength", "f8"), ("flux", "f4"), ("name", "S5")])
    cells["wavelength"], cells["flux"] = 4000.0 + np.arange(50), ramp()
    with h5py.File(path, "w") as file:
        file["spectrum"] = cells
    spectrum = read(path).spectra[0]
    np.testing.assert_array_equal(spectrum.wavelength_aa, cells["wavelength"])
    np.testing.assert_allclose(spectrum.flux, ramp(), rtol=1e-6)


def test_rows_beyond_memory_are_read_by_parts(tmp_path: Path) -> None:
    """50 000 spectra of 2000 points, of which only the last hundred were ever written."""
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        file["wavelength"] = 4000.0 + np.arange(2000)
        flux = file.create_dataset("flux", (50_000, 2000), "f4", chunks=(100, 2000))
        flux[-100:] = ramp(2000)
        filler = file.create_dataset("other", (65 << 20,), "u1")
        filler[-1] = 1
    assert path.stat().st_size > 64 << 20
    with pytest.raises(ReadError) as caught:
        read(path)
    assert (caught.value.code, "classify" in caught.value.advice) == ("too_large", True)
    tracemalloc.start()
    reading, total = read_rows(path, (49_950, 250))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(reading.spectra), total) == (50, 50_000)
    assert peak < 20e6


def test_groups_that_are_linked_to_themselves_are_looked_into_once(tmp_path: Path) -> None:
    path = tmp_path / "loop.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("a")
        for i in range(200):
            group[f"again{i}"] = file[f"again{i}"] = group
        group["wls"], group["fls"] = WAVES, ramp()
    holds(
        read(path),
        "hdf5",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
