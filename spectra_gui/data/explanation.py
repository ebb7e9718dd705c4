"""Which parts of a spectrum spoke for an answer, branch by branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.spectrum import read_only

Target = Literal["joint", "temperature", "luminosity"]


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A peak of a strip and the line it lies on (``line`` is "" where none is near)."""

    wavelength_aa: float
    strength: float
    line: str
    line_wavelength_aa: float


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Evidence of one branch or method over the bundle's grid.

    ``relevance`` and ``spread`` are (n,) float32 in 0–1, scaled to the members' own peaks;
    ``positive`` is False where no member had positive evidence (the strip is all zero).
    """

    name: str
    method: Literal["guided_grad_cam", "occlusion"]
    relevance: NDArray[np.float32]
    spread: NDArray[np.float32]
    peaks: tuple[LineMatch, ...]
    positive: bool

    def __post_init__(self) -> None:
        for name in ("relevance", "spread"):
            array = np.ascontiguousarray(getattr(self, name), dtype=np.float32)
            object.__setattr__(self, name, read_only(array))


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Strips over a common axis; ``wavelength_aa`` (n,) float64 Å in the bundle's medium, rest."""

    target: Target
    target_text: str
    wavelength_aa: NDArray[np.float64]
    strips: tuple[Strip, ...]
    bundle: str

    def __post_init__(self) -> None:
        axis = np.ascontiguousarray(self.wavelength_aa, dtype=np.float64)
        object.__setattr__(self, "wavelength_aa", read_only(axis))
