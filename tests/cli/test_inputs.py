"""What a command line means by files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.cli.inputs import Found, wanted_files
from spectra_gui.cli.options import UsageError


def expand(arguments: list[str]) -> list[str]:
    """The files that the arguments mean; a test fails where one of them is said to be empty."""
    found = Found()
    files = wanted_files(arguments, None, found)
    assert not found.empty
    return files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.fits",
        "a.txt",
        "deep/c.dat",
        "README.md",
        "ReadMe",
        ".hidden.fits",
        ".git/x.fits",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    return tmp_path


def test_a_folder_is_the_files_below_it_but_hidden_ones_and_documents(folder: Path) -> None:
    names = [str(Path(p).relative_to(folder)) for p in expand([str(folder)])]
    assert names == ["a.txt", "b.fits", str(Path("deep/c.dat"))]


def test_a_file_that_is_named_is_always_taken(folder: Path) -> None:
    assert expand([str(folder / "README.md")]) == [str(folder / "README.md")]


def test_a_pattern_that_the_shell_left_alone_is_expanded(folder: Path) -> None:
    assert expand([str(folder / "**" / "*.dat")]) == [str(folder / "deep" / "c.dat")]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(tmp_path: Path) -> None:
    odd = tmp_path / "star[1].txt"
    odd.write_text("")
    assert expand([str(odd)]) == [str(odd)]


def test_a_list_names_files_relative_to_itself(folder: Path) -> None:
    (folder / "deep" / "list").write_text("# tonight\n\nc.dat\n../a.txt\n")
    found = [Path(p).resolve() for p in expand([f"@{folder / 'deep' / 'list'}"])]
    assert found == [folder / "deep" / "c.dat", folder / "a.txt"]


def test_a_path_that_does_not_exist_stands_for_itself() -> None:
    assert expand(["no/such.fits"]) == ["no/such.fits"]


@pytest.mark.parametrize("argument", ["@absent.list", "{folder}/empty", "{folder}/*.nothing"])
def test_what_names_no_file_is_a_usage_error(argument: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(UsageError):
        expand([argument.format(folder=folder)])


@pytest.mark.parametrize("argument", ["{folder}/empty", "{folder}/*.nothing"])
def test_what_holds_no_files_is_said_and_the_others_are_taken(argument: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    nothing, star = argument.format(folder=folder), str(folder / "b.fits")
    found = Found()
    assert wanted_files([nothing, star], None, found) == [star]
    assert found.empty == [nothing]


def test_what_a_folder_holds_besides_is_counted_by_kind(folder: Path) -> None:
    for name in ("a.pdf", "b.PDF", "night.tar.gz", "c.tgz", "d.zip", "star.fits.gz"):
        (folder / "deep" / name).write_text("")
    found = Found()
    names = [Path(p).name for p in wanted_files([str(folder / "deep")], None, found)]
    assert names == ["c.dat", "star.fits.gz"]
    assert found.passed_over == {".pdf": 2, ".tar.gz": 1, ".tgz": 1, ".zip": 1}
    assert "5 files (.pdf, " in found.passed_over_text
    assert not Found().passed_over_text


def test_quotes_around_a_listed_path_are_taken_off(tmp_path: Path) -> None:
    names = ["one star.txt", "two.txt", "'odd'"]
    for name in names:
        (tmp_path / name).write_text("")
    (tmp_path / "list").write_text("\"one star.txt\"\n'two.txt'\n'odd'\n")
    assert [Path(p).name for p in expand([f"@{tmp_path / 'list'}"])] == names
