"""A classifier of letters and classes is scored on these, and reads "none" for the subtype."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec
from spectra_gui.evaluation.entries import calibrate, choose_stars
from spectra_gui.evaluation.outputs import Outputs, OutputsError, read_outputs
from spectra_gui.evaluation.page import to_html
from spectra_gui.evaluation.render import to_markdown, to_text
from spectra_gui.evaluation.report import compute
from spectra_gui.evaluation.table import Report
from tests.evaluation.made import made_arrays, save_arrays


def letters_alone(folder: Path, **more: object) -> Outputs:
    arrays = made_arrays()
    for name in [name for name in arrays if name.endswith("logits")]:
        grid = arrays[name].astype(np.float32).reshape(*arrays[name].shape[:-1], 7, 10, 6)
        flat = np.broadcast_to(grid.max(-2, keepdims=True), grid.shape)
        arrays[name] = flat.reshape(arrays[name].shape).astype(np.float16)
    return read_outputs(save_arrays(folder / "oof.npz", {**arrays, **more}))


def test_the_report_has_no_figure_of_subtypes(tmp_path: Path) -> None:
    computed = compute(
        letters_alone(tmp_path), PreparationSpec(n_pixels=16), data_folder=None,
        with_baselines=False,
    )  # fmt: skip
    row = computed.rows[0]
    assert row.figures["joint"].value > 0.5
    assert not {"subtype_mean", "subtype_median", "close", "steps_mean"} & set(row.figures)
    report = Report(
        "letters", "", "", "", "", computed.rows, computed.comparisons, computed.apart,
        computed.notes, computed.detail,
    )  # fmt: skip
    table = to_text(report).splitlines()
    place = table[3].index("subtype error")
    assert table[4][place:].startswith("none")
    assert "| none |" in to_markdown(report)
    assert "Letter and class right" in to_html(report, None)


def test_the_rule_of_the_outputs_joins_the_members(tmp_path: Path) -> None:
    outputs = letters_alone(tmp_path, rule=np.array("sum_of_logits"))
    assert outputs.rule == "sum_of_logits"
    stars = choose_stars(outputs)
    found = calibrate(stars)
    assert (found.temperatures == 1.0).all()
    summed = outputs.logits.astype(np.float64).sum(0)
    np.testing.assert_array_equal(found.probabilities.argmax(1), summed.argmax(1))


def test_an_unknown_rule_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputsError, match="joins its members by 'vote'"):
        letters_alone(tmp_path, rule=np.array("vote"))
