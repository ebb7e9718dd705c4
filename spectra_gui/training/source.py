"""The labelled set of a run: loaded and prepared once, kept with what it was made from.

Runs on the same data share a folder of prepared data; other data are loaded anew. Knows where data
come from; knows no network and no split.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from spectra_gui.bundles import Bundle
from spectra_gui.data import Templates
from spectra_gui.data.identifiers import star_key
from spectra_gui.recipes import RunConfig, why_too_few
from spectra_gui.training.base import rest_templates
from spectra_gui.training.dataset import (
    LIBRARIES,
    DataError,
    LabelledSet,
    LeftOut,
    concatenate,
    load_labelled,
)
from spectra_gui.training.tables import load_table, read_label_table

DATA: Final = "data.npz"
ABOUT: Final = "data.json"
"""What the prepared data were made from, and what was left out."""


def load_source(
    config: RunConfig,
    *,
    prepared: Path,
    data_folder: Path,
    table_folder: Path,
    base: Bundle | None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    notice: Callable[[str], None] = lambda _message: None,
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    """The spectra that a config learns from, and those left out with the reason.

    Parameters
    ----------
    prepared : folder that keeps the data, so that they are loaded once
    data_folder : where the labelled libraries stand (``stellar/`` inside)
    table_folder : what a relative ``data.label_table`` is relative to
    tell : see `load_table`
    notice : see `rest_templates`; told every time, also of data that were prepared before

    Raises
    ------
    DataError
        If data are missing, or too few or too uniform to learn from.
    BundleError
        See `rest_templates`.
    """
    templates = None
    if config.data.label_table:
        templates = rest_templates(config, base, notice=notice)
    origin = _origin(config, data_folder, table_folder, templates)
    stored = _read_about(prepared / ABOUT)
    if stored.get("origin") == origin and (prepared / DATA).is_file():
        left_out = tuple(LeftOut(str(r), tuple(ids)) for r, ids in stored["left_out"])
        return LabelledSet.load(prepared / DATA), left_out
    data, left_out = _load(config, data_folder, table_folder, templates, tell)
    _check(data)
    prepared.mkdir(parents=True, exist_ok=True)
    (prepared / ABOUT).unlink(missing_ok=True)  # never beside data of another origin
    data.save(prepared / DATA)
    about = {"origin": origin, "left_out": [[part.reason, part.ids] for part in left_out]}
    (prepared / ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    return data, left_out


def _load(
    config: RunConfig,
    data_folder: Path,
    table_folder: Path,
    templates: Templates | None,
    tell: Callable[[int, int], None],
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    parts = []
    if config.data.libraries:
        parts.append(
            load_labelled(
                config.data.libraries, data_folder / "stellar", config.preparation,
                min_coverage=config.data.min_coverage,
            )
        )  # fmt: skip
    if config.data.label_table:
        path = table_folder / config.data.label_table
        parts.append(load_table(path, config, templates, tell=tell))
    left_out = tuple(part for _, left in parts for part in left)
    return concatenate(with_common_systems([data for data, _ in parts])), left_out


def with_common_systems(parts: Sequence[LabelledSet]) -> list[LabelledSet]:
    """The same sets; stars of a later one that an earlier one has get the system that it has there.

    A table writes names in its own way, and a star that stood in two systems would teach and judge.
    """
    systems: dict[str, str] = {}
    found = []
    for part in parts:
        names = [
            systems.get(star_key(star), systems.get(star_key(system), system))
            for star, system in zip(part.star.tolist(), part.system.tolist(), strict=True)
        ]
        found.append(replace(part, system=np.array(names, dtype=str)) if systems else part)
        for star, system in zip(part.star.tolist(), names, strict=True):
            systems.setdefault(star_key(star), system)
            systems.setdefault(star_key(system), system)
    return found


def _origin(
    config: RunConfig, data_folder: Path, table_folder: Path, templates: Templates | None
) -> dict[str, Any]:
    """What decides the prepared data, as JSON has it."""
    table = table_folder / config.data.label_table if config.data.label_table else None
    by_templates = {} if templates is None else {"templates_sha256": _templates_digest(templates)}
    return {
        "libraries": {
            name: _seen(data_folder / "stellar" / LIBRARIES[name].file)
            for name in config.data.libraries
            if name in LIBRARIES
        },
        "label_table": "" if table is None else str(table.resolve()),
        "label_table_sha256": "" if table is None else _table_digest(table),
        **by_templates,
        "min_coverage": config.data.min_coverage,
        "preparation": config.preparation.to_dict(),
        "columns": [column.name for column in fields(LabelledSet)],
    }


def _table_digest(path: Path) -> str:
    """Of the table's rows and of what tells a changed file from the one that was read before.

    Size and time of change stand for a file's content: a library of many gigabytes would be read
    for its digest each time that a run goes on.
    """
    digest = hashlib.sha256()
    for row in read_label_table(path):
        digest.update(f"{row!r} {_seen(row.file)}\n".encode())
    return digest.hexdigest()


def _seen(path: Path) -> str:
    """What tells a file that was replaced from the one that was read before."""
    try:
        stat = path.stat()
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return "missing"
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _templates_digest(templates: Templates) -> str:
    digest = hashlib.sha256(json.dumps(templates.names).encode())
    for array in (templates.codes, templates.classes, templates.flux, templates.n_stars):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _read_about(path: Path) -> dict[str, Any]:
    """What is kept about the prepared data; nothing where it is missing or was cut off."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _check(data: LabelledSet) -> None:
    too_few = why_too_few(len(data), len(np.unique(data.system)))
    if too_few:
        raise DataError(too_few)
    if not data.scored.any():
        raise DataError(
            "No label gives letter, subtype and a luminosity class I–V, so nothing can choose the "
            "best epoch. Add luminosity classes to the labels."
        )
    if len(np.unique(data.strata()[data.scored])) < 2:
        label = str(data.label[data.scored][0])
        raise DataError(
            f"All labels have the same letter and class as {label!r}. A classifier learns from the "
            "difference: add spectra of another type."
        )
