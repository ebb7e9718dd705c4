"""BT-Settl after FORMAT of http://phoenix.ens-lyon.fr/Grids/"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.readers import read

from .holding import decided, holds


@pytest.mark.parametrize("gap", [" ", ""])
def test_logarithms_become_flux_in_order(write_text: Callable[..., Path], gap: str) -> None:
    waves = 4000.0 + 0.05 * np.arange(60)
    logs = np.linspace(12.0, 13.0, 60)
    lines = [
        f"{w:.4f}{gap}{'' if gap else '+'}{f:.5f}D+00{gap}{'' if gap else '+'}{13.5:.5f}D+00"
        for w, f in zip(waves, logs, strict=True)
    ]
    reading = read(write_text("\n".join([*lines[30:], *lines[:30]]) + "\n"))
    spectrum = holds(
        reading,
        "btsettl",
        ends=(4000.0, 4002.95),
        points=60,
        medium="vacuum",
        frame="rest",
        noise="none",
    )
    assert spectrum.flux[0] == pytest.approx(1e4)
    assert spectrum.flux[-1] == pytest.approx(1e5)
    assert decided(reading, "Flux")[1]


def test_plain_text_with_d_exponents_is_left_alone(write_text: Callable[..., Path]) -> None:
    lines = [f"{4000 + i:.1f} {1 + i / 100:.4f}D+00 0.0100D+00" for i in range(40)]
    assert read(write_text("\n".join(lines))).reader == "text"
