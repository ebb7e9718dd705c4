"""Two bundles are compared on stars that the networks of neither saw, and the words say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.evaluation import pair as pairing
from spectra_gui.evaluation.evaluate import evaluate_bundle
from spectra_gui.evaluation.outputs import OutputsError
from spectra_gui.evaluation.page import to_html
from spectra_gui.evaluation.pair import Answered, pair_up
from spectra_gui.evaluation.rows import Labels
from tests.evaluation.made import made_arrays, made_bundle
from tests.evaluation.made_libraries import write_libraries


def answered(name: str, right: np.ndarray, *, first: int = 0) -> Answered:
    """G2 V stars, called K2 III where not right."""
    n = len(right)
    labels = Labels(
        np.full(n, 42.0), np.eye(6)[np.full(n, 4)], np.array([f"s{first + i}" for i in range(n)])
    )  # fmt: skip
    grid = np.full((n, 70, 6), 0.1 / 420)
    grid[right, 42, 4] += 0.9
    grid[~right, 52, 2] += 0.9
    ids = np.array([f"miles:{first + i:04d}" for i in range(n)])
    return Answered(name, name * 8, "out of fold", ids, labels, grid.reshape(n, 420), {})


def test_the_better_one_is_named_with_interval_and_p() -> None:
    some = np.arange(100) % 4 > 0
    found = pair_up(answered("new", np.ones(100, bool)), answered("old", some))
    assert found.verdict.startswith("new is better than old: of 100 spectra of 100 star systems")
    assert "100.0 %" in found.verdict
    assert "75.0 %" in found.verdict
    turned = pair_up(answered("old", some), answered("new", np.ones(100, bool)))
    assert turned.verdict.startswith("old is worse than new")
    assert "\N{MINUS SIGN}25.0 points" in turned.verdict
    assert turned.sets[0].figures[0].difference.value == pytest.approx(-0.25)


def test_one_that_was_not_trained_to_its_end_is_not_called_worse() -> None:
    some = np.arange(100) % 4 > 0
    unfinished = replace(answered("old", some), doubt="old: not converged, not comparable.")
    found = pair_up(answered("new", np.ones(100, bool)), unfinished)
    assert found.verdict.startswith(
        "No verdict. old: not converged, not comparable. As they are: of 100 spectra"
    )
    assert "better" not in found.verdict


def test_alike_ones_are_not_called_different() -> None:
    right = np.arange(100) % 4 > 0
    found = pair_up(answered("a", right), answered("b", np.roll(right, 1)))
    assert "not shown to differ" in found.verdict


def test_only_spectra_that_both_answered_count() -> None:
    found = pair_up(
        answered("a", np.ones(100, bool)), answered("b", np.ones(100, bool), first=60)
    )  # fmt: skip
    assert found.sets[0].n_spectra == 40
    assert found.dropped == 120
    assert "120 spectra that only one of them has answers for" in found.verdict


def test_too_few_common_stars_give_no_verdict() -> None:
    found = pair_up(
        answered("a", np.ones(100, bool)), answered("b", np.ones(100, bool), first=95)
    )  # fmt: skip
    assert found.verdict.startswith("No verdict: 5 star systems")


def test_a_report_of_two_bundles_shows_both(tmp_path: Path) -> None:
    first, second = (
        load_bundle(made_bundle(tmp_path / name, made_arrays(seed=seed)))
        for name, seed in (("one", 0), ("two", 0))
    )
    worse = made_arrays(seed=0)
    worse["logits"] = worse["logits"][:, :, ::-1]
    third = load_bundle(made_bundle(tmp_path / "three", worse))
    same = evaluate_bundle(first, data_folder=None, other=second, with_baselines=False)
    assert same.report.pair is not None
    assert "one and two are not shown to differ" in same.report.pair.verdict
    assert [s.stars for s in same.report.pair.sets][1:] == [
        "left out: MILES → CFLIB-only", "left out: CFLIB → MILES-only"
    ]  # fmt: skip
    found = evaluate_bundle(first, data_folder=None, other=third, with_baselines=False).report
    assert found.pair is not None
    assert found.pair.verdict.startswith("one is better than three")
    assert "evaluate one three" in found.command
    text = to_html(found)
    assert "one is better than three" in text
    assert 'id="pair"' in text


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """A bundle without outputs that learnt from S0 … S39 and answers every star G2 V."""
    write_libraries(tmp_path / "data")
    bundle = load_bundle(made_bundle(tmp_path / "bare", None))

    def say_g2(asked: Bundle, data: object, rows: np.ndarray) -> np.ndarray:
        grid = np.full((len(rows), 70, 6), 0.1 / 420)
        grid[:, 42, 4] += 0.9
        return grid.reshape(len(rows), 420)

    monkeypatch.setattr(pairing, "ask", say_g2)
    return replace(bundle, training={"stars": [f"S{i}" for i in range(40)]})


def test_a_bundle_without_outputs_is_asked_about_stars_new_to_it(
    tmp_path: Path, bare: Bundle
) -> None:
    report = evaluate_bundle(bare, data_folder=tmp_path / "data").report
    # The second library has S32 … S71; eight of these taught the bundle.
    assert [row.n_spectra for row in report.rows] == [32]
    assert any("no out-of-fold outputs" in note for note in report.notes)
    assert "did not learn from" in to_html(report)


@pytest.mark.parametrize(
    ("stars", "told"),
    [([], "does not name these"), ([f"S{i}" for i in range(80)], "learnt from every labelled")],
)
def test_without_a_new_star_nothing_is_scored(
    tmp_path: Path, bare: Bundle, stars: list[str], told: str
) -> None:
    with pytest.raises(OutputsError, match=told):
        evaluate_bundle(replace(bare, training={"stars": stars}), data_folder=tmp_path / "data")
