"""Members that are solved for at once: a kernel bends where planes cannot part two types."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.networks import build_network
from spectra_gui.recipes import DataConfig, MemberConfig, RunConfig
from spectra_gui.training import LabelledSet
from spectra_gui.training.fitted import FitPlace, Fitted
from spectra_gui.training.predict import predict_rows
from spectra_gui.training.solved import fit_solved
from tests.training.made import SPEC, made_set

KERNEL = MemberConfig("bend", "kernel", 1, {"components": 6, "waves": 300, "penalty": 0.02})
LINE = MemberConfig("line", "linear", 1, {"components": 6})


def config_of(member: MemberConfig) -> RunConfig:
    return RunConfig(
        name="solved",
        preparation=SPEC,
        data=DataConfig(label_table="stars.csv", prior_share=1.0),
        members=(member,),
    )


def fitted(member: MemberConfig, data: LabelledSet, rows: NDArray[np.intp], at: Path) -> Fitted:
    place = FitPlace("solved", at / member.name, lambda _event: None, lambda: False)
    return fit_solved(data, rows, rows[:10], member=member, config=config_of(member), place=place)


def share_right(member: MemberConfig, data: LabelledSet, at: Path) -> float:
    """Of every other row, after learning from the rest."""
    rows = np.arange(len(data))
    network = build_network(member.kind, config_of(member).architecture_of(member))
    network.load_state_dict(
        {k: _tensor(v) for k, v in fitted(member, data, rows[::2], at).tensors.items()}
    )
    cells = predict_rows(network.eval(), data, rows[1::2]).argmax(1)
    expected = data.code[1::2].astype(int) * 6 + data.luminosity[1::2].argmax(1)
    return float((cells == expected).mean())


def _tensor(values: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(values)


def crossed_set(n: int = 200) -> LabelledSet:
    """Two features on the flux; dwarfs where their signs agree, giants where they differ."""
    data = made_set(n)
    random = np.random.default_rng(3)
    signs = random.choice([-1.0, 1.0], (n, 2))
    flux = np.ones_like(data.flux)
    flux[:, 100:110] += 0.2 * signs[:, :1]
    flux[:, 300:310] += 0.2 * signs[:, 1:]
    flux += random.normal(0.0, 0.01, flux.shape)
    luminosity = np.zeros((n, 6))
    luminosity[np.arange(n), np.where(signs.prod(1) > 0, 4, 2)] = 1.0
    return replace(data, flux=flux.astype(np.float32), code=np.full(n, 42.0), luminosity=luminosity)


def test_a_kernel_parts_types_that_no_plane_parts(tmp_path: Path) -> None:
    data = crossed_set()
    assert share_right(LINE, data, tmp_path) < 0.75
    assert share_right(KERNEL, data, tmp_path) > 0.95


def test_a_kernel_with_the_same_seed_has_the_same_bits(tmp_path: Path) -> None:
    data, rows = made_set(60), np.arange(60)
    first, again = (fitted(KERNEL, data, rows, tmp_path).tensors for _ in range(2))
    assert all(np.array_equal(first[k], again[k]) for k in first)
    other = fitted(replace(KERNEL, seed=2), data, rows, tmp_path).tensors
    assert not np.array_equal(first["frequencies"], other["frequencies"])
