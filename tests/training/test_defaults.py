"""A config's defaults: a fit that names no knob gives the weights that it gave before the knob."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.recipes import AugmentConfig, MemberConfig
from spectra_gui.training.fit import fit
from spectra_gui.training.fitted import FitPlace, Fitted
from spectra_gui.training.solved import fit_solved
from spectra_gui.training.threads import few_threads
from tests.training.made import MEMBERS, made_config, made_set

LINEAR = MemberConfig("small-linear", "linear", 1, {"components": 20})
BEFORE = {
    "three_branch": (3.363687, 1.153511, 0.205776),
    "residual": (2.434875, 1.136232, 0.056267),
    "linear": (0.021860, 2.621110, 0.054918),
}
"""Validation NLL, and root mean squares of the head's bias and weights, before there were a kind of
distance, weights of spectra and parameters beside types. Bits differ between processors."""


@pytest.mark.parametrize("member", [*MEMBERS, LINEAR], ids=lambda member: member.kind)
def test_a_fit_with_the_defaults_is_what_it_was(member: MemberConfig, tmp_path: Path) -> None:
    found = fit_once(member, tmp_path)
    assert summary(found) == pytest.approx(BEFORE[member.kind], rel=2e-3)


def fit_once(member: MemberConfig, folder: Path) -> Fitted:
    """Two epochs with every augmentation, on sixty made stars of which one has no class."""
    data = made_set(60)
    data.luminosity[7] = 0
    rows = np.arange(60)
    optimiser = replace(made_config().optimiser, epochs=2)
    config = made_config(augment=AugmentConfig(), optimiser=optimiser)
    place = FitPlace("task", folder / "task.ckpt", lambda event: None, lambda: False)
    kind = fit_solved if member.kind == "linear" else fit
    with few_threads(1):
        return kind(data, rows[10:], rows[:10], member=member, config=config, place=place)


def summary(fitted: Fitted) -> tuple[float, ...]:
    head = [fitted.tensors[f"logits.{part}"] for part in ("bias", "weight")]
    return fitted.validation_nll, *(float(np.sqrt(np.mean(tensor**2))) for tensor in head)
