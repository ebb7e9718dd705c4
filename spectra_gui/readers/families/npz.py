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

_USUAL_ORDER: Final = ("wavelength", "flux", "sigma")
_MAX_COLUMNS: Final = 32
"""Of a bare table; one with more is an image."""


def sniff(probe: Probe) -> bool:
    """A zip archive of .npy members, or a .npy array."""
    if probe.kind == "npy":
        return True
    return probe.kind == "zip" and b".npy" in probe.head[:400]


def read(probe: Probe, override: Override) -> Found:
    """The spectra in the arrays."""
    return read_arrays(
        load_arrays(probe), {}, override, description="NumPy arrays", evidence="NumPy signature"
    )


def load_arrays(probe: Probe) -> dict[str, NDArray[Any]]:
    """The arrays by name; the columns of a bare table by number where there is no usual order."""
    try:
        return _load(probe)
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError, zlib.error) as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is a NumPy file that cannot be loaded ({error}).",
            "Write it again with numpy.savez, with plain arrays only.",
        ) from None


def _load(probe: Probe) -> dict[str, NDArray[Any]]:
    if probe.kind == "npy":
        table = np.load(io.BytesIO(probe.data), allow_pickle=False)
        if table.dtype.names:
            return {name: table[name] for name in table.dtype.names}
        if table.ndim != 2 or not 2 <= min(table.shape) <= _MAX_COLUMNS:
            raise ValueError(f"it is no table of two to {_MAX_COLUMNS} columns")
        columns = table if table.shape[0] <= table.shape[1] else table.T
        n = columns.shape[0]
        names = _USUAL_ORDER[:n] if n <= len(_USUAL_ORDER) else [str(i) for i in range(n)]
        return {name: columns[i] for i, name in enumerate(names)}
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
