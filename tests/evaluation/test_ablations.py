"""Variants on made libraries: the same stars and folds for all, no fit twice, one table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.evaluation import ablations as runner
from spectra_gui.evaluation.halves import half
from spectra_gui.evaluation.variant_fits import own_values
from tests.evaluation.made_libraries import small_recipe, write_libraries, write_recipe

FILE = """
base = "train.toml"
members = ["small-three_branch"]
about = "one small network"

[[variants]]
name = "hard"
group = "loss"
about = "cross-entropy"
loss = { distance_weight = 0.0 }

[[variants]]
name = "coarse"
group = "grid"
about = "a coarser grid"
preparation = { step_aa = 9.0, n_pixels = 280 }

[[variants]]
name = "two"
group = "members"
about = "two members"
members = ["small-three_branch", "small-residual"]

[[variants]]
name = "same"
group = "loss"
about = "nothing"
loss = { distance = "subtypes" }
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("libraries")
    write_libraries(folder)
    return folder


@pytest.fixture
def call(data: Path, tmp_path: Path) -> Callable[..., int]:
    """Run the command on the made libraries; its work folder is ``tmp_path/work``."""
    write_recipe(tmp_path)
    file = tmp_path / "ablations.toml"
    file.write_text(FILE, encoding="utf-8")
    places = ["--data", str(data), "--work", str(tmp_path / "work"), "--out", str(tmp_path)]
    return lambda *words: runner.main([str(file), *places, "--workers", "1", *words])


def fits_done(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (folder / "work" / "fits").rglob("*.npz")}


def document(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "ablations.json").read_text(encoding="utf-8"))
    read["by_name"] = {entry["name"]: entry for entry in read["variants"]}
    return read


