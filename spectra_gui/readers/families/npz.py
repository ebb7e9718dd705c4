"""NumPy archives (npz) with named arrays such as ``lam`` and ``flux``, and npy tables.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html . Pickled objects
are never loaded.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.arrays import read_arrays
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe

NAME: Final = "npz"
TAKES: Final = frozenset({"columns"})


def sniff(probe: Probe) -> bool:
    """A zip archive of .npy members, or a .npy array."""
    if probe.kind == "npy":
        return True
    return probe.kind == "zip" and b".npy" in probe.head[:400]


def read(probe: Probe, override: Override) -> Found:
    """The spectra in the arrays."""
    try:
        arrays = _load(probe)
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError, zlib.error) as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is a NumPy file that cannot be loaded ({error}).",
            "Write it again with numpy.savez, with plain arrays only.",
        ) from None
    return read_arrays(arrays, {}, override, description="NumPy arrays", evidence="NumPy signature")


def _load(probe: Probe) -> dict[str, NDArray[Any]]:
    if probe.kind == "npy":
        table = np.load(io.BytesIO(probe.data), allow_pickle=False)
        if table.dtype.names:
            return {name: table[name] for name in table.dtype.names}
        if table.ndim != 2 or min(table.shape) not in (2, 3):
            raise ValueError("it is no table of two or three columns")
        columns = table if table.shape[0] <= 3 else table.T
        names = ("wavelength", "flux", "sigma")
        return {name: columns[i] for i, name in enumerate(names[: columns.shape[0]])}
    with zipfile.ZipFile(io.BytesIO(probe.data)) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
    if total > probe.caps.unpacked(len(probe.data)) or len(members) > probe.caps.columns:
        raise probe.fail(
            "too_large",
            f"{probe.name} unpacks to {total / 1e6:.0f} MB.",
            "Save only the arrays of the spectrum.",
        )
    with np.load(io.BytesIO(probe.data), allow_pickle=False) as loaded:
        arrays = {}
        for name in loaded.files:
            try:
                arrays[name] = loaded[name]
            except ValueError:
                # An array of objects: never unpickled.
                continue
        return arrays
