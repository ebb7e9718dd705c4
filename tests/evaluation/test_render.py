"""All renderers show the same figures, and a README keeps what is around the table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spectra_gui.evaluation.entries import FOLDS
from spectra_gui.evaluation.render import (
    END,
    START,
    MarkersError,
    fill_readme,
    to_json,
    to_markdown,
    to_text,
)
from spectra_gui.evaluation.rows import Labels, score_rows
from spectra_gui.evaluation.table import Report, make_row


@pytest.fixture(scope="module")
def report() -> Report:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(420, 0.02), 60).reshape(-1, 70, 6)
    labels = Labels(
        rng.integers(10, 60, 60).astype(float), np.eye(6)[rng.integers(0, 5, 60)],
        np.arange(60).astype(str),
    )  # fmt: skip
    scored = score_rows(p, labels)
    rows = tuple(make_row(FOLDS, name, "made", scored) for name in ("Ensemble", "member one"))
    return Report("made", "ab" * 32, "cd" * 32, "spectra-gui evaluate made", "60 stars.", rows)


def test_every_renderer_shows_the_same_joint_figure(report: Report) -> None:
    joint = report.rows[0].figures["joint"]
    shown = f"{joint.value:.3f} [{joint.low:.3f}, {joint.high:.3f}]"
    assert shown in to_text(report)
    assert shown in to_markdown(report)
    assert shown in fill_readme(f"{START}{END}", report)
    kept = json.loads(json.dumps(to_json(report), allow_nan=False))
    assert kept["rows"][0]["figures"]["joint"]["value"] == joint.value
    assert sum(b["n"] for b in kept["rows"][0]["reliability"]) == 60


def test_readme_keeps_its_text_and_gets_no_single_members(report: Report) -> None:
    text = f"# Title\n\n{START}\nold figures\n{END}\n\nMore.\n"
    once = fill_readme(text, report)
    assert once.startswith("# Title\n\n")
    assert once.endswith(f"{END}\n\nMore.\n")
    assert "old figures" not in once
    assert "member one" not in once
    assert "spectra-gui evaluate made" in once
    assert "abababab" in once
    assert fill_readme(once, report) == once


@pytest.mark.parametrize("text", ["no markers", f"{END} then {START}", START])
def test_readme_without_a_place_is_refused(report: Report, text: str) -> None:
    with pytest.raises(MarkersError, match="accuracy table belongs"):
        fill_readme(text, report)
