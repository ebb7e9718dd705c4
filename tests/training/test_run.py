"""Whole runs on made stars: repeatable bit for bit, resumable, and told step by step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from spectra_gui.bundles import load_bundle
from spectra_gui.recipes import (
    CheckpointSaved,
    EpochDone,
    Finished,
    Started,
    StepDone,
    TaskDone,
)
from spectra_gui.training import LabelledSet, run
from tests.training.made import made_config
from tests.training.runs import KEPT_BACK, Runs, after_steps, weights


@pytest.mark.parametrize("start", ["scratch", "fine_tune", "adapt"])
def test_a_cancelled_run_goes_on_to_the_identical_result(
    runs: Runs, base: Path, start: str
) -> None:
    config = made_config(data=KEPT_BACK)
    if start != "scratch":
        config = replace(config, start=start, base=str(base), members=())
    whole = runs(config, "whole")
    assert whole is not None
    # Within the second epoch: adapt asks once more for each draw of the features.
    asked = 4 if start != "adapt" else 6
    assert runs(config, "parts", cancelled=after_steps(asked)) is None
    assert isinstance(runs.events[-1], Finished)
    assert runs.events[-1].outcome == "cancelled"
    assert runs.of(CheckpointSaved)
    assert not (runs.folder / "parts").exists()
    resumed = runs(config, "parts")
    assert resumed is not None
    assert weights(whole) == weights(resumed)


def test_the_same_config_twice_gives_the_same_bytes(runs: Runs) -> None:
    torch.manual_seed(99)
    first = runs(made_config(), "first")
    torch.manual_seed(7)
    second = runs(made_config(), "second")
    assert first is not None
    assert second is not None
    assert weights(first) == weights(second)


def test_events_tell_the_plan_and_every_step_towards_it(runs: Runs) -> None:
    runs(made_config(), "told")
    (started,) = runs.of(Started)
    assert isinstance(started, Started)
    assert (started.tasks, started.done, started.epochs) == (2, 0, 6)
    tasks = {event.task for event in runs.of(EpochDone)}
    assert tasks == {"small-three_branch.all", "small-residual.all"}
    steps = {event.steps for event in runs.of(StepDone)}
    assert steps == {started.steps // 2}
    assert [event.done for event in runs.of(TaskDone)] == [1, 2]
    assert runs.events[-1] == Finished("done", str(runs.folder / "told"))


def test_test_stars_teach_choose_and_calibrate_nothing(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[LabelledSet] = []
    real = run.assemble_bundle
    monkeypatch.setattr(
        run,
        "assemble_bundle",
        lambda c, b, data, *rest, **named: (seen.append(data), real(c, b, data, *rest, **named))[1],
    )
    folder = runs(made_config(data=KEPT_BACK), "kept")
    assert folder is not None
    training = load_bundle(folder).training
    kept_back = set(training["test"]["ids"])
    assert len(kept_back) == 10
    assert not kept_back & set(seen[0].ids.tolist())
    assert not set(training["test"]["stars"]) & set(training["stars"])
    stored = json.loads((runs.folder / "kept-work" / "test.json").read_text())
    assert set(stored["ids"]) == kept_back
