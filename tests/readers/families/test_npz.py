"""NumPy archives and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import holds, ramp

WAVES = 4000.0 + 2.0 * np.arange(50)


@pytest.mark.parametrize(
    ("noise", "value", "kind"), [("sigma", 0.1, "sigma"), ("ivar", 100.0, "ivar")]
)
def test_named_arrays(tmp_path: Path, noise: str, value: float, kind: str) -> None:
    path = tmp_path / "spectrum.npz"
    np.savez(path, lam=WAVES, flux=ramp(), **{noise: np.full(50, value)})
    holds(
        read(path),
        "npz",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )


def test_a_table(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.npy"
    np.save(path, np.column_stack([WAVES, ramp(), np.full(50, 0.1)]))
    holds(
        read(path),
        "npz",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )
