"""Augmentation: nothing at zero strength, the same from the same seed, the continuum of prepare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from spectra_gui.prepare import normalise
from spectra_gui.recipes import AugmentConfig
from spectra_gui.training.augment import Augmenter, ContinuumFilter
from tests.training.made import SPEC, made_set

NONE = AugmentConfig(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
SIGMA_PX = SPEC.continuum_sigma_aa / SPEC.step_aa
DATA = made_set(8)
FLUX, VALID = torch.from_numpy(DATA.flux), torch.from_numpy(DATA.valid.astype(np.float32))


def augmenter(config: AugmentConfig, seed: int = 1) -> Augmenter:
    return Augmenter(
        config,
        wavelength_aa=torch.from_numpy(SPEC.wavelength_aa).float(),
        continuum=ContinuumFilter(SPEC.n_pixels, SIGMA_PX),
        generator=torch.Generator().manual_seed(seed),
    )


def test_zero_strength_changes_nothing_but_the_continuum_once_more() -> None:
    flux, valid = augmenter(NONE)(FLUX, VALID)
    again, _ = normalise(DATA.flux, DATA.valid, SIGMA_PX)
    assert torch.equal(valid, VALID)
    assert np.abs(flux.numpy() - again).max() < 2e-3
    assert np.abs(flux.numpy() - DATA.flux).max() < 0.06


def test_the_same_seed_draws_the_same() -> None:
    first, second = augmenter(AugmentConfig())(FLUX, VALID), augmenter(AugmentConfig())(FLUX, VALID)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


def test_another_seed_draws_otherwise() -> None:
    assert not torch.equal(
        augmenter(AugmentConfig())(FLUX, VALID)[0], augmenter(AugmentConfig(), 2)(FLUX, VALID)[0]
    )


@pytest.mark.parametrize("key", ["noise", "shift_px", "blur_px", "slope", "ripple", "reddening"])
def test_each_strength_alone_moves_the_flux(key: str) -> None:
    still, _ = augmenter(NONE)(FLUX, VALID)
    moved, valid = augmenter(replace(NONE, **{key: 1.0}))(FLUX, VALID)
    assert (moved - still).abs().max() > 0.005
    assert torch.equal(valid, VALID)
    assert torch.isfinite(moved).all()


def test_a_lost_range_is_not_valid_and_reads_one() -> None:
    config = replace(NONE, gap_probability=1.0, gap_fraction=0.5)
    flux, valid = augmenter(config)(FLUX, VALID)
    assert (valid == 0).any(1).all()
    assert (flux[valid == 0] == 1.0).all()


def test_the_running_mean_is_that_of_prepare() -> None:
    rng = np.random.default_rng(3)
    flux = (1.0 + 0.3 * rng.random((4, SPEC.n_pixels))).astype(np.float32)
    valid = rng.random(flux.shape) > 0.1
    valid[:, :60] = False
    wanted, _ = normalise(flux, valid, SIGMA_PX)
    found = ContinuumFilter(SPEC.n_pixels, SIGMA_PX).normalise(
        torch.from_numpy(flux), torch.from_numpy(valid.astype(np.float32))
    )
    assert np.abs(found.numpy() - wanted)[valid].max() < 1e-4


def test_noise_is_drawn_between_its_ends() -> None:
    config = replace(NONE, noise=0.05, least_noise=0.01, noise_power=1.0)
    still = torch.ones(400, 420)
    drawn = Augmenter(
        config,
        wavelength_aa=torch.from_numpy(SPEC.wavelength_aa).float(),
        continuum=None,
        generator=torch.Generator().manual_seed(5),
    )(still, torch.ones_like(still))[0]
    sigma = drawn.std(1)
    assert sigma.min() > 0.008
    assert sigma.max() < 0.055
    assert float(sigma.mean()) == pytest.approx(0.03, abs=0.002)


def test_without_a_continuum_nothing_but_the_drawn_is_changed() -> None:
    plain = Augmenter(
        NONE,
        wavelength_aa=torch.from_numpy(SPEC.wavelength_aa).float(),
        continuum=None,
        generator=torch.Generator().manual_seed(5),
    )
    assert (plain(FLUX, VALID)[0] - FLUX).abs().max() < 1e-3
