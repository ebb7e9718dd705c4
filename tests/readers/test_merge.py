"""Several spectra of one object become one: levels, blaze, weights, masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_gui.data import Override, Spectrum
from spectra_gui.readers import read
from spectra_gui.readers.merge import common_name, merge_spectra
from tests.echelle import grating_blaze, orders, ripple, spectrum, star

BLAZES = {
    "grating": grating_blaze,
    "narrow grating off its centre": lambda x: np.sinc(0.8 * (x - 0.05)) ** 2,
    "bell": lambda x: np.exp(-0.5 * (x / 0.42) ** 2),
}
LARGEST_RIPPLE = {"grating": 0.01, "narrow grating off its centre": 0.01, "bell": 0.02}
"""A bell is not the shape that is fitted: in the middle of an order, it is off by a little."""


@pytest.mark.parametrize("blaze", BLAZES)
@pytest.mark.parametrize("has_sigma", [True, False])
def test_blazed_orders_become_the_star_without_a_saw_tooth(blaze: str, has_sigma: bool) -> None:
    result = merge_spectra(orders(BLAZES[blaze], has_sigma=has_sigma), orders=True)
    assert result.levels.blaze == "estimated"
    assert np.abs(ripple(result.spectrum) - 1.0).max() < LARGEST_RIPPLE[blaze]
    assert result.spectrum.name == "HD 1"


def test_the_sigma_of_merged_orders_is_their_scatter() -> None:
    merged = merge_spectra(orders(BLAZES["grating"]), orders=True).spectrum
    level = np.median(merged.flux / star(merged.wavelength_aa))
    assert merged.sigma is not None
    away = (merged.flux - level * star(merged.wavelength_aa)) / merged.sigma
    assert 1.4826 * np.median(np.abs(away)) == pytest.approx(1.0, abs=0.1)
    # In the overlaps, where two orders give light, too.
    alone = orders(BLAZES["grating"])[10]
    edge = (merged.wavelength_aa > alone.wavelength_aa[0]) & (
        merged.wavelength_aa < alone.wavelength_aa[60]
    )
    assert 1.4826 * np.median(np.abs(away[edge])) == pytest.approx(1.0, abs=0.15)


def test_flat_orders_are_left_flat_and_what_only_one_shows_is_untouched() -> None:
    parts = orders(lambda x: np.ones_like(x))
    result = merge_spectra(parts, orders=True)
    assert result.levels.blaze == ""
    assert not result.levels.factors
    middle = parts[12].wavelength_aa[400:600]
    place = np.searchsorted(result.spectrum.wavelength_aa, middle)
    np.testing.assert_array_equal(result.spectrum.wavelength_aa[place], middle)
    np.testing.assert_allclose(result.spectrum.flux[place], parts[12].flux[400:600], rtol=1e-12)


def test_orders_of_different_levels_and_blaze_at_once() -> None:
    levels = np.exp(0.15 * np.random.default_rng(3).normal(size=30))
    result = merge_spectra(orders(BLAZES["grating"], levels=levels), orders=True)
    # What is asked for is no saw-tooth: neighbouring stretches agree, however the whole leans.
    steps = np.diff(np.log(ripple(result.spectrum)))
    assert np.abs(steps).max() < 0.04
    assert len(result.levels.factors) > 15


def test_orders_too_short_to_overlap_lose_the_curve_that_they_share() -> None:
    """A blaze like a tent, which no formula has."""
    parts = orders(lambda x: 1.0 - 1.2 * np.abs(x), reach=0.45)
    result = merge_spectra(parts, orders=True)
    assert (result.levels.blaze, result.levels.n_overlaps) == ("estimated", 0)
    assert np.abs(ripple(result.spectrum) - 1.0).max() < 0.03


@pytest.mark.parametrize("reach", [0.45, 0.62])
def test_a_blaze_that_few_orders_do_not_tell_is_noticed(reach: float) -> None:
    blazed = merge_spectra(orders(BLAZES["grating"], n=3, reach=reach), orders=True)
    flat = merge_spectra(orders(lambda x: np.ones_like(x), n=3, reach=reach), orders=True)
    mended = merge_spectra(orders(BLAZES["grating"]), orders=True)
    assert blazed.levels.fall > 0.3
    assert max(flat.levels.fall, mended.levels.fall) < 0.02


def test_orders_that_lean_do_not_add_up_to_a_slope() -> None:
    """As blaze functions of STIS leave them: at every overlap one is 4 % above the other."""
    result = merge_spectra(orders(lambda x: np.exp(0.04 * x)), orders=True)
    assert result.levels.leaning
    assert np.abs(ripple(result.spectrum) - 1.0).max() < 0.01


def test_merged_orders_of_a_calibrated_file_keep_their_flux(shared_data: Path) -> None:
    path = shared_data / "originals" / "specutils_odbue5030_x1d.fits"
    apart = read(path).spectra
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert len(apart) == 40
    for order in apart:
        good = ~order.bad
        there = np.interp(order.wavelength_aa[good], merged.wavelength_aa, merged.flux)
        assert np.median(there / order.flux[good]) == pytest.approx(1.0, abs=0.1)


def test_a_blaze_that_the_file_states_is_divided_out() -> None:
    parts = orders(BLAZES["bell"], n=3)
    x = np.linspace(-0.62, 0.62, 1000)
    blazes = [7.0 * BLAZES["bell"](x)] * 3
    result = merge_spectra(parts, orders=True, blazes=blazes)
    assert result.levels.blaze == "stated"
    assert np.abs(ripple(result.spectrum) - 1.0).max() < 0.01


def arms(step: float = 1.0, *, sigma: float | None = 0.01) -> list[Spectrum]:
    """A blue and a red arm that overlap by 100 Å; the red one is too high by a factor."""
    noise = np.random.default_rng(2)
    blue, red = np.arange(5000.0, 5600.0, 0.5), np.arange(5500.2, 6400.0, 0.8)
    return [
        spectrum(blue, star(blue) + 0.01 * noise.normal(size=blue.size), sigma),
        spectrum(red, step * (star(red) + 0.01 * noise.normal(size=red.size)),
                 None if sigma is None else step * sigma),
    ]  # fmt: skip


@pytest.mark.parametrize("sigma", [0.01, None])
def test_arms_of_different_levels_are_brought_together(sigma: float | None) -> None:
    result = merge_spectra(arms(1.2, sigma=sigma))
    assert result.levels.factors == pytest.approx((1 / 1.2,), rel=0.02)
    ratio = result.spectrum.flux / star(result.spectrum.wavelength_aa)
    blue, red = ratio[:500], ratio[-500:]
    assert np.median(red) / np.median(blue) == pytest.approx(1.0, abs=0.01)


def test_levels_that_cannot_be_one_stars_are_kept() -> None:
    result = merge_spectra(arms(5.0))
    assert (result.levels.n_apart, result.levels.factors) == (1, ())
    ratio = result.spectrum.flux / star(result.spectrum.wavelength_aa)
    assert np.median(ratio[-500:]) == pytest.approx(5.0, rel=0.02)


def test_the_finer_sampling_wins_where_arms_overlap() -> None:
    blue, red = arms()
    coarse = spectrum(red.wavelength_aa[::4], red.flux[::4], 0.01)
    merged = merge_spectra([blue, coarse]).spectrum
    shared = (merged.wavelength_aa > 5505.0) & (merged.wavelength_aa < 5599.0)
    assert np.diff(merged.wavelength_aa[shared]) == pytest.approx(0.5)


def test_a_gap_stays_a_gap() -> None:
    blue, red = np.arange(4950.0, 5350.0), np.arange(6300.0, 6800.0)
    result = merge_spectra([spectrum(red, star(red)), spectrum(blue, star(blue))])
    assert result.n_gaps == 1
    assert len(result.spectrum) == 900
    np.testing.assert_allclose(result.spectrum.flux, star(result.spectrum.wavelength_aa))


def test_masked_pixels_give_nothing_and_are_filled_by_the_other_spectrum() -> None:
    wavelength = np.arange(5000.0, 5100.0)
    broken = np.full(100, 1.0)
    broken[20:30] = 1e6
    one = spectrum(wavelength, broken, 0.1, mask=broken > 10.0)
    both_bad = np.zeros(100, bool)
    both_bad[25] = True
    other = spectrum(wavelength, np.full(100, 1.0), 0.1, mask=both_bad)
    merged = merge_spectra([one, other]).spectrum
    assert merged.sigma is not None
    assert np.flatnonzero(merged.bad).tolist() == [25]
    assert merged.flux[~merged.bad] == pytest.approx(1.0)
    assert merged.sigma[22] == pytest.approx(0.1)
    assert merged.sigma[50] == pytest.approx(0.1 / np.sqrt(2.0))


def test_no_light_goes_over_a_hole_in_a_spectrum() -> None:
    fine = np.arange(5000.0, 5100.0, 0.5)
    holed = np.delete(np.arange(5000.0, 5100.0), slice(40, 60))
    merged = merge_spectra(
        [spectrum(fine, np.ones(200), 0.1), spectrum(holed, np.ones(80), 0.01)]
    ).spectrum
    assert merged.sigma is not None
    inside = (merged.wavelength_aa > 5041.0) & (merged.wavelength_aa < 5058.0)
    assert merged.sigma[inside] == pytest.approx(0.1)


def test_a_cosmic_ray_in_one_order_does_not_survive_and_a_line_does() -> None:
    wavelength = np.arange(5000.0, 5200.0, 0.25)
    line = 1.0 + 3.0 * np.exp(-0.5 * ((wavelength - 5150.0) / 0.4) ** 2)
    noise = np.random.default_rng(4)
    pair = [line + 0.02 * noise.normal(size=line.size) for _ in range(2)]
    pair[0][200] += 5.0
    result = merge_spectra(
        [spectrum(wavelength, pair[0], 0.02), spectrum(wavelength + 0.1, pair[1], 0.02)]
    )
    merged = result.spectrum
    assert result.n_spikes == 1
    assert np.interp(wavelength[200], merged.wavelength_aa, merged.flux) == pytest.approx(
        1.0, abs=0.1
    )
    assert merged.flux.max() == pytest.approx(4.0, abs=0.15)


def test_the_resolution_is_that_of_the_weightiest() -> None:
    wavelength = np.arange(5000.0, 5100.0)
    sharp = spectrum(wavelength, np.ones(100), 0.1, fwhm_aa=np.full(100, 1.0))
    dull = spectrum(wavelength, np.ones(100), 0.2, fwhm_aa=np.full(100, 3.0))
    merged = merge_spectra([dull, sharp]).spectrum
    assert merged.fwhm_aa is not None
    assert np.all(merged.fwhm_aa == 1.0)


def test_what_all_parts_state_is_carried() -> None:
    wavelength = np.arange(5000.0, 5100.0)
    facts: dict[str, Any] = {"velocity_kms": 12.0, "flux_unit": "counts"}
    pair = [
        spectrum(wavelength, np.ones(100), meta={"date": "2026", "exposure": i}, **facts)
        for i in range(2)
    ]
    merged = merge_spectra(pair).spectrum
    assert (merged.medium, merged.frame) == ("air", "barycentric")
    assert (merged.velocity_kms, merged.flux_unit) == (12.0, "counts")
    assert dict(merged.meta) == {"date": "2026"}


def test_the_name_of_the_object_is_what_the_names_share() -> None:
    assert common_name(["HD 1 order 3", "HD 1 order 14"]) == "HD 1"
    assert common_name(["Vega", "Vega"]) == "Vega"
    assert common_name(["order 1", "order 2"]) == ""


@given(st.integers(0, 2**32 - 1), st.integers(5, 300))
@settings(max_examples=40, deadline=None)
def test_a_spectrum_merged_with_itself_is_itself_with_less_noise(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    wavelength = 4000.0 + np.cumsum(random.uniform(0.5, 1.5, n))
    mask = random.random(n) < 0.1
    mask[0] = False
    one = spectrum(wavelength, random.normal(10.0, 1.0, n), random.uniform(0.5, 2.0, n), mask=mask)
    merged = merge_spectra([one, one]).spectrum
    assert merged.sigma is not None
    assert one.sigma is not None
    np.testing.assert_array_equal(merged.wavelength_aa, one.wavelength_aa)
    np.testing.assert_array_equal(merged.bad, one.bad)
    np.testing.assert_allclose(merged.flux, one.flux)
    np.testing.assert_allclose(merged.sigma[~mask], one.sigma[~mask] / np.sqrt(2.0))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_whatever_is_merged_is_a_spectrum(seed: int) -> None:
    random = np.random.default_rng(seed)
    parts = []
    for i in range(random.integers(1, 9)):
        n = int(random.integers(2, 90))
        steps = random.uniform(0.5, 1.5, n) * 10.0 ** random.uniform(-2.0, 1.0)
        flux = random.normal(1.0, 1.0, n) * 10.0 ** random.uniform(-20.0, 20.0)
        flux[random.random(n) < 0.05] = np.nan
        flux[0] = 1.0
        sigma = None if seed % 2 else np.abs(random.normal(1.0, 1.0, n)) + 1e-300
        parts.append(spectrum(4000.0 + 20.0 * i + np.cumsum(steps), flux, sigma))
    with np.errstate(all="raise", under="ignore"):
        merged = merge_spectra(parts, orders=bool(seed % 3)).spectrum
    assert np.isfinite(merged.flux[~merged.bad]).all()
    assert merged.wavelength_aa[0] == min(part.wavelength_aa[0] for part in parts)
    assert merged.wavelength_aa[-1] == max(part.wavelength_aa[-1] for part in parts)


def test_too_many_spectra_are_no_orders() -> None:
    wavelength = np.arange(5000.0, 5010.0)
    with pytest.raises(ValueError, match="more than"):
        merge_spectra([spectrum(wavelength, np.ones(10))] * 301)
