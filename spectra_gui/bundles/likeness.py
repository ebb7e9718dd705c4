"""How the stars of each type look, and how far stars that were held out stray from that.

Means and covariances of groups of stars among the principal components of prepared spectra, and
limits: statistics over many stars, no spectrum. Knows numpy and safetensors; knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY

LIKENESS: Final = "likeness.safetensors"
"""The file of a bundle that has it; older bundles have none."""

N_WAYS: Final = 5
"""Ways of being strange that have a limit; `spectra_gui.inference.likeness` computes them."""

N_LINES: Final = 4
"""Balmer lines, Hα to Hδ, whose emission has a limit."""

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What the stars that a bundle learnt from have in common.

    Attributes
    ----------
    mean, components : (n_pixels,), (k, n_pixels) principal components, orthonormal
    groups : (42,) the group of each letter + class, O I, O II … M VI; rare ones share theirs
    centres, spreads : (g, k), (g, k, k) mean and covariance of a group's coordinates
    limits : (`N_WAYS`, g) what few held-out stars exceed, for each way of being strange
    emission : (`N_LINES`, g) what few held-out stars exceed of light in a Balmer line beyond what
        the rest of the spectrum lets expect, Å
    metals : (g, k + 1) weights and offset of [Fe/H] from the coordinates; rows of 0 where unknown
    metal_weak : [Fe/H] so found below which a star is called metal-weak
    unsure : probability of letter + class below which an answer is one of several
    """

    mean: Table
    components: Table
    groups: NDArray[np.intp]
    centres: Table
    spreads: Table
    limits: Table
    emission: Table
    metals: Table
    metal_weak: float
    unsure: float

    @property
    def variances(self) -> Table:
        """(k,) of the coordinates about 0, over all groups: what to expect of any star."""
        own = np.diagonal(self.spreads, axis1=1, axis2=2) + self.centres**2
        variances: Table = own.mean(axis=0)
        return variances


def likeness_to_bytes(likeness: Likeness) -> bytes:
    """The content of the file `LIKENESS`; components in half precision."""
    v = likeness
    single = {
        name: np.ascontiguousarray(getattr(v, name), dtype=np.float32)
        for name in ("mean", "centres", "spreads", "limits", "emission", "metals")
    }
    return save(
        {
            **single,
            "components": np.ascontiguousarray(v.components, dtype=np.float16),
            "groups": np.ascontiguousarray(v.groups, dtype=np.int64),
            "metal_weak_unsure": np.array([v.metal_weak, v.unsure], dtype=np.float64),
        }
    )


def likeness_of(tables: Mapping[str, NDArray[Any]], n_pixels: int) -> Likeness:
    """From the tensors of the file, with every shape checked.

    Raises
    ------
    ValueError, KeyError
        Where a table is missing, has another shape or is not finite.
    """
    g, k = tables["centres"].shape

    def table(key: str, *shape: int) -> Table:
        array = tables[key]
        if array.shape != shape or not np.all(np.isfinite(array)):
            raise ValueError(f"{key} of the likeness does not fit")
        return array.astype(np.float64)

    groups = table("groups", N_LETTERS * N_LUMINOSITY).astype(np.intp)
    limits = table("limits", N_WAYS, g)
    if groups.min() < 0 or groups.max() >= g or limits.min() <= 0.0:
        raise ValueError("the groups or the limits of the likeness do not fit")
    metal_weak, unsure = table("metal_weak_unsure", 2).tolist()
    return Likeness(
        mean=table("mean", n_pixels),
        components=table("components", k, n_pixels),
        groups=groups,
        centres=table("centres", g, k),
        spreads=table("spreads", g, k, k),
        limits=limits,
        emission=table("emission", N_LINES, g),
        metals=table("metals", g, k + 1),
        metal_weak=metal_weak,
        unsure=unsure,
    )
