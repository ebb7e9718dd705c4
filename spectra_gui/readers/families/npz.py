"""NumPy archives (npz) with named arrays such as ``lam`` and ``flux``, and npy tables.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html . Pickled objects
are never loaded.
"""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers.arraygroups import read_groups
from spectra_gui.readers.arrays import Stored, in_memory
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe

NAME: Final = "npz"
TAKES: Final = frozenset({"columns"})

_USUAL_ORDER: Final = ("wavelength", "flux", "sigma")
_MAX_COLUMNS: Final = 32
"""Of a bare table; one with more is an image."""

_DAMAGE: Final = (
    ValueError,
    OSError,
    EOFError,
    KeyError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    # Of zipfile: a member is encrypted, or packed in a way that it does not know.
    RuntimeError,
    # What numpy lets through of a header that does not parse.
    tokenize.TokenError,
)


def sniff(probe: Probe) -> bool:
    """A zip archive of .npy members, or a .npy array."""
    if probe.kind == "npy":
        return True
    return probe.kind == "zip" and b".npy" in probe.head[:400]


def read(probe: Probe, override: Override) -> Found:
    """The spectra in the arrays."""
    with _opened(probe) as arrays:
        return read_groups(
            probe, arrays, {}, override, description="NumPy arrays", evidence="NumPy signature"
        )


def array_heads(probe: Probe, n: int) -> dict[str, NDArray[np.float64]]:
    """The first numbers of each array of numbers, by its name."""
    with _opened(probe) as arrays:
        numeric = {name: a for name, a in arrays.items() if a.dtype.kind in "fiub"}
        return {name: array.head(n) for name, array in numeric.items()}


@contextmanager
def _opened(probe: Probe) -> Iterator[dict[str, Stored]]:
    try:
        if probe.kind == "npy":
            yield in_memory(_table(np.load(probe.stream(), allow_pickle=False)))
            return
        with zipfile.ZipFile(probe.stream()) as archive:
            _refuse_too_large(probe, archive.infolist())
            stored = {
                member.filename.removesuffix(".npy"): _member(archive, member.filename)
                for member in archive.infolist()
                if member.filename.endswith(".npy")
            }
            yield {name: array for name, array in stored.items() if array is not None}
    except _DAMAGE as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is a NumPy file that cannot be loaded ({error}).",
            "Write it again with numpy.savez, with plain arrays only.",
        ) from None


def _table(table: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if table.dtype.names:
        return {name: table[name] for name in table.dtype.names}
    if table.ndim != 2 or not 2 <= min(table.shape) <= _MAX_COLUMNS:
        raise ValueError(f"it is no table of two to {_MAX_COLUMNS} columns")
    columns = table if table.shape[0] <= table.shape[1] else table.T
    n = columns.shape[0]
    names = _USUAL_ORDER[:n] if n <= len(_USUAL_ORDER) else [str(i) for i in range(n)]
    return {name: columns[i] for i, name in enumerate(names)}


def _refuse_too_large(probe: Probe, members: list[zipfile.ZipInfo]) -> None:
    """Raise ``too_large`` where packed members unpack to more than sound arrays do."""
    packed = [m for m in members if m.compress_type != zipfile.ZIP_STORED]
    total = sum(member.file_size for member in packed)
    allowed = max(
        probe.caps.expansion_from, probe.caps.expansion * sum(m.compress_size for m in packed)
    )
    if total > allowed or len(members) > probe.caps.columns:
        raise probe.fail(
            "too_large",
            f"{probe.name} unpacks to {total / 1e6:.0f} MB.",
            "Save only the arrays of the spectrum.",
        )


def _member(archive: zipfile.ZipFile, name: str) -> Stored | None:
    """An array of the archive, of which rows are read as they are asked for."""
    with archive.open(name) as stream:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read_header(stream)
        begin = stream.tell()
    if dtype.hasobject or dtype.names or len(shape) not in (1, 2) or 0 in shape:
        # An array of objects is never unpickled.
        return None
    size = dtype.itemsize * int(np.prod(shape[1:]))

    def part(first: int, count: int) -> NDArray[Any]:
        with archive.open(name) as stream:
            if fortran:
                stream.seek(begin)
                values = np.frombuffer(stream.read(size * shape[0]), dtype)
                return values.reshape(shape, order="F")[first : first + count]
            stream.seek(begin + first * size)
            values = np.frombuffer(stream.read(count * size), dtype)
            return values.reshape((-1, *shape[1:]))

    return Stored(shape, dtype, part)
