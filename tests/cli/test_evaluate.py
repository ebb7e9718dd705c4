"""``spectra-gui evaluate`` from a bundle to files, without anything but the bundle."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spectra_gui.cli.evaluate import main
from tests.evaluation.made import made_arrays, made_bundle


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECTRA_DATA", str(tmp_path / "absent"))


@pytest.mark.usefixtures("no_data")
def test_a_bundle_is_scored_from_what_it_carries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = made_bundle(tmp_path / "made-1", made_arrays())
    readme = tmp_path / "README.md"
    readme.write_text("Before\n<!-- accuracy -->\n<!-- /accuracy -->\nAfter\n", encoding="utf-8")
    out = tmp_path / "scores"
    assert main([str(bundle), "--out", str(out), "--readme", str(readme)]) == 0
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    ensemble = report["rows"][0]
    assert ensemble["classifier"] == "Ensemble"
    assert ensemble["n_spectra"] == 288
    shown = f"{ensemble['figures']['joint']['value']:.3f}"
    printed = capsys.readouterr().out
    assert shown in printed
    assert "not at hand" in printed
    assert shown in (out / "report.md").read_text(encoding="utf-8")
    filled = readme.read_text(encoding="utf-8")
    assert filled.startswith("Before\n")
    assert f"spectra-gui evaluate {bundle.name}" in filled
    assert str(tmp_path) not in filled


@pytest.mark.usefixtures("no_data")
def test_a_bundle_without_outputs_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = made_bundle(tmp_path / "bare", None)
    assert main([str(bundle), "--out", str(tmp_path / "scores")]) == 3
    assert "no outputs to score" in capsys.readouterr().err
    assert not (tmp_path / "scores").exists()


def test_a_data_folder_without_spectra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = made_bundle(tmp_path / "made-1", made_arrays())
    assert main([str(bundle), "--data", str(tmp_path)]) == 3
    assert f"{tmp_path} holds no folder stellar/" in capsys.readouterr().err


@pytest.mark.usefixtures("no_data")
def test_the_page_is_written_beside_the_numbers(tmp_path: Path) -> None:
    bundle = made_bundle(tmp_path / "made-1", made_arrays())
    for name in ("first", "second"):
        assert main([str(bundle), str(bundle), "--no-baseline", "--out", str(tmp_path / name)]) == 0
    pages = [(tmp_path / name / "report.html").read_bytes() for name in ("first", "second")]
    assert pages[0] == pages[1]
    assert re.search(rb"made-1 [0-9a-f]{6} beside made-1 [0-9a-f]{6}", pages[0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--robustness"], "needs --run"),
        (["--run", "x"], "--run needs --robustness or --explanations"),
        (["--keep"], "--keep needs --robustness or --explanations"),
    ],
)
def test_options_that_need_each_other_say_so(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("no_data")
def test_explanations_need_the_labelled_stars(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = made_bundle(tmp_path / "made-1", made_arrays())
    assert main([str(bundle), "--no-baseline", "--explanations"]) == 3
    assert "Name their folder with --data" in capsys.readouterr().err


@pytest.mark.usefixtures("no_data")
def test_an_unknown_bundle_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-bundle"]) == 3
    assert "no-such-bundle" in capsys.readouterr().err
