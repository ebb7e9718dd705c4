"""The training stars as a bundle tells of them: names, catalogue types, a summary of each spectrum.

The summary is `N_FEATURES` numbers a spectrum: how much of the leading principal components of all
training spectra it holds. They give back the prepared spectrum, smoothed to the bundle's resolution
and with its continuum taken out, but for the file's ``noise``; the library's flux calibration, own
resolution, wavelengths beyond the grid and uncertainties are not in them. Knows numpy and
safetensors; knows no network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

NEIGHBOURS: Final = "neighbours.safetensors"
"""The file of a bundle that has them; older bundles have none."""

N_FEATURES: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Training stars in the space of the leading principal components; row i is one spectrum.

    Attributes
    ----------
    mean : (n_pixels,) of the prepared training spectra
    components : (k, n_pixels) orthonormal
    variances : (k,) of the training spectra along each component
    noise : rms of a pixel beyond the components, in units of the continuum
    unit : distance of two stars of one type, as a rule; distances are told in it
    far : distance in this unit to the nearest other star that 99 % of stars stay below
    features : (n, k) coefficients
    code : (n,) temperature on 0–70; luminosity : (n, 6) shares, a row of 0 where unknown
    composite : (n,) bool: the mean of several stars
    stars, labels : n names and catalogue types
    aliases : further names of each star
    ra_deg, dec_deg : (n,) position (J2000), nan where unknown
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    variances: NDArray[np.float32]
    noise: float
    unit: float
    far: float
    features: NDArray[np.float32]
    code: NDArray[np.float64]
    luminosity: NDArray[np.float64]
    composite: NDArray[np.bool_]
    stars: tuple[str, ...]
    labels: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    ra_deg: NDArray[np.float64]
    dec_deg: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.stars)


def neighbours_to_bytes(neighbours: Neighbours) -> bytes:
    """The content of the file `NEIGHBOURS`; features and components in half precision."""
    n = neighbours
    names = {"stars": n.stars, "labels": n.labels, "aliases": n.aliases}
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":")).encode()
    numbers = np.array([n.noise, n.unit, n.far], dtype=np.float64)
    return save(
        {
            "mean": np.ascontiguousarray(n.mean, dtype=np.float32),
            "components": np.ascontiguousarray(n.components, dtype=np.float16),
            "variances": np.ascontiguousarray(n.variances, dtype=np.float32),
            "noise_unit_far": numbers,
            "features": np.ascontiguousarray(n.features, dtype=np.float16),
            "code": np.ascontiguousarray(n.code, dtype=np.float32),
            "luminosity": np.ascontiguousarray(n.luminosity, dtype=np.float16),
            "composite": np.ascontiguousarray(n.composite, dtype=np.uint8),
            "position_deg": np.stack([n.ra_deg, n.dec_deg], 1).astype(np.float64),
            "names": np.frombuffer(text, dtype=np.uint8).copy(),
        }
    )


def neighbours_of(tables: Mapping[str, NDArray[Any]], n_pixels: int) -> Neighbours:
    """From the tensors of the file, with every shape checked.

    Raises
    ------
    ValueError, KeyError
        Where a table is missing, has another shape or is not finite.
    """
    names = json.loads(tables["names"].astype(np.uint8).tobytes().decode())
    stars = tuple(str(star) for star in names["stars"])
    count, k = len(stars), len(tables["variances"])

    def table(key: str, *shape: int, may_lack: bool = False) -> NDArray[Any]:
        array = tables[key]
        if array.shape != shape or not (may_lack or np.all(np.isfinite(array))):
            raise ValueError(f"{key} of the training stars does not fit")
        return array

    noise, unit, far = table("noise_unit_far", 3).tolist()
    variances = table("variances", k).astype(np.float32)
    if len(names["labels"]) != count or len(names["aliases"]) != count:
        raise ValueError("the names of the training stars do not fit")
    if min(noise, unit, far, *variances.tolist()) <= 0.0:
        raise ValueError("the scales of the training stars are not positive")
    position = table("position_deg", count, 2, may_lack=True)
    return Neighbours(
        mean=table("mean", n_pixels).astype(np.float32),
        components=table("components", k, n_pixels).astype(np.float32),
        variances=variances,
        noise=noise,
        unit=unit,
        far=far,
        features=table("features", count, k).astype(np.float32),
        code=table("code", count, may_lack=True).astype(np.float64),
        luminosity=table("luminosity", count, 6).astype(np.float64),
        composite=table("composite", count).astype(bool),
        stars=stars,
        labels=tuple(str(label) for label in names["labels"]),
        aliases=tuple(tuple(str(name) for name in of) for of in names["aliases"]),
        ra_deg=position[:, 0],
        dec_deg=position[:, 1],
    )
