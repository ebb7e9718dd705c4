"""A made bundle with made out-of-fold outputs, for tests of the report and of its command."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spectra_gui.bundles import MemberWeights, Novelty, write_bundle
from spectra_gui.data import LUMINOSITY_NAMES, PreparationSpec, Templates
from spectra_gui.data.mk import subtype_name
from spectra_gui.evaluation.metrics import METRICS
from spectra_gui.evaluation.rows import Scored
from spectra_gui.recipes.folds import folds
from tests.contents import make_content

MEMBERS = ("small", "large", "plain")
KINDS = ("three_branch", "three_branch", "residual")


def figures(scored: Scored) -> dict[str, float]:
    """Every metric of all rows, by name, without intervals."""
    ones = np.ones((1, len(scored)))
    return {metric.name: float(metric.compute(scored, ones)[0]) for metric in METRICS}


def made_arrays(n: int = 300, *, seed: int = 0, class_vi: int = 6) -> dict[str, Any]:
    """Arrays of ``oof.npz``: members that know the cell, with noise, and libraries left out."""
    rng = np.random.default_rng(seed)
    row, column = rng.integers(22, 58, n), rng.choice([0, 2, 3, 4, 4], n)
    column[:class_vi] = 5
    star = np.arange(n)
    star[-40:] = star[:40]  # seen by both libraries
    row[-40:], column[-40:] = row[:40], column[:40]
    library = np.where(np.arange(n) < n // 2, "miles", "cflib")
    labels = [f"{subtype_name(r)} {LUMINOSITY_NAMES[c]}" for r, c in zip(row, column, strict=True)]
    labels[10] = "K1 IV-V"
    subtypes = np.arange(70)[:, None]
    classes = np.arange(6)[None, :]
    near = -0.5 * ((subtypes - row[:, None, None]) / 1.5) ** 2 - 1.5 * np.abs(
        classes - column[:, None, None]
    )
    logits = np.stack(
        [2.0 * near.reshape(n, 420) + rng.normal(0, 1.0, (n, 420)) for _ in MEMBERS]
    ).astype(np.float16)
    system = np.array([f"HD{i}" for i in star])
    arrays: dict[str, Any] = {
        "ids": np.array([f"{lib}:{i:04d}" for i, lib in enumerate(library)]),
        "system": system,
        "library": library,
        "label": np.array(labels),
        "feh": np.where(np.arange(n) % 7 == 0, -1.5, 0.0),
        "fold": folds(system),
        "members": np.array(MEMBERS),
        "kinds": np.array(KINDS),
        "logits": logits,
    }
    for train, test in (("miles", "cflib"), ("cflib", "miles")):
        only = (library == test) & ~np.isin(system, system[library == train])
        order = rng.permutation(np.flatnonzero(only))
        arrays[f"leftout_{train}_{test}_ids"] = arrays["ids"][order]
        arrays[f"leftout_{train}_{test}_logits"] = logits[:, order] + rng.normal(
            0, 0.5, (len(MEMBERS), len(order), 420)
        ).astype(np.float16)
    return arrays


def with_apart(
    arrays: dict[str, Any], labels: Sequence[str], *, answers: Sequence[tuple[int, int]]
) -> dict[str, Any]:
    """The arrays with rows kept apart behind them: metal-poor stars with these labels.

    ``answers`` are the rows and columns of the grid that every member is sure of.
    """
    n = len(labels)
    logits = np.zeros((len(MEMBERS), n, 70, 6), dtype=np.float16)
    for i, (row, column) in enumerate(answers):
        logits[:, i, row, column] = 30.0
    more: dict[str, Any] = {
        "ids": np.array([f"miles:9{i:03d}" for i in range(n)]),
        "system": np.array([f"poor {i}" for i in range(n)]),
        "library": np.full(n, "miles"),
        "label": np.array(labels),
        "feh": np.full(n, -2.0),
        "fold": np.arange(n) % 5,
    }
    joined = {name: np.concatenate([arrays[name], value]) for name, value in more.items()}
    return {
        **arrays,
        **joined,
        "scored": np.arange(len(joined["ids"])) < len(arrays["ids"]),
        "logits": np.concatenate([arrays["logits"], logits.reshape(-1, n, 420)], axis=1),
    }


def save_arrays(path: Path, arrays: dict[str, Any]) -> Path:
    """Write the arrays as ``oof.npz`` is written."""
    np.savez_compressed(path, **arrays)
    return path


def made_bundle(folder: Path, arrays: dict[str, Any] | None) -> Path:
    """A bundle that loads, with the outputs inside (None: without)."""
    files = {}
    if arrays is not None:
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        files["oof.npz"] = file.getvalue()
    spec = PreparationSpec(n_pixels=16)
    flat = np.ones((1, 16), dtype=np.float32)
    content = make_content(
        folder.name,
        preparation=spec,
        members=tuple(
            MemberWeights(name, kind, {}, 1.0, {"w": np.ones(2, dtype=np.float32)})
            for name, kind in zip(MEMBERS, KINDS, strict=True)
        ),
        templates=Templates(("G2 V",), np.array([42.0]), np.array([4]), flat, np.array([3])),
        novelty=Novelty(flat[0], flat, 1.0),
        files=files,
    )
    return write_bundle(content, folder)
