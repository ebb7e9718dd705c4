"""Stars kept apart have lines of their own and move no figure of the headline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spectra_gui.data import PreparationSpec
from spectra_gui.evaluation.outputs import read_outputs
from spectra_gui.evaluation.report import CLASS_VI, Computed, compute
from tests.evaluation.made import made_arrays, save_arrays, with_apart

POOR = ["sdF5", "F5 VI", "esdG2", "F8 V-VI", "G0", "K0", "C-N5"]
"""Four of class VI, two without a class, one that is no MK type."""
ANSWERS = [(35, 5), (36, 4), (42, 4), (38, 5), (40, 5), (42, 4), (60, 2)]


def computed(folder: Path, arrays: dict[str, Any]) -> Computed:
    outputs = read_outputs(save_arrays(folder / "oof.npz", arrays))
    return compute(outputs, PreparationSpec(), data_folder=None, with_baselines=False)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Computed:
    return computed(tmp_path_factory.mktemp("plain"), made_arrays(class_vi=0))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Computed:
    arrays = with_apart(made_arrays(class_vi=0), POOR, answers=ANSWERS)
    return computed(tmp_path_factory.mktemp("apart"), arrays)


def test_class_vi_says_how_often_it_is_found_and_called_v(apart: Computed) -> None:
    assert str(apart.apart[0]) == (
        "class VI: n 4 of 4 star systems, joint as VI 0.500, called V 0.500"
    )
    (row,) = (row for row in apart.rows if row.stars == CLASS_VI)
    assert row.n_spectra == 4
    assert not any("class VI" in note for note in apart.notes)


def test_metal_poor_stars_without_a_class_are_counted_by_letter(apart: Computed) -> None:
    assert str(apart.apart[1]) == (
        "[Fe/H] < −1 without a class: n 2 of 2 star systems, letter right 0.500, called VI 0.500"
    )


def test_no_headline_figure_moves(plain: Computed, apart: Computed) -> None:
    assert tuple(row for row in apart.rows if row.stars != CLASS_VI) == plain.rows
    assert apart.comparisons == plain.comparisons


def test_without_such_stars_their_absence_is_said(plain: Computed) -> None:
    assert plain.apart == ()
    assert any("No star of class VI" in note for note in plain.notes)


def test_a_row_kept_apart_is_no_headline_whatever_its_label(
    plain: Computed, tmp_path: Path
) -> None:
    arrays = with_apart(made_arrays(class_vi=0), ["G2 V"], answers=[(42, 4)])
    assert computed(tmp_path, arrays).rows == plain.rows
