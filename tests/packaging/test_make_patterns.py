"""The patterns by which lines are found are those that the script makes, of half of the stars."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.assets import resources_folder
from spectra_gui.data.lines import LINES
from spectra_gui.readers.shifts import LN_AA, PATTERNS_FILE


def test_the_shipped_patterns_show_each_letters_lines_where_air_has_them() -> None:
    with np.load(resources_folder() / PATTERNS_FILE) as stored:
        flux, letters = stored["flux"], [str(letter) for letter in stored["letters"]]
    assert flux.shape == (len(letters), LN_AA.size)
    assert sorted(set(letters)) == sorted("OBAFGKM")
    for name, seen_in in (("Hβ", "BAF"), ("He I 4471", "OB"), ("Na D 5890", "GK")):
        line = next(line for line in LINES if line.name == name)
        near = np.abs(np.exp(LN_AA) - line.air_aa) < 4.0
        deepest = np.array([np.exp(LN_AA[near])[row[near].argmin()] for row in flux])
        for letter, place in zip(letters, deepest, strict=True):
            if letter in seen_in:
                assert place == pytest.approx(line.air_aa, abs=1.2), (name, letter)


@pytest.mark.slow
def test_the_script_makes_the_shipped_patterns(scripts: Path, shared_data: Path) -> None:
    script = importlib.import_module("make_patterns")
    made = np.rint(100.0 * script.make_patterns(shared_data / "stellar"))
    with np.load(resources_folder() / PATTERNS_FILE) as stored:
        shipped = stored["flux"]
    # Rounding may differ by one between machines.
    assert np.abs(np.clip(made, -100, 100) - shipped).max() <= 1
