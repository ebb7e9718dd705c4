"""Soft targets and the distance-aware loss, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from spectra_gui.recipes import LossConfig
from spectra_gui.training.loss import distance_aware_loss, soft_targets

HARD = LossConfig(distance_weight=0.0, type_weight=0.0, subtype_sigma=0.1, class_leak=0.0)
G2_V = (torch.tensor([42.0]), torch.tensor([[0.0, 0, 0, 0, 1, 0]]))


def loss(logits: torch.Tensor, code: torch.Tensor, shares: torch.Tensor, c: LossConfig) -> float:
    temperature, luminosity = soft_targets(code, shares, c)
    value = distance_aware_loss(
        logits, temperature, luminosity, c, letter=(code // 10).long(), shares=shares
    )
    return float(value)


def test_targets_are_distributions_that_avoid_unused_boxes() -> None:
    code = torch.tensor([0.0, 42.5, 58.5])
    temperature, luminosity = soft_targets(code, torch.eye(6)[[0, 4, 5]], LossConfig())
    assert torch.allclose(temperature.sum(1), torch.ones(3))
    assert torch.allclose(luminosity.sum(1), torch.ones(3))
    assert temperature[:, [0, 1, 58, 59]].abs().max() == 0.0
    assert temperature[1, 42] == pytest.approx(float(temperature[1, 43]))


def test_a_class_leaks_to_its_neighbours_and_class_six_to_none() -> None:
    c = LossConfig(class_leak=0.2)
    _, luminosity = soft_targets(torch.full((3,), 42.0), torch.eye(6)[[0, 2, 5]], c)
    assert luminosity[0].tolist() == pytest.approx([0.8, 0.2, 0, 0, 0, 0])
    assert luminosity[1].tolist() == pytest.approx([0, 0.1, 0.8, 0.1, 0, 0])
    assert luminosity[2].tolist() == [0, 0, 0, 0, 0, 1]


def test_an_unknown_class_has_no_target() -> None:
    _, luminosity = soft_targets(torch.tensor([42.0]), torch.zeros(1, 6), LossConfig())
    assert luminosity.abs().max() == 0.0


def test_no_knowledge_costs_the_logarithm_of_the_number_of_cells() -> None:
    assert loss(torch.zeros(1, 420), *G2_V, HARD) == pytest.approx(math.log(420.0), abs=1e-4)


def test_no_knowledge_of_the_type_costs_the_logarithm_of_forty_two() -> None:
    c = LossConfig(distance_weight=0.0, type_weight=1.0)
    assert loss(torch.zeros(1, 420), *G2_V, c) == pytest.approx(math.log(42.0), abs=1e-4)


def test_without_a_class_the_temperature_alone_is_asked_for() -> None:
    unknown = (torch.tensor([42.0]), torch.zeros(1, 6))
    assert loss(torch.zeros(1, 420), *unknown, HARD) == pytest.approx(math.log(70.0), abs=1e-4)


def test_the_distance_is_squared_letters_and_classes() -> None:
    c = LossConfig(
        distance_weight=1.0, temperature_scale=1.0, luminosity_scale=1.5,
        subtype_sigma=0.1, class_leak=0.0,
    )  # fmt: skip
    sure = torch.zeros(1, 70, 6)
    sure[0, 52, 2] = 60.0  # K2 III for a G2 V: one letter and two classes off
    assert loss(sure.view(1, 420), *G2_V, c) == pytest.approx(0.5 * (1.0**2 + 3.0**2), abs=1e-3)


def test_a_sure_right_answer_costs_nothing() -> None:
    sure = torch.zeros(1, 70, 6)
    sure[0, 42, 4] = 60.0
    assert loss(sure.view(1, 420), *G2_V, HARD) == pytest.approx(0.0, abs=1e-4)


def only(distance: str, **values: float) -> LossConfig:
    """The distance alone, between hard labels."""
    scales = {"temperature_scale": 1.0, "luminosity_scale": 1.5, **values}
    return LossConfig(
        distance_weight=1.0, distance=distance, subtype_sigma=0.1, class_leak=0.0, **scales
    )  # type: ignore[arg-type]


def sure_of(*boxes: tuple[int, int]) -> torch.Tensor:
    """(1, 420) logits of an answer that is shared evenly by boxes of the grid."""
    logits = torch.zeros(1, 70, 6)
    for row, column in boxes:
        logits[0, row, column] = 60.0
    return logits.view(1, 420)


def test_as_published_only_whole_letters_and_classes_are_apart() -> None:
    near = loss(sure_of((49, 4)), *G2_V, only("letters"))  # G9 V for a G2 V
    far = loss(sure_of((50, 2)), *G2_V, only("letters"))  # K0 III
    assert near == pytest.approx(0.0, abs=1e-4)
    assert far == pytest.approx(0.5 * (1.0**2 + 3.0**2), abs=1e-3)


def test_as_published_the_loss_is_the_sum_that_the_thesis_gives() -> None:
    """(1 - α) CE + α ½ Σ β² (Σ p c - c_y)² on letters and classes, worked out in numpy."""
    torch.manual_seed(3)
    logits = torch.randn(4, 420)
    code = torch.tensor([5.0, 22.0, 42.0, 63.5])
    classes = torch.tensor([0, 4, 2, 4])
    config = LossConfig(
        distance="letters", distance_weight=0.75, type_weight=1.0, temperature_scale=1.0,
        luminosity_scale=1.5,
    )  # fmt: skip
    p = torch.softmax(logits, 1).view(4, 7, 10, 6).sum(2).numpy().astype(float)
    total = 0.0
    for one, letter, column in zip(p, (code // 10).int().tolist(), classes.tolist(), strict=True):
        off_letter = sum(one[i].sum() * i for i in range(7)) - letter
        off_class = sum(one[:, i].sum() * i for i in range(6)) - column
        squared = off_letter**2 + 1.5**2 * off_class**2
        total += 0.25 * -math.log(one[letter, column]) + 0.75 * 0.5 * squared
    assert loss(logits, code, torch.eye(6)[classes], config) == pytest.approx(total / 4, rel=1e-5)


def test_the_earth_mover_sees_an_answer_that_is_right_only_on_average() -> None:
    split = sure_of((32, 4), (52, 4))  # half F2, half K2 for a G2
    assert loss(split, *G2_V, only("subtypes")) == pytest.approx(0.0, abs=1e-3)
    # Half the mass is one letter off on either side: 2 letters of (1/2)².
    assert loss(split, *G2_V, only("earth_mover")) == pytest.approx(0.5 * 0.5, abs=1e-3)


def test_the_earth_mover_carries_a_sure_error_as_far_as_it_is() -> None:
    moved = loss(sure_of((52, 2)), *G2_V, only("earth_mover"))
    assert moved == pytest.approx(0.5 * (1.0 + 1.5**2 * 2.0), abs=1e-3)


def test_the_ordinal_loss_grows_with_every_step_and_a_right_answer_costs_nothing() -> None:
    costs = [loss(sure_of((row, 4)), *G2_V, only("ordinal")) for row in (42, 44, 50)]
    assert costs[0] == pytest.approx(0.0, abs=1e-3)
    assert costs[2] == pytest.approx(4.0 * costs[1], rel=1e-2)
    undecided = loss(sure_of((42, 3), (42, 4)), *G2_V, only("ordinal", luminosity_scale=1.0))
    assert undecided == pytest.approx(0.5 * math.log(2.0), abs=1e-3)


@pytest.mark.parametrize("distance", ["subtypes", "letters", "earth_mover", "ordinal"])
def test_where_the_class_is_unknown_no_distance_asks_for_it(distance: str) -> None:
    unknown = torch.zeros(1, 6)
    costs = [
        loss(sure_of((42, column)), torch.tensor([42.0]), unknown, only(distance))
        for column in (0, 4)
    ]
    assert costs == pytest.approx([0.0, 0.0], abs=1e-3)


@pytest.mark.parametrize("distance", ["subtypes", "letters", "earth_mover", "ordinal"])
def test_every_distance_leads_from_no_knowledge_to_the_label(distance: str) -> None:
    logits = torch.zeros(1, 420, requires_grad=True)
    config = LossConfig(distance_weight=0.5, distance=distance)  # type: ignore[arg-type]
    solver = torch.optim.Adam([logits], lr=0.2)
    code, shares = G2_V
    temperature, luminosity = soft_targets(code, shares, config)
    for _ in range(150):
        value = distance_aware_loss(
            logits, temperature, luminosity, config, letter=(code // 10).long(), shares=shares
        )
        solver.zero_grad()
        value.backward()
        solver.step()
    assert divmod(int(logits.argmax()), 6) == (42, 4)


def test_spectra_of_weight_zero_count_as_if_they_were_not_there() -> None:
    logits = torch.randn(3, 420)
    code, shares = torch.tensor([22.0, 42.0, 55.0]), torch.eye(6)[[4, 4, 2]]
    temperature, luminosity = soft_targets(code, shares, LossConfig())
    rest = {"letter": (code // 10).long(), "shares": shares}
    weighted = distance_aware_loss(
        logits, temperature, luminosity, LossConfig(),
        weights=torch.tensor([1.0, 0.0, 1.0]), **rest,
    )  # fmt: skip
    without = loss(logits[[0, 2]], code[[0, 2]], shares[[0, 2]], LossConfig())
    assert float(weighted) == pytest.approx(without, rel=1e-5)
