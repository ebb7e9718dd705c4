"""Composites, labels without a class and disputed labels teach as much as the config says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec
from spectra_gui.recipes import DataConfig, RunConfig
from spectra_gui.training import LabelledSet, load_labelled
from spectra_gui.training.dataset import Target, contradict, read_target
from spectra_gui.training.solved import fit_solved
from spectra_gui.training.tasks import WHOLE, split_of
from spectra_gui.training.weights import teaching_weights
from tests.training.made import made_config, made_set


def marked_set() -> LabelledSet:
    """Sixty stars: 0 is a composite, 1 has no class, 2 is disputed, 3 is both of these."""
    data = made_set(60)
    data.composite[0] = True
    data.scored[:2] = data.scored[3] = False
    data.luminosity[[1, 3]] = 0.0
    data.disputed[[2, 3]] = True
    return data


def config_of(**weights: float) -> RunConfig:
    return made_config(data=replace(made_config().data, **weights))


def test_by_default_all_spectra_teach_alike() -> None:
    assert (teaching_weights(marked_set(), DataConfig()) == 1.0).all()


def test_each_weight_meets_its_own_spectra() -> None:
    config = DataConfig(composite_weight=0.5, unclassed_weight=0.2, disputed_weight=0.1)
    weights = teaching_weights(marked_set(), config)
    assert weights[:4] == pytest.approx([0.5, 0.2, 0.1, 0.02])
    assert (weights[4:] == 1.0).all()


def test_what_weighs_nothing_teaches_nothing_and_still_judges() -> None:
    data = marked_set()
    before, validation, _ = split_of(WHOLE, data, config_of())
    after, same, _ = split_of(WHOLE, data, config_of(disputed_weight=0.0, composite_weight=0.0))
    assert set(before) - set(after) == {0, 2, 3} & set(before)
    assert validation.tolist() == same.tolist()


def test_a_linear_member_heeds_the_weights(tmp_path: Path) -> None:
    """A tenth of the weight on wrong labels leaves a fit nearer to that without them."""
    from spectra_gui.recipes import MemberConfig
    from spectra_gui.training.fitted import FitPlace

    data = made_set(60)
    data.disputed[::4] = True
    data.code[::4] = 5.0
    member = MemberConfig("linear", "linear", 1, {"components": 20})
    place = FitPlace("task", tmp_path / "task.ckpt", lambda event: None, lambda: False)

    def head(weight: float, rows: np.ndarray) -> np.ndarray:
        config = config_of(disputed_weight=weight)
        found = fit_solved(data, rows, np.arange(10), member=member, config=config, place=place)
        return found.tensors["logits.weight"]

    rows = np.arange(60)
    full, tenth, hardly = (head(weight, rows) for weight in (1.0, 0.1, 1e-4))
    assert np.abs(tenth - hardly).mean() < np.abs(full - hardly).mean()


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("G2V", "G8IV-V", False),
        ("G2V", "K0V", True),
        ("G2V", "G2III", True),
        ("G2V", "G5", False),
        ("G9", "K0III", True),
        ("G2IV", "G2IV-V", False),
    ],
)
def test_two_catalogues_contradict_each_other_in_letter_or_class(
    first: str, second: str, apart: bool
) -> None:
    one, other = read_target(first), read_target(second)
    assert isinstance(one, Target)
    assert isinstance(other, Target)
    assert contradict(one, other) is apart
    assert contradict(other, one) is apart


def test_of_the_labelled_libraries_about_a_tenth_is_disputed(shared_data: Path) -> None:
    spec = PreparationSpec(step_aa=6.0, n_pixels=500, fwhm_aa=14.0)
    data, _ = load_labelled(("miles", "cool_dwarfs"), shared_data / "stellar", spec)
    share = data.disputed[data.library == "miles"].mean()
    assert 0.08 < share < 0.2
    assert not data.disputed[data.library == "cool_dwarfs"].any()
