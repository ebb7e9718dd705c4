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
