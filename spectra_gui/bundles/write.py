"""Write a bundle so that `load_bundle` reads it back, never over another. Knows no torch."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from spectra_gui.bundles.bundle import CARD, DOCUMENT, SCHEMA, BundleError, Novelty
from spectra_gui.data import PreparationSpec, Templates


@dataclass(frozen=True, slots=True, eq=False)
class MemberWeights:
    """A trained network: ``tensors`` by name, as its state dict has them."""

    name: str
    kind: str
    architecture: Mapping[str, Any]
    temperature: float
    tensors: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class BundleContent:
    """Everything that a bundle holds; see `Bundle`. ``files`` are further files, by name."""

    name: str
    title: str
    preparation: PreparationSpec
    members: tuple[MemberWeights, ...]
    templates: Templates
    novelty: Novelty
    populated: NDArray[np.bool_]
    calibration: Mapping[str, Any]
    trust: Mapping[str, Any]
    scores: Mapping[str, Any]
    training: Mapping[str, Any]
    licence: str
    card: str
    files: Mapping[str, bytes]


def write_bundle(content: BundleContent, folder: Path) -> Path:
    """Write the bundle into a new folder, whole or not at all.

    Raises
    ------
    BundleError
        If ``folder`` exists, or the disk does not take it.
    """
    if folder.exists():
        raise BundleError(folder.name, f"{folder} exists.", "Choose another name for the bundle.")
    try:
        with new_folder(folder) as draft:
            _write_files(content, draft)
    except OSError as error:
        raise BundleError(
            folder.name,
            f"{folder} cannot be written ({error.strerror}).",
            "Free some space or choose another place.",
        ) from error
    return folder


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A draft beside ``folder`` that takes its name at the end; after an error nothing is left.

    Raises ``OSError`` where the disk does not take it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_document(document: Mapping[str, Any], folder: Path) -> None:
    """Write ``bundle.json``."""
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (folder / DOCUMENT).write_text(text + "\n", encoding="utf-8")


def put_file(name: str, raw: bytes, folder: Path) -> None:
    """Put a file beside the others of the bundle in ``folder``, or in its old one's place.

    ``bundle.json`` lists its digest, so the bundle's SHA-256 becomes another.
    """
    document: dict[str, Any] = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
    (folder / name).write_bytes(raw)
    digests = {**document["sha256"], name: hashlib.sha256(raw).hexdigest()}
    document["sha256"] = dict(sorted(digests.items()))
    write_document(document, folder)


def copy_with_file(folder: Path, out: Path, name: str, raw: bytes) -> Path:
    """A copy of a bundle in the new folder ``out``, with one file put there; verified, or nothing.

    Raises
    ------
    BundleError
        Where the copy is not whole.
    """
    from spectra_gui.bundles.load import load_bundle

    with new_folder(out) as draft:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        put_file(name, raw, draft)
        load_bundle(draft)
    return out


def _write_files(content: BundleContent, draft: Path) -> None:
    files = {f"{m.name}.safetensors": _weights(m) for m in content.members}
    files["tables.safetensors"] = _tables(content)
    files[CARD] = content.card.encode()
    files.update(content.files)
    for name, raw in files.items():
        (draft / name).write_bytes(raw)
    digests = {k: hashlib.sha256(v).hexdigest() for k, v in files.items()}
    write_document(_document(content, digests), draft)


def _weights(member: MemberWeights) -> bytes:
    return save({k: np.ascontiguousarray(v) for k, v in sorted(member.tensors.items())})


def _tables(content: BundleContent) -> bytes:
    """Templates and components; half precision holds a continuum-normalised flux to 5e-4."""
    t = content.templates
    return save(
        {
            "template_codes": np.ascontiguousarray(t.codes, dtype=np.float64),
            "template_classes": np.ascontiguousarray(t.classes, dtype=np.int64),
            "template_flux": np.ascontiguousarray(t.flux, dtype=np.float16),
            "template_stars": np.ascontiguousarray(t.n_stars, dtype=np.int64),
            "novelty_mean": np.ascontiguousarray(content.novelty.mean, dtype=np.float32),
            "novelty_components": np.ascontiguousarray(
                content.novelty.components, dtype=np.float16
            ),
            "populated": np.ascontiguousarray(content.populated, dtype=np.uint8),
        }
    )


def _document(content: BundleContent, digests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "task": "mk",
        "name": content.name,
        "title": content.title,
        "licence": content.licence,
        "preparation": content.preparation.to_dict(),
        "members": [
            {
                "name": m.name,
                "kind": m.kind,
                "architecture": dict(m.architecture),
                "weights": f"{m.name}.safetensors",
                "temperature": m.temperature,
            }
            for m in content.members
        ],
        "templates": list(content.templates.names),
        "calibration": dict(content.calibration),
        "trust": {**content.trust, "novelty_limit": content.novelty.limit},
        "scores": dict(content.scores),
        "training": dict(content.training),
        "sha256": dict(sorted(digests.items())),
    }
