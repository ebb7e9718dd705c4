"""Several spectra side by side in one table, or in groups of arrays: all are read, or told of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from spectra_gui.data import Override, Reading
from spectra_gui.readers import read
from spectra_gui.readers.sides import find_sides

BLUE, RED = np.linspace(4000.0, 5000.0, 300), np.linspace(6000.0, 7000.0, 300)
PAIRS = {
    "wave": BLUE,
    "flux": 1.0 + 0.1 * np.sin(BLUE / 9.0),
    "err": np.full(300, 0.02),
    "wave2": RED,
    "flux2": 3.0 + 0.1 * np.sin(RED / 7.0),
    "err2": np.full(300, 0.05),
}
STARS = {"wave": BLUE, "flux_HD1": PAIRS["flux"], "flux_HD2": PAIRS["flux2"]}

Columns = dict[str, np.ndarray]
Writer = Callable[[Path, Columns], Path]


def as_text(folder: Path, columns: Columns) -> Path:
    path = folder / "two.txt"
    np.savetxt(path, np.column_stack(list(columns.values())), header=" ".join(columns))
    return path


def as_fits(folder: Path, columns: Columns) -> Path:
    path = folder / "two.fits"
    Table(columns).write(path)
    return path


def as_votable(folder: Path, columns: Columns) -> Path:
    path = folder / "two.xml"
    Table(columns).write(path, format="votable")
    return path


def as_ecsv(folder: Path, columns: Columns) -> Path:
    path = folder / "two.ecsv"
    Table(columns).write(path)
    return path


def as_npz(folder: Path, columns: Columns) -> Path:
    path = folder / "two.npz"
    np.savez(path, **columns)
    return path


def as_hdf5(folder: Path, columns: Columns) -> Path:
    path = folder / "two.h5"
    with h5py.File(path, "w") as file:
        file.update(columns)
    return path


WRITERS = pytest.mark.parametrize("write", [as_text, as_fits, as_votable, as_ecsv, as_npz, as_hdf5])


def ends(reading: Reading) -> list[tuple[float, float]]:
    return [(s.wavelength_aa[0], s.wavelength_aa[-1]) for s in reading.spectra]


@WRITERS
def test_pairs_of_columns_are_two_spectra_with_their_own_wavelengths(
    write: Writer, tmp_path: Path
) -> None:
    path = write(tmp_path, PAIRS)
    reading = read(path)
    assert ends(reading) == [(4000.0, 5000.0), (6000.0, 7000.0)]
    first, second = reading.spectra
    assert (first.flux[0], second.flux[0]) == (PAIRS["flux"][0], PAIRS["flux2"][0])
    assert first.sigma is not None
    assert second.sigma is not None
    assert (first.sigma[0], second.sigma[0]) == (0.02, 0.05)
    (only,) = read(path, override=Override(rows=(1,))).spectra
    assert only.flux[0] == PAIRS["flux2"][0]
    (merged,) = read(path, override=Override(merge="merged")).spectra
    assert (merged.wavelength_aa[0], merged.wavelength_aa[-1]) == (4000.0, 7000.0)


@WRITERS
def test_fluxes_of_several_stars_share_their_wavelengths(write: Writer, tmp_path: Path) -> None:
    reading = read(write(tmp_path, STARS))
    assert ends(reading) == [(4000.0, 5000.0)] * 2
    assert [s.flux[0] for s in reading.spectra] == [STARS["flux_HD1"][0], STARS["flux_HD2"][0]]
    assert ["HD1" in s.name for s in reading.spectra] == [True, False]


@pytest.mark.parametrize("ending", ["lambda_{0} flux_{0}", "wl_{0} flux_{0}", "wave_{0} flux_{0}"])
def test_arrays_of_arms_are_not_given_each_others_wavelengths(ending: str, tmp_path: Path) -> None:
    names = f"{ending.format('b')} {ending.format('r')}".split()
    values = (PAIRS["wave"], PAIRS["flux"], PAIRS["wave2"], PAIRS["flux2"])
    reading = read(as_npz(tmp_path, dict(zip(names, values, strict=True))))
    assert ends(reading) == [(4000.0, 5000.0), (6000.0, 7000.0)]


@pytest.mark.parametrize(
    "names",
    [
        "wave flux err",
        "wave_air wave_vac flux",
        "wave_obs flux_obs wave_rest flux_rest",
        "wave flux wave_sky flux_sky",
        "wave flux flux_norm",
        "wave flux flux_err",
        "loglam flux ivar and_mask or_mask wdisp sky model",
        "wave flux_2000",
    ],
)
def test_columns_of_one_star_are_one_spectrum(names: str) -> None:
    assert find_sides(names.split()) == []


def test_a_pair_in_another_unit_is_told_of(tmp_path: Path) -> None:
    columns = PAIRS | {"wave2": RED / 10.0}
    table = Table(columns)
    table["wave"].unit, table["wave2"].unit = "Angstrom", "nm"
    table.write(tmp_path / "two.fits")
    reading = read(tmp_path / "two.fits")
    assert len(reading.spectra) == 1
    assert "Column flux2 may hold a spectrum too" in " ".join(reading.warnings)


def test_a_second_pair_without_names_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "bare.txt"
    np.savetxt(path, np.column_stack([BLUE, PAIRS["flux"], RED, PAIRS["flux2"]]))
    reading = read(path)
    assert "from column 2 on may hold a spectrum too" in " ".join(reading.warnings)
    np.savetxt(path, np.column_stack([BLUE, PAIRS["flux"], PAIRS["err"], np.zeros(300)]))
    assert "may hold" not in " ".join(read(path).warnings)


def test_groups_share_the_wavelengths_above_them(tmp_path: Path) -> None:
    path = tmp_path / "shared.h5"
    with h5py.File(path, "w") as file:
        file["wavelength"] = BLUE
        for n in range(3):
            file[f"star{n}/flux"] = PAIRS["flux"] + n
            file[f"star{n}/error"] = np.full(300, 0.01 * (n + 1))
    reading = read(path)
    assert [s.name for s in reading.spectra] == ["star0", "star1", "star2"]
    assert [round(float(s.flux[0] - PAIRS["flux"][0]), 9) for s in reading.spectra] == [0, 1, 2]
    assert [s.sigma[0] for s in reading.spectra if s.sigma is not None] == [0.01, 0.02, 0.03]


def test_a_model_below_a_spectrum_is_no_second_star(tmp_path: Path) -> None:
    path = tmp_path / "fitted.h5"
    with h5py.File(path, "w") as file:
        file["wave"], file["flux"], file["model/flux"] = BLUE, PAIRS["flux"], np.ones(300)
    (spectrum,) = read(path).spectra
    assert spectrum.flux[0] == PAIRS["flux"][0]


def test_a_second_table_of_many_spectra_is_told_of(tmp_path: Path) -> None:
    rows = {"WAVE": np.tile(BLUE, (3, 1)), "FLUX": np.tile(PAIRS["flux"], (3, 1))}
    arms = [fits.BinTableHDU(Table(rows), name=name) for name in ("BLUE", "RED")]
    fits.HDUList([fits.PrimaryHDU(), *arms]).writeto(tmp_path / "arms.fits")
    reading = read(tmp_path / "arms.fits")
    assert len(reading.spectra) == 3
    assert "HDU 2 (RED) may hold a spectrum too" in " ".join(reading.warnings)
    with h5py.File(tmp_path / "arms.h5", "w") as file:
        for name in ("blue", "red"):
            file[f"{name}/wave"], file[f"{name}/flux"] = BLUE, rows["FLUX"]
    assert "red may hold a spectrum too" in " ".join(read(tmp_path / "arms.h5").warnings)


def test_more_places_than_are_looked_at_are_told_of(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "many.h5", "w") as file:
        for n in range(310):
            file[f"s{n}/wave"], file[f"s{n}/flux"] = BLUE, PAIRS["flux"]
    reading = read(tmp_path / "many.h5")
    assert len(reading.spectra) == 300
    assert "first 300 of 310 places" in " ".join(reading.warnings)


@pytest.mark.parametrize("name", ["GOOD", "BAD"])
@pytest.mark.parametrize("write", [as_text, as_fits, as_npz])
def test_flags_whose_name_says_what_they_mean_are_believed(
    name: str, write: Writer, tmp_path: Path
) -> None:
    """Also where most pixels are bad, which a vote would turn round."""
    set_in_100 = (np.arange(300) < 100).astype(float)
    flags = set_in_100 if name == "GOOD" else 1.0 - set_in_100
    columns = {"wave": BLUE, "flux": PAIRS["flux"], name: flags}
    (spectrum,) = read(write(tmp_path, columns)).spectra
    assert int(spectrum.bad.sum()) == 200
    assert not spectrum.bad[0]


@pytest.mark.parametrize("name", ["model_flux", "synthetic", "best_fit"])
def test_a_computed_spectrum_alone_is_one(name: str, tmp_path: Path) -> None:
    (spectrum,) = read(as_text(tmp_path, {"wavelength": BLUE, name: PAIRS["flux"]})).spectra
    assert len(spectrum) == 300


def test_a_first_wavelength_that_equals_the_number_of_lines_is_no_count(tmp_path: Path) -> None:
    axis = np.arange(4000.0, 8001.0)
    counts = 1000.0 + (axis % 17.0)
    np.savetxt(tmp_path / "counts.txt", np.column_stack([axis, counts]), fmt="%d")
    reading = read(tmp_path / "counts.txt")
    assert len(reading.spectra[0]) == 4001
    assert not reading.warnings
