"""JSON with one spectrum: arrays by name, or a list of points, as Python and web services write.

Source of the syntax: RFC 8259, https://www.rfc-editor.org/rfc/rfc8259 . There is no convention of
names; columns are told apart as those of a text are. Also a line of JSON for each point, and lists
of pairs as Python prints them. Sessions and settings of programs are JSON too, and are declined.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import roles
from spectra_gui.readers.families.text import found_in_table
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.refusals import refusal
from spectra_gui.readers.textcolumns import TextColumn
from spectra_gui.readers.textlines import MAX_COLUMNS, TextTable

NAME: Final = "json"
TAKES: Final = frozenset({"columns"})

_MAX_BYTES: Final = 24 << 20
"""A number takes five times its length in memory while JSON is read."""

_FEWEST_POINTS: Final = 5

FloatArray = NDArray[np.float64]


def sniff(probe: Probe) -> bool:
    """Text that begins with a brace or a square bracket."""
    return probe.kind == "json"


def read(probe: Probe, override: Override) -> Found:
    """The spectrum in the arrays or points; what else stands beside them is taken as a header."""
    if len(probe.data) > _MAX_BYTES:
        raise probe.fail(
            "too_large",
            f"{probe.name} is JSON of {len(probe.data) / 1e6:.0f} MB.",
            "Save the spectrum as FITS, HDF5 or text.",
        )
    table = _table(_parsed(probe))
    if table is None or not (override.columns or _may_be_spectrum(table)):
        raise refusal(probe)
    return found_in_table(probe, override, table, "JSON")


def _may_be_spectrum(table: TextTable) -> bool:
    """Whether names tell a wavelength and a flux; or, without names, the first column runs on."""
    if not table.names:
        steps = np.diff(table.data[:, 0])
        return bool(np.all(steps > 0.0) or np.all(steps < 0.0))
    found = roles.assign([TextColumn(name) for name in table.names])
    return found.wavelength is not None and found.flux is not None


def _parsed(probe: Probe) -> Any:
    text = probe.text.strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = error
    if '"' not in text and "(" in text:
        # A list of tuples, as Python prints it.
        text = text.replace("(", "[").replace(")", "]")
    for wanted in (text, "[" + ",".join(filter(None, text.splitlines())) + "]"):
        try:
            return json.loads(wanted)
        except (ValueError, RecursionError):
            continue
    raise ReadError(
        "damaged",
        f"{probe.name} begins as JSON does, but does not go on so ({str(problem)[:80]}).",
        "Save the spectrum as text, with one wavelength and one flux in each line.",
        probe.path,
    )


def _table(value: Any) -> TextTable | None:
    """The numbers of a document as columns, or None where it has none that belong together."""
    if isinstance(value, Mapping):
        return _of_object(value)
    if not isinstance(value, Sequence) or len(value) < 2:
        return None
    if all(isinstance(row, Mapping) for row in value):
        names = [name for name, cell in value[0].items() if _is_number(cell)]
        columns = {name: [row.get(name) for row in value] for name in names}
        return _of_columns(columns, {})
    data = _numbers(value)
    if data is None or data.ndim != 2 or min(data.shape) < 2:
        return None
    # Points one after the other, or all wavelengths and then all fluxes.
    data = data if data.shape[0] >= data.shape[1] else data.T
    return TextTable(data, separator="commas") if data.shape[1] <= MAX_COLUMNS else None


def _of_object(document: Mapping[str, Any]) -> TextTable | None:
    """Arrays by name; or what one entry holds, such as ``{"data": [[4000, 1.0], …]}``."""
    facts = {k: v for k, v in document.items() if isinstance(v, str | int | float)}
    arrays = {name: value for name, value in document.items() if isinstance(value, list)}
    if table := _of_columns(arrays, document.get("units")):
        table.facts = {name.upper(): str(value)[:200] for name, value in facts.items()}
        table.comments = tuple(f"{name}: {value}"[:200] for name, value in facts.items())
        return table
    inner = [value for value in document.values() if isinstance(value, list | dict)]
    tables = [table for value in inner if (table := _table(value)) is not None]
    return tables[0] if len(tables) == 1 else None


def _of_columns(columns: Mapping[str, Any], units: Any) -> TextTable | None:
    """Columns of numbers that are as long as the longest; None where fewer than two are."""
    found = {name: _numbers(values) for name, values in columns.items()}
    arrays = {name: a for name, a in found.items() if a is not None and a.ndim == 1}
    length = max((array.size for array in arrays.values()), default=0)
    kept = [name for name, array in arrays.items() if array.size == length][:MAX_COLUMNS]
    if len(kept) < 2 or length < _FEWEST_POINTS:
        return None
    stated = units if isinstance(units, Mapping) else {}
    return TextTable(
        np.column_stack([arrays[name] for name in kept]),
        names=tuple(kept),
        units=tuple(str(stated.get(name, "")) for name in kept),
        separator="commas",
    )


def _numbers(values: Any) -> FloatArray | None:
    """An array of numbers, with NaN for null; None where there are words or uneven rows."""
    first = values[0] if isinstance(values, list) and values else None
    if not _is_number(first) and not isinstance(first, list):
        return None
    try:
        return np.array(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
