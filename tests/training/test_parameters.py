"""Teff, log g and [Fe/H] beside the type; the temperature before the class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spectra_gui.data import PreparationSpec
from spectra_gui.networks import build_network
from spectra_gui.recipes import LossConfig
from spectra_gui.training import LabelledSet, load_labelled
from spectra_gui.training.fit import fit
from spectra_gui.training.fitted import CancelledError, FitPlace, Fitted
from spectra_gui.training.parameters import ParameterHead, catalogue_values, standardise
from spectra_gui.training.predict import network_input
from spectra_gui.training.threads import few_threads
from tests.training.made import MEMBERS, SPEC, made_config, made_set
from tests.training.runs import after_steps

ROWS = np.arange(60)


def known_set() -> LabelledSet:
    """Made stars with parameters that go with their types, but for every fourth."""
    data = made_set(60)
    data.teff_k[:] = 40000.0 * 10 ** (-data.code / 60.0)
    data.logg[:] = np.where(data.luminosity.argmax(1) == 4, 4.4, 2.2)
    data.feh[:] = -0.1
    data.teff_k[::4] = np.nan
    data.logg[::4] = np.nan
    return data


def run(
    folder: Path,
    *,
    stars: LabelledSet | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    **changes: Any,
) -> Fitted:
    folder.mkdir(exist_ok=True)
    place = FitPlace("task", folder / "task.ckpt", lambda event: None, cancelled)
    config, data = made_config(**changes), stars or known_set()
    with few_threads(1):
        return fit(data, ROWS[10:], ROWS[:10], member=MEMBERS[0], config=config, place=place)


def test_values_have_mean_zero_and_deviation_one_and_unknown_ones_stay_unknown() -> None:
    values = standardise(catalogue_values(known_set()))
    assert np.isnan(values[::4, :2]).all()
    assert np.nanmean(values[:, :2], axis=0) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert np.nanstd(values[:, :2], axis=0) == pytest.approx([1.0, 1.0], abs=1e-6)
    assert np.isnan(values[:, 2]).all()  # one value for all stars tells nothing


def test_the_second_head_learns_from_the_features_that_the_first_sees() -> None:
    data = known_set()
    torch.manual_seed(1)
    architecture = {**MEMBERS[0].architecture, "n_pixels": SPEC.n_pixels}
    network = build_network(MEMBERS[0].kind, architecture)
    head = ParameterHead(network, data, ROWS, torch.device("cpu"))
    x = network_input(torch.from_numpy(data.flux), torch.from_numpy(data.valid.astype(np.float32)))
    solver = torch.optim.Adam([*network.parameters(), *head.head.parameters()], lr=0.02)
    rows = torch.arange(60)
    losses = []
    for _ in range(60):
        network(x)
        loss = head.loss(rows)
        solver.zero_grad()
        loss.backward()
        solver.step()
        losses.append(float(loss.detach()))
    assert losses[0] == pytest.approx(1.0, abs=1e-4)  # before it knows more than the means
    assert losses[-1] < 0.5 * losses[0]


def test_stars_without_parameters_count_nothing() -> None:
    data = known_set()
    architecture = {**MEMBERS[0].architecture, "n_pixels": SPEC.n_pixels}
    network = build_network(MEMBERS[0].kind, architecture)
    head = ParameterHead(network, data, ROWS, torch.device("cpu"))
    rows = torch.arange(0, 60, 4)
    network(torch.zeros(len(rows), 2, SPEC.n_pixels))
    assert head.loss(rows).item() == 0.0


def test_a_fit_with_parameters_has_the_tensors_of_one_without(tmp_path: Path) -> None:
    plain = run(tmp_path / "plain")
    taught = run(tmp_path / "taught", loss=LossConfig(parameter_weight=1.0))
    assert {k: v.shape for k, v in plain.tensors.items()} == {
        k: v.shape for k, v in taught.tensors.items()
    }
    assert not np.array_equal(plain.tensors["mix.weight"], taught.tensors["mix.weight"])


def test_a_fit_with_parameters_that_was_stopped_goes_on_to_the_same(tmp_path: Path) -> None:
    loss = LossConfig(parameter_weight=0.5)
    whole = run(tmp_path / "whole", loss=loss)
    with pytest.raises(CancelledError):
        run(tmp_path / "parts", loss=loss, cancelled=after_steps(7))
    resumed = run(tmp_path / "parts", loss=loss)
    assert all(np.array_equal(resumed.tensors[k], v) for k, v in whole.tensors.items())


def test_while_the_temperature_comes_first_a_known_class_teaches_as_an_unknown_one(
    tmp_path: Path,
) -> None:
    drawn_alike = replace(made_config().data, balance=0.0)
    optimiser = replace(made_config().optimiser, epochs=4)
    unknown = known_set()
    unknown.luminosity[10:] = 0.0
    fits = {
        name: run(
            tmp_path / name, data=drawn_alike, stars=stars,
            optimiser=replace(optimiser, temperature_first=share),
        )
        for name, stars, share in (
            ("unknown", unknown, 0.0), ("first", known_set(), 1.0), ("half", known_set(), 0.5)
        )
    }  # fmt: skip
    wanted = fits["unknown"].tensors
    assert all(np.array_equal(fits["first"].tensors[k], v) for k, v in wanted.items())
    assert not np.array_equal(fits["half"].tensors["mix.weight"], wanted["mix.weight"])


def test_most_stars_of_miles_have_parameters(shared_data: Path) -> None:
    spec = PreparationSpec(step_aa=6.0, n_pixels=500, fwhm_aa=14.0)
    data, _ = load_labelled(("miles", "cool_dwarfs"), shared_data / "stellar", spec)
    known = np.isfinite(catalogue_values(data))
    assert known[data.library == "miles"].mean(0).min() > 0.9
    assert not known[data.library == "cool_dwarfs", 0].any()
    assert 2500.0 < np.nanmin(data.teff_k) < np.nanmax(data.teff_k) < 50000.0