def test_one_command_fits_all_and_a_second_call_fits_nothing(
    call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 0
    # Four splits of: the base, hard, coarse and the residual member; "same" is the base again.
    before = fits_done(tmp_path)
    assert len(before) == 4 * 4
    found = document(tmp_path)
    assert list(found["by_name"]) == ["base", "hard", "coarse", "two", "same"]
    sets = {
        entry["name"]: [(one["stars"], one["n_spectra"]) for one in entry["contrasts"]]
        for entry in found["variants"]
    }
    assert len(set(map(str, sets.values()))) == 1
    assert [name for name, _ in sets["base"]] == ["folds", "left-miles-cflib", "left-cflib-miles"]
    assert dict(sets["base"])["folds"] == 80
    same = found["by_name"]["same"]["contrasts"][0]["differences"]["joint"]
    assert (same["value"], same["p"]) == (0.0, 1.0)
    table = (tmp_path / "ablations.md").read_text(encoding="utf-8")
    assert "a coarser grid" in table
    assert "**grid**" in table
    assert "Not fitted yet" not in table
    assert str(tmp_path) not in table

    capsys.readouterr()
    assert call("--plan") == 0
    assert "two: 0 fits to do" in capsys.readouterr().err
    assert call() == 0
    assert fits_done(tmp_path) == before


def test_only_the_development_half_of_a_left_out_library_is_scored(
    call: Callable[..., int], tmp_path: Path
) -> None:
    assert call("--only", "hard") == 0
    own = {f"S{i}" for i in range(40, 72)}  # what only the second library has
    development = sum(half(name) == "development" for name in own)
    contrasts = document(tmp_path)["by_name"]["hard"]["contrasts"]
    assert {c["stars"]: c["n_spectra"] for c in contrasts}["left-miles-cflib"] == development


def test_a_part_can_be_asked_for_and_what_lacks_is_named(
    call: Callable[..., int], tmp_path: Path
) -> None:
    assert call("--only", "hard", "--no-left-out", "--folds", "0,1") == 0
    assert len(fits_done(tmp_path)) == 2 * 2
    table = (tmp_path / "ablations.md").read_text(encoding="utf-8")
    assert "Not fitted yet: coarse, two." in table
    assert "--no-left-out" in table
    # A group by its name; the base is there already.
    assert call("--only", "grid", "--no-left-out") == 0
    assert len(fits_done(tmp_path)) == 3 * 2
    assert "Not fitted yet: two." in (tmp_path / "ablations.md").read_text(encoding="utf-8")


def test_repetitions_have_seeds_of_their_own_and_the_same_stars(
    call: Callable[..., int], tmp_path: Path
) -> None:
    assert call("--only", "hard", "--no-left-out") == 0
    once = document(tmp_path)["by_name"]["hard"]["contrasts"][0]
    assert call("--only", "hard", "--no-left-out", "--repeats", "2") == 0
    twice = document(tmp_path)["by_name"]["hard"]["contrasts"][0]
    assert len(fits_done(tmp_path)) == 2 * 2 * 2
    assert (twice["n_spectra"], twice["n_systems"]) == (once["n_spectra"], once["n_systems"])
    assert "the mean over 2 seeds" in (tmp_path / "ablations.md").read_text(encoding="utf-8")
    weights = [np.load(path)["tensor:logits.bias"] for path in fits_done(tmp_path)]
    assert len({w.tobytes() for w in weights}) == len(weights)


def test_a_call_that_is_stopped_goes_on_to_the_same_table(
    call: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def after_a_while() -> Callable[[], bool]:
        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked > 7

        return cancelled

    with monkeypatch.context() as patch:
        patch.setattr(runner, "_interrupted", after_a_while)
        assert call("--only", "hard", "--no-left-out") == 130
    done = fits_done(tmp_path)
    assert len(done) < 4
    assert call("--only", "hard", "--no-left-out") == 0
    after = fits_done(tmp_path)
    assert {path: after[path] for path in done} == done


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "gone"], "--only 'gone' is no variant and no group; allowed: base, hard"),
        (["--folds", "0"], "--folds 0: name at least 2 of 0, 1"),
        (["--folds", "0,7"], "--folds 0,7: name at least 2"),
        (["--device", "abacus"], "device is 'abacus'"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_fitted(
    call: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    assert call(*words) == 3
    assert told in capsys.readouterr().err
    assert not fits_done(tmp_path)


def test_folds_are_those_of_the_base_where_a_grid_covers_less(
    call: Callable[..., int], tmp_path: Path
) -> None:
    """A range beyond what the libraries have would drop stars, and so shift all folds."""
    recipe = (tmp_path / "ablations.toml").read_text(encoding="utf-8")
    beyond = "preparation = { start_aa = 5500.0, step_aa = 9.0, n_pixels = 280 }"
    recipe = recipe.replace("preparation = { step_aa = 9.0, n_pixels = 280 }", beyond)
    (tmp_path / "ablations.toml").write_text(recipe, encoding="utf-8")
    assert call("--only", "coarse", "--no-left-out") == 0
    ids: dict[str, list[list[str]]] = {}
    for path in fits_done(tmp_path):
        with np.load(path) as arrays:
            ids.setdefault(path.name, []).append(arrays["ids"].tolist())
    assert set(ids) == {"member.fold-0.npz", "member.fold-1.npz"}
    assert all(first == second and first for first, second in ids.values())


def test_a_new_knob_leaves_the_fits_of_old_recipes_where_they_are() -> None:
    config = small_recipe()
    own = own_values(config)
    assert own["preparation"]["n_pixels"] == config.preparation.n_pixels
    assert "medium" not in own["preparation"]  # as the default has it
    assert own["members"][0]["seed"] == config.members[0].seed
    assert own_values(replace(config, workers=3, device="cuda")) == own


def test_fits_of_a_recipe_whose_defaults_have_changed_are_not_mixed_in(
    call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("--only", "hard", "--no-left-out") == 0
    (folder, *_) = {path.parent for path in fits_done(tmp_path)}
    kept = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(kept.replace("clip_norm = 5.0", "clip_norm = 4.0"))
    (folder / "member.fold-0.npz").unlink()
    assert call("--only", "hard", "--no-left-out") == 3
    assert "holds fits of another recipe" in capsys.readouterr().err
