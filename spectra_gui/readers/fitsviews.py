"""FITS tables as `views.View`s. Joins the two; knows neither columns' roles nor families."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from spectra_gui.readers.fitsfile import FitsFile, Hdu
from spectra_gui.readers.fitstable import FitsColumn, FitsTable
from spectra_gui.readers.onedim import merged_header
from spectra_gui.readers.views import Column, View

_MAX_LABELLED: Final = 10_000
_LABELS: Final = (
    ("object", "target_name", "name", "mangaid", "source_id", "targetid", "starname", "obj_name"),
    ("segment", "sporder", "order", "arm", "camera", "chip"),
)


def fits_view(file: FitsFile, hdu: Hdu, *, flags: int | None = None) -> View:
    """The table of an HDU, its header completed by the primary's.

    Where each row may be a spectrum and only some rows are wanted, the view has no others.
    """
    whole = table = hdu.table
    first = 0
    if file.window is not None and whole.has_vectors and whole.n_rows > 1:
        first = min(file.window[0], whole.n_rows)
        table = whole.rows(*file.window)
    columns = tuple(
        Column(c.name, c.unit, c.utype, c.ucd, _is_vector(c), _loader(table, c))
        for c in table.columns
    )
    return View(
        columns,
        table.n_rows,
        hdu.label,
        merged_header(file, hdu),
        labels=_labels(table) if whole.n_rows > 1 else (),
        primary=file.primary.header,
        flags=flags,
        first_row=first,
        total_rows=whole.n_rows,
    )


def _is_vector(column: FitsColumn) -> bool:
    return not column.is_text and (column.is_variable or column.repeat > 1)


def _loader(table: FitsTable, column: FitsColumn) -> Callable[[], Any]:
    def load() -> Any:
        if column.is_text:
            return table.strings(column)
        if column.is_variable:
            return [table.array(column, row) for row in range(table.n_rows)]
        return table.values(column)

    return load


def _labels(table: FitsTable) -> tuple[str, ...]:
    """A word for each row from the columns that name or number rows."""
    if not 0 < table.n_rows <= _MAX_LABELLED:
        return ()
    words: list[list[str]] = []
    for names in _LABELS:
        column = table.find(*names)
        if column is None or column.is_variable or (column.repeat > 1 and not column.is_text):
            continue
        if column.is_text:
            words.append(table.strings(column))
        elif column.code in "BIJK":
            prefix = "" if "id" in column.name.lower() else f"{column.name.lower()} "
            cells = table.integers(column)
            words.append([f"{prefix}{cell}" for cell in cells])
    return tuple(" ".join(row) for row in zip(*words, strict=True))
