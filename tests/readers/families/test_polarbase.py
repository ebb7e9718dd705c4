"""Libre-ESpRIT's text as in PolarBase (Petit et al. 2014, PASP 126, 469)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds

WAVE_NM = np.concatenate([400.0 + 0.002 * np.arange(40), 400.06 + 0.002 * np.arange(40)])


def text(n_columns: int) -> str:
    rows = []
    for i, wave in enumerate(WAVE_NM):
        middle = [0.0, 1e-4, 1e-4] if n_columns == 6 else []
        values = [wave, 1.0 + 0.001 * i, *middle, 0.01]
        rows.append(" ".join(f"{value:10.4f}" for value in values))
    head = f"***Reduced spectrum of 'HD 1       '\n {WAVE_NM.size} {n_columns - 1}\n"
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize("n_columns", [3, 6])
def test_orders_become_one(write_text: Callable[..., Path], n_columns: int) -> None:
    spectrum = holds(
        read(write_text(text(n_columns), name="star.s")),
        "polarbase",
        ends=(4000.0, 4001.38),
        points=70,
        medium="air",
        frame="barycentric",
        noise="sigma",
    )
    assert spectrum.name == "HD 1"
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == 0.01


def test_broken_rows_are_damage(write_text: Callable[..., Path]) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(text(3) + "and so on\n"))
    assert caught.value.code == "damaged"


def test_mean_line_profiles_in_velocity_are_declined(write_text: Callable[..., Path]) -> None:
    rows = "\n".join(f"{v:.1f} 0.9 0.01 1e-4 1e-4 1e-4 1e-4" for v in range(-100, 101, 2))
    with pytest.raises(ReadError) as caught:
        read(write_text(f"***Reduced spectrum of 'STAR    '\n 101 6\n{rows}\n"))
    assert caught.value.code == "not_a_spectrum"
    assert "LSD" in caught.value.reason
