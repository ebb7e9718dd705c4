"""Behind the headline every star counts once; the worst mistakes are the surprising ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.data.labels import label_grid
from spectra_gui.evaluation.detail import Answers, Detail, make_detail
from spectra_gui.evaluation.kinds import AGREEMENT, COVERAGE, METALS, WRITTEN, tell_apart
from spectra_gui.evaluation.rows import labels_from_text

TEXTS = ["G2V", "G2V", "G5III", "K1IV-V", "K0III", "B0.5V", "M2I", "G8III"]


def made_answers(**changes: object) -> Answers:
    """Eight stars, all right but the last two: M2 I is called M3 III, G8 III is called A0 V."""
    labels, full = labels_from_text(TEXTS, [f"s{i // 2}" for i in range(8)])
    assert full.all()
    grid = label_grid(labels.code, labels.luminosity)
    given = grid.copy()
    given[3, 51] *= 1.0 + 0.2 * np.arange(6) / 5
    given[6:] = 0.0
    given[6, 63, 2], given[6, 62, 0] = 0.8, 0.2
    given[7, 20, 4] = 1.0
    probabilities = (0.9 * given + 0.1 / 420).reshape(8, 420)
    values: dict[str, object] = {
        "ids": np.array([f"miles:{i:04d}" for i in range(8)]),
        "library": np.array(["miles"] * 4 + ["cflib"] * 4),
        "text": np.array(TEXTS),
        "labels": labels,
        "probabilities": probabilities,
        "feh": np.array([-2.0, -0.7, -0.2, 0.3, np.nan, np.nan, np.nan, np.nan]),
    }
    return Answers(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def detail() -> Detail:
    answers = made_answers()
    titles = {"miles": "MILES", "cflib": "CFLIB"}
    return make_detail("Ensemble", "made", answers, tell_apart(answers, titles))


def test_cells_boxes_and_confusion_count_every_star_once(detail: Detail) -> None:
    assert sum(map(sum, detail.confusion)) == 8
    assert sum(cell.n_spectra for cell in detail.cells) == 8
    assert sum(cell.n_answered for cell in detail.cells) == 8
    assert sum(box.n_spectra for box in detail.boxes) == 8
    giants = next(cell for cell in detail.cells if cell.name == "G III")
    assert giants.recall is not None
    assert (giants.n_spectra, giants.recall.value) == (2, 0.5)
    assert giants.precision is not None
    assert giants.precision.value == 1.0
    assert giants.f1 == pytest.approx(2 / 3)


def test_a_decimal_stands_in_a_box_that_exists(detail: Detail) -> None:
    assert {box.name for box in detail.boxes} >= {"G2 V", "M2 I"}
    assert all(box.name not in ("K8 V", "K9 V") for box in detail.boxes)


def test_groups_of_an_axis_hold_all_stars(detail: Detail) -> None:
    for axis in {group.axis for group in detail.groups}:
        assert sum(g.n_spectra for g in detail.groups if g.axis == axis) == 8, axis
    ranges = next(g for g in detail.groups if g.name == "a range of classes")
    assert (ranges.axis, ranges.n_spectra) == (WRITTEN, 1)
    poor = next(g for g in detail.groups if g.axis == METALS and g.name.startswith("< "))
    assert poor.n_spectra == 1
    assert COVERAGE not in {group.axis for group in detail.groups}


def test_a_second_catalogue_tells_agreeing_labels_from_others() -> None:
    second = np.array(["G2V", "K0V", "G5III", "K1V", "", "B0V", "carbon", "G8II"])
    answers = made_answers(second=second, covered=np.linspace(0.5, 1.0, 8))
    kinds = tell_apart(answers, {})
    agree, differ, none = (mask for _, mask in kinds[AGREEMENT])
    assert np.flatnonzero(agree).tolist() == [0, 2, 3, 5]
    assert np.flatnonzero(differ).tolist() == [1, 7]
    assert np.flatnonzero(none).tolist() == [4, 6]
    assert sum(mask.sum() for _, mask in kinds[COVERAGE]) == 8


def test_sets_of_a_higher_level_are_larger_and_hold_more(detail: Detail) -> None:
    sizes = [s.set_size.value for s in detail.sets]
    held = [s.coverage.value for s in detail.sets]
    assert sizes == sorted(sizes)
    assert held == sorted(held)
    assert detail.sets[0].level == 0.5


def test_the_least_expected_label_comes_first_and_a_system_once(detail: Detail) -> None:
    (worst,) = detail.mistakes
    assert (worst.id, worst.label, worst.answer) == ("miles:0007", "G8III", "A0 V")
    assert worst.probability > 0.85
    assert worst.probability_of_label < 0.01
    apart = made_answers()
    labels = replace(apart.labels, system=np.array([f"t{i}" for i in range(8)]))
    found = make_detail("Ensemble", "made", replace(apart, labels=labels), {})
    assert [m.id for m in found.mistakes] == ["miles:0007", "miles:0006"]


def test_all_are_answered_at_the_end_of_the_curve(detail: Detail) -> None:
    last = detail.answering[-1]
    assert last.fraction == 1.0
    assert last.accuracy.value == pytest.approx(6 / 8)
    fractions = [point.fraction for point in detail.answering]
    assert fractions == sorted(fractions)
