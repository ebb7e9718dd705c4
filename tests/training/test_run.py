"""Whole runs on made stars: repeatable bit for bit, resumable, from a base and from scratch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spectra_gui import assets
from spectra_gui.bundles import BundleError, load_bundle, load_weights
from spectra_gui.inference.predict import load_predictor
from spectra_gui.recipes import (
    CheckpointSaved,
    ConfigError,
    DataConfig,
    EpochDone,
    Event,
    Finished,
    MemberConfig,
    Notice,
    RunConfig,
    ScoringConfig,
    Started,
    StepDone,
    TaskDone,
)
from spectra_gui.training import DataError, LabelledSet, TrainingError, fit, run, train
from spectra_gui.training.tasks import learning_set
from tests.training.made import MEMBERS, made_config, made_set, write_base, write_stars

KEPT_BACK = DataConfig(label_table="labels.csv", validation=0.2, test=0.25)
HALF_KEPT_BACK = replace(KEPT_BACK, validation=0.01, test=0.5)


@pytest.fixture(scope="module")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stars")
    write_stars(folder)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base") / "base", stars=("Old 1", "MADE_5"))


class Runs:
    """Trains configs on the made stars; the prepared data are shared."""

    def __init__(self, stars: Path, folder: Path, prepared: Path) -> None:
        self.stars, self.folder, self.prepared = stars, folder, prepared
        self.events: list[Event] = []

    def __call__(
        self,
        config: RunConfig,
        name: str,
        *,
        work: str = "",
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Path | None:
        self.events = []
        return train(
            config,
            out=self.folder / name,
            work=self.folder / (work or f"{name}-work"),
            data_folder=self.stars,
            listener=self.events.append,
            cancelled=cancelled,
            base_folder=self.stars,
            prepared=self.prepared,
        )

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def runs(stars: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(stars, tmp_path, tmp_path_factory.getbasetemp() / "prepared")


def weights(bundle: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(bundle.glob("*.safetensors"))}


def after_steps(n: int) -> Callable[[], bool]:
    """A person who cancels at the n-th question."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > n

    return cancelled


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
        lambda c, b, data, *rest: (seen.append(data), real(c, b, data, *rest))[1],
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
    assert "mk-ensemble-1" in notice.message
    assert "another grid" in notice.message
    monkeypatch.setattr(assets, "models_folder", lambda: runs.folder / "gone")
    runs(made_config(), "gone")
    (notice,) = runs.of(Notice)
    assert isinstance(notice, Notice)
    assert "bundle.json cannot be read" in notice.message


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


def test_a_bundle_states_where_its_training_stars_were(runs: Runs) -> None:
    folder = runs(made_config(), "stated")
    assert folder is not None
    bundle = load_bundle(folder)
    assert bundle.populated.sum() == 20
    assert bundle.populated[42, 4]
    assert not bundle.populated[5].any()
    assert "G2 V" in bundle.templates.names


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
