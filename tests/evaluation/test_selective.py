"""Accuracy against the fraction answered: sure answers first, ties together."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.evaluation.selective import by_fraction_answered


def test_the_least_sure_answers_are_withheld_first() -> None:
    curve = by_fraction_answered([0.4, 0.9, 0.8, 0.5], [False, True, True, False])
    np.testing.assert_allclose(curve.fraction, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(curve.accuracy, [1.0, 1.0, 2 / 3, 0.5])
    np.testing.assert_allclose(curve.probability, [0.9, 0.8, 0.5, 0.4])
    assert curve.area == pytest.approx((1 + 1 + 2 / 3 + 0.5) / 4)


def test_equally_sure_answers_stand_or_fall_together() -> None:
    curve = by_fraction_answered([0.7, 0.7, 0.2], [True, False, True])
    np.testing.assert_allclose(curve.fraction, [2 / 3, 1.0])
    np.testing.assert_allclose(curve.accuracy, [0.5, 2 / 3])


@pytest.mark.parametrize(("probability", "right"), [([], []), ([0.5], [True, False])])
def test_there_must_be_an_answer_for_each_probability(
    probability: list[float], right: list[bool]
) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        by_fraction_answered(probability, right)
