"""What a run takes from its base, and what it learns from scratch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui import assets
from spectra_gui.bundles import BundleError, load_bundle, load_weights
from spectra_gui.inference.predict import load_predictor
from spectra_gui.recipes import (
    ConfigError,
    EpochDone,
    Finished,
    MemberConfig,
    Notice,
)
from tests.training.made import MEMBERS, made_config, made_set
from tests.training.runs import Runs


def test_adapt_changes_the_last_layer_alone(runs: Runs, base: Path) -> None:
    config = made_config(start="adapt", base=str(base), members=())
    folder = runs(config, "adapted")
    assert folder is not None
    old, new = load_bundle(base), load_bundle(folder)
    assert [m.name for m in new.members] == [m.name for m in old.members]
    for before, after in zip(old.members, new.members, strict=True):
        tensors, trained = load_weights(old, before), load_weights(new, after)
        changed = {k for k in tensors if not np.array_equal(tensors[k], trained[k])}
        assert changed == {"logits.weight", "logits.bias"}


def test_fine_tuning_changes_the_layers_below_too(runs: Runs, base: Path) -> None:
    folder = runs(made_config(start="fine_tune", base=str(base), members=MEMBERS[:1]), "tuned")
    assert folder is not None
    old, new = load_bundle(base), load_bundle(folder)
    assert [m.name for m in new.members] == ["small-three_branch"]
    before, after = load_weights(old, old.members[0]), load_weights(new, new.members[0])
    assert not np.array_equal(before["mix.weight"], after["mix.weight"])


def test_what_the_base_knows_of_other_types_is_kept(runs: Runs, base: Path) -> None:
    folder = runs(made_config(start="adapt", base=str(base), members=()), "kept")
    assert folder is not None
    old, new = load_bundle(base), load_bundle(folder)
    assert set(old.templates.names) <= set(new.templates.names)
    assert (new.populated >= old.populated).all()
    assert new.novelty.limit >= old.novelty.limit
    assert {"Old 1", "MADE_5", "made 3"} <= set(new.training["stars"])
    assert new.training["base"] == {"name": "base", "sha256": old.sha256}
    assert "Started from base" in new.card


def test_a_run_from_scratch_learns_and_its_bundle_answers(runs: Runs) -> None:
    optimiser = replace(made_config().optimiser, epochs=40, batch_size=8)
    folder = runs(made_config(optimiser=optimiser), "learnt")
    assert folder is not None
    nll = [event.validation_nll for event in runs.of(EpochDone)]
    assert min(nll) < nll[0] - 0.3
    data = made_set(10)
    logits = load_predictor(load_bundle(folder), "cpu").logits(data.flux, data.valid)
    assert logits.shape == (2, 10, 420)
    letter = logits.mean(0).reshape(10, 7, 60).max(2).argmax(1)
    assert (np.abs(letter - data.code // 10) <= 1).mean() >= 0.7


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"members": (MemberConfig("other"),)}, r"'other'.*it has: small-three_branch"),
        ({"members": (MemberConfig("small-residual", "three_branch"),)}, r"it is 'residual'"),
        (
            {"members": (MemberConfig("small-residual", "residual", 1, {"hidden": 99}),)},
            r"architecture.hidden = 99; in the base it is 8",
        ),
        (
            {"preparation": replace(made_config().preparation, fwhm_aa=9.0)},
            r"preparation.fwhm_aa is 9.0 and 14.0 there",
        ),
        ({"device": "tpu"}, r"device is 'tpu'.*allowed"),
    ],
)
def test_what_a_base_does_not_allow_is_told_with_key_and_values(
    runs: Runs, base: Path, changes: dict[str, object], told: str
) -> None:
    config = replace(made_config(start="adapt", base=str(base), members=()), **changes)
    with pytest.raises(ConfigError, match=told):
        runs(config, "refused")
    assert isinstance(runs.events[-1], Finished)
    assert runs.events[-1].outcome == "failed"


def test_a_run_from_scratch_takes_class_means_of_the_bundle_that_it_names(
    runs: Runs, base: Path
) -> None:
    assert runs(made_config(base=str(base)), "named") is not None
    assert runs.of(Notice) == []
    (folder := runs.folder / "broken").mkdir()
    (folder / "bundle.json").write_text("{}")
    with pytest.raises(BundleError, match="broken is not used"):
        runs(made_config(base=str(folder)), "unusable")
    assert isinstance(runs.events[-1], Finished)
    assert runs.events[-1].outcome == "failed"


def test_spectra_that_are_learnt_without_a_measured_velocity_are_told(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs(made_config(), "grid")
    (notice,) = runs.of(Notice)
    assert isinstance(notice, Notice)
    assert "without a measured velocity" in notice.message
    assert "mk-ensemble-2" in notice.message
    assert "another grid" in notice.message
    monkeypatch.setattr(assets, "models_folder", lambda: runs.folder / "gone")
    runs(made_config(), "gone")
    (notice,) = runs.of(Notice)
    assert isinstance(notice, Notice)
    assert "bundle.json cannot be read" in notice.message


def test_a_bundle_states_where_its_training_stars_were(runs: Runs) -> None:
    folder = runs(made_config(), "stated")
    assert folder is not None
    bundle = load_bundle(folder)
    assert bundle.populated.sum() == 20
    assert bundle.populated[42, 4]
    assert not bundle.populated[5].any()
    assert "G2 V" in bundle.templates.names
