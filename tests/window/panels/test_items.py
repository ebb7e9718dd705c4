from __future__ import annotations

import itertools

import numpy as np
import pytest

from spectra_gui.window.plots.items import band_pieces


def area(x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    return float(np.trapezoid(upper - lower, x))


@pytest.mark.parametrize("n", [1, 2, 40, 2441])
@pytest.mark.parametrize(("scale", "offset"), [(0.23, -881.7), (-0.5, 2000.3), (7.0, 0.0)])
def test_the_pieces_of_a_band_are_the_band_and_meet_on_whole_pixels(
    n: int, scale: float, offset: float
) -> None:
    x = np.sort(np.random.default_rng(1).uniform(3850.0, 6900.0, n))
    middle = np.sin(x / 40.0)
    lower, upper = middle - 0.1, middle + 0.2 + 0.1 * np.cos(x)
    pieces = list(band_pieces(x, lower, upper, scale=scale, offset=offset))
    assert sum(area(*piece) for piece in pieces) == pytest.approx(area(x, lower, upper))
    assert pieces[0][0][0] == x[0]
    assert pieces[-1][0][-1] == x[-1]
    for one, other in itertools.pairwise(pieces):
        assert one[0][-1] == other[0][0]
        place_px = scale * one[0][-1] + offset
        assert place_px == pytest.approx(round(place_px), abs=1e-6)
