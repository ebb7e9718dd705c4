"""Tables that no reader knows, in every container; shared by tests of mappings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ODD = ("alpha", "beta", "gamma")
"""Names that no reader takes for anything: flux, wavelength and its uncertainty."""


def star(n: int = 600, *, seed: int = 0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Flux with a few lines, wavelength in Å, uncertainty; (n,) each."""
    wavelength = np.linspace(3850.0, 6900.0, n)
    flux = np.full(n, 100.0)
    for centre in (3933.7, 3968.5, 4340.5, 4861.3, 5175.0, 5893.0, 6562.8):
        flux -= 40.0 * np.exp(-0.5 * ((wavelength - centre) / 8.0) ** 2)
    flux += np.random.default_rng(seed).normal(0.0, 0.5, n)
    return flux, wavelength, np.full(n, 0.25)


def write_table(path: Path, *, n: int = 600, seed: int = 0) -> Path:
    """A table with `ODD` columns, in the container that the ending names."""
    columns = dict(zip(ODD, star(n, seed=seed), strict=True))
    if path.suffix == ".npz":
        np.savez(path, **columns)
    elif path.suffix == ".npy":
        numbers = np.arange(n, dtype=float)
        np.save(path, np.stack([*columns.values(), numbers, numbers], axis=1))
    elif path.suffix == ".h5":
        import h5py

        with h5py.File(path, "w") as file:
            for name, values in columns.items():
                file[f"night/{name}"] = values
    else:
        from astropy.table import Table

        formats = {".fits": "fits", ".ecsv": "ascii.ecsv", ".xml": "votable"}
        Table(columns).write(path, format=formats[path.suffix], overwrite=True)
    return path


def write_text_table(
    path: Path,
    *,
    separator: str = ";",
    decimal_comma: bool = True,
    head: str | None = "lbd;I;q",
    n: int = 600,
    seed: int = 0,
) -> Path:
    """Text with flux, wavelength in nm and uncertainty, as programs of the continent write it."""
    flux, wavelength, sigma = star(n, seed=seed)
    lines = [
        separator.join(f"{value:.4f}" for value in row)
        for row in zip(flux, wavelength / 10.0, sigma, strict=True)
    ]
    body = "\n".join(lines)
    if decimal_comma:
        body = body.replace(".", ",")
    path.write_text((f"{head}\n" if head else "") + body + "\n")
    return path
