"""Temperatures recover the truth, and no row is calibrated by itself."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.inference.calibrate import (
    cross_entropy,
    cross_fitted,
    ensemble_mean,
    fit_ensemble,
    fit_temperature,
    fit_top_temperature,
    softmax,
    temper,
    type_mass,
)


def overconfident(
    n: int = 4000, factor: float = 2.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are ``factor`` times those from which the labels were drawn."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 2, (n, 420))
    p = softmax(honest)
    drawn = (rng.random((n, 1)) > np.cumsum(p, 1)).sum(1).clip(max=419)
    return factor * honest, drawn


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_temperature_undoes_a_known_overconfidence(factor: float) -> None:
    logits, labels = overconfident(factor=factor)
    assert fit_temperature(logits, labels) == pytest.approx(factor, rel=0.05)


def test_soft_targets_equal_to_the_model_need_no_temperature() -> None:
    logits, _ = overconfident(200)
    assert fit_temperature(logits, softmax(logits)) == pytest.approx(1.0, abs=1e-3)


def test_letter_and_class_targets_fit_the_likelihood_of_letter_and_class() -> None:
    logits, labels = overconfident(factor=2.0)
    types = type_mass(np.eye(420)[labels])
    fitted = fit_temperature(logits, types)
    losses = [
        cross_entropy(type_mass(softmax(logits, t)), types).mean()
        for t in (fitted, 0.9 * fitted, 1.1 * fitted)
    ]
    assert losses[0] == min(losses)


def test_unlabelled_rows_do_not_count() -> None:
    logits, labels = overconfident(500)
    more = np.concatenate([logits, 50 * logits])
    masked = np.concatenate([labels, np.full(len(labels), -1)])
    assert fit_temperature(more, masked) == fit_temperature(logits, labels)
    with pytest.raises(ValueError, match="none has a label"):
        fit_temperature(logits, np.full(500, -1))


def test_ensemble_is_the_mean_of_calibrated_probabilities_not_of_logits() -> None:
    logits = np.zeros((2, 1, 420))
    logits[0, 0, 3], logits[1, 0, 7] = 8.0, 4.0
    expected = 0.5 * (softmax(logits[0] / 2) + softmax(logits[1]))
    np.testing.assert_allclose(ensemble_mean(logits, [2.0, 1.0]), expected)
    np.testing.assert_allclose(temper(expected, 1.7).sum(1), 1.0)


def test_mean_of_disagreeing_members_is_sharpened() -> None:
    rng = np.random.default_rng(1)
    logits, labels = overconfident(3000, factor=1.0)
    noisy = np.stack([logits + rng.normal(0, 1.5, logits.shape) for _ in range(3)])
    _, ensemble = fit_ensemble(noisy, labels)
    assert ensemble < 1.0


def test_the_answer_is_right_as_often_as_it_says_though_some_labels_are_far_off() -> None:
    rng = np.random.default_rng(5)
    logits, labels = overconfident(4000, factor=1.0)
    wrong = rng.random(4000) < 0.04
    labels = np.where(wrong, rng.integers(0, 420, 4000), labels)
    types = labels // 60 * 6 + labels % 6
    temperatures, own = fit_ensemble(logits[None], np.eye(42)[types])
    mass = type_mass(ensemble_mean(logits[None], temperatures, own))
    assert mass.max(1).mean() == pytest.approx((mass.argmax(1) == types).mean(), abs=0.01)


def test_no_fold_is_calibrated_by_its_own_rows() -> None:
    logits, labels = overconfident(600)
    logits = np.stack([logits, logits * 0.7])
    fold = np.arange(600) % 5
    first = cross_fitted(logits, labels, fold)
    changed = labels.copy()
    changed[fold == 2] = (labels[fold == 2] + 211) % 420
    second = cross_fitted(logits, changed, fold)
    np.testing.assert_array_equal(first.probabilities[fold == 2], second.probabilities[fold == 2])
    assert np.any(first.probabilities[fold == 1] != second.probabilities[fold == 1])
    np.testing.assert_allclose(first.probabilities.sum(1), 1.0)


def test_by_the_sum_members_count_alike_and_only_the_sum_has_a_temperature() -> None:
    logits, labels = overconfident(600)
    both = np.stack([logits, 0.5 * logits])
    temperatures, own = fit_ensemble(both, labels, "sum_of_logits")
    assert temperatures.tolist() == [1.0, 1.0]
    assert own == pytest.approx(1.5 * fit_top_temperature(logits, labels), rel=0.01)
    found = ensemble_mean(both, temperatures, own, "sum_of_logits")
    np.testing.assert_allclose(found, softmax(logits, own / 1.5))
    fold = np.arange(600) % 5
    crossed = cross_fitted(both, labels, fold, "sum_of_logits")
    assert (crossed.temperatures == 1.0).all()
    np.testing.assert_array_equal(crossed.probabilities.argmax(1), logits.argmax(1))
    np.testing.assert_array_equal(crossed.members[1].argmax(1), logits.argmax(1))
