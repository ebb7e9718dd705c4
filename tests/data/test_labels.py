"""Catalogue strings become shares of grid cells."""

from __future__ import annotations

import numpy as np

from spectra_gui.data.labels import (
    box_steps,
    fainter_class,
    headline_types,
    is_subdwarf,
    label_grid,
    read_labels,
)


def test_only_full_types_of_one_star_are_labels() -> None:
    code, luminosity = read_labels(["G2 V", "HB", "B5", "G6 IV + M6 V", "07Ia", "sdM1"])
    np.testing.assert_array_equal(np.isfinite(code), [True, False, False, False, True, True])
    assert code[4] == 7.0
    np.testing.assert_array_equal(luminosity.sum(1), [1, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(
        is_subdwarf(luminosity), [False, False, False, False, False, True]
    )


def test_range_of_classes_counts_as_the_fainter_in_the_headline_and_as_halves_on_the_grid() -> None:
    code, luminosity = read_labels(["K1 IV-V"])
    assert fainter_class(luminosity)[0] == 4
    grid = label_grid(code, luminosity)
    assert grid[0, 51, 3] == grid[0, 51, 4] == 0.5


def test_decimals_are_shared_between_rows_also_across_letters() -> None:
    grid = label_grid(*read_labels(["O9.7 V", "B0.5 I"]))
    np.testing.assert_allclose(grid[0, [9, 10], 4], [0.3, 0.7])
    np.testing.assert_allclose(grid[1, [10, 11], 0], [0.5, 0.5])


def test_boxes_outside_the_system_give_their_share_to_the_nearest_used_one() -> None:
    grid = label_grid(*read_labels(["K8 V", "K7.5 V", "M9.5 V"]))
    assert grid[0, 57, 4] == 1.0
    assert grid[1, 57, 4] == 1.0
    assert grid[2, 69, 4] == 1.0


def test_unknown_labels_have_no_mass() -> None:
    assert label_grid(*read_labels(["carbon star"])).sum() == 0
    assert fainter_class(np.zeros((1, 6)))[0] == -1


def test_late_k_to_early_m_is_one_step() -> None:
    np.testing.assert_allclose(np.diff(box_steps([57, 60, 60.5])), [1.0, 0.5])


def test_the_headline_counts_a_range_as_fainter_and_a_decimal_by_its_letter() -> None:
    code, luminosity = read_labels(["F9.5 IV-V", "K0 III", "a quasar"])
    types = headline_types(code, luminosity)
    assert types.argmax(1)[:2].tolist() == [3 * 6 + 4, 5 * 6 + 2]
    assert types.sum(1).tolist() == [1.0, 1.0, 0.0]
