"""Figures agree with hand counts and, where it has them, with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from spectra_gui.data.answer import cells
from spectra_gui.data.mk import used_subtypes
from spectra_gui.evaluation.metrics import NAMED, confusion_counts
from spectra_gui.evaluation.rows import Labels, labels_from_text, score_rows
from spectra_gui.inference.calibrate import softmax
from tests.evaluation.made import figures


def certain(types: list[str], confidence: float = 1.0) -> np.ndarray:
    """(n, 70, 6) with ``confidence`` on one cell each and the rest spread evenly."""
    labels, full = labels_from_text(types, types)
    assert full.all()
    out = np.full((len(types), 70, 6), (1.0 - confidence) / 419)
    out[np.arange(len(types)), labels.code.astype(int), labels.headline_class] = confidence
    return out


def random_case(n: int = 800, seed: int = 0) -> tuple[np.ndarray, Labels]:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2.5, (n, 70, 6))
    logits[:, ~used_subtypes()] = -50.0
    p = softmax(logits.reshape(n, 420))
    drawn = (rng.random((n, 1)) > np.cumsum(p, 1)).sum(1).clip(max=419)
    luminosity = np.eye(6)[drawn % 6]
    systems = np.array([f"s{i}" for i in rng.integers(0, n // 2, n)])
    return p.reshape(n, 70, 6), Labels((drawn // 6).astype(float), luminosity, systems)


def test_small_case_counts_as_by_hand() -> None:
    truth = ["G2 V", "K1 IV-V", "K1 IV-V", "B0.5 I", "M2 III", "F5 V"]
    given = ["G2 V", "K1 V", "K3 IV", "B1 I", "M2 V", "G0 V"]
    labels, _ = labels_from_text(truth, truth)
    got = figures(score_rows(certain(given), labels))
    assert got["joint"] == pytest.approx(3 / 6)
    assert got["set_match"] == pytest.approx(4 / 6)
    assert got["letter"] == pytest.approx(5 / 6)
    assert got["luminosity"] == pytest.approx(4 / 6)
    assert got["subtype_mean"] == pytest.approx((0 + 0 + 2 + 0.5 + 0 + 5) / 6)
    assert got["subtype_median"] == pytest.approx(0.25)
    assert got["close"] == pytest.approx(4 / 6)


def test_a_range_is_right_for_either_class_in_the_set_match_only() -> None:
    labels, _ = labels_from_text(["K1 IV-V"], ["a"])
    for given, joint in (("K1 V", 1.0), ("K1 IV", 0.0)):
        got = figures(score_rows(certain([given]), labels))
        assert (got["joint"], got["set_match"]) == (joint, 1.0)


def test_steps_skip_the_boxes_that_mk_does_not_use() -> None:
    labels, _ = labels_from_text(["M0 V"], ["a"])
    got = figures(score_rows(certain(["K7 V"]), labels))
    assert got["subtype_mean"] == 3.0
    assert got["steps_mean"] == 1.0


def test_agreement_with_scikit_learn() -> None:
    p, labels = random_case()
    scored = score_rows(p, labels)
    got = figures(scored)
    assert got["kappa_letter"] == pytest.approx(
        cohen_kappa_score(scored.true_letter, scored.letter)
    )
    assert got["quadratic_kappa_luminosity"] == pytest.approx(
        cohen_kappa_score(scored.true_class, scored.luminosity, weights="quadratic")
    )
    populated = np.unique(scored.true_cell)
    assert got["macro_f1"] == pytest.approx(
        f1_score(scored.true_cell, scored.cell, labels=populated, average="macro", zero_division=0)
    )


def test_weights_count_like_repeated_rows() -> None:
    p, labels = random_case(120, seed=4)
    scored = score_rows(p, labels)
    counts = np.random.default_rng(2).integers(0, 4, len(scored))
    repeated = scored.take(np.repeat(np.arange(len(scored)), counts))
    for metric in NAMED.values():
        if metric.name.startswith("macro_f1"):
            continue
        weighted = metric.compute(scored, counts[None].astype(float))[0]
        plain = metric.compute(repeated, np.ones((1, len(repeated))))[0]
        assert weighted == pytest.approx(plain), metric.name


def test_small_cells_are_left_out_of_the_second_macro_f1_by_stars_not_spectra() -> None:
    truth = ["G2 V"] * 5 + ["K1 III"] * 5
    systems = ["a", "b", "c", "d", "e", "f", "f", "f", "f", "f"]
    labels, _ = labels_from_text(truth, systems)
    got = figures(score_rows(certain(["G2 V"] * 10), labels))
    assert got["macro_f1_5"] == pytest.approx(2 / 3)
    assert got["macro_f1"] == pytest.approx(1 / 3)


def test_honest_model_covers_what_it_promises() -> None:
    p, labels = random_case(4000)
    got = figures(score_rows(p, labels))
    assert got["coverage"] == pytest.approx(0.905, abs=0.02)
    assert got["joint"] == pytest.approx(cells(p).max((1, 2)).mean(), abs=0.03)


def test_label_of_two_cells_is_covered_by_its_share() -> None:
    labels, _ = labels_from_text(["K1 IV-V"], ["a"])
    got = figures(score_rows(certain(["K1 V"], confidence=0.95), labels))
    assert (got["coverage"], got["coverage_any"]) == (0.5, 1.0)


def test_likelihoods_are_those_of_the_label() -> None:
    labels, _ = labels_from_text(["G2 V", "K1 IV-V"], ["a", "b"])
    p = certain(["G2 V", "K1 V"], confidence=0.9)
    rest = 0.1 / 419
    got = figures(score_rows(p, labels))
    by_hand = [-np.log(0.9), -0.5 * np.log(0.9) - 0.5 * np.log(rest)]
    assert got["nll_grid"] == pytest.approx(np.mean(by_hand))
    types = [-np.log(0.9 + 9 * rest), -0.5 * np.log(0.9 + 9 * rest) - 0.5 * np.log(10 * rest)]
    assert got["nll_type"] == pytest.approx(np.mean(types))


def test_confusion_has_the_label_in_its_rows() -> None:
    labels, _ = labels_from_text(["G2 V", "G2 V"], ["a", "b"])
    counts = confusion_counts(score_rows(certain(["K2 V", "G2 III"]), labels))
    assert counts["letter"][4].tolist() == [0, 0, 0, 0, 1, 1, 0]
    assert counts["luminosity"][4].tolist() == [0, 0, 1, 0, 1, 0]


def test_labels_that_are_no_full_type_are_refused() -> None:
    with pytest.raises(ValueError, match="not full MK types"):
        Labels(np.array([np.nan]), np.ones((1, 6)) / 6, np.array(["a"]))
