"""Splits: whole star systems, spread over the types, whatever the order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.training import DataError
from spectra_gui.training.split import (
    FEWEST_VALIDATION,
    shared_systems,
    split_test,
    split_validation,
)
from tests.training.made import made_set

DATA = made_set(60, spectra_a_star=2)


def parts(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    test = split_test(DATA, 0.2, seed)
    train, validation = split_validation(DATA, ~test, 0.15, seed)
    return train, validation, np.flatnonzero(test)


@pytest.mark.parametrize("seed", range(5))
def test_no_star_system_stands_in_two_parts(seed: int) -> None:
    assert shared_systems(DATA, *parts(seed)) == 0
    assert sum(map(len, parts(seed))) == len(DATA)


def test_a_shared_system_is_counted() -> None:
    assert shared_systems(DATA, np.array([0, 4]), np.array([1, 7]), np.array([5])) == 2


def test_the_test_part_has_its_share_and_meets_every_letter() -> None:
    test = split_test(DATA, 0.2, 1)
    assert len(np.unique(DATA.system[test])) == 12
    assert set(DATA.code[test] // 10) == set(DATA.code // 10)


def test_the_test_part_does_not_depend_on_the_order_of_rows() -> None:
    order = np.random.default_rng(0).permutation(len(DATA))
    assert np.array_equal(split_test(DATA, 0.2, 1)[order], split_test(DATA.rows(order), 0.2, 1))


def test_another_seed_keeps_other_stars_back() -> None:
    assert not np.array_equal(split_test(DATA, 0.2, 1), split_test(DATA, 0.2, 2))


def test_no_share_keeps_nothing_back() -> None:
    assert not split_test(DATA, 0.0, 1).any()


def test_systems_without_a_scored_spectrum_always_teach() -> None:
    data = made_set(30)
    data.scored[:10] = False
    assert not split_test(data, 0.5, 1)[:10].any()
    train, validation = split_validation(data, np.ones(30, bool), 0.5, 1)
    assert set(range(10)) <= set(train)
    assert data.scored[validation].all()


def test_a_small_set_still_has_stars_that_choose_the_epoch() -> None:
    data = made_set(20)
    _, validation = split_validation(data, np.ones(20, bool), 0.01, 1)
    assert len(validation) == FEWEST_VALIDATION


def test_one_star_with_a_full_type_cannot_both_teach_and_choose() -> None:
    data = made_set(20)
    data.scored[1:] = False
    with pytest.raises(DataError, match="such a type that are left: 1"):
        split_validation(data, np.ones(20, bool), 0.01, 1)
