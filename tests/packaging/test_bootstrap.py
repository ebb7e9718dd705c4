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
        "file,index,type,probability,state,reasons,error\n"
        "stars/one.fits,0,G2 V,0.8123,accept,,\n"
        "stars/two.fits,0,,,refuse,signal-to-noise 2,\n"
        "stars/three.fits,,,,unreadable,,The file holds no spectrum.\n"
    )
    bootstrap.print_table(table)
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[1].split() == ["one.fits", "G2", "V", "0.81", "accept"]
    assert lines[2].endswith("signal-to-noise 2")
    assert lines[3].endswith("The file holds no spectrum.")


def test_the_examples_are_the_spectra_that_the_manifest_names(bootstrap: ModuleType) -> None:
    paths = [Path(name) for name in bootstrap.examples()]
    assert len(paths) >= 20
    assert all(path.is_file() for path in paths)
    assert "EXAMPLES.csv" not in {path.name for path in paths}
