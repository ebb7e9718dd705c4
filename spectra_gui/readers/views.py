"""What a table is to a reader: columns, rows and a header, whatever container holds them.

The containers (FITS, VOTable, text, HDF5) give these values and `tables` reads spectra from them;
knows no container and no spectrum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectra_gui.readers import headers


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``cells`` gives (n_rows,) numbers, or one array a row."""

    name: str
    unit: str
    utype: str
    ucd: str
    is_vector: bool
    cells: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class View:
    """A table as a reader sees it. ``labels`` (n_rows,) tell its rows apart, where they can.

    It may be part of a larger table: ``n_rows`` rows from ``first_row`` of ``total_rows``.
    ``name`` is what its container calls it, where it has a name of its own.
    """

    columns: tuple[Column, ...]
    n_rows: int
    label: str
    header: headers.Cards
    labels: tuple[str, ...] = ()
    primary: headers.Cards | None = None
    flags: int | None = None
    first_row: int = 0
    total_rows: int = 0
    name: str = ""


class Facts:
    """A mapping that answers as a FITS header does."""

    def __init__(self, values: dict[str, Any] | None = None, notes: list[str] | None = None):
        self._values = {str(k).upper(): v for k, v in (values or {}).items()}
        self._notes = notes or []

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or ``default``."""
        return self._values.get(key, default)

    def text(self, *keys: str) -> str:
        """The first of ``keys`` that holds something, as text; else ""."""
        for key in keys:
            value = self._values.get(key)
            if value is not None and str(value).strip():
                return str(value).strip()
        return ""

    def number(self, *keys: str) -> float | None:
        """The first of ``keys`` that holds a finite number."""
        for key in keys:
            try:
                number = float(self._values[key])
            except (KeyError, TypeError, ValueError):
                continue
            if np.isfinite(number) and not isinstance(self._values[key], bool):
                return number
        return None

    def flag(self, key: str) -> bool | None:
        """A logical value, or None."""
        word = self.text(key).upper()
        if word in ("TRUE", "T", "1", "YES"):
            return True
        return False if word in ("FALSE", "F", "0", "NO") else None

    def remarks(self) -> list[str]:
        """Free text."""
        return self._notes
