"""The recipes of what the ensemble is compared with say what was published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spectra_gui import assets
from spectra_gui.recipes import RunConfig, config_to_toml, read_config

FOLDER = assets.models_folder() / "comparison"
REBUILT = ("conv1d-v1", "conv1d-v2", "resnet50-1d", "sezen-ensemble")
RIVALS = ("conv-tran", "conv-kan")


def recipe(name: str) -> RunConfig:
    return read_config(FOLDER / f"{name}.toml")


@pytest.mark.parametrize("name", [*REBUILT, *RIVALS])
def test_a_recipe_is_read_and_written_again_as_it_is(name: str, tmp_path: Path) -> None:
    config = recipe(name)
    assert config.name == name
    (tmp_path / "again.toml").write_text(config_to_toml(config), encoding="utf-8")
    assert read_config(tmp_path / "again.toml") == config


@pytest.mark.parametrize("name", REBUILT)
def test_the_rebuilt_study_prepares_and_trains_as_published(name: str) -> None:
    config = recipe(name)
    grid = config.preparation
    assert (grid.procedure, grid.n_pixels, grid.start_aa) == ("sezen_2025", 2305, 4000.37)
    assert grid.end_aa == pytest.approx(6799.86)
    assert (config.augment.least_noise, config.augment.noise) == (0.01, 0.05)
    assert (config.loss.distance_weight, config.loss.luminosity_scale) == (0.75, 1.5)
    assert (config.data.balance, config.data.prior_share) == (1.0, 0.0)
    assert (config.optimiser.epochs, config.optimiser.batch_size) == (200, 128)
    assert (config.optimiser.schedule, config.optimiser.best_by) == ("constant", "macro_f1")
    assert config.optimiser.patience == config.optimiser.epochs
    rates = {m.kind: config.optimiser_of(m).learning_rate for m in config.members}
    published = {"conv1d_v1": 5e-5, "conv1d_v2": 5e-5, "resnet50_1d": 1e-4}
    assert rates == {kind: published[kind] for kind in rates}


def test_the_ensemble_is_the_sum_of_the_logits_of_two_networks() -> None:
    config = recipe("sezen-ensemble")
    assert [m.kind for m in config.members] == ["conv1d_v2", "resnet50_1d"]
    assert config.scoring.rule == "sum_of_logits"


@pytest.mark.parametrize("name", RIVALS)
def test_the_others_differ_from_the_study_in_their_network_and_rate_alone(name: str) -> None:
    its, study = recipe(name), recipe("conv1d-v2")
    optimiser = replace(its.optimiser, learning_rate=5e-5, scale_memory=0.95)
    assert (
        replace(its, name=study.name, title=study.title, members=study.members, optimiser=optimiser)
        == study
    )


@pytest.mark.parametrize("name", [*REBUILT, *RIVALS])
def test_it_learns_from_the_spectra_that_ours_learns_from(name: str) -> None:
    ours = read_config(assets.models_folder() / "mk-ensemble-2" / "train.toml")
    its = recipe(name)
    assert set(its.data.libraries) == set(ours.data.libraries)
    assert its.scoring.folds == ours.scoring.folds
    assert its.scoring.left_out == ours.scoring.left_out
    assert its.seed == ours.seed
