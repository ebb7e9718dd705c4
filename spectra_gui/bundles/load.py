"""Read a bundle and verify all of it before anything of it is used. Runs no code of a bundle."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from spectra_gui.bundles.bundle import (
    CARD,
    DOCUMENT,
    SCHEMA,
    TASKS,
    Bundle,
    BundleError,
    Member,
    Novelty,
)
from spectra_gui.bundles.likeness import LIKENESS, Likeness, likeness_of
from spectra_gui.bundles.neighbours import NEIGHBOURS, Neighbours, neighbours_of
from spectra_gui.data import N_LUMINOSITY, N_SUBTYPES, PreparationSpec, Templates

LARGEST_FILE: Final = 256 * 2**20
"""Bytes; a member of the bundled ensembles has about a megabyte."""

LARGEST_DOCUMENT: Final = 16 * 2**20

GET_AGAIN: Final = "Install it again from its source, or choose another bundle."


def load_bundle(path: Path | str) -> Bundle:
    """Load and verify the bundle in a folder.

    Raises
    ------
    BundleError
        If it is no bundle, is damaged, is for another task, or was written by a newer program.
    """
    folder = Path(path)
    name = folder.name
    document, digest = _read_document(folder)
    _check_version(name, document)
    _verify_files(folder, document)
    try:
        return _assemble(folder, document, digest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleError(name, f"its {DOCUMENT} is incomplete ({error!r}).", GET_AGAIN) from error


def _read_document(folder: Path) -> tuple[dict[str, Any], str]:
    file = folder / DOCUMENT
    name = folder.name
    try:
        if file.stat().st_size > LARGEST_DOCUMENT:
            raise BundleError(name, f"its {DOCUMENT} is larger than any of ours.", GET_AGAIN)
        raw = file.read_bytes()
    except OSError as error:
        raise BundleError(
            name, f"{file} cannot be read ({error.strerror}).", "Choose the folder of a bundle."
        ) from error
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise BundleError(name, f"its {DOCUMENT} is not valid JSON.", GET_AGAIN) from error
    if not isinstance(document, dict) or "schema" not in document:
        raise BundleError(name, f"its {DOCUMENT} does not describe a bundle.", GET_AGAIN)
    return document, hashlib.sha256(raw).hexdigest()


def _check_version(name: str, document: Mapping[str, Any]) -> None:
    schema, task = document["schema"], document.get("task")
    if not isinstance(schema, int) or schema > SCHEMA:
        raise BundleError(
            name,
            f"it was written by a newer program (schema {schema}, this one reads {SCHEMA}).",
            "Update Spectra to use it.",
        )
    if task not in TASKS:
        raise BundleError(
            name, f"its task is {task!r}, and this program does {', '.join(TASKS)}.",
            "Choose a bundle for MK types.",
        )  # fmt: skip


def _verify_files(folder: Path, document: Mapping[str, Any]) -> None:
    digests = document.get("sha256")
    if not isinstance(digests, dict):
        raise BundleError(folder.name, "it does not list its files.", GET_AGAIN)
    for relative, expected in digests.items():
        file = _inside(folder, str(relative))
        try:
            if file.stat().st_size > LARGEST_FILE:
                raise BundleError(folder.name, f"{relative} is larger than allowed.", GET_AGAIN)
            actual = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise BundleError(
                folder.name, f"its file {relative} cannot be read ({error.strerror}).", GET_AGAIN
            ) from error
        if actual != expected:
            raise BundleError(folder.name, f"its file {relative} is damaged.", GET_AGAIN)


def _inside(folder: Path, relative: str) -> Path:
    """A file of the bundle; never one outside its folder, nor behind a link that leads out."""
    pure = PurePosixPath(relative)
    file = folder.joinpath(*pure.parts)
    leads_out = pure.is_absolute() or ".." in pure.parts
    if leads_out or not file.resolve().is_relative_to(folder.resolve()):
        raise BundleError(folder.name, f"it names the file {relative!r} outside itself.", GET_AGAIN)
    return file


def _assemble(folder: Path, document: Mapping[str, Any], digest: str) -> Bundle:
    preparation = PreparationSpec.from_dict(document["preparation"])
    n = preparation.n_pixels
    tables = _tensors(folder, document, "tables.safetensors")
    kept = _shaped(folder, tables, "populated", (N_SUBTYPES, N_LUMINOSITY)).astype(bool)
    members = tuple(
        Member(
            name=str(m["name"]),
            kind=str(m["kind"]),
            architecture=dict(m["architecture"]),
            weights=_listed(folder, document, m["weights"]),
            temperature=_positive(folder, m["temperature"], f"the temperature of {m['name']}"),
        )
        for m in document["members"]
    )
    if not members:
        raise ValueError("no members")
    calibration, trust = document["calibration"], document["trust"]
    # Every answer is divided by these, so one that is no number would make all of them NaN.
    _positive(folder, calibration.get("ensemble_temperature"), "calibration.ensemble_temperature")
    card = folder / CARD
    return Bundle(
        path=folder,
        name=str(document["name"]),
        title=str(document.get("title", "")),
        sha256=digest,
        task=str(document["task"]),
        preparation=preparation,
        members=members,
        templates=_templates(folder, document, tables, n),
        novelty=Novelty(
            mean=_shaped(folder, tables, "novelty_mean", (n,)),
            components=_shaped(folder, tables, "novelty_components", (None, n)),
            limit=_positive(folder, trust.get("novelty_limit"), "trust.novelty_limit"),
        ),
        populated=kept,
        calibration=calibration,
        trust=trust,
        scores=document.get("scores", {}),
        training=document.get("training", {}),
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
        likeness=_likeness(folder, document, n),
        neighbours=_neighbours(folder, document, n),
    )


def _likeness(folder: Path, document: Mapping[str, Any], n_pixels: int) -> Likeness | None:
    if LIKENESS not in document["sha256"]:
        return None
    return likeness_of(_tensors(folder, document, LIKENESS), n_pixels)


def _neighbours(folder: Path, document: Mapping[str, Any], n_pixels: int) -> Neighbours | None:
    if NEIGHBOURS not in document["sha256"]:
        return None
    return neighbours_of(_tensors(folder, document, NEIGHBOURS), n_pixels)


def _positive(folder: Path, value: Any, what: str) -> float:
    """A number of the document that answers are divided by; raises `BundleError` on another."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and 0.0 < value < math.inf):
        raise BundleError(folder.name, f"{what} is {value!r}, not a positive number.", GET_AGAIN)
    return float(value)


