"""Two bundles on the same held-out stars: who may be counted, and what is said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.data.labels import label_grid
from spectra_gui.evaluation import judge as judging
from spectra_gui.evaluation.judge import Judgement, judge
from spectra_gui.training import LabelledSet
from tests.training.made import made_set, write_base

DATA = made_set(80)
ROWS = np.arange(80)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(write_base(tmp_path_factory.mktemp("b") / "present", stars=("Star_3", "x")))


def answers(right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(80, 420) probabilities that are right where asked, else a class off."""
    grid = label_grid(DATA.code, DATA.luminosity)
    wrong = np.roll(grid, 1, axis=2)
    chosen = np.where(right[:, None, None], grid, wrong).reshape(80, -1)
    return 0.9 * chosen + 0.1 / 420


def compared(
    bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
    new: NDArray[np.bool_],
    present: NDArray[np.bool_],
) -> Judgement:
    known = {"new": answers(new), "present": answers(present)}

    def look_up(asked: Bundle, _data: LabelledSet, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return known[asked.name][rows]

    monkeypatch.setattr(judging, "ask", look_up)
    return judge(replace(bundle, name="new", training={}), bundle, DATA, ROWS)


ALL = np.ones(80, bool)


def test_a_clear_gain_is_called_better(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compared(bundle, monkeypatch, ALL, np.arange(80) % 2 == 0)
    assert found.outcome == "better"
    assert found.verdict.startswith("Better: of 79 stars")
    assert "100 % right in letter and class, the present one 51 %" in found.verdict


def test_no_difference_is_not_called_better(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = np.arange(80) % 3 > 0
    found = compared(bundle, monkeypatch, right, np.roll(right, 1))
    assert found.outcome == "open"
    assert found.verdict.startswith("Not shown to be better")


def test_what_got_worse_is_named(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    m_dwarf = (DATA.code >= 60) & (DATA.luminosity.argmax(1) == 4)
    found = compared(bundle, monkeypatch, ~m_dwarf | (DATA.code < 60), ALL)
    assert found.outcome == "worse"
    assert "Worse on M dwarfs." in found.verdict
    assert {g.name for g in found.groups if g.outcome == "worse"} == {"M dwarfs"}


def test_stars_that_a_bundle_learnt_from_are_dropped_by_name(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(bundle, monkeypatch, ALL, ALL)
    assert (found.dropped, found.n_systems) == (1, 79)
    assert "1 held-out spectra were dropped" in found.verdict


def test_the_other_star_of_a_system_that_a_bundle_learnt_from_does_not_judge(
    bundle: Bundle,
) -> None:
    """Of two components one taught; the other is in the held-out part of another library."""
    data = made_set(80)
    data.system[[7, 40]] = "pair"
    present = replace(bundle, training={"stars": ["STAR_7"]})
    found = judge(replace(bundle, name="new", training={}), present, data, ROWS[10:])
    assert (found.dropped, found.n_spectra) == (1, 69)
    by_system = replace(bundle, training={"stars": ["Pair"]})
    assert judge(replace(bundle, training={}), by_system, data, ROWS[10:]).dropped == 1


def test_too_few_stars_give_no_verdict_and_say_how_many(bundle: Bundle) -> None:
    found = judge(replace(bundle, training={}), bundle, DATA, ROWS[:9])
    assert found.outcome is None
    assert found.figures == ()
    assert "No verdict: 8 held-out stars remain" in found.verdict
    assert "20 are needed" in found.verdict


def test_a_bundle_beside_itself_differs_in_nothing(bundle: Bundle) -> None:
    found = judge(replace(bundle, training={}), bundle, DATA, ROWS)
    assert found.outcome == "open"
    assert all(figure.difference.value == 0.0 for figure in found.figures)


def test_rows_without_a_full_type_do_not_judge(bundle: Bundle) -> None:
    data = made_set(80)
    data.scored[:30] = False
    assert judge(replace(bundle, training={}), bundle, data, ROWS).n_spectra == 50


def test_bundles_of_other_preparation_need_their_own_data(bundle: Bundle) -> None:
    other = replace(bundle, preparation=replace(bundle.preparation, fwhm_aa=3.0))
    with pytest.raises(ValueError, match="preparation"):
        judge(other, bundle, DATA, ROWS)
    found = judge(replace(other, training={}), bundle, DATA, ROWS, present_data=DATA.rows(ROWS[5:]))
    assert found.n_spectra == 75


def test_a_judgement_is_json(bundle: Bundle) -> None:
    found = judge(replace(bundle, training={}), bundle, DATA, ROWS)
    read = json.loads(json.dumps(found.to_dict()))
    assert (read["new_sha256"], read["n_systems"], read["outcome"]) == (bundle.sha256, 79, "open")
    assert [figure["name"] for figure in read["figures"]] == list(judging.COMPARED)
    joint = read["figures"][0]
    assert joint["new"]["low"] <= joint["new"]["value"] <= joint["new"]["high"]
    assert {group["name"] for group in read["groups"]} == {group.name for group in found.groups}
