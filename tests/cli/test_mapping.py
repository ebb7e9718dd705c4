"""``spectra-gui mapping``, and reading by mappings on the command line and from Python."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spectra_gui import load_mappings, read
from spectra_gui.data import Override, ReadError, mapping_in
from tests.unknown_tables import write_table, write_text_table

from .conftest import ENGINE, Run, environment

FLAGS = ("--columns", "beta,alpha,gamma", "--uncertainty", "variance", "--medium", "air")


@pytest.fixture
def mapped(spectra_gui: Run, tmp_path: Path) -> Path:
    """The folder of a star that a mapping ``odd`` was made from."""
    made = spectra_gui("mapping", "add", "odd", write_table(tmp_path / "vega.fits"), *FLAGS)
    assert made.returncode == 0, made.stderr
    assert "3850.0 to 6900.0" in made.stdout
    return tmp_path


@pytest.fixture(autouse=True)
def no_mappings_afterwards(spectra_gui: Run) -> object:
    yield
    for name in ("odd", "even"):
        spectra_gui("mapping", "delete", name)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_next_file_of_that_shape_is_typed_and_says_by_which_mapping(
    spectra_gui: Run, mapped: Path, tiny_bundle: Path
) -> None:
    other = write_table(mapped / "altair.fits", n=900)
    engine = ("--bundle", tiny_bundle, *ENGINE)

    by_mapping = spectra_gui("classify", other, *engine)
    by_flags = spectra_gui("classify", other, *engine, "--no-mappings", *FLAGS)
    without = spectra_gui("classify", other, *engine, "--no-mappings")

    assert by_mapping.returncode == 0, by_mapping.stderr
    assert "altair.fits is read by the mapping “odd” (same columns as vega.fits)" in (
        by_mapping.stderr
    )
    (row,), (same,) = rows(by_mapping.stdout), rows(by_flags.stdout)
    assert row["mapping"] == "odd"
    assert row | {"mapping": ""} == same
    assert without.returncode == 1
    assert rows(without.stdout)[0]["state"] == "unreadable"


def test_python_reads_the_same_when_it_is_given_the_mappings(
    mapped: Path, spectra_gui: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = spectra_gui("mapping", "show", "odd").stdout
    assert "variance" in listed
    # The settings of the processes above, in this one.
    from spectra_gui.data import FileMapping
    from spectra_gui.readers import peek
    from spectra_gui.settings import add_mapping

    monkeypatch.setenv("XDG_CONFIG_HOME", str(mapped / "config"))
    override = Override(columns=("beta", "alpha", "gamma"), uncertainty="variance", medium="air")
    head = peek(mapped / "vega.fits")
    assert f"shape            {head.shape}" in listed
    add_mapping(FileMapping("odd", head.shape, override, example="vega.fits"))
    other = write_table(mapped / "altair.fits", n=900)

    automatic = read(other, mappings=load_mappings())
    named = read(other, mapping="odd")
    isolated = read(other, mappings=load_mappings(), isolated=True)

    by = mapping_in(automatic.decisions)
    assert by is not None
    assert by.value == "odd"
    assert automatic.spectra[0].sigma is not None
    for reading in (named, isolated):
        assert (reading.spectra[0].sigma == automatic.spectra[0].sigma).all()
    with pytest.raises(ReadError, match="There are: odd"):
        read(other, mapping="even")
    with pytest.raises(ReadError, match="flux"):
        read(other)


def test_a_mapping_asked_for_by_name_is_used_for_files_of_other_shapes(
    spectra_gui: Run, mapped: Path, tiny_bundle: Path
) -> None:
    npz = write_table(mapped / "star.npz")
    engine = ("--bundle", tiny_bundle, *ENGINE)

    result = spectra_gui("classify", npz, *engine, "--mapping", "odd")
    unknown = spectra_gui("classify", npz, *engine, "--mapping", "even")

    assert rows(result.stdout)[0]["mapping"] == "odd"
    assert "asked for by its name" in result.stderr
    assert unknown.returncode == 2
    assert "There are: odd" in unknown.stderr


def test_mappings_are_listed_renamed_and_deleted(spectra_gui: Run, mapped: Path) -> None:
    assert spectra_gui("mapping", "rename", "odd", "even").returncode == 0
    listed = spectra_gui("mapping", "list")
    assert listed.stdout == "even  FITS, 3 columns: alpha, beta, gamma\n"

    deleted = spectra_gui("mapping", "delete", "even")
    assert deleted.returncode == 0
    assert spectra_gui("mapping", "list").stdout == "There is no mapping.\n"
    again = spectra_gui("mapping", "delete", "even")
    assert again.returncode == 2
    assert "There is no mapping 'even'" in again.stderr


def test_a_mapping_that_does_not_read_its_own_file_is_not_made(
    spectra_gui: Run, tmp_path: Path
) -> None:
    path = write_text_table(tmp_path / "star.csv")

    wrong = spectra_gui("mapping", "add", "odd", path, "--columns", "q,I")
    nothing = spectra_gui("mapping", "add", "odd", path)

    assert wrong.returncode == 1
    assert nothing.returncode == 2
    assert "--columns" in nothing.stderr
    assert spectra_gui("mapping", "list").stdout == "There is no mapping.\n"


def test_making_a_mapping_says_which_files_will_be_read_by_it(
    spectra_gui: Run, tmp_path: Path
) -> None:
    from astropy.table import Table

    known, nameless = tmp_path / "spec.fits", tmp_path / "star.txt"
    loglam = np.linspace(3.58, 3.84, 600)
    names = ("flux", "ivar", "and_mask", "model")
    table = Table({"loglam": loglam, **{name: np.ones(600) for name in names}})
    table.meta["EXTNAME"] = "COADD"
    table.write(known)
    np.savetxt(nameless, np.column_stack([10.0**loglam / 10.0, np.ones(600)]))

    of_survey = spectra_gui("mapping", "add", "odd", known, "--columns", "loglam,model")
    of_text = spectra_gui("mapping", "add", "even", nameless, "--unit", "nm")

    assert 'only where it is asked for: --mapping "odd"' in of_survey.stdout
    assert mapping_in(read(known, mappings=load_mappings()).decisions) is None
    assert "“even” from now on. No column has a name, so every file of that form" in of_text.stdout


def test_a_second_mapping_for_the_same_files_says_that_it_takes_over(
    spectra_gui: Run, mapped: Path
) -> None:
    other = write_table(mapped / "altair.fits", n=900)

    second = spectra_gui("mapping", "add", "even", other, "--columns", "beta,gamma")
    listed = spectra_gui("mapping", "list")

    assert second.returncode == 0
    assert "are read by “even” from now on, no longer by “odd”" in second.stdout
    assert '--mapping "odd"' in second.stdout
    odd, even = listed.stdout.splitlines()
    assert odd.endswith("(for the same files as “even”, which is newer)")
    assert "newer" not in even


def test_a_name_that_is_taken_is_wrong_usage(spectra_gui: Run, mapped: Path) -> None:
    again = spectra_gui("mapping", "add", "odd", mapped / "vega.fits", *FLAGS)

    assert again.returncode == 2
    assert "There is a mapping 'odd' already" in again.stderr


def test_mappings_that_cannot_be_written_are_a_failure_of_the_disk(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    star = write_table(tmp_path / "star.fits")

    result = subprocess.run(
        [sys.executable, "-P", "-m", "spectra_gui", "mapping", "add", "odd", star, *FLAGS],
        capture_output=True, text=True, check=False, env=environment(home), timeout=60,
    )  # fmt: skip

    assert result.returncode == 3
    assert "cannot be kept" in result.stderr


def test_a_column_name_with_a_comma_stands_in_quotes(spectra_gui: Run, tmp_path: Path) -> None:
    path = write_text_table(tmp_path / "star.csv", head="counts, rel;lbd;q")

    spectra_gui("mapping", "add", "odd", path, "--columns", 'lbd,"counts, rel"', "--unit", "nm")

    assert "lbd, counts, rel\n" in spectra_gui("mapping", "show", "odd").stdout
