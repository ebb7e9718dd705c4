"""What stops a run is told, and nothing is mixed or lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spectra_gui.bundles import load_bundle
from spectra_gui.inference.predict import load_predictor
from spectra_gui.recipes import (
    ConfigError,
    DataConfig,
    EpochDone,
    Finished,
    ScoringConfig,
    TaskDone,
)
from spectra_gui.training import DataError, TrainingError, fit, run
from tests.training.made import MEMBERS, made_config, made_set, write_stars
from tests.training.runs import HALF_KEPT_BACK, Runs, after_steps, weights


def test_a_folder_with_another_run_is_not_mixed_into(runs: Runs) -> None:
    runs(made_config(), "one", work="shared")
    with pytest.raises(TrainingError, match="another config"):
        runs(made_config(seed=5), "two", work="shared")


def test_a_folder_with_a_run_on_other_labels_is_not_gone_on_with(
    runs: Runs, tmp_path: Path
) -> None:
    runs.stars = tmp_path / "own"
    table = write_stars(runs.stars)
    runs.prepared = tmp_path / "own-prepared"
    runs(made_config(), "first", work="work", cancelled=after_steps(20))
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(text.replace("A0 V", "M5 III"), encoding="utf-8")
    with pytest.raises(TrainingError, match="other spectra or labels"):
        runs(made_config(), "second", work="work")


def test_a_member_that_cannot_be_built_and_too_many_folds_are_told_with_what_is_allowed(
    runs: Runs,
) -> None:
    wrong = replace(MEMBERS[0], kind="resnet")
    with pytest.raises(ConfigError, match=r"cannot be built: unknown network kind.*allowed"):
        runs(made_config(members=(wrong,)), "kind")
    few = DataConfig(label_table="labels.csv", validation=0.2, test=0.5)
    scoring = ScoringConfig(folds=21)
    with pytest.raises(ConfigError, match=r"folds is 21, and only 20 stars teach"):
        runs(made_config(data=few, scoring=scoring), "folds")


def test_a_run_that_nothing_can_choose_the_epoch_of_ends_before_its_first_fit(
    runs: Runs, tmp_path: Path
) -> None:
    """Two full types are enough to be looked at, and one of them judges."""
    runs.stars = tmp_path / "own"
    table = write_stars(runs.stars)
    runs.prepared = tmp_path / "own-prepared"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    full = [line for line in lines if line.startswith(("file;", "s00.txt;", "s04.txt;"))]
    without_class = [line.replace(" V;", ";").replace(" III;", ";") for line in lines[1:]]
    rest = [line for line in without_class if not line.startswith(("s00.txt;", "s04.txt;"))]
    table.write_text("\n".join([*full, *rest]), encoding="utf-8")
    with pytest.raises(DataError, match="such a type that are left: 1"):
        runs(made_config(data=HALF_KEPT_BACK), "unchosen")
    assert runs.of(EpochDone) == []
    assert isinstance(runs.events[-1], Finished)


def test_an_existing_bundle_is_never_written_over(runs: Runs) -> None:
    (runs.folder / "mine").mkdir()
    with pytest.raises(TrainingError, match="exists"):
        runs(made_config(), "mine")


def test_a_checkpoint_of_something_else_is_refused_by_name(runs: Runs) -> None:
    work = runs.folder / "bad-work"
    work.mkdir()
    torch.save({"network": 1}, work / "small-three_branch.all.ckpt")
    with pytest.raises(TrainingError, match=r"small-three_branch.all.ckpt cannot be gone on with"):
        runs(made_config(), "bad")


def test_weights_that_are_no_numbers_are_told(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "distance_aware_loss", lambda logits, *_, **__: logits.sum() * np.nan)
    with pytest.raises(TrainingError, match=r"three_branch.all cannot be fitted.*learning_rate"):
        runs(made_config(), "grown")


def test_a_fit_that_diverges_late_gives_the_best_epoch_before(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fit.distance_aware_loss
    one_step_an_epoch = replace(made_config().optimiser, batch_size=40)
    config = made_config(members=MEMBERS[:1], optimiser=one_step_an_epoch)
    asked = 0

    def diverging(logits: torch.Tensor, *labels: object, **more: object) -> torch.Tensor:
        nonlocal asked
        asked += 1
        loss: torch.Tensor = real(logits, *labels, **more)  # type: ignore[arg-type]
        return loss if asked <= 3 else loss * np.nan

    monkeypatch.setattr(fit, "distance_aware_loss", diverging)
    folder = runs(config, "late")
    assert folder is not None
    told = runs.of(EpochDone)
    assert np.isnan(told[-1].validation_nll)
    good = min((e for e in told if np.isfinite(e.validation_nll)), key=lambda e: e.validation_nll)
    assert [event.best_epoch for event in runs.of(TaskDone)] == [good.epoch]
    data = made_set(10)
    answers = load_predictor(load_bundle(folder), "cpu").logits(data.flux, data.valid)
    assert np.isfinite(answers).all()


def test_a_vanished_table_fails_by_name(runs: Runs, tmp_path: Path) -> None:
    config = made_config(data=DataConfig(label_table=str(tmp_path / "gone.csv")))
    with pytest.raises(DataError, match=r"gone.csv cannot be read"):
        runs(config, "gone")


def test_two_workers_give_what_one_gives(runs: Runs) -> None:
    one = runs(made_config(), "one")
    two = runs(made_config(workers=2), "two")
    assert one is not None
    assert two is not None
    assert weights(one) == weights(two)


def test_a_process_that_has_much_to_tell_can_still_save_and_leave() -> None:
    class Talkative:
        """Leaves when its 500 events are read."""

        left, was_cut_off = 500, False

        def get(self, timeout: float) -> str:
            self.left -= 1
            return "event"

        def is_alive(self) -> bool:
            return self.left > 0

        def terminate(self) -> None:
            self.was_cut_off = self.is_alive()

        def join(self) -> None: ...

    talkative = Talkative()
    run._end([talkative], talkative)
    assert not talkative.was_cut_off


def test_a_training_process_that_dies_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"signal 9.*fewer workers"):
        run._check_alive([None, -9], tmp_path)
    with pytest.raises(TrainingError, match="run again"):
        run._check_alive([0, 0], tmp_path)
    run._check_alive([None, 0], tmp_path)


def test_a_run_whose_warm_up_is_a_single_step_is_fitted(runs: Runs) -> None:
    """Twenty-odd stars, two epochs of two steps, a quarter of them to warm up."""
    optimiser = replace(made_config().optimiser, epochs=2, warm_up=0.25)
    assert runs(made_config(optimiser=optimiser), "short") is not None
