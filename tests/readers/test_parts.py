"""Which spectra of a file are of one object: apart, merged, refused, and by what number they go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from spectra_gui.data import IF_REFUSED, Override, ReadError, Reading
from spectra_gui.readers import read, read_rows
from tests.echelle import (
    grating_blaze,
    linear_orders,
    multispec,
    orders,
    ripple,
    spectrum,
    star,
)

from .families.holding import decided, image, primary, table, write


def offered(reading: Reading) -> str:
    return next(c.value for c in reading.choices if c.key == "merge")


def test_orders_of_an_echelle_are_separate_until_somebody_wants_them_merged(
    tmp_path: Path,
) -> None:
    path = multispec(tmp_path, linear_orders())
    apart = read(path)
    assert len(apart.spectra) == 12
    assert decided(apart, "Several spectra") == ("12 orders, separate", True)
    assert offered(apart) == "separate"
    assert any("can be merged" in warning for warning in apart.warnings)
    merged = read(path, override=Override(merge="merged"))
    assert [s.name for s in merged.spectra] == ["HD 1"]
    assert decided(merged, "Several spectra")[0] == "12 orders merged"
    assert decided(merged, "Blaze") == ("divided out", True)
    assert offered(merged) == "merged"
    assert np.abs(ripple(merged.spectra[0]) - 1.0).max() < 0.03


def test_some_orders_can_be_merged_without_the_others(tmp_path: Path) -> None:
    path = multispec(tmp_path, linear_orders())
    (merged,) = read(path, override=Override(rows=(3, 4, 5), merge="merged")).spectra
    parts = linear_orders()
    assert merged.wavelength_aa[0] == pytest.approx(parts[3].wavelength_aa[0])
    assert merged.wavelength_aa[-1] == pytest.approx(parts[5].wavelength_aa[-1])


def test_merging_takes_all_orders_though_a_file_is_read_by_parts(tmp_path: Path) -> None:
    path = multispec(tmp_path, linear_orders())
    reading, left = read_rows(path, (0, 4), override=Override(merge="merged"))
    assert (len(reading.spectra), left) == (1, 0)
    assert len(reading.spectra[0]) > 6000
    reading, total = read_rows(path, (0, 4))
    assert (len(reading.spectra), total) == (4, 12)


def desi(folder: Path) -> Path:
    """Two targets; the red arm of the second has no data."""
    ivar = np.full((2, 200), 4.0)
    dead = ivar.copy()
    dead[1] = 0.0
    return write(
        folder,
        primary(),
        table("FIBERMAP", TARGETID=np.array([11, 22]), OBJTYPE=["TGT", "TGT"]),
        image(5700.0 + 0.8 * np.arange(200), "B_WAVELENGTH"),
        image(np.full((2, 200), 2.0), "B_FLUX"),
        image(ivar, "B_IVAR"),
        image(5820.0 + 0.8 * np.arange(200), "R_WAVELENGTH"),
        image(np.full((2, 200), 2.0), "R_FLUX"),
        image(dead, "R_IVAR"),
    )


def test_arms_of_a_target_are_merged_by_the_data_model_and_can_be_had_apart(
    tmp_path: Path,
) -> None:
    path = desi(tmp_path)
    merged = read(path)
    assert [s.name for s in merged.spectra] == ["11", "22"]
    first = merged.spectra[0]
    assert first.sigma is not None
    assert len(first) == 350
    shared = (first.wavelength_aa > 5820.5) & (first.wavelength_aa < 5859.0)
    assert first.sigma[shared] == pytest.approx(0.5 / np.sqrt(2.0))
    assert first.sigma[~shared][:100] == pytest.approx(0.5)
    assert offered(merged) == "merged"
    apart = read(path, override=Override(merge="separate"))
    assert [s.name for s in apart.spectra] == ["11 B", "11 R", "22"]
    assert [s.meta["object_number"] for s in apart.spectra] == [0, 0, 1]
    assert [s.meta["object_number"] for s in merged.spectra] == [0, 1]


def test_a_row_of_the_file_is_a_target_with_all_its_arms(tmp_path: Path) -> None:
    path = desi(tmp_path)
    (only,) = read(path, override=Override(rows=(0,))).spectra
    assert (only.name, len(only)) == ("11", 350)


REFUSED = {
    "different names": ["HD 1", "HD 2"],
    "fibres of a plate": ["266 fibre 1", "266 fibre 2"],
    "nothing known": ["", ""],
}


@pytest.mark.parametrize("names", REFUSED.values(), ids=REFUSED.keys())
def test_spectra_of_different_objects_are_not_merged(tmp_path: Path, names: list[str]) -> None:
    wavelength = np.tile(np.linspace(5000.0, 6000.0, 50), (2, 1))
    columns: dict[str, Any] = {"WAVELENGTH": wavelength, "FLUX": np.ones((2, 50))}
    if all(names):
        columns["OBJECT"] = names
    path = write(tmp_path, primary(), table("SPECTRA", **columns))
    assert len(read(path).spectra) == 2
    assert "merge" not in {choice.key for choice in read(path).choices}
    with pytest.raises(ReadError) as caught:
        read(path, override=Override(merge="merged"))
    assert caught.value.code == "bad_override"
    assert "object" in caught.value.reason
    assert caught.value.advice.endswith(".")


def test_exposures_of_one_name_can_be_merged_star_by_star(tmp_path: Path) -> None:
    wavelength = np.tile(np.linspace(5000.0, 6000.0, 50), (3, 1))
    flux = np.array([np.full(50, level) for level in (1.0, 3.0, 2.0)])
    path = write(
        tmp_path,
        primary(),
        table("SPECTRA", OBJECT=["A", "B", "A"], WAVELENGTH=wavelength, FLUX=flux),
    )
    assert decided(read(path), "Several spectra")[0].startswith("1 to 2 exposures, separate")
    merged = read(path, override=Override(merge="merged"))
    assert [s.name for s in merged.spectra] == ["A", "B"]


def test_nonsense_is_no_way_to_merge(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="Allowed: separate, merged"):
        read(desi(tmp_path), override=Override(merge="mixed"))


def test_one_spectrum_is_what_it_is_however_one_wants_it(tmp_path: Path) -> None:
    path = write(tmp_path, primary(np.ones(50) + np.arange(50), CRVAL1=5000.0, CDELT1=1.0,
                                   CUNIT1="Angstrom"))  # fmt: skip
    for merge in ("merged", "separate"):
        reading = read(path, override=Override(merge=merge))
        assert len(reading.spectra) == 1
        assert "merge" not in {choice.key for choice in reading.choices}


def test_a_spectrum_has_the_number_of_its_row_though_others_are_unusable(tmp_path: Path) -> None:
    flux = np.tile(np.linspace(1.0, 2.0, 50), (5, 1))
    flux[[0, 2]] = np.nan
    wave = np.tile(np.linspace(5000.0, 6000.0, 50), (5, 1))
    path = write(tmp_path, primary(), table("SPECTRA", WAVELENGTH=wave, FLUX=flux))
    numbers = [s.meta["row"] for s in read(path).spectra]
    assert numbers == [1, 3, 4]
    for number in numbers:
        (only,) = read(path, override=Override(rows=(number,))).spectra
        assert only.meta["row"] == number
    part, total = read_rows(path, (3, 2))
    assert ([s.meta["row"] for s in part.spectra], total) == ([3, 4], 5)


def test_a_spectrum_of_several_rows_has_no_row_to_itself(tmp_path: Path) -> None:
    path = multispec(tmp_path, linear_orders())
    assert [s.meta["row"] for s in read(path).spectra] == list(range(12))
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert "row" not in merged.meta


def test_a_part_that_is_refused_tells_that_it_can_be_merged(tmp_path: Path) -> None:
    path = multispec(tmp_path, linear_orders())
    first = read(path).spectra[0]
    assert "12 orders" in first.meta[IF_REFUSED]
    assert "--merge merged" in first.meta[IF_REFUSED]
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert IF_REFUSED not in merged.meta


def test_merged_orders_that_kept_their_blaze_say_so_and_what_to_do(tmp_path: Path) -> None:
    short = orders(grating_blaze, n=6, reach=0.45)
    reading = read(multispec(tmp_path, short), override=Override(merge="merged"))
    (told,) = reading.warnings
    assert "the blaze is in them" in told
    assert reading.spectra[0].meta[IF_REFUSED] == told


def unlike_a_grating(folder: Path, depth: float) -> Path:
    """Orders of one relative width, which no grating has: no blaze of a grating fits them."""
    parts, at, random = [], np.linspace(-1.0, 1.0, 1200), np.random.default_rng(7)
    for i in range(11):
        wavelength = 4120.0 * 1.05**i * (1.0 + 0.03 * at)
        flux = 1e4 * star(wavelength) * (1.0 - depth * np.sin(0.5 * np.pi * at) ** 2)
        parts.append(spectrum(wavelength, flux + 50.0 * random.normal(size=at.size)))
    return multispec(folder, parts)


def test_a_blaze_that_the_overlaps_contradict_is_not_divided_out(tmp_path: Path) -> None:
    path = unlike_a_grating(tmp_path, depth=0.9)
    reading = read(path, override=Override(merge="merged"))
    assert all(decision.subject != "Blaze" for decision in reading.decisions)
    (told,) = reading.warnings
    assert "was not divided out" in told
    assert "flat field" in told
    assert reading.spectra[0].meta[IF_REFUSED] == told


def test_a_blaze_that_the_overlaps_half_believe_is_told_as_doubtful(tmp_path: Path) -> None:
    path = unlike_a_grating(tmp_path, depth=0.7)
    reading = read(path, override=Override(merge="merged"))
    assert decided(reading, "Blaze") == ("divided out", True)
    (told,) = reading.warnings
    assert "still differ by 4 %" in told


def arm(name: str, first_aa: float, **columns: Any) -> Any:
    wave = first_aa + np.arange(300.0)
    return table(name, WAVE=(wave, "Angstrom"), FLUX=star(wave), **columns)


def test_arms_in_tables_of_their_own_are_all_read(tmp_path: Path) -> None:
    """The first of them alone would be half of the star, without a word."""
    path = write(tmp_path, primary(OBJECT="HD 1"), arm("BLUE", 5000.0), arm("RED", 5290.0))
    apart = read(path)
    assert [s.name for s in apart.spectra] == ["HD 1 segment BLUE", "HD 1 segment RED"]
    assert offered(apart) == "separate"
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert (merged.name, merged.wavelength_aa[-1]) == ("HD 1", 5589.0)
    (red,) = read(path, override=Override(hdu="RED")).spectra
    assert red.wavelength_aa[0] == 5290.0


def test_arms_in_rows_of_their_own_tables_are_counted_by_table(tmp_path: Path) -> None:
    blue, red = 5000.0 + np.arange(300.0), 5290.0 + np.arange(300.0)
    arms = [
        table(name, WAVE=(wave[None], "Angstrom"), FLUX=star(wave)[None])
        for name, wave in (("BLUE", blue), ("RED", red))
    ]
    path = write(tmp_path, primary(), *arms)
    assert [s.meta["row"] for s in read(path).spectra] == [0, 1]
    (only,) = read(path, override=Override(rows=(1,))).spectra
    assert only.name == "segment RED"


def groups(folder: Path, **spectra: Any) -> Path:
    path = folder / "groups.h5"
    with h5py.File(path, "w") as file:
        for name, arrays in spectra.items():
            for what, values in arrays.items():
                file[f"{name}/{what}"] = values
    return path


def test_groups_of_hdf5_are_spectra_of_their_own(tmp_path: Path) -> None:
    blue, red = 5000.0 + np.arange(300.0), 5290.0 + np.arange(300.0)
    path = groups(
        tmp_path,
        blue={"wave": blue, "flux": star(blue)},
        red={"wave": red, "flux": star(red)},
    )
    assert [s.name for s in read(path).spectra] == ["segment blue", "segment red"]
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert merged.wavelength_aa[-1] == 5589.0
    (only,) = read(path, override=Override(rows=(1,))).spectra
    assert only.name == "segment red"


def test_a_flux_of_another_group_is_not_taken_for_the_spectrum(tmp_path: Path) -> None:
    wave = 5000.0 + np.arange(300.0)
    path = groups(tmp_path, a_model={"flux": np.ones(300)}, star={"wave": wave, "flux": star(wave)})
    (spectrum,) = read(path).spectra
    np.testing.assert_array_equal(spectrum.flux, star(wave))


def test_stars_in_tables_of_their_own_are_no_parts_of_one(tmp_path: Path) -> None:
    path = write(tmp_path, primary(), arm("HD1", 5000.0), arm("HD2", 5000.0))
    reading = read(path)
    assert [s.name for s in reading.spectra] == ["HD1", "HD2"]
    assert "merge" not in {choice.key for choice in reading.choices}


def test_a_table_with_other_columns_or_claims_is_no_sister_and_is_told(tmp_path: Path) -> None:
    other = arm("FIT", 5000.0, CHI=np.ones(300))
    in_air = arm("AIR", 5000.0)
    in_air.header["VACUUM"] = False
    path = write(tmp_path, primary(), arm("STAR", 5000.0), other, in_air)
    reading = read(path)
    assert [len(s) for s in reading.spectra] == [300]
    assert "HDU 2 (FIT), HDU 3 (AIR) may hold spectra too" in " ".join(reading.warnings)


def test_points_of_numbered_orders_are_merged_with_their_blaze_taken_out(tmp_path: Path) -> None:
    parts = orders(grating_blaze, n=12)
    points = table(
        "SPECTRUM",
        ORDER=np.repeat(np.arange(100, 88, -1), 1000),
        WAVE=(np.concatenate([part.wavelength_aa for part in parts]), "Angstrom"),
        FLUX=np.concatenate([part.flux for part in parts]),
    )
    path = write(tmp_path, primary(OBJECT="HD 1"), points)
    merged = read(path)
    assert [s.name for s in merged.spectra] == ["HD 1"]
    assert decided(merged, "Several spectra") == ("12 orders merged", False)
    assert np.abs(ripple(merged.spectra[0]) - 1.0).max() < 0.03
    apart = read(path, override=Override(merge="separate"))
    assert [s.name for s in apart.spectra][:2] == ["HD 1 order 89", "HD 1 order 90"]


def test_numbered_orders_that_do_not_overlap_are_one_spectrum_as_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, primary(), arm("STAR", 5000.0, ORDER=np.repeat(np.arange(3), 100)))
    reading = read(path)
    assert [len(s) for s in reading.spectra] == [300]
    assert "merge" not in {choice.key for choice in reading.choices}
