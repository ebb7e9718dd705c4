"""What ``spectra-gui`` without a verb does, and that nothing heavy is imported for it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from spectra_gui import __main__ as program

from .conftest import Run


def test_help_names_every_verb_and_every_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--help"]) == 0
    told = capsys.readouterr().out
    for verb in program.VERBS:
        assert f"  {verb} " in told
    for status in ("0 all done", "1 some", "2 wrong", "3 a bundle", "130"):
        assert status in told


def test_every_verb_has_a_help_of_its_own(spectra_gui: Run) -> None:
    for verb in program.VERBS:
        result = spectra_gui(verb, "--help")
        assert result.returncode == 0, result.stderr
        assert f"spectra-gui {verb}" in result.stdout


def test_the_version_is_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "1.2.3")
    assert program.main(["--version"]) == 0
    assert capsys.readouterr().out == "spectra-gui 1.2.3\n"


def test_a_checkout_that_is_not_installed_has_a_version_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    assert program.main(["--version"]) == 0
    assert "not installed" in capsys.readouterr().out


@pytest.mark.parametrize("argument", ["clasify", "--nope", "no/such.fits"])
def test_what_is_neither_verb_nor_file_is_wrong_usage(
    argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main([argument]) == 2
    assert argument in capsys.readouterr().err


@pytest.mark.parametrize("words", [("classify", "a", "--format=x"), ("mapping", "shw")])
def test_wrong_usage_of_a_verb_is_one_line_that_says_where_help_is(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        program.main(list(words))
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words[-1] in line
    assert f"spectra-gui {words[0]} --help" in line


def test_files_open_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[list[str]] = []

    class App:
        @staticmethod
        def run(files: list[str]) -> int:
            opened.append(files)
            return 0

    star = tmp_path / "star.fits"
    star.write_text("")
    monkeypatch.setattr(program, "import_module", lambda _: App)
    assert program.main([str(star), "second.fits"]) == 0
    assert program.main([]) == 0
    assert opened == [[str(star), "second.fits"], []]


def test_without_qt_the_window_is_told_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(program, "import_module", missing)
    assert program.main([]) == 3
    told = capsys.readouterr().err
    assert "libGL.so.1" in told
    assert "command line" in told
