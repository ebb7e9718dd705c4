"""Reading by a mapping: used where nobody knows the file for certain, always told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ANY_SHAPE, FileMapping, Override, ReadError, Reading, mapping_in
from spectra_gui.readers import peek, read
from tests.unknown_tables import write_table, write_text_table

ODD_COLUMNS = Override(columns=("beta", "alpha", "gamma"), uncertainty="variance", medium="air")
NM = Override(columns=("I", "lbd", "q"), wavelength_unit="nm")


def mapping_of(path: Path, override: Override, name: str = "mine") -> FileMapping:
    head = peek(path)
    return FileMapping(name, head.shape, override, head.looks, path.name)


def said(reading: Reading) -> dict[str, tuple[str, str]]:
    return {d.subject: (d.value, d.evidence) for d in reading.decisions}


@pytest.mark.parametrize("ending", [".fits", ".ecsv", ".xml", ".h5", ".npz"])
def test_an_unknown_table_is_read_by_the_mapping_of_its_shape(tmp_path: Path, ending: str) -> None:
    first = write_table(tmp_path / f"vega{ending}")
    second = write_table(tmp_path / f"altair{ending}", n=431)
    with pytest.raises(ReadError) as caught:
        read(second)
    assert caught.value.has_columns

    reading = read(second, mappings=[mapping_of(first, ODD_COLUMNS)])

    (spectrum,) = reading.spectra
    assert (spectrum.wavelength_aa[0], spectrum.wavelength_aa[-1]) == (3850.0, 6900.0)
    assert spectrum.sigma is not None
    assert np.allclose(spectrum.sigma, 0.5)
    assert spectrum.medium == "air"
    decisions = said(reading)
    assert decisions["Mapping"] == ("mine", f"same columns as vega{ending}")
    for subject in ("Columns", "Medium", "Uncertainty"):
        assert decisions[subject][1] == "chosen by the mapping “mine”"
    assert reading.override == Override()


def test_a_bare_array_of_five_columns_is_mapped_by_number(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.npy")
    mapping = mapping_of(path, Override(columns=("1", "0", "2")))

    assert read(path, mappings=[mapping]).spectra[0].wavelength_aa[-1] == 6900.0


def test_text_that_would_only_be_guessed_is_read_by_its_mapping(tmp_path: Path) -> None:
    path = write_text_table(tmp_path / "a.csv", head="wl;fx;q")
    columns = Override(columns=("fx", "wl"), wavelength_unit="nm")
    assert said(read(path, override=columns))["Columns"][0] == "fx, wl"

    reading = read(path, mappings=[mapping_of(path, columns)])

    assert mapping_in(reading.decisions) is not None
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(3850.0)


def test_a_file_of_another_shape_is_left_alone(tmp_path: Path) -> None:
    mapping = mapping_of(write_text_table(tmp_path / "a.csv"), NM)
    other = write_text_table(tmp_path / "b.csv", head="wavelength;flux;err", decimal_comma=False)
    other.write_text(other.read_text().replace("wavelength;flux", "flux;wavelength"))

    assert mapping_in(read(other, mappings=[mapping]).decisions) is None


def test_what_a_family_knows_is_not_touched(tmp_path: Path) -> None:
    from astropy.table import Table

    n = 600
    loglam = np.linspace(3.58, 3.84, n)
    columns = {"flux": np.ones(n), "loglam": loglam, "ivar": np.ones(n), "and_mask": np.zeros(n)}
    path = tmp_path / "spec.fits"
    table = Table({**columns, "model": np.full(n, 7.0)})
    table.meta["EXTNAME"] = "COADD"
    table.write(path)
    known = read(path)
    assert known.reader == "sdss-spec"

    mapping = mapping_of(path, Override(columns=("loglam", "model")))

    assert mapping_in(read(path, mappings=[mapping]).decisions) is None
    forced = read(path, mappings=[replace(mapping, shape=ANY_SHAPE)])
    assert said(forced)["Mapping"] == ("mine", "asked for by its name")
    assert np.all(forced.spectra[0].flux == 7.0)


def test_a_person_wins_over_the_mapping_point_by_point(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.fits")
    mapping = mapping_of(path, ODD_COLUMNS)

    vacuum = read(path, override=Override(medium="vacuum"), mappings=[mapping])
    assert vacuum.spectra[0].medium == "vacuum"
    assert said(vacuum)["Medium"][1] == "chosen by a person"
    assert said(vacuum)["Columns"][1] == "chosen by the mapping “mine”"
    assert vacuum.override == Override(medium="vacuum")

    two = read(path, override=Override(columns=("beta", "gamma")), mappings=[mapping])
    assert np.all(two.spectra[0].flux == 0.25)
    assert two.spectra[0].sigma is None


def test_whoever_says_all_that_the_mapping_says_reads_without_it(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.fits")

    reading = read(path, override=ODD_COLUMNS, mappings=[mapping_of(path, ODD_COLUMNS)])

    assert mapping_in(reading.decisions) is None


def test_of_two_mappings_the_newest_is_used(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.fits")
    old = mapping_of(path, Override(columns=("beta", "gamma")), "old")

    reading = read(path, mappings=[old, mapping_of(path, ODD_COLUMNS, "new")])

    assert said(reading)["Mapping"][0] == "new"


def test_a_mapping_is_not_used_where_its_unit_would_be_that_of_another_file(
    tmp_path: Path,
) -> None:
    wavelength_aa = np.linspace(3900.0, 7000.0, 400)
    flux = 1.0 + 0.1 * np.sin(wavelength_aa / 30.0)
    in_nm, in_aa, in_um = (tmp_path / f"{name}.txt" for name in ("nm", "aa", "um"))
    for path, scale in ((in_nm, 0.1), (in_aa, 1.0), (in_um, 1e-4)):
        np.savetxt(path, np.column_stack([scale * wavelength_aa, flux]))
    nm = mapping_of(in_nm, Override(wavelength_unit="nm", medium="vacuum"))
    aa = mapping_of(in_aa, Override(wavelength_unit="angstrom", medium="vacuum"))

    for path, mapping in ((in_aa, nm), (in_um, aa)):
        reading = read(path, mappings=[mapping])
        assert reading.spectra[0].wavelength_aa[0] == pytest.approx(3900.0)
        assert reading.spectra[0].medium == "unknown"
        assert mapping_in(reading.decisions) is None
        assert any("“mine” was not used" in warning for warning in reading.warnings)

    assert mapping_in(read(in_nm, mappings=[nm]).decisions) is not None
    asked = read(in_aa, mappings=[replace(nm, shape=ANY_SHAPE)])
    assert asked.spectra[0].wavelength_aa[0] == pytest.approx(39_000.0)
    said_by_person = read(in_aa, override=Override(wavelength_unit="nm"), mappings=[nm])
    assert said_by_person.spectra[0].wavelength_aa[0] == pytest.approx(39_000.0)


def test_a_mapping_of_infrared_tables_is_used_where_nobody_knows_better(tmp_path: Path) -> None:
    path = write_table(tmp_path / "l_band.fits")
    mapping = mapping_of(path, replace(ODD_COLUMNS, wavelength_unit="nm"))

    reading = read(path, mappings=[mapping])

    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(38_500.0)
    assert mapping_in(reading.decisions) is not None


def test_a_mapping_that_does_not_fit_is_named_in_the_failure(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.fits")
    mapping = mapping_of(path, Override(columns=("gamma", "alpha")))

    with pytest.raises(ReadError) as caught:
        read(path, mappings=[mapping])
    assert "“mine”" in caught.value.reason
    assert "columns anew" in caught.value.advice
    assert caught.value.has_columns


@pytest.mark.parametrize(
    ("kind", "sigma"), [("sigma", 0.25), ("variance", 0.5), ("ivar", 2.0), ("relative", 25.0)]
)
def test_the_kind_of_uncertainty_is_what_a_person_says(
    tmp_path: Path, kind: str, sigma: float
) -> None:
    path = write_table(tmp_path / "star.fits")
    override = Override(columns=("beta", "alpha", "gamma"), uncertainty=kind)

    spectrum = read(path, override=override).spectra[0]

    assert spectrum.sigma is not None
    assert np.median(spectrum.sigma) == pytest.approx(sigma, rel=0.01)


def test_an_uncertainty_that_is_not_there_has_no_kind(tmp_path: Path) -> None:
    path = write_table(tmp_path / "star.fits")

    with pytest.raises(ReadError) as caught:
        read(path, override=Override(columns=("beta", "alpha"), uncertainty="ivar"))
    assert caught.value.code == "bad_override"
