"""Folds answer for every star that they did not see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from spectra_gui.bundles import load_bundle
from spectra_gui.recipes import (
    DataConfig,
    ScoringConfig,
    TaskDone,
)
from spectra_gui.training import LabelledSet
from spectra_gui.training.tasks import learning_set
from tests.training.made import MEMBERS, made_config
from tests.training.runs import KEPT_BACK, Runs, weights


def test_folds_give_out_of_fold_logits_of_every_scored_star_that_teaches(runs: Runs) -> None:
    optimiser = replace(made_config().optimiser, epochs=1)
    config = made_config(
        data=KEPT_BACK, scoring=ScoringConfig(folds=2), members=MEMBERS[:1], optimiser=optimiser
    )
    folder = runs(config, "folded")
    assert folder is not None
    data = learning_set(LabelledSet.load(runs.prepared / "data.npz"), config)
    with np.load(folder / "oof.npz") as arrays:
        assert sorted(arrays["ids"].tolist()) == sorted(data.ids[data.scored].tolist())
        assert arrays["logits"].shape == (1, len(data), 420)
        assert set(arrays["fold"].tolist()) == {0, 1}


def test_folds_keep_class_vi_and_metal_poor_stars_flagged_and_score_as_without_them(
    runs: Runs, stars: Path, tmp_path: Path
) -> None:
    """The answers apart come beside those of the same networks; nothing is fitted to them."""
    table = (stars / "labels.csv").read_text(encoding="utf-8-sig").splitlines()
    changed = [line.replace(";G2 V;", ";sdG2;") for line in table]
    assert changed != table
    for path in stars.glob("*.txt"):
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "labels.csv").write_text("\n".join(changed), encoding="utf-8")
    config = made_config(
        data=DataConfig(label_table=str(tmp_path / "labels.csv"), validation=0.2),
        scoring=ScoringConfig(folds=2),
        optimiser=replace(made_config().optimiser, epochs=1),
    )
    folder = runs(config, "apart")
    assert folder is not None
    with np.load(folder / "oof.npz") as arrays:
        scored = arrays["scored"]
        assert set(arrays["label"][~scored].tolist()) == {"sdG2"}
        assert scored.tolist() == sorted(scored.tolist(), reverse=True)
        assert len(scored) == 40
        assert arrays["logits"].shape == (2, 40, 420)
    bundle = load_bundle(folder)
    assert bundle.calibration["n"] == scored.sum()
    assert bundle.scores["n"] == scored.sum()


def test_a_result_without_the_answers_apart_is_made_anew(runs: Runs) -> None:
    first = runs(made_config(), "first", work="shared")
    assert first is not None
    result = runs.folder / "shared" / "small-residual.all.npz"
    with np.load(result) as arrays:
        kept = {k: arrays[k] for k in arrays.files if not k.startswith("apart_")}
    np.savez(result, **kept)
    second = runs(made_config(), "second", work="shared")
    assert second is not None
    assert [event.task for event in runs.of(TaskDone)] == ["small-residual.all"]
    assert weights(first) == weights(second)
