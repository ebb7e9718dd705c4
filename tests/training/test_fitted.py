"""What a linear path is fixed on where the spectra that teach lack pixels."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.networks import build_network
from spectra_gui.training.fitted import learn_projection
from spectra_gui.training.predict import network_input
from tests.training.made import BALMER_AA, SPEC, made_types, star_flux

WAVELENGTH_AA = SPEC.start_aa + SPEC.step_aa * np.arange(SPEC.n_pixels)


def made_stars(n: int) -> NDArray[np.float32]:
    flux = [star_flux(WAVELENGTH_AA, *kind, seed=i) for i, kind in enumerate(made_types(n))]
    return np.asarray(flux, dtype=np.float32)


def views(
    teach: NDArray[np.bool_], flux: NDArray[np.float32], valid: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(n, k) what a path that was fixed on ``made_stars`` with ``teach`` sees of spectra."""
    network = build_network("linear", {"n_pixels": SPEC.n_pixels, "components": 6}).eval()
    learn_projection(network, made_stars(len(teach)), teach)
    x = network_input(torch.from_numpy(flux), torch.from_numpy(valid.astype(np.float32)))
    # Components may come out turned by sign: distances between stars may not.
    seen: NDArray[np.float32] = network.features(x).detach().numpy()
    return seen


def test_a_star_without_its_balmer_lines_is_seen_where_it_was() -> None:
    flux = made_stars(60)
    whole = np.ones(flux.shape, bool)
    masked = whole.copy()
    for line in BALMER_AA[:3]:
        masked[:, np.abs(WAVELENGTH_AA - line) < 30.0] = False
    seen, told = views(whole, flux, masked), views(whole, flux, whole)
    spread = np.linalg.norm(told - told.mean(0), axis=1).mean()
    assert np.linalg.norm(seen - told, axis=1).mean() < 0.15 * spread


def test_gaps_in_the_spectra_that_teach_teach_nothing() -> None:
    flux = made_stars(60)
    whole = np.ones(flux.shape, bool)
    teach = whole.copy()
    teach[::2, : SPEC.n_pixels // 3] = False
    distances = []
    for valid in (teach, whole):
        seen = views(valid, flux, whole)
        distances.append(np.linalg.norm(seen[:, None] - seen[None], axis=2))
    with_gaps, without = distances
    assert np.corrcoef(with_gaps.ravel(), without.ravel())[0, 1] > 0.98
