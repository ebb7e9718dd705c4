"""How much of the library's own frequencies an answer carries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.recipes import DataConfig, MemberConfig, RunConfig
from spectra_gui.training.fitted import FitPlace
from spectra_gui.training.prior import log_prior
from spectra_gui.training.solved import fit_solved
from tests.training.made import SPEC, made_set

GIANT_G, DWARF_G, DWARF_O = 45 * 6 + 2, 45 * 6 + 4, 5 * 6 + 4


def test_a_type_with_twice_the_stars_is_twice_as_likely() -> None:
    data = made_set(60)
    letter, giant = (data.code // 10).astype(int), data.luminosity[:, 2] == 1
    dwarfs = np.flatnonzero((letter == 4) & ~giant)[:1]
    giants = np.flatnonzero((letter == 4) & giant)
    rows = np.concatenate([dwarfs, giants])
    prior = log_prior(data, rows)
    ratio = (len(giants) + 0.5) / 1.5
    assert prior[GIANT_G] - prior[DWARF_G] == pytest.approx(np.log(ratio))
    assert np.isfinite(prior).all()


def test_types_without_a_star_are_rare_but_not_ruled_out() -> None:
    data = made_set(60)
    rows = np.arange(60)
    alone = log_prior(data, rows)
    averaged = log_prior(data, rows, absent_as_average=True)
    assert alone[DWARF_O] < alone[GIANT_G]
    assert alone[DWARF_O] < averaged[DWARF_O] < alone[GIANT_G]
    assert averaged[GIANT_G] == alone[GIANT_G]


def linear_bias(share: float, folder: Path) -> NDArray[np.float32]:
    member = MemberConfig("line", "linear", 1, {"components": 6})
    config = RunConfig(
        name="line",
        preparation=SPEC,
        data=DataConfig(label_table="stars.csv", balance=0.5, prior_share=share),
        members=(member,),
    )
    place = FitPlace("line", folder / "line", lambda _event: None, lambda: False)
    rows = np.arange(60)
    fitted = fit_solved(
        made_set(60), rows[:50], rows[50:], member=member, config=config, place=place
    )
    bias: NDArray[np.float32] = fitted.tensors["logits.bias"]
    return bias


def test_a_linear_member_gives_up_the_share_of_the_prior_that_is_asked(tmp_path: Path) -> None:
    whole, none = linear_bias(1.0, tmp_path), linear_bias(0.0, tmp_path)
    prior = log_prior(made_set(60), np.arange(50))
    assert whole - none == pytest.approx(0.5 * prior, abs=1e-5)
