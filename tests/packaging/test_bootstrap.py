"""The two commands: what is passed on, and the table where there is no display."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


def test_arguments_of_the_tests_reach_pytest_in_their_order(bootstrap: ModuleType) -> None:
    line = [
        "test",
        "--torch-index",
        "https://torch.example",
        "-k",
        "mk and grid",
        "-x",
        "tests/data",
    ]
    options, command, arguments = bootstrap.parse_arguments(line)
    assert command == "test"
    assert arguments == ["-k", "mk and grid", "-x", "tests/data"]
    assert options.torch_index == "https://torch.example"


@pytest.mark.parametrize("line", [[], ["open"], ["setup", "now"]])
def test_an_unknown_command_ends_with_the_usage(
    bootstrap: ModuleType, line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        bootstrap.parse_arguments(line)
    assert end.value.code == 2
    assert "run, test or setup" in capsys.readouterr().err


def test_trouble_ends_in_a_sentence_and_not_in_a_traceback(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    command = [sys.executable, str(scripts / "bootstrap.py"), "setup", "--env", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nothing was changed in it" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_table_shows_types_and_the_reasons_of_what_was_not_typed(
    bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "file,index,name,type,probability,state,reasons,error\n"
        "stars/one.fits,0,HD 1835,G2 V,0.8123,accept,,\n"
        "stars/two.fits,0,two.fits,,,refuse,signal-to-noise 2,\n"
        "stars/three.fits,,,,,unreadable,,The file holds no spectrum.\n"
    )
    bootstrap.print_table(table)
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[1].split() == ["HD", "1835", "G2", "V", "0.81", "accept"]
    assert lines[2].endswith("signal-to-noise 2")
    assert lines[3].startswith("three.fits")
    assert lines[3].endswith("The file holds no spectrum.")


def test_a_long_reason_goes_on_below_itself_with_its_words_whole(
    bootstrap: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = "The spectrum covers 41 % of the wavelengths that the model was trained on."
    table = tmp_path / "table.csv"
    table.write_text(
        "file,index,name,type,probability,state,reasons,error\n"
        f"blue.txt,0,blue,,,refuse,{reason},\n"
    )
    monkeypatch.setenv("COLUMNS", "70")
    bootstrap.print_table(table)
    heading, *lines = capsys.readouterr().out.strip("\n").splitlines()
    where = heading.index("why")
    assert len(lines) > 1
    assert all(len(line) <= 70 for line in lines)
    assert all(not line[:where].strip() for line in lines[1:])
    assert " ".join(line[where:] for line in lines) == reason


def test_an_earlier_first_look_stays(bootstrap: ModuleType, tmp_path: Path) -> None:
    folders = [bootstrap.new_folder(tmp_path / "runs" / "first-look") for _ in range(3)]
    assert [folder.name for folder in folders] == ["first-look", "first-look-2", "first-look-3"]


def test_the_examples_are_the_spectra_that_the_manifest_names(bootstrap: ModuleType) -> None:
    paths = [Path(name) for name in bootstrap.examples()]
    assert len(paths) >= 20
    assert all(path.is_file() for path in paths)
    assert "EXAMPLES.csv" not in {path.name for path in paths}
