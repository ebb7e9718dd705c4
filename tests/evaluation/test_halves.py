"""The halves of the left-out libraries are fixed, disjoint and by system."""

from __future__ import annotations

import numpy as np

from spectra_gui.evaluation.halves import half, in_half, left_out


def test_halves_are_the_ones_that_published_scores_use() -> None:
    assert [half(f"HD{i}")[0] for i in range(12)] == list("rrdrdddrddrd")


def test_halves_are_disjoint_complete_and_about_equal() -> None:
    names = [f"HD{i}" for i in range(2000)]
    development, report = in_half(names, "development"), in_half(names, "report")
    assert np.all(development ^ report)
    assert 0.45 < development.mean() < 0.55


def test_left_out_rows_have_no_system_in_the_training_library() -> None:
    systems = np.array(["a", "b", "b", "c", "c"])
    libraries = np.array(["miles", "miles", "cflib", "cflib", "cool_dwarfs"])
    np.testing.assert_array_equal(
        left_out(systems, libraries, train="miles", test="cflib"), [0, 0, 0, 1, 0]
    )
    np.testing.assert_array_equal(
        left_out(systems, libraries, train="cflib", test="miles"), [1, 0, 0, 0, 0]
    )
