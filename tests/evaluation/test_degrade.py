"""Spectra are made worse by what is said, the same way every time, and not otherwise changed."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.data import Spectrum
from spectra_gui.evaluation.degrade import (
    VISUAL_AA,
    Where,
    add_noise,
    blur,
    degradations,
    drop,
    extinction_curve,
    move,
    redden,
    shift,
)
from spectra_gui.units import SPEED_OF_LIGHT_KMS


def star(name: str = "miles:0001", *, line: bool = False) -> Spectrum:
    wavelength = 3700.0 + 0.5 * np.arange(6800)
    flux = np.full(6800, 2.0)
    if line:
        flux -= np.exp(-0.5 * ((wavelength - 5000.0) / (1.2 / 2.3548)) ** 2)
    return Spectrum(wavelength, flux, fwhm_aa=np.full(6800, 1.2), medium="air", name=name)


def test_noise_has_the_asked_strength_a_grid_pixel_and_says_so() -> None:
    noisy = add_noise(star(), snr=20)
    binned = noisy.flux[:6800].reshape(-1, 5).mean(1)  # 2.5 Å, two grid pixels
    assert binned.std() == pytest.approx(2.0 / 20 / np.sqrt(2), rel=0.1)
    assert noisy.sigma is not None
    assert np.median(noisy.sigma) == pytest.approx(noisy.flux.std(), rel=0.05)


def test_noise_follows_from_the_name() -> None:
    np.testing.assert_array_equal(add_noise(star(), snr=20).flux, add_noise(star(), snr=20).flux)
    assert np.any(add_noise(star(), snr=20).flux != add_noise(star("miles:2"), snr=20).flux)


def test_blurred_lines_have_the_asked_width_and_their_strength() -> None:
    sharp, soft = star(line=True), blur(star(line=True), fwhm_aa=6.0)
    assert (2 - soft.flux).sum() == pytest.approx((2 - sharp.flux).sum(), rel=1e-3)
    half = (2 - soft.flux) > 0.5 * (2 - soft.flux).max()
    assert half.sum() * 0.5 == pytest.approx(6.0, abs=0.5)
    assert soft.fwhm_aa is not None
    assert soft.fwhm_aa[0] == 6.0


def test_moved_spectra_go_both_ways() -> None:
    speeds = [
        (move(star(f"s{i}"), velocity_kms=150.0).wavelength_aa[0] / 3700.0 - 1) * SPEED_OF_LIGHT_KMS
        for i in range(40)
    ]
    np.testing.assert_allclose(np.abs(speeds), 150.0)
    assert 8 < (np.array(speeds) > 0).sum() < 32


def test_extinction_is_that_of_the_paper_and_reddens() -> None:
    # Cardelli, Clayton & Mathis 1989, table 3: A(λ)/A(V) of U, B and V for R_V = 3.1.
    curve = extinction_curve(np.array([3650.0, 4400.0, 5494.5]))
    np.testing.assert_allclose(curve, [1.569, 1.337, 1.0], atol=0.02)
    red = redden(star(), colour_excess=0.5)
    at = np.searchsorted(red.wavelength_aa, [4400.0, 5494.5])
    magnitudes = -2.5 * np.log10(red.flux[at] / 2.0)
    assert magnitudes[0] - magnitudes[1] == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("where", ["blue end", "red end", "middle", "eight gaps"])
def test_a_quarter_of_the_visual_range_is_lost(where: Where) -> None:
    worse = drop(star(), fraction=0.25, where=where)
    inside = (worse.wavelength_aa > VISUAL_AA[0]) & (worse.wavelength_aa < VISUAL_AA[1])
    assert worse.bad[inside].mean() == pytest.approx(0.25, abs=0.01)
    assert int((np.diff(worse.bad[inside].astype(int)) == 1).sum()) in (0, 1, 7, 8)


def test_a_shift_is_told_in_grid_pixels() -> None:
    moved = shift(star(), pixels=3.0).wavelength_aa[0] - 3700.0
    assert abs(moved) == pytest.approx(3.75)


def test_every_way_has_its_own_name_and_leaves_the_original_alone() -> None:
    ways = degradations()
    assert len({way.name for way in ways}) == len(ways)
    whole = star(line=True)
    before = whole.flux.copy()
    for way in ways:
        assert len(way.apply(whole)) == len(whole)
    np.testing.assert_array_equal(whole.flux, before)
