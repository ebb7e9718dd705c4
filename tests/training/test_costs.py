"""The time that a check tells is that of the config's own fits, all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spectra_gui.recipes import MemberConfig, RunConfig, ScoringConfig
from spectra_gui.training import costs
from spectra_gui.training.costs import START_UP_S, measure_costs
from tests.training.made import made_config, made_set

DATA = made_set(60)


def of(config: RunConfig, start: str) -> tuple[float, float]:
    """Fixed seconds but for the start-up, and seconds an epoch."""
    found = {
        name: (fixed - START_UP_S, epoch) for name, fixed, epoch in measure_costs(config, DATA)
    }
    return found[start]


def test_every_start_takes_some_time_and_adapting_the_least_an_epoch() -> None:
    config = made_config()
    assert of(config, "adapt")[0] > 0.0
    assert 0.0 < of(config, "adapt")[1] < of(config, "scratch")[1]


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step takes a second, whatever the machine does."""
    second = costs._Times(set_up=1.0, step=1.0, head_step=1.0, through=0.0, solved=7.0)
    monkeypatch.setattr(costs, "_time_member", lambda *_: second)


def test_the_fits_of_the_folds_count(ticks: None) -> None:
    config = made_config(scoring=ScoringConfig(folds=0))
    alone = of(config, "fine_tune")
    folded = of(replace(config, scoring=ScoringConfig(folds=4)), "fine_tune")
    assert folded[0] == 5 * alone[0]
    assert 4 * alone[1] < folded[1] <= 5 * alone[1]


def test_larger_batches_are_fewer_steps_and_workers_share_them(ticks: None) -> None:
    config = made_config(scoring=ScoringConfig(folds=0), workers=1)
    small = replace(config, optimiser=replace(config.optimiser, batch_size=8))
    large = replace(config, optimiser=replace(config.optimiser, batch_size=40))
    assert of(small, "scratch")[1] == 5 * of(large, "scratch")[1]
    assert of(replace(small, workers=2), "scratch")[1] == of(small, "scratch")[1] / 2


def test_a_linear_member_is_solved_for_once_and_takes_no_epochs(ticks: None) -> None:
    member = MemberConfig("linear", "linear", 1, {"components": 8})
    config = made_config(members=(member,), scoring=ScoringConfig(folds=0))
    assert of(config, "scratch") == (7.0, 0.0)
    assert of(config, "fine_tune")[1] > 0.0
