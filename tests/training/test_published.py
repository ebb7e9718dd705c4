"""The published study's way of training, as the core carries it out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spectra_gui.bundles import load_bundle
from spectra_gui.data import PreparationSpec
from spectra_gui.inference import load_predictor
from spectra_gui.recipes import (
    AugmentConfig,
    EpochDone,
    LossConfig,
    MemberConfig,
    OptimiserConfig,
    RunConfig,
    ScoringConfig,
    StepDone,
)
from spectra_gui.training import LabelledSet
from spectra_gui.training.fit import fit
from spectra_gui.training.fitted import FitPlace, Fitted
from spectra_gui.training.loss import distance_aware_loss, soft_targets
from spectra_gui.training.predict import macro_f1
from tests.training.made import SPEC, made_config, made_set
from tests.training.runs import Runs

PLAIN = MemberConfig("plain", "conv1d_v2", 3, {"channels": [6, 6], "strides": [2, 2], "hidden": 12})
OPTIMISER = OptimiserConfig(
    epochs=4, batch_size=16, learning_rate=2e-3, weight_decay=0.01, ema_decay=0.0, clip_norm=1e6,
    patience=4, settled=0.0, schedule="constant", scale_memory=0.95, best_by="macro_f1",
)  # fmt: skip
LOSS = LossConfig(distance_weight=0.75, distance="letters", type_weight=1.0, class_leak=0.0)


def published(**changes: object) -> RunConfig:
    values: dict[str, object] = {
        "optimiser": OPTIMISER,
        "loss": LOSS,
        "members": (PLAIN,),
        "augment": AugmentConfig(
            0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, least_noise=0.01, noise_power=1.0
        ),
    }
    return made_config(**{**values, **changes})


def fitted(config: RunConfig, folder: Path, events: list[object]) -> Fitted:
    rows = np.arange(60)
    return fit(
        made_set(60), rows[:40], rows[40:], member=config.members[0], config=config,
        place=FitPlace("plain.all", folder / "plain.ckpt", events.append, lambda: False),
    )  # fmt: skip


def test_the_rate_stays_and_a_member_may_have_its_own(tmp_path: Path) -> None:
    own = replace(PLAIN, optimiser={"learning_rate": 1e-4})
    for member, rate in ((PLAIN, 2e-3), (own, 1e-4)):
        events: list[object] = []
        fitted(published(members=(member,)), tmp_path, events)
        rates = {event.learning_rate for event in events if isinstance(event, StepDone)}
        assert rates == {rate}


def test_the_epoch_with_the_best_f1_is_kept_and_its_rise_is_told(tmp_path: Path) -> None:
    events: list[object] = []
    found = fitted(published(), tmp_path, events)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert found.epochs == len(epochs) == 4
    assert found.best_epoch == found.rising_epoch == max(e.epoch for e in epochs if e.best)
    assert found.validation_nll == epochs[found.best_epoch - 1].validation_nll


def test_macro_f1_is_the_mean_over_the_cells_that_there_are() -> None:
    true, given = np.array([1, 1, 1, 7]), np.array([1, 1, 7, 9])
    # Cell 1: 2·2/(3 + 2); cell 7: nothing right; cell 9 has no star.
    assert macro_f1(true, given) == pytest.approx(0.5 * (0.8 + 0.0))


def test_the_loss_is_the_published_one() -> None:
    torch.manual_seed(1)
    types = torch.randn(5, 7, 1, 6)
    logits = types.expand(-1, -1, 10, -1).reshape(5, 420)
    letter, column = torch.tensor([0, 2, 4, 4, 6]), torch.tensor([0, 4, 2, 4, 5])
    shares = torch.eye(6)[column]
    code = 10.0 * letter + 3.0
    found = distance_aware_loss(
        logits, *soft_targets(code, shares, LOSS), LOSS, letter=letter, shares=shares
    )
    p = types.reshape(5, 42).softmax(1)
    coordinates = torch.tensor([[i // 6, i % 6] for i in range(42)], dtype=torch.float32)
    beta = torch.tensor([1.0, 1.5])
    truth = torch.stack([letter, column], 1).float()
    entropy = torch.nn.functional.cross_entropy(types.reshape(5, 42), letter * 6 + column)
    squared = torch.nn.functional.mse_loss(beta * (p @ coordinates), beta * truth)
    assert float(found) == pytest.approx(float(0.25 * entropy + 0.75 * squared), rel=1e-5)


def test_a_run_in_the_published_way_ends_in_a_bundle_that_types(runs: Runs, stars: Path) -> None:
    grid = PreparationSpec(
        SPEC.start_aa, SPEC.step_aa, SPEC.n_pixels, fwhm_aa=SPEC.fwhm_aa, procedure="sezen_2025"
    )
    resnet = MemberConfig(
        "resnet", "resnet50_1d", 4, {"widths": [4, 4], "depths": [1, 1]}, {"learning_rate": 1e-2}
    )
    config = published(
        preparation=grid,
        members=(PLAIN, resnet),
        scoring=ScoringConfig(folds=2, rule="sum_of_logits"),
    )
    alone = Runs(runs.stars, runs.folder, runs.folder / "published-prepared")
    folder = alone(config, "published")
    assert folder is not None
    bundle = load_bundle(folder)
    assert bundle.preparation == grid
    assert "running median" in bundle.card
    assert [m.temperature for m in bundle.members] == [1.0, 1.0]
    fits = bundle.training["fits"]
    assert {(f["member"], f["split"]) for f in fits} == {
        (m, s) for m in ("plain", "resnet") for s in ("fold-0", "fold-1", "all")
    }
    assert all(1 <= f["macro_f1_rose"] <= f["epochs"] == 4 for f in fits)
    with np.load(folder / "oof.npz") as arrays:
        assert str(arrays["rule"]) == "sum_of_logits"
    data = LabelledSet.load(alone.prepared / "data.npz")
    logits = load_predictor(bundle, "cpu").logits(data.flux[:3], data.valid[:3])
    letters = logits.reshape(2, 3, 7, 10, 6)
    np.testing.assert_array_equal(letters, np.broadcast_to(letters[:, :, :, :1], letters.shape))
