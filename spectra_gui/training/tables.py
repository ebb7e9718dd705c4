"""Labelled spectra from a person's own label table: files beside it, one MK type a row.

The table is CSV with the columns ``file`` and ``type`` and, if there, ``index`` (which spectrum of
the file, 0 for the first), ``star`` (which rows are one star; the file otherwise) and overrides of
how a file is read as JSON in ``override``. Comma, semicolon or tab; a byte-order mark is fine.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from spectra_gui.bundles import find_bundle, load_bundle
from spectra_gui.data import (
    N_LUMINOSITY,
    MKParseError,
    Override,
    Prepared,
    ReadError,
    Spectrum,
    parse_mk,
)
from spectra_gui.prepare import PrepareError, prepare_many
from spectra_gui.recipes import RunConfig
from spectra_gui.training.dataset import CLASS_VI, DataError, LabelledSet, LeftOut

LARGEST_TABLE: Final = 64 * 2**20


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
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The label table {path} cannot be read: {error}.") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    table = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = {name.strip().lower(): name for name in table.fieldnames or []}
    for needed in ("file", "type"):
        if needed not in names:
            raise DataError(
                f"{path} has no column {needed!r}; it has {', '.join(names) or 'none'}. "
                "A label table needs the columns file and type."
            )
    return [_row(values, names, path) for values in table]


def _row(values: Mapping[str, str | None], names: Mapping[str, str], path: Path) -> LabelRow:
    def get(key: str) -> str:
        return (values.get(names.get(key, "")) or "").strip()

    file = Path(get("file"))
    try:
        index = int(get("index") or 0)
        override = Override.from_dict(json.loads(get("override") or "{}"))
    except ValueError as error:
        raise DataError(f"{path} has a row that is not understood: {error}.") from error
    resolved = file if file.is_absolute() else path.parent / file
    return LabelRow(resolved, index, get("star") or str(file), get("type"), override)


def load_table(path: Path, config: RunConfig) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    """Read, prepare and label all spectra of a table; what cannot teach is told with its reason.

    Spectra that are not at rest are brought there with the class templates of ``config.base``, or
    of the default bundle.
    """
    left: dict[str, list[str]] = {}
    kept: list[tuple[str, LabelRow, Prepared]] = []
    templates = load_bundle(find_bundle(config.base)).templates
    for i, row in enumerate(read_label_table(path)):
        name = f"table:{i:05d}"
        try:
            kind = parse_mk(row.type)
        except MKParseError:
            left.setdefault("has no MK type", []).append(name)
            continue
        if kind.composite or kind.code is None:
            reason = "is two stars" if kind.composite else "has a letter without a subtype"
            left.setdefault(reason, []).append(name)
            continue
        spectrum = _spectrum(row)
        if isinstance(spectrum, str):
            left.setdefault(spectrum, []).append(name)
            continue
        (prepared,) = prepare_many([spectrum], config.preparation, templates)
        if isinstance(prepared, PrepareError):
            left.setdefault("cannot be prepared", []).append(name)
        elif prepared.coverage < config.data.min_coverage:
            left.setdefault("covers too little of the grid", []).append(name)
        else:
            kept.append((name, row, prepared))
    if not kept:
        raise DataError(f"No spectrum of {path} can teach: {_sentence(left)}.")
    return _as_set(kept), tuple(LeftOut(r, tuple(ids)) for r, ids in left.items())


def _spectrum(row: LabelRow) -> Spectrum | str:
    """The row's spectrum, or why there is none."""
    from spectra_gui.readers import read

    try:
        spectra = read(row.file, override=row.override).spectra
    except ReadError as error:
        return f"cannot be read ({error.code})"
    if not 0 <= row.index < len(spectra):
        return "names a spectrum that its file does not have"
    return spectra[row.index]


def _sentence(left: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{len(ids)} {reason}" for reason, ids in left.items()) or "it has no rows"


def _as_set(kept: list[tuple[str, LabelRow, Prepared]]) -> LabelledSet:
    luminosity = np.zeros((len(kept), N_LUMINOSITY))
    codes = np.full(len(kept), np.nan)
    full = np.zeros(len(kept), bool)
    for i, (_, row, _) in enumerate(kept):
        kind = parse_mk(row.type)
        codes[i] = np.nan if kind.code is None else kind.code
        for c in kind.luminosity:
            luminosity[i, c - 1] = 1.0 / len(kind.luminosity)
        full[i] = kind.is_full and luminosity[i, CLASS_VI] == 0
    stars = np.array([row.star for _, row, _ in kept])
    return LabelledSet(
        ids=np.array([name for name, _, _ in kept]),
        library=np.full(len(kept), "table"),
        star=stars,
        system=stars,
        label=np.array([row.type for _, row, _ in kept]),
        flux=np.stack([prepared.flux for _, _, prepared in kept]),
        valid=np.stack([prepared.valid for _, _, prepared in kept]),
        code=codes,
        luminosity=luminosity,
        scored=full,
        feh=np.full(len(kept), np.nan),
    )
