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
    container = _CONTAINERS.get(kind, kind)
    if len(tables) > 1:
        each = [f"{table.key} ({len(table.columns)} columns)" for table in tables if table.columns]
        return f"{container}, {len(tables)} tables: {_some(each)}"
    names = [name.strip() for name in tables[0].columns if name.strip()]
    apart = f" separated by {dialect}" if dialect else ""
    named = f": {_some(names)}" if names else ", without names"
    return f"{container}, {len(tables[0].columns)} columns{apart}{named}"


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:_NAMES_SHOWN]) + (" …" if len(words) > _NAMES_SHOWN else "")
