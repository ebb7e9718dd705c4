"""Training events as lines of JSON."""

from __future__ import annotations

import pytest

from spectra_gui.recipes import (
    Checked,
    CheckpointSaved,
    EpochDone,
    Event,
    Finished,
    Judged,
    Notice,
    Preparing,
    Started,
    StepDone,
    TaskDone,
    from_json,
    to_json,
)

EVENTS: list[Event] = [
    Preparing(3, 10),
    Notice("No velocity is taken out: …"),
    Checked(((1, 2), (0, 3)), (("train", 4, 3),), 0, 1, (("x", 2),), (("adapt", 1.0, 0.5),)),
    Started("r", 4, 1, 30, 480, 300, 250, 60, (("has no MK type", 2),), "cpu"),
    StepDone("m.all", 10, 480, 1.5, 1e-3),
    EpochDone("m.all", 2, 30, 1.4, 0.9, 0.9, 0.8, 0.7, 1e-3, 0.4, True),
    CheckpointSaved("m.all", 5, "/runs/é/m.all.ckpt"),
    TaskDone("m.all", 1, 4, 20, 0.8),
    Judged("mk-ensemble-1", 60, "Better: …", "judgement.json"),
    Finished("cancelled", "two\nlines"),
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_an_event_is_one_line_and_comes_back_equal(event: Event) -> None:
    line = to_json(event)
    assert "\n" not in line
    assert from_json(line) == event


@pytest.mark.parametrize(
    "line", ["", "Downloading…", "[1]", '{"event": "Rm"}', '{"event": "Finished", "x": 1}']
)
def test_other_lines_are_no_events(line: str) -> None:
    with pytest.raises(ValueError, match=r"not a training event|Expecting"):
        from_json(line)
