"""HDF5 with named arrays: Starfish (wls, fls, sigmas, masks) and others of that kind.

Source: https://starfish.readthedocs.io (spectrum format), https://docs.h5py.org . Links to other
files and virtual or external storage are never followed.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.arrays import read_arrays
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe

NAME: Final = "hdf5"
TAKES: Final = frozenset({"columns"})

_MAX_ITEMS: Final = 500
_MAX_DEPTH: Final = 3


def sniff(probe: Probe) -> bool:
    """The HDF5 signature."""
    return probe.kind == "hdf5"


def read(probe: Probe, override: Override) -> Found:
    """The spectra in the arrays of the file."""
    arrays, units = load_arrays(probe)
    return read_arrays(
        arrays, units, override, description="HDF5 arrays", evidence="HDF5 signature"
    )


def load_arrays(probe: Probe) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays of numbers by their path, and the units of those that state one."""
    import h5py

    arrays: dict[str, NDArray[Any]] = {}
    units: dict[str, str] = {}
    try:
        with h5py.File(io.BytesIO(probe.data), "r") as file:
            _collect(probe, file, "", arrays, units, 0)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is an HDF5 file that cannot be read ({error}).",
            "Copy or download it again.",
        ) from None
    return arrays, units


def _collect(
    probe: Probe,
    group: Any,
    prefix: str,
    arrays: dict[str, NDArray[Any]],
    units: dict[str, str],
    depth: int,
) -> None:
    import h5py

    for name in list(group)[:_MAX_ITEMS]:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item = group[name]
        if isinstance(item, h5py.Group) and depth < _MAX_DEPTH:
            _collect(probe, item, f"{prefix}{name}/", arrays, units, depth + 1)
        elif isinstance(item, h5py.Dataset) and len(arrays) < _MAX_ITEMS:
            _add(probe, item, f"{prefix}{name}", arrays, units)


def _add(
    probe: Probe, item: Any, name: str, arrays: dict[str, NDArray[Any]], units: dict[str, str]
) -> None:
    stored_elsewhere = bool(item.external) or bool(item.is_virtual)
    if stored_elsewhere or item.dtype.kind not in "fiub" or item.ndim not in (1, 2):
        return
    if item.size > probe.caps.total_points:
        return
    arrays[name] = np.asarray(item[()])
    for key in ("unit", "units", "UNIT", "UNITS"):
        value = item.attrs.get(key)
        if isinstance(value, str | bytes):
            units[name] = value.decode("latin-1") if isinstance(value, bytes) else value
