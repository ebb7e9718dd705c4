"""What a label teaches, and how a library's rows become a labelled set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import PreparationSpec
from spectra_gui.data.labels import is_subdwarf
from spectra_gui.training import DataError, LabelledSet, load_labelled
from spectra_gui.training.dataset import Target, read_target
from tests.training.made import made_set

SPEC = PreparationSpec(start_aa=4000.0, step_aa=5.0, n_pixels=300, fwhm_aa=12.0)


def taught(label: str) -> Target:
    target = read_target(label)
    assert isinstance(target, Target)
    return target


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("", "has no MK type"),
        ("DA3", "has no MK type"),
        ("A0(HB)", "has no MK type"),
        ("G2V+K0V", "is two stars in one spectrum"),
        ("K III", "has a letter without a subtype"),
    ],
)
def test_labels_that_do_not_teach_say_why(label: str, reason: str) -> None:
    assert read_target(label) == reason


def test_a_range_of_classes_is_half_and_half() -> None:
    target = taught("G5IV-V")
    assert target.code == 45.0
    assert target.luminosity.tolist() == [0, 0, 0, 0.5, 0.5, 0]
    assert target.full


def test_decimals_are_kept() -> None:
    assert taught("B0.5V").code == 10.5


def test_a_type_without_a_class_teaches_temperature_alone() -> None:
    target = taught("M4")
    assert (target.code, target.luminosity.sum(), target.full) == (64.0, 0.0, False)


def test_a_subdwarf_is_class_six() -> None:
    assert taught("sdM3").luminosity[5] == 1.0


def write_library(
    folder: Path,
    labels: list[str],
    *,
    gap: int | None = None,
    name: str = "cflib",
    comments: tuple[str, ...] = (),
) -> None:
    wave = 3900.0 + 2.0 * np.arange(1000)
    flux = np.ones((len(labels), 1000), np.float32) * (1 + 0.1 * np.sin(wave / 40)).astype("f4")
    if gap is not None:
        flux[gap, :700] = 1e-4
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("star", "20A", array=[f"S{i}" for i in range(len(labels))]),
            fits.Column("system", "20A", array=[f"S{i}" for i in range(len(labels))]),
            fits.Column("label", "20A", array=labels),
            fits.Column("feh", "E", array=np.full(len(labels), 99.0)),
            fits.Column("flux", "1000E", array=flux),
            *([fits.Column("comment", "20A", array=comments)] if comments else []),
        ]
    )
    table.header["WAVE0"], table.header["DWAVE"], table.header["FWHM"] = 3900.0, 2.0, 3.0
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(folder / f"{name}.fits.gz")


def test_a_library_keeps_what_teaches_and_names_the_rest(tmp_path: Path) -> None:
    write_library(tmp_path, ["G2V", "WC5", "K0III+A2V", "sdK7", "M", "F5IV"], gap=5)
    data, left_out = load_labelled(["cflib"], tmp_path, SPEC)
    assert data.ids.tolist() == ["cflib:0000", "cflib:0003"]
    assert data.scored.tolist() == [True, False]
    assert {part.reason: part.ids for part in left_out} == {
        "has no MK type": ("cflib:0001",),
        "is two stars in one spectrum": ("cflib:0002",),
        "has a letter without a subtype": ("cflib:0004",),
        "covers too little of the grid": ("cflib:0005",),
    }
    assert np.isnan(data.feh).all()
    assert abs(np.median(data.flux) - 1.0) < 0.02


def test_gaps_that_a_preparation_fills_are_no_coverage(tmp_path: Path) -> None:
    write_library(tmp_path, ["G2V", "F5IV"], gap=1)
    spec = replace(SPEC, procedure="sezen_2025")
    data, left_out = load_labelled(["cflib"], tmp_path, spec)
    assert data.ids.tolist() == ["cflib:0000"]
    assert [part.reason for part in left_out] == ["covers too little of the grid"]
    assert abs(np.median(data.flux) - 1.0) < 0.02


def test_single_stars_among_composites_may_be_reported_apart_and_are_never_scored(
    tmp_path: Path,
) -> None:
    labels, comments = ["sdM3", "esdM0", "M2V"], ("single star", "composite", "single star")
    write_library(tmp_path, labels, name="cool_dwarfs", comments=comments)
    data, _ = load_labelled(["cool_dwarfs"], tmp_path, SPEC)
    assert data.apart().tolist() == [True, False, False]
    assert not data.scored.any()


def test_class_vi_and_metal_poor_stars_stand_apart_where_they_are_not_scored() -> None:
    data = made_set(4)
    data.scored[:3] = False
    data.luminosity[0] = [0, 0, 0, 0, 0, 1]
    data.luminosity[1] = 0.0
    data.feh[:] = [np.nan, -2.0, 0.0, -2.0]
    assert data.apart().tolist() == [True, True, False, False]


def test_the_libraries_hold_subdwarfs_to_report_apart(shared_data: Path) -> None:
    libraries = ["miles", "cflib", "cool_dwarfs"]
    data, _ = load_labelled(libraries, shared_data / "stellar", SPEC)
    subdwarfs = data.apart() & is_subdwarf(data.luminosity)
    counts = {name: int(subdwarfs[data.library == name].sum()) for name in libraries}
    assert counts == {"miles": 13, "cflib": 12, "cool_dwarfs": 24}


def test_a_missing_library_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"SPECTRA_DATA.*stellar/miles"):
        load_labelled(["miles"], tmp_path, SPEC)


def test_an_unknown_library_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'elodie'.*miles, cflib"):
        load_labelled(["elodie"], tmp_path, SPEC)


def test_a_set_is_saved_and_loaded_whole(tmp_path: Path) -> None:
    data = made_set(12)
    data.save(tmp_path / "data.npz")
    again = LabelledSet.load(tmp_path / "data.npz")
    assert again.ids.tolist() == data.ids.tolist()
    assert np.array_equal(again.flux, data.flux)
    assert np.array_equal(again.luminosity, data.luminosity)


def test_strata_tell_letters_and_classes_apart() -> None:
    data = made_set(20)
    data.luminosity[0] = 0.0
    strata = data.strata()
    assert strata[0] == 2 * 7 + 6  # an A star without a class
    assert strata[1] == 2 * 7 + 4  # A5 V
    assert strata[10] == 2 * 7 + 2  # A0 III
