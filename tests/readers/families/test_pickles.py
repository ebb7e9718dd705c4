"""Pickles 1998, PASP 110, 863; a real file is in the zoo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override
from spectra_gui.readers import read

from .holding import holds, write_columns


@pytest.mark.parametrize("n", [1895, 4771])
def test_both_parts_of_the_library(tmp_path: Path, n: int) -> None:
    random = np.random.default_rng(1)
    waves = 1150.0 + 5.0 * np.arange(n)
    flux = 1.0 + random.normal(0.0, 0.01, n)
    path = write_columns(tmp_path, waves, flux, np.full(n, 0.01))
    spectrum = holds(
        read(path),
        "pickles",
        ends=(1150.0, waves[-1]),
        points=n,
        medium="unknown",
        frame="rest",
        noise="sigma",
    )
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_aa[0] == pytest.approx(2.3)
    chosen = read(path, override=Override(columns=("0", "2")))
    assert chosen.spectra[0].flux[0] == 0.01


def test_another_range_is_no_pickles(tmp_path: Path) -> None:
    waves = 1150.0 + 5.0 * np.arange(500)
    assert read(write_columns(tmp_path, waves, np.ones(500))).reader == "text"
