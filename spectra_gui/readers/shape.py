"""The shape of a file: what files of the same origin share, as a short fingerprint and in words.

It is the container with the names and units of its columns; of text also the separator. Neither
the file's name nor its numbers nor how many rows it has are part of it. Pure: knows no file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from spectra_gui.data import TableHead

_VERSION: Final = 1
"""Goes up where the same file would get another fingerprint: mappings then match no more."""

_DIGITS: Final = 16
_NAMES_SHOWN: Final = 6
_CONTAINERS: Final = {
    "text": "text",
    "fits": "FITS",
    "ecsv": "ECSV",
    "votable": "VOTable",
    "hdf5": "HDF5",
    "npz": "npz",
    "npy": "npy",
    "asdf": "ASDF",
}


def fingerprint(kind: str, tables: Sequence[TableHead], *, dialect: str = "") -> str:
    """``kind-hexdigits``, the same for files of the same shape; "" without a table.

    ``dialect`` tells texts apart whose columns are alike (separator, decimal comma, header words).
    """
    if not tables:
        return ""
    described = [
        [
            table.key,
            [[n.strip(), u.strip()] for n, u in zip(table.columns, table.units, strict=True)],
        ]
        for table in tables
    ]
    content = json.dumps([_VERSION, kind, described, dialect], ensure_ascii=True)
    return f"{kind}-{hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]}"


def kind_of(shape: str) -> str:
    """The container that a fingerprint is of."""
    return shape.partition("-")[0]


def looks(kind: str, tables: Sequence[TableHead], *, dialect: str = "") -> str:
    """The shape in words, such as ``text, 3 columns separated by tabs: wl, counts, err``."""
    if not tables:
        return _CONTAINERS.get(kind, kind)
    with_columns = [table for table in tables if table.columns]
    first = with_columns[0] if with_columns else tables[0]
    names = [name.strip() for name in first.columns if name.strip()]
    shown = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
    several = f"{len(tables)} tables, " if len(tables) > 1 else ""
    count = f"{len(first.columns)} columns" if first.columns else "an image"
    apart = f" separated by {dialect}" if dialect else ""
    return f"{_CONTAINERS.get(kind, kind)}, {several}{count}{apart}" + (
        f": {shown}" if shown else ", without names"
    )
