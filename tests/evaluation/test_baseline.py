"""The simple classifiers learn, and nothing of a fold's own labels reaches its answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.evaluation import baseline
from spectra_gui.evaluation.baseline import Kind, couple, cross_fitted, left_out, predict
from spectra_gui.evaluation.rows import Labels, score_rows
from tests.evaluation.made import figures


def made_spectra(n: int = 240, seed: int = 0) -> tuple[np.ndarray, Labels, np.ndarray]:
    """Spectra whose line positions tell the temperature and whose depth tells the class."""
    rng = np.random.default_rng(seed)
    code = rng.integers(22, 58, n).astype(float)
    luminosity = rng.choice([2, 4], n)
    x = np.arange(120)
    depth = np.where(luminosity == 2, 0.2, 0.6)[:, None]
    flux = 1 - depth * np.exp(-0.5 * ((x - 2 * (code[:, None] - 20) - 10) / 6) ** 2)
    flux = (flux + rng.normal(0, 0.01, flux.shape)).astype(np.float32)
    systems = np.array([f"s{i}" for i in range(n)])
    return flux, Labels(code, np.eye(6)[luminosity], systems), np.arange(n) % 4


@pytest.mark.parametrize("kind", baseline.kinds())
def test_a_learnable_relation_is_learnt(kind: Kind) -> None:
    flux, labels, fold = made_spectra()
    p = cross_fitted(kind, flux, labels, fold)
    np.testing.assert_allclose(p.sum((1, 2)), 1.0)
    got = figures(score_rows(p, labels))
    assert got["joint"] > 0.8
    assert got["subtype_mean"] < 1.0


@pytest.mark.parametrize("kind", baseline.kinds())
def test_labels_of_a_fold_do_not_reach_its_answers(kind: Kind) -> None:
    flux, labels, fold = made_spectra(160)
    wrong = labels.code.copy()
    wrong[fold == 1] = 79.0 - wrong[fold == 1]
    before = cross_fitted(kind, flux, labels, fold)
    after = cross_fitted(kind, flux, replace(labels, code=wrong), fold)
    # The other folds' scores move, and with them the temperature of fold 1; its ranking may not.
    ranked = [p[fold == 1].sum(1).argmax(1) for p in (before, after)]
    np.testing.assert_array_equal(ranked[0], ranked[1])
    assert np.any(before[fold == 2].sum(1) != after[fold == 2].sum(1))


def test_spectra_of_the_left_out_rows_are_only_answered() -> None:
    flux, labels, fold = made_spectra()
    train = np.arange(240) < 160
    p = left_out("logistic", flux, labels, fold, train=train, test=~train)
    changed = flux.copy()
    changed[200:] = 1.0
    q = left_out("logistic", changed, labels, fold, train=train, test=~train)
    np.testing.assert_array_equal(p[:40], q[:40])


def test_a_class_that_wins_all_its_pairs_is_most_probable() -> None:
    # Pairs in the order (0,1), (0,2), (1,2); class 1 wins both of its pairs.
    p = couple(np.array([[-1.0, 0.3, 1.0]]), 3)
    assert p.argmax() == 1
    assert p.sum() == pytest.approx(1.0)


def test_two_classes_are_told_apart_the_right_way_round() -> None:
    flux, labels, _ = made_spectra(100)
    one_letter = replace(labels, code=np.full(100, 42.0))
    scores = predict("svm", flux, one_letter, flux)
    assert np.mean(scores.log_types.argmax(1) == one_letter.cell) > 0.9
