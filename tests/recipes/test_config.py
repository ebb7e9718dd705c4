"""The run config: TOML in and out, and errors that name key, value and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spectra_gui.recipes import (
    AugmentConfig,
    ConfigError,
    DataConfig,
    MemberConfig,
    RunConfig,
    ScoringConfig,
    config_from_dict,
    read_config,
    write_config,
)

LEAST: dict[str, Any] = {"data": {"libraries": ["miles"]}, "members": [{"name": "a"}]}


def test_a_config_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    config = RunConfig(
        name="a.b-c",
        title='Two lines\nand "quotes" \\ and a tab\t, DEL \x7f and é',
        seed=7,
        data=DataConfig(libraries=("miles", "cflib"), test=0.25),
        augment=AugmentConfig(noise=1e-7),
        scoring=ScoringConfig(folds=5, left_out=(("miles", "cflib"),)),
        members=(
            MemberConfig(
                "m", "residual", 3, {"widths": [4, 4], "dropout": 0.1}, {"learning_rate": 1e-4}
            ),
        ),
    )
    write_config(config, tmp_path / "run.toml")
    assert read_config(tmp_path / "run.toml") == config


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sed": 1}, "unknown key sed; allowed here: name, title"),
        ({"seed": "one"}, "seed is 'one'; it must be a int"),
        ({"seed": True}, "seed is True"),
        ({"start": "warm"}, "start is 'warm'; allowed: scratch, fine_tune, adapt"),
        ({"data": {"libraries": ["miles"], "test": 0.9}}, r"data.test is 0.9; allowed: 0 to 0.5"),
        ({"data": {}}, "neither libraries nor a label_table"),
        ({"data": 3}, "data must be a section"),
        ({"optimiser": {"epochs": 0}}, "optimiser.epochs is 0; allowed: 1 to 10000"),
        ({"optimiser": {"learning_rate": float("nan")}}, "optimiser.learning_rate is nan"),
        ({"optimiser": 1}, "optimiser must be a section"),
        ({"augment": {"draws": 0}}, "augment.draws is 0; allowed: 1 to 100"),
        ({"augment": {"least_noise": 0.5}}, "augment.least_noise is 0.5; allowed: 0 to augment"),
        (
            {"members": [{"name": "a", "optimiser": {"epochs": 3}}]},
            "unknown key members: a: optimiser.epochs; allowed here: learning_rate, momentum",
        ),
        (
            {"members": [{"name": "a", "optimiser": {"learning_rate": 7}}]},
            "members: a: optimiser.learning_rate is 7.0; allowed: 1e-07 to 1",
        ),
        ({"name": "../up"}, r"name is '../up'; allowed: letters"),
        ({"members": [{"name": "a"}, {"name": "a"}]}, "same name twice"),
        ({"members": [{"name": "a/b"}]}, r"members: name is 'a/b'; allowed: letters"),
        ({"members": [{"name": "tables"}]}, "which a bundle's own tables have"),
        ({"members": [{"name": "a", "architecture": 3}]}, r"architecture must be a table"),
        ({"data": {"libraries": ["miles", "miles"]}}, "a library twice"),
        ({"scoring": {"left_out": [["elodie", "miles"]]}}, "left_out has 'elodie'.*allowed: miles"),
        ({"members": []}, "from scratch needs at least one"),
        ({"start": "adapt"}, "base is empty"),
        ({"scoring": {"folds": 1}}, "scoring.folds is 1"),
        ({"scoring": {"left_out": [["miles"]]}}, r"left_out\[0\] needs 2 values"),
    ],
)
def test_what_is_not_allowed_is_told_with_key_and_value(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        config_from_dict({**LEAST, **change})


def test_a_start_from_a_base_has_its_own_defaults_and_takes_what_is_given() -> None:
    tuned = config_from_dict({**LEAST, "start": "fine_tune", "base": "b", "members": []})
    given = config_from_dict(
        {**LEAST, "start": "fine_tune", "base": "b", "optimiser": {"learning_rate": 0.5}}
    )
    scratch = config_from_dict(LEAST)
    assert tuned.optimiser.learning_rate < scratch.optimiser.learning_rate
    assert given.optimiser.learning_rate == 0.5
    assert given.optimiser.epochs == tuned.optimiser.epochs


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("seed = ")
    with pytest.raises(ConfigError, match=r"run.toml is not valid TOML"):
        read_config(tmp_path / "run.toml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone.toml cannot be read: No such file"):
        read_config(tmp_path / "gone.toml")
