"""Folds keep systems together, spread strata, and are the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.recipes.folds import folds


def systems_and_strata() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    systems = np.array([f"HD{i}" for i in rng.integers(0, 900, 1500)])
    strata = np.array([int(name[2:]) % 17 for name in systems])
    return systems, strata


def test_rows_of_a_system_share_a_fold() -> None:
    systems, strata = systems_and_strata()
    fold = folds(systems, strata=strata)
    for name in np.unique(systems):
        assert len(set(fold[systems == name])) == 1


def test_folds_and_strata_are_balanced() -> None:
    systems, strata = systems_and_strata()
    fold = folds(systems, strata=strata)
    sizes = np.bincount(fold, minlength=5)
    assert sizes.max() - sizes.min() < 0.05 * len(systems)
    for stratum in range(17):
        per_fold = [len(set(systems[(strata == stratum) & (fold == k)])) for k in range(5)]
        assert max(per_fold) - min(per_fold) <= 1


def test_split_does_not_depend_on_row_order_but_on_the_seed() -> None:
    systems, strata = systems_and_strata()
    order = np.random.default_rng(0).permutation(len(systems))
    fold = folds(systems, strata=strata)
    np.testing.assert_array_equal(folds(systems[order], strata=strata[order]), fold[order])
    assert np.any(folds(systems, strata=strata, seed=1) != fold)


def test_split_is_the_same_as_ever() -> None:
    assert folds([f"HD{i}" for i in range(10)]).tolist() == [3, 2, 1, 4, 3, 2, 1, 0, 0, 4]


def test_too_few_systems_are_refused() -> None:
    with pytest.raises(ValueError, match="2 star systems cannot be split into 5 folds"):
        folds(["HD1", "HD2", "HD1"])