def _templates(
    folder: Path, document: Mapping[str, Any], tables: Mapping[str, NDArray[Any]], n: int
) -> Templates:
    names = tuple(str(name) for name in document["templates"])
    count = len(names)
    return Templates(
        names=names,
        codes=_shaped(folder, tables, "template_codes", (count,)).astype(np.float64),
        classes=_shaped(folder, tables, "template_classes", (count,)).astype(np.int64),
        flux=_shaped(folder, tables, "template_flux", (count, n)).astype(np.float32),
        n_stars=_shaped(folder, tables, "template_stars", (count,)).astype(np.int64),
    )


def load_weights(bundle: Bundle, member: Member) -> dict[str, NDArray[Any]]:
    """The tensors of a member, checked to be finite; raises `BundleError`."""
    tensors = _read_tensors(bundle.path, member.weights)
    for key, tensor in tensors.items():
        if tensor.dtype.kind == "f" and not np.all(np.isfinite(tensor)):
            raise BundleError(
                bundle.name, f"{member.weights.name} holds no finite {key}.", GET_AGAIN
            )
    return tensors


def _listed(folder: Path, document: Mapping[str, Any], relative: str) -> Path:
    if relative not in document["sha256"]:
        raise ValueError(f"{relative} has no digest")
    return _inside(folder, relative)


def _tensors(folder: Path, document: Mapping[str, Any], relative: str) -> dict[str, NDArray[Any]]:
    return _read_tensors(folder, _listed(folder, document, relative))


def _read_tensors(folder: Path, file: Path) -> dict[str, NDArray[Any]]:
    try:
        tensors: dict[str, NDArray[Any]] = load(file.read_bytes())
    except (OSError, SafetensorError) as error:
        raise BundleError(
            folder.name, f"{file.name} cannot be read ({error}).", GET_AGAIN
        ) from error
    return tensors


def _shaped(
    folder: Path,
    tables: Mapping[str, NDArray[Any]],
    key: str,
    shape: tuple[int | None, ...],
) -> NDArray[Any]:
    """A table of the expected shape and finite; None in ``shape`` is any length."""
    array = tables[key]
    fits = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise BundleError(
            folder.name, f"{key} has the shape {array.shape}, not {shape}.", GET_AGAIN
        )
    if array.dtype.kind == "f" and not np.all(np.isfinite(array)):
        raise BundleError(folder.name, f"{key} is not finite.", GET_AGAIN)
    return array
