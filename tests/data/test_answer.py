"""The answer is the most probable letter + class with its posterior-median subtype."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.data.answer import (
    answer,
    cells,
    credible_cells,
    credible_set,
    credible_text,
    median_code,
    subtype_interval,
)

V, IV, III = 4, 3, 2


def grid(**cell_weights: float) -> np.ndarray:
    """(1, 70, 6) from e.g. ``G2_V=0.5``."""
    out = np.zeros((1, 70, 6))
    names = {"III": III, "IV": IV, "V": V, "I": 0, "II": 1, "VI": 5}
    for name, weight in cell_weights.items():
        subtype, luminosity = name.split("_")
        out[0, 10 * "OBAFGKM".index(subtype[0]) + int(subtype[1]), names[luminosity]] = weight
    return out


def test_certain_subtype_is_returned_exactly() -> None:
    letter, luminosity, code = answer(grid(G2_V=1.0))
    assert (letter[0], luminosity[0], code[0]) == (4, V, 42.0)


def test_two_equal_neighbours_give_the_half_subtype() -> None:
    assert answer(grid(G2_V=0.5, G3_V=0.5))[2][0] == pytest.approx(42.5)


def test_the_box_that_holds_the_median_is_the_subtype() -> None:
    assert answer(grid(G2_V=0.6, G3_V=0.4))[2][0] == 42.0
    assert answer(grid(G1_V=0.3, G2_V=0.3, G3_V=0.4))[2][0] == 42.0
    assert answer(grid(G2_V=0.51, G3_V=0.49))[2][0] == 42.5


def test_letter_and_class_are_chosen_by_their_sum_not_by_the_highest_cell() -> None:
    p = grid(K0_III=0.3, G5_V=0.2, G6_V=0.2, G7_V=0.2)
    letter, luminosity, code = answer(p)
    assert (letter[0], luminosity[0]) == (4, V)
    assert code[0] == pytest.approx(46.0)
    assert cells(p)[0, 4, V] == pytest.approx(0.6)


def test_subtype_stays_within_the_letter_of_the_answer() -> None:
    _, _, code = answer(np.concatenate([grid(G0_V=1.0, F9_V=0.9), grid(G9_V=1.0, K0_V=0.9)]))
    np.testing.assert_allclose(code, [40.0, 49.0])
    skewed = np.zeros((1, 70, 6))
    skewed[0, 40, V], skewed[0, 41, V] = 0.9, 0.05
    assert answer(skewed)[2][0] == 40.0


def test_median_of_another_cell_can_be_asked_for() -> None:
    p = grid(G2_V=0.6, K1_III=0.2, K3_III=0.2)
    assert median_code(p, [5], [III])[0] == pytest.approx(51.5)


def test_interval_of_a_flat_marginal_holds_the_middle_two_thirds() -> None:
    low, high = subtype_interval(np.ones((1, 70, 6)))[0]
    assert low == pytest.approx(0.16 * 70 - 0.5)
    assert high == pytest.approx(0.84 * 70 - 0.5)


def test_credible_set_is_the_smallest_that_reaches_the_level() -> None:
    p = grid(G2_V=0.5, G3_V=0.3, G4_V=0.15, G5_IV=0.05)
    inside = credible_set(p, 0.9)
    assert inside.sum() == 3
    assert p[inside].sum() == pytest.approx(0.95)
    assert credible_set(p, 0.8).sum() == 2


def test_credible_cells_come_most_probable_first() -> None:
    assert credible_cells(grid(G2_V=0.3, G3_V=0.6, K0_IV=0.1)[0]) == ((43, V), (42, V))


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ([(42, V)], "G2, V"),
        ([(r, c) for r in range(40, 45) for c in (IV, V)], "G0–G4, IV–V"),
        ([(20, V), (21, V), (25, IV), (25, V)], "A0–A1, V; A5, IV–V"),
        ([(57, V), (60, V)], "K7–M0, V"),
        ([(50, III), (50, V)], "K0, III and V"),
    ],
)
def test_credible_text_names_ranges_and_gaps(chosen: list[tuple[int, int]], text: str) -> None:
    assert credible_text(chosen) == text


def test_wrong_shape_is_named() -> None:
    with pytest.raises(ValueError, match=r"expected \(n, 70, 6\)"):
        answer(np.zeros((70, 6)))
