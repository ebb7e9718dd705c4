"""Novelty is what a spectrum holds beyond the training spectra and beyond its own noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Novelty
from spectra_gui.inference.novelty import fit_components, relative_novelty

N = 400


def made(count: int, seed: int) -> NDArray[np.float32]:
    """Spectra of three features whose depths vary."""
    rng = np.random.default_rng(seed)
    x = np.arange(N)
    shapes = np.stack([np.exp(-0.5 * ((x - c) / 6.0) ** 2) for c in (80, 200, 310)])
    return (1.0 - rng.uniform(0.1, 0.6, (count, 3)) @ shapes).astype(np.float32)


def learnt(limit: float = 0.01) -> Novelty:
    flux = made(200, 0)
    mean, components = fit_components(flux, np.ones(flux.shape, bool), 5)
    return Novelty(mean, components, limit)


def test_spectra_like_those_learnt_from_are_not_novel() -> None:
    fresh = made(20, 1)
    assert relative_novelty(learnt(), fresh, np.ones(fresh.shape, bool)).max() < 0.1


def test_a_feature_that_no_training_spectrum_has_is_novel() -> None:
    fresh = made(1, 1)
    fresh[0, 130:150] += 0.5
    assert relative_novelty(learnt(), fresh, np.ones(fresh.shape, bool))[0] > 5


def test_noise_that_is_stated_is_not_novelty() -> None:
    rng = np.random.default_rng(2)
    fresh = made(30, 1) + rng.normal(0, 0.05, (30, N)).astype(np.float32)
    valid = np.ones(fresh.shape, bool)
    blamed = relative_novelty(learnt(), fresh, valid)
    excused = relative_novelty(learnt(), fresh, valid, np.full(30, 0.05))
    assert np.median(excused) < 0.2 * np.median(blamed)


def test_a_strange_pixel_that_is_masked_does_not_count() -> None:
    fresh = made(1, 1)
    fresh[0, 50:60] = 9.0
    valid = np.ones(fresh.shape, bool)
    valid[0, 50:60] = False
    assert relative_novelty(learnt(), fresh, valid)[0] < 0.1


def test_components_are_orthonormal_and_hold_the_leading_variance() -> None:
    flux = made(200, 0)
    mean, components = fit_components(flux, np.ones(flux.shape, bool), 3)
    np.testing.assert_allclose(components @ components.T, np.eye(3), atol=1e-5)
    centred = flux - mean
    left = centred - centred @ components.T @ components
    assert np.var(left) < 1e-6 * np.var(centred)
