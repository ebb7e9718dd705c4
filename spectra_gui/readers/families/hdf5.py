"""HDF5 with named arrays: Starfish (wls, fls, sigmas, masks) and others of that kind.

Source: https://starfish.readthedocs.io (spectrum format), https://docs.h5py.org . Links to other
files and virtual or external storage are never followed. Columns of a compound data set (astropy,
pandas, PyTables) are arrays too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.arraygroups import read_groups
from spectra_gui.readers.arrays import Stored
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe

NAME: Final = "hdf5"
TAKES: Final = frozenset({"columns"})

_MAX_ITEMS: Final = 2000
_MAX_COLUMNS: Final = 500
_MAX_ARRAYS: Final = 2000
_MAX_GROUPS: Final = 2000
_MAX_DEPTH: Final = 3


def sniff(probe: Probe) -> bool:
    """The HDF5 signature."""
    return probe.kind == "hdf5"


def read(probe: Probe, override: Override) -> Found:
    """The spectra in the arrays of the file."""
    with _opened(probe) as file:
        contents = _contents(file)
        found = read_groups(
            probe,
            contents.arrays,
            contents.units,
            override,
            description="HDF5 arrays",
            evidence="HDF5 signature",
        )
    if contents.is_cut:
        found.warnings.append(
            f"The file holds more than the {_MAX_ARRAYS} arrays that were looked at; what is in "
            "the others is not read. Cut out those that are wanted."
        )
    return found


def array_heads(probe: Probe, n: int) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """The first numbers of each array by its path, and the units of those that state one."""
    with _opened(probe) as file:
        contents = _contents(file)
        return {name: array.head(n) for name, array in contents.arrays.items()}, contents.units


@contextmanager
def _opened(probe: Probe) -> Iterator[Any]:
    import h5py

    try:
        with h5py.File(probe.stream(), "r") as file:
            yield file
    except ReadError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise probe.fail(
            "damaged",
            f"{probe.name} is an HDF5 file that cannot be read ({error}).",
            "Copy or download it again.",
        ) from None


@dataclass(slots=True)
class _Contents:
    arrays: dict[str, Stored] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    groups: set[Any] = field(default_factory=set)
    """Those that were looked into: links may lead to them again and again."""
    is_cut: bool = False
    """Whether there is more than was looked at."""

    def add(self, item: Any, name: str) -> None:
        """A data set, or the columns of one that is a table."""
        if bool(item.external) or bool(item.is_virtual) or 0 in item.shape:
            return
        if item.dtype.names and item.ndim == 1:
            for column in item.dtype.names[:_MAX_COLUMNS]:
                kind = item.dtype[column]
                inner, shape = kind.subdtype or (kind, ())
                if inner.kind in "fiub" and len(shape) < 2:
                    part = _part(item, column)
                    stored = Stored((*item.shape, *shape), inner, part)
                    self.arrays[f"{name}/{column}"] = stored
        elif item.dtype.kind in "fiub" and item.ndim in (1, 2):
            self.arrays[name] = Stored(item.shape, item.dtype, _part(item))
            for key in ("unit", "units", "UNIT", "UNITS"):
                value = item.attrs.get(key)
                if isinstance(value, str | bytes):
                    word = value.decode("latin-1") if isinstance(value, bytes) else value
                    self.units[name] = word


def _part(item: Any, column: str = "") -> Callable[[int, int], NDArray[Any]]:
    def part(first: int, count: int) -> NDArray[Any]:
        values = item[first : first + count]
        return np.asarray(values[column] if column else values)

    return part


def _contents(file: Any) -> _Contents:
    contents = _Contents()
    _collect(file, "", contents, 0)
    return contents


def _collect(group: Any, prefix: str, contents: _Contents, depth: int) -> None:
    import h5py

    names = list(group)
    contents.is_cut |= len(names) > _MAX_ITEMS
    for name in names[:_MAX_ITEMS]:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item = group[name]
        if isinstance(item, h5py.Group):
            if depth == _MAX_DEPTH or item in contents.groups:
                continue
            if len(contents.groups) == _MAX_GROUPS:
                contents.is_cut = True
                return
            contents.groups.add(item)
            _collect(item, f"{prefix}{name}/", contents, depth + 1)
        elif isinstance(item, h5py.Dataset):
            if len(contents.arrays) >= _MAX_ARRAYS:
                contents.is_cut = True
                return
            contents.add(item, f"{prefix}{name}")
