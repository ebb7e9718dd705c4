"""The report counts every star once, calibrates nothing on itself, and says what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec
from spectra_gui.evaluation.catalogues import agree, compare_catalogues
from spectra_gui.evaluation.entries import (
    FOLDS,
    LEFT_OUT,
    PARTS,
    Entry,
    calibrate,
    choose_stars,
    fold_entries,
    left_out_entries,
)
from spectra_gui.evaluation.outputs import Outputs, OutputsError, read_outputs
from spectra_gui.evaluation.report import compute
from tests.evaluation.made import made_arrays, save_arrays


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    return read_outputs(save_arrays(tmp_path_factory.mktemp("oof") / "oof.npz", made_arrays()))


def entries_of(outputs: Outputs) -> Iterator[Entry]:
    stars = choose_stars(outputs)
    return fold_entries(stars, calibrate(stars))


def test_class_vi_and_rows_without_fold_or_full_type_are_no_headline(outputs: Outputs) -> None:
    label, fold = outputs.label.astype("U20"), outputs.fold.copy()
    label[20:23] = ["carbon star", "G2 V + M0 V", "K5"]
    fold[30:32] = -1
    stars = choose_stars(replace(outputs, label=label, fold=fold))
    # Six stars of class VI, each with a second spectrum.
    assert len(stars.labels) == 300 - 3 - 2
    assert (~stars.headline).sum() == 12
    assert stars.targets[~stars.headline].sum() == 0


def test_outputs_without_any_full_type_are_refused(outputs: Outputs) -> None:
    with pytest.raises(OutputsError, match="no full MK type"):
        choose_stars(replace(outputs, label=np.full(300, "C-N5")))


def test_parts_add_up_and_members_and_kinds_have_their_rows(outputs: Outputs) -> None:
    entries = list(entries_of(outputs))
    folds = [e.classifier for e in entries if e.section == FOLDS]
    assert folds == [
        "Ensemble", "three-branch CNNs (2)", "member small", "member large", "member plain"
    ]  # fmt: skip
    parts = {e.stars: len(e.scored) for e in entries if e.section == PARTS}
    whole = len(entries[0].scored)
    assert parts["MILES"] + parts["CFLIB"] == whole
    assert parts["[Fe/H] ≥ −1"] + parts["[Fe/H] < −1"] == whole
    assert parts["class VI (metal-poor labels)"] == 12


def test_labels_of_a_fold_do_not_calibrate_it(outputs: Outputs) -> None:
    changed = outputs.label.copy()
    own = outputs.fold == 3
    changed[own] = "B2 I"
    before, after = (
        next(entries_of(replace(outputs, label=label))) for label in (outputs.label, changed)
    )
    # The scored rows are those of class I–V, in the order of the file.
    fold = outputs.fold[~np.char.endswith(outputs.label, "VI")]
    kept = outputs.fold[~np.char.endswith(changed, "VI")]
    np.testing.assert_array_equal(
        before.scored.confidence[fold == 3],
        after.scored.confidence[kept == 3][~np.char.endswith(outputs.label[own], "VI")],
    )
    assert np.any(before.scored.confidence[fold == 1] != after.scored.confidence[kept == 1])


def test_left_out_halves_are_disjoint_and_complete(outputs: Outputs) -> None:
    stars = choose_stars(outputs)
    for part in outputs.left_out:
        development, report, both = left_out_entries(stars, part)
        assert development.stars.endswith("development half")
        assert report.stars.endswith("report half")
        assert len(development.scored) + len(report.scored) == len(both.scored)


def test_labels_of_left_out_stars_do_not_calibrate_their_answers(outputs: Outputs) -> None:
    part = next(p for p in outputs.left_out if p.train == "miles")
    changed = outputs.label.copy()
    tested = np.isin(outputs.ids, part.ids) & ~np.char.endswith(changed, "VI")
    changed[tested] = "B2 I"
    first, second = (
        list(left_out_entries(choose_stars(replace(outputs, label=label)), part))[-1]
        for label in (outputs.label, changed)
    )
    np.testing.assert_array_equal(first.scored.confidence, second.scored.confidence)
    assert np.any(first.scored.true_code != second.scored.true_code)


def test_without_data_the_report_says_what_is_missing(outputs: Outputs) -> None:
    told: list[str] = []
    found = compute(
        outputs, PreparationSpec(), data_folder=None, with_baselines=True, tell=told.append
    )
    assert {row.section for row in found.rows} == {FOLDS, PARTS, LEFT_OUT}
    assert any("not at hand" in note for note in found.notes)
    assert {c.second for c in found.comparisons} == {"three-branch CNNs (2)"}
    assert all(row.figures["joint"].low <= row.figures["joint"].value for row in found.rows)
    assert told


def test_second_catalogue_is_scored_by_the_first() -> None:
    first, second = ["G2 V", "K1 IV-V", "B5", "A0 V"], ["G2 V", "K3 IV", "B5 V", "F0 III"]
    table = {"system": np.array(["a", "b", "c", "d"])}
    scored = agree(first, second, table)
    assert len(scored) == 3
    assert (scored.cell == scored.true_cell).tolist() == [True, False, False]
    np.testing.assert_allclose(np.abs(scored.code - scored.true_code), [0, 2, 10])


def test_real_catalogues_agree_as_measured(shared_data: Path) -> None:
    agreements = dict(compare_catalogues(shared_data / "stellar"))
    joint = {title: float((s.cell == s.true_cell).mean()) for title, s in agreements.items()}
    assert joint["MILES list – Hipparcos-keyed list"] == pytest.approx(0.828, abs=0.015)
    assert joint["CFLIB header – Hipparcos-keyed list"] == pytest.approx(0.820, abs=0.015)
    assert joint["MILES list – CFLIB header (partly copied)"] == pytest.approx(0.946, abs=0.015)
