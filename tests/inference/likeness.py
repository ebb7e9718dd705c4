"""Made stars of two kinds, and what is known of them: lines of given depth on a short grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Likeness
from spectra_gui.data import PreparationSpec

SPEC = PreparationSpec()
WAVE = SPEC.wavelength_aa
BALMER_AA = (6562.8, 4861.3, 4340.5, 4101.7)
METALS_AA = (4383.5, 4957.6, 5167.3, 5269.5, 5895.0, 6191.6)
HOT, COOL = 2 * 6 + 4, 4 * 6 + 4
"""Letter + class A V and G V."""


def _profile(lines_aa: tuple[float, ...], width_aa: float) -> NDArray[np.float64]:
    return sum(
        (np.exp(-0.5 * ((WAVE - at) / width_aa) ** 2) for at in lines_aa), np.zeros(WAVE.size)
    )


HYDROGEN, METALS = _profile(BALMER_AA, 6.0), _profile(METALS_AA, 2.5)


def made_stars(n: int, *, hot: bool, seed: int = 0, noise: float = 0.004) -> NDArray[np.float32]:
    """(n, n_pixels) hydrogen lines that go with the metals' as they do in the group."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.0, 1.0, (n, 1))
    hydrogen, metals = (0.7 - 0.2 * share, 0.2 * share) if hot else (0.3, 0.3 + 0.3 * share)
    flux = 1.0 - hydrogen * HYDROGEN - metals * METALS
    return np.asarray(flux + noise * rng.standard_normal(flux.shape), dtype=np.float32)


def made_likeness() -> Likeness:
    """Two components, two groups (A and hotter, F and cooler), limits at about three sigma."""
    basis, _ = np.linalg.qr(np.stack([HYDROGEN, METALS], axis=1))
    components = basis.T
    groups = np.repeat([0, 0, 0, 1, 1, 1, 1], 6)
    stars = [made_stars(200, hot=hot, seed=9) - 1.0 for hot in (True, False)]
    places = [group @ components.T for group in stars]
    return Likeness(
        mean=np.ones(WAVE.size), components=components, groups=groups,
        centres=np.stack([place.mean(0) for place in places]),
        spreads=np.stack([np.cov(place.T) + 1e-4 * np.eye(2) for place in places]),
        limits=np.array([[0.004] * 2, [2.5] * 2, [0.1] * 2, [3.0] * 2, [0.05] * 2]),
        emission=np.full((4, 2), 1.0), metals=np.zeros((2, 3)), metal_weak=-1.0, unsure=0.3,
    )  # fmt: skip
