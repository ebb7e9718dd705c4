"""The line list names what a spectroscopist expects where they expect it, in both media."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_gui.data.lines import LINES, lines_between, nearest_line


def named(name: str) -> float:
    return next(line.vacuum_aa for line in LINES if line.name == name)


@pytest.mark.parametrize(
    ("name", "nist_vacuum_aa"),
    [
        ("Hα", 6564.61),
        ("Hβ", 4862.69),
        ("Hδ", 4102.90),
        ("Ca II K", 3934.77),
        ("Ca II H", 3969.59),
        ("Ca II 8542", 8544.44),
        ("Na D 5890", 5891.58),
        ("Na D 5896", 5897.56),
        ("Mg b 5184", 5185.05),
    ],
)
def test_vacuum_wavelengths_are_those_of_nist(name: str, nist_vacuum_aa: float) -> None:
    assert named(name) == pytest.approx(nist_vacuum_aa, abs=0.02)


def test_names_are_unique_and_every_entry_has_a_source_and_lies_in_its_extent() -> None:
    assert len({line.name for line in LINES}) == len(LINES)
    for line in LINES:
        low, high = line.extent_air_aa
        assert low <= line.air_aa <= high
        assert line.source
        assert line.rank in (1, 2, 3, 4)
        assert (line.width_aa == 0) == (line.kind == "line")
    assert np.all(np.diff([line.air_aa for line in LINES]) > 0)


def test_a_name_keeps_its_wavelength_and_a_label_drops_it() -> None:
    labels = {line.name: line.label for line in LINES}
    assert labels["Fe I 4383"] == "Fe I"
    assert labels["Hβ"] == "Hβ"
    assert labels["Ca II K"] == "Ca II K"
    assert labels["CH G band"] == "CH G band"


def test_between_two_wavelengths_bands_that_only_reach_in_are_named_too() -> None:
    found = [line.name for line in lines_between(5200.0, 5290.0, "air")]
    assert found == ["TiO 5167", "MgH 5211", "Fe I 5270"]
    assert lines_between(2000.0, 3000.0, "air") == ()


@pytest.mark.parametrize(
    ("wavelength_aa", "expected"),
    [
        (4862.0, "Hβ"),
        (4305.0, "CH G band"),
        (5175.0, "Mg b 5173"),
        (5200.0, "MgH 5211"),
        (6200.0, "TiO 6159"),
        (6880.0, "telluric O₂ B"),
        (6900.0, "telluric O₂ B"),
    ],
)
def test_what_lies_at_a_wavelength(wavelength_aa: float, expected: str) -> None:
    line = nearest_line(wavelength_aa, "air", 4.0)
    assert line is not None
    assert line.name == expected


def test_far_from_every_line_there_is_none() -> None:
    assert nearest_line(6000.0, "air", 5.0) is None
    assert nearest_line(float("nan"), "air", 5.0) is None


def test_the_same_line_is_found_at_its_vacuum_wavelength() -> None:
    for line in LINES:
        if line.kind == "line":
            assert nearest_line(line.air_aa, "air", 0.01) == line
            assert nearest_line(line.vacuum_aa, "vacuum", 0.01) == line


def test_lines_say_in_which_classes_they_are_seen() -> None:
    seen = {line.name: line.letters for line in LINES}
    assert seen["Hβ"] == "OBAFGKM"
    assert seen["He II 4686"] == "O"
    assert seen["He I 4471"] == "OB"
    assert seen["TiO 7054"] == "KM"
    assert seen["Fe I 4383"] == "FGKM"
    assert seen["Fe II 4924"] == "AFG"
    assert seen["telluric O₂ B"] == "OBAFGKM"


def test_a_line_that_a_class_does_not_show_is_not_named_for_it() -> None:
    hot = nearest_line(4088.9, "air", 4.0, letters="O")
    assert hot is not None
    assert hot.name.startswith("Si IV")
    cool = nearest_line(4088.9, "air", 4.0, letters="K")
    assert cool is None or not cool.name.startswith("Si IV")
