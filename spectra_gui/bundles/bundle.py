"""A bundle as it stands in memory: numpy arrays and plain values, nothing that can run.

A bundle is a folder ``models/<name>/`` with ``bundle.json``, one safetensors file a member, the
class templates and the trust statistics as safetensors, and ``CARD.md``. Knows no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles.likeness import Likeness
from spectra_gui.bundles.neighbours import Neighbours
from spectra_gui.data import PreparationSpec, Templates

SCHEMA: Final = 1
"""Version of ``bundle.json``; a program reads its own and older ones."""

TASKS: Final = ("mk",)
"""Tasks that this program has a predictor for."""

DOCUMENT: Final = "bundle.json"
CARD: Final = "CARD.md"


class BundleError(Exception):
    """A bundle that is not used; ``name``, ``reason`` and ``advice`` are for a person."""

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(name, reason, advice)
        self.name = name
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        return f"The bundle {self.name} is not used: {self.reason} {self.advice}"


@dataclass(frozen=True, slots=True)
class Member:
    """One network: ``weights`` names its file, ``temperature`` divides its logits."""

    name: str
    kind: str
    architecture: Mapping[str, Any]
    weights: Path
    temperature: float


@dataclass(frozen=True, slots=True, eq=False)
class Novelty:
    """What the training spectra span, to tell what lies outside.

    ``mean`` (n_pixels,), ``components`` (k, n_pixels) orthonormal: principal components of
    prepared training spectra. ``limit``: residual rms that 95 % of held-out stars stay below.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A verified bundle.

    ``sha256`` is that of ``bundle.json``, which holds the digests of all other files, so it stands
    for the whole. ``calibration``, ``trust``, ``scores`` and ``training`` are plain values.
    ``populated`` (70, 6) bool: boxes that had training stars. ``likeness``: how stars of each
    letter look, ``neighbours``: the training stars to compare with, both None in older bundles.
    """

    path: Path
    name: str
    title: str
    sha256: str
    task: str
    preparation: PreparationSpec
    members: tuple[Member, ...]
    templates: Templates
    novelty: Novelty
    populated: NDArray[np.bool_]
    calibration: Mapping[str, Any]
    trust: Mapping[str, Any]
    scores: Mapping[str, Any]
    training: Mapping[str, Any]
    card: str
    likeness: Likeness | None = None
    neighbours: Neighbours | None = None
