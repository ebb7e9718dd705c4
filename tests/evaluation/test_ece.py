"""Calibration errors are those of the definition, and noise alone does not look like error."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.evaluation.ece import debiased_ece, ece, perfect_band, reliability
from spectra_gui.evaluation.rows import Labels, Scored, score_rows


def two_way(confidence: np.ndarray, right: np.ndarray) -> Scored:
    """Rows whose answer is G2 V with ``confidence``, against G2 V (right) or K2 III."""
    n = len(confidence)
    p = np.zeros((n, 70, 6))
    p[:, 42, 4] = confidence
    p[:, 52, 2] = 1 - confidence
    code = np.where(right, 42.0, 52.0)
    luminosity = np.where(right[:, None], np.eye(6)[4], np.eye(6)[2])
    return score_rows(p, Labels(code, luminosity, np.arange(n).astype(str)))


def perfect(n: int, seed: int) -> Scored:
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.51, 1.0, n)
    return two_way(confidence, rng.random(n) < confidence)


def ones(scored: Scored) -> np.ndarray:
    return np.ones((1, len(scored)))


def test_error_is_the_mean_gap_over_bins() -> None:
    confidence = np.array([0.9] * 10 + [0.6] * 5)
    right = np.array([True] * 6 + [False] * 4 + [True] * 5)
    scored = two_way(confidence, right)
    assert ece(scored, ones(scored))[0] == pytest.approx((10 * 0.3 + 5 * 0.4) / 15)


def test_band_holds_a_perfectly_calibrated_model() -> None:
    inside = 0
    for seed in range(40):
        scored = perfect(600, seed)
        low, _, high = perfect_band(scored.confidence, n_simulations=400)
        inside += low <= ece(scored, ones(scored))[0] <= high
    assert inside >= 34


def test_band_does_not_hold_an_overconfident_model() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.7, 1.0, 600)
    scored = two_way(confidence, rng.random(600) < confidence - 0.12)
    assert ece(scored, ones(scored))[0] > perfect_band(scored.confidence)[2]


def test_band_narrows_with_more_stars() -> None:
    confidence = np.random.default_rng(1).uniform(0.5, 1, 4000)
    assert perfect_band(confidence)[1] < 0.5 * perfect_band(confidence[:400])[1]


def test_debiasing_takes_the_noise_of_a_perfect_model_and_keeps_a_real_error() -> None:
    scored = perfect(600, 7)
    assert debiased_ece(scored, ones(scored))[0] < 0.75 * ece(scored, ones(scored))[0]
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.7, 1.0, 6000)
    off = two_way(confidence, rng.random(6000) < confidence - 0.2)
    assert debiased_ece(off, ones(off))[0] == pytest.approx(0.2, abs=0.02)


def test_reliability_bins_bound_the_accuracy() -> None:
    bins = reliability(perfect(3000, 3))
    assert sum(b.n for b in bins) == 3000
    assert all(b.low < b.accuracy < b.high or b.accuracy in (0.0, 1.0) for b in bins)
    assert np.mean([b.low < b.confidence < b.high for b in bins]) > 0.7
