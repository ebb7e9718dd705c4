"""Labelled spectra from a person's own label table: files beside it, one MK type a row.

The table is CSV with the columns ``file`` and ``type`` and, if there, ``index`` (which spectrum of
the file, 0 for the first), ``star`` (which rows are one star; the file otherwise) and overrides of
how a file is read as JSON in ``override``. Comma, semicolon or tab; a byte-order mark is fine.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from spectra_gui.data import Override, Prepared, ReadError, Spectrum, Templates
from spectra_gui.data.identifiers import star_key
from spectra_gui.prepare import PrepareError, prepare_many
from spectra_gui.recipes import RunConfig
from spectra_gui.training.dataset import (
    DataError,
    LabelledSet,
    LeftOut,
    Target,
    read_target,
)

LARGEST_TABLE: Final = 64 * 2**20
ROWS_AT_ONCE: Final = 64
"""Spectra that are read and prepared together; progress is told and a cancel heard in between."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of a label table; ``file`` is resolved against the table's folder."""

    file: Path
    index: int
    star: str
    type: str
    override: Override


def read_label_table(path: Path) -> list[LabelRow]:
    """The rows of a label table.

    Raises
    ------
    DataError
        If it cannot be read or lacks a needed column.
    """
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise DataError(f"{path} is too large for a label table.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"The label table {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"The label table {path} is not UTF-8 text. Save it as such.") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = {name.strip().lower(): name for name in table.fieldnames or []}
        for needed in ("file", "type"):
            if needed not in names:
                raise DataError(
                    f"{path} has no column {needed!r}; it has {', '.join(names) or 'none'}. "
                    "A label table needs the columns file and type."
                )
        return [_row(values, names, path, n) for n, values in enumerate(table, 1)]
    except csv.Error as error:
        raise DataError(f"{path} is no table of text: {error}.") from error


def _row(
    values: Mapping[str, str | None], names: Mapping[str, str], path: Path, number: int
) -> LabelRow:
    def get(key: str) -> str:
        return (values.get(names.get(key, "")) or "").strip()

    file = Path(get("file"))
    try:
        index = int(get("index") or 0)
        said = json.loads(get("override") or "{}")
        if not isinstance(said, dict):
            raise ValueError("an override is written as {…}")
        override = Override.from_dict(said)
    except ValueError as error:
        raise DataError(f"Row {number} of {path} is not understood: {error}.") from error
    resolved = file if file.is_absolute() else path.parent / file
    return LabelRow(resolved, index, get("star") or str(file), get("type"), override)


def load_table(
    path: Path,
    config: RunConfig,
    templates: Templates | None,
    *,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    """Read, prepare and label all spectra of a table; what cannot teach is told with its reason.

    Parameters
    ----------
    templates : class means on the config's grid, by which spectra that are not at rest get there
    tell : called with the number of rows done and of all; what it raises ends the reading

    Raises
    ------
    DataError
        If no spectrum can teach.
    """
    rows = read_label_table(path)
    left: dict[str, list[str]] = {}
    kept: list[_Kept] = []
    # Rows of one file follow each other, and a file may hold a whole survey.
    read_file = lru_cache(maxsize=1)(_read)
    for top in range(0, len(rows), ROWS_AT_ONCE):
        block = list(enumerate(rows[top : top + ROWS_AT_ONCE], top))
        tell(top, len(rows))
        _load_block(block, read_file, config, templates, kept, left)
    tell(len(rows), len(rows))
    if not kept:
        raise DataError(f"No spectrum of {path} can teach: {_sentence(left)}.")
    return _as_set(kept), tuple(LeftOut(r, tuple(ids)) for r, ids in left.items())


ReadFile = Callable[[Path, Override], tuple[Spectrum, ...] | str]
"""See `_read`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    name: str
    row: LabelRow
    target: Target
    prepared: Prepared


def _load_block(
    rows: list[tuple[int, LabelRow]],
    read_file: ReadFile,
    config: RunConfig,
    templates: Templates | None,
    kept: list[_Kept],
    left: dict[str, list[str]],
) -> None:
    able: list[tuple[str, LabelRow, Target]] = []
    spectra: list[Spectrum] = []
    for number, row in rows:
        name = f"table:{number:05d}"
        target = read_target(row.type)
        spectrum = target if isinstance(target, str) else _spectrum(row, read_file)
        if isinstance(target, str) or isinstance(spectrum, str):
            left.setdefault(str(spectrum), []).append(name)
            continue
        able.append((name, row, target))
        spectra.append(spectrum)
    results = prepare_many(spectra, config.preparation, templates)
    for (name, row, target), prepared in zip(able, results, strict=True):
        if isinstance(prepared, PrepareError):
            left.setdefault(f"cannot be prepared ({prepared.reason})", []).append(name)
        elif prepared.coverage < config.data.min_coverage:
            left.setdefault("covers too little of the grid", []).append(name)
        else:
            kept.append(_Kept(name, row, target, prepared))


def _read(file: Path, override: Override) -> tuple[Spectrum, ...] | str:
    """The spectra of a file, or why there are none."""
    from spectra_gui.readers import read

    try:
        return read(file, override=override).spectra
    except ReadError as error:
        return f"cannot be read ({error.code.replace('_', ' ')})"


def _spectrum(row: LabelRow, read_file: ReadFile) -> Spectrum | str:
    """The row's spectrum, or why there is none."""
    spectra = read_file(row.file, row.override)
    if isinstance(spectra, str):
        return spectra
    if not 0 <= row.index < len(spectra):
        return "names a spectrum that its file does not have"
    return spectra[row.index]


def _sentence(left: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{len(ids)} {reason}" for reason, ids in left.items()) or "it has no rows"


def _as_set(kept: list[_Kept]) -> LabelledSet:
    return LabelledSet(
        ids=np.array([k.name for k in kept]),
        library=np.full(len(kept), "table"),
        star=np.array([k.row.star for k in kept]),
        system=np.array([star_key(k.row.star) for k in kept]),
        label=np.array([k.row.type for k in kept]),
        flux=np.stack([k.prepared.flux for k in kept]),
        valid=np.stack([k.prepared.valid for k in kept]),
        code=np.array([k.target.code for k in kept]),
        luminosity=np.stack([k.target.luminosity for k in kept]),
        scored=np.array([k.target.is_scored for k in kept]),
        composite=np.zeros(len(kept), dtype=bool),
        disputed=np.zeros(len(kept), dtype=bool),
        feh=np.full(len(kept), np.nan),
        teff_k=np.full(len(kept), np.nan),
        logg=np.full(len(kept), np.nan),
    )
