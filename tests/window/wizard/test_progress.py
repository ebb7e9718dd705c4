"""How far a training is: shares, the time left, and words, from its events alone."""

from __future__ import annotations

import pytest

from spectra_gui.recipes import EpochDone, Preparing, Started, StepDone, TaskDone
from spectra_gui.window.wizard.progress import Progress, duration_words


def started(*, done: int = 0, steps: int = 200) -> Started:
    return Started("r", 2, done, 10, steps, 50, 40, 10, (), "cpu")


def step(task: str, number: int) -> StepDone:
    return StepDone(task, number, 100, 1.0, 1e-3)


def test_reading_is_told_before_there_is_a_plan() -> None:
    progress = Progress()
    assert progress.words(0.0) == "Starting…"
    progress.take(Preparing(3, 10), 1.0)
    assert progress.words(1.0) == "Preparing spectra: 3 of 10"


def test_the_time_left_follows_the_steps() -> None:
    progress = Progress()
    progress.take(started(), 100.0)
    assert progress.seconds_left(101.0) is None
    progress.take(step("a", 10), 105.0)
    progress.take(step("a", 50), 125.0)
    assert progress.share == pytest.approx(0.25)
    assert progress.seconds_left(125.0) == pytest.approx(75.0)


def test_what_an_early_stop_saved_counts_as_done() -> None:
    progress = Progress()
    progress.take(started(), 0.0)
    progress.take(step("a", 10), 5.0)
    progress.take(step("a", 40), 10.0)
    progress.take(TaskDone("a", 1, 2, 3, 0.5), 10.0)
    assert progress.share == pytest.approx(0.5)
    assert progress.words(10.0) == "Network 2 of 2  ·  about 10 s left"


def test_steps_of_an_earlier_run_say_nothing_about_the_pace() -> None:
    progress = Progress()
    progress.take(started(steps=100), 0.0)
    progress.take(step("a", 60), 1.0)
    progress.take(step("a", 80), 10.0)
    assert progress.share == pytest.approx(0.8)
    assert progress.seconds_left(10.0) == pytest.approx(10.0)


def test_the_words_name_network_and_epoch() -> None:
    progress = Progress()
    progress.take(started(done=1), 0.0)
    progress.take(EpochDone("b", 4, 10, 1.0, 1.0, 0.5, 0.5, 0.5, 1e-3, 1.0, True), 1.0)
    assert progress.words(1.0) == "Network 2 of 2  ·  epoch 4 of 10"
    progress.take(TaskDone("b", 2, 2, 4, 1.0), 2.0)
    assert progress.words(2.0) == "Writing and judging the new model…"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.3, "about 5 s"), (42.0, "about 40 s"), (300.0, "about 5 min"), (9000.0, "about 2.5 h")],
)
def test_times_are_said_roughly(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
